"""Whether hand-made labels hold against their texts, and what may have been overlooked."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.fuzz import partial_ratio_alignment

from eval.labels.day_check import check_days
from eval.labels.gold import GoldBulletin, GoldTexts, list_gold_files, match_text, read_texts
from eval.labels.gold_file import Labels, parse_gold_file
from eval.labels.seen import mark_of
from pipeline.checks.completeness import find_unclaimed
from pipeline.checks.grounding import value_fault
from pipeline.errors import GoldError
from pipeline.labels import kinds_of, read_detail
from pipeline.numerals import numerals
from pipeline.quotes import cut_numeral, locate_figure
from pipeline.spanish.places import read_places
from schemas.finding import Finding, Severity, Span
from schemas.report import Basis, Figure, JornadaReport, Unit

_AROUND = 40  # characters shown on each side of a number
_ALIKE = 60  # of 100: what is less like a quote is not worth showing


class LabelFinding(NamedTuple):
    """One finding in one gold file; `words` is the stretch of the text that it is about.

    `mark` is what it is marked as seen by, None where it is to be mended; `is_seen` whether a
    person has done so.
    """

    path: Path
    finding: Finding
    words: str = ""
    mark: str | None = None
    is_seen: bool = False

    @property
    def is_error(self) -> bool:
        """Whether the file cannot be trusted before this is mended."""
        return self.finding.severity is Severity.ERROR


def check_bulletin(bulletin: GoldBulletin) -> tuple[Finding, ...]:
    """Compare labels with their text: errors, warnings, and numbers for a second look (info)."""
    return (
        *_check_tie(bulletin),
        *_check_figures(bulletin),
        *_find_duplicates(bulletin.gold.figures),
        *_find_shared_numbers(bulletin),
        *check_days(bulletin.gold),
        *_check_jornadas(bulletin),
        *_check_places(bulletin.gold),
        *_check_names(bulletin),
        *_list_unlabelled(bulletin),
    )


def check_bulletins(bulletins: Iterable[GoldBulletin]) -> tuple[LabelFinding, ...]:
    """Check bulletins whose labels have been read, each by itself."""
    return tuple(
        _judge(bulletin, one) for bulletin in bulletins for one in check_bulletin(bulletin)
    )


def check_folder(gold: Path, texts: Sequence[Path] = ()) -> tuple[LabelFinding, ...]:
    """Check every gold file of a folder; one that is broken or has no text is a finding too.

    Raises GoldError where the folder holds no gold.
    """
    paths = list_gold_files(gold)
    at_hand = read_texts(gold, paths, texts)
    findings: list[LabelFinding] = []
    labelled: dict[str, Path] = {}
    for path in paths:
        bulletin = _read_bulletin(path, at_hand)
        if not isinstance(bulletin, GoldBulletin):
            findings.extend(LabelFinding(path, finding) for finding in bulletin)
            continue
        findings.extend(check_bulletins([bulletin]))
        first = labelled.setdefault(bulletin.document.id, path)
        if first is not path:
            message = f"labels the same text as {first.name}"
            findings.append(LabelFinding(path, _error("text", None, message)))
    return tuple(findings)


def _read_bulletin(path: Path, texts: GoldTexts) -> GoldBulletin | tuple[Finding, ...]:
    """Read one gold file with its text, or say what keeps it from being read."""
    labels = parse_gold_file(path)
    if not isinstance(labels, Labels):
        return tuple(_error("form", field, message) for field, message in labels)
    try:
        return match_text(labels, texts)
    except GoldError as error:
        return (_error("text", None, str(error).removeprefix(f"{path}: ")),)


def _judge(bulletin: GoldBulletin, finding: Finding) -> LabelFinding:
    words = quote_around(bulletin.document.text, finding.span) if finding.span else ""
    mark = mark_of(bulletin, finding)
    return LabelFinding(bulletin.path, finding, words, mark, mark in bulletin.seen)


def quote_around(text: str, span: Span) -> str:
    """Quote a stretch of a text with a few words on each side."""
    start, end = max(span.start - _AROUND, 0), min(span.end + _AROUND, len(text))
    return f"{'…' * (start > 0)}{text[start:end]}{'…' * (end < len(text))}"


def _finding(
    check: str, severity: Severity, field: str | None, message: str, span: Span | None = None
) -> Finding:
    return Finding(check=check, severity=severity, field=field, message=message, span=span)


def _error(check: str, field: str | None, message: str, span: Span | None = None) -> Finding:
    return _finding(check, Severity.ERROR, field, message, span)


def _check_tie(bulletin: GoldBulletin) -> Iterator[Finding]:
    if not bulletin.is_tied:
        message = "not tied to its text: jornada gold tie"
        yield _finding("tie", Severity.INFO, "document_id", message)


def _check_figures(bulletin: GoldBulletin) -> Iterator[Finding]:
    text = bulletin.document.text
    editions = {jornada.edition for jornada in bulletin.gold.jornadas}
    has_jornadas = "jornadas" in bulletin.gold.model_fields_set
    for index, figure in enumerate(bulletin.gold.figures):
        field = f"figures[{index}]"
        yield from _check_quote(text, figure, field)
        yield from _check_labels(figure, field)
        if has_jornadas and figure.edition not in (None, *editions):
            message = f"no jornada has the edition {figure.edition}"
            yield _finding("edition", Severity.WARNING, f"{field}.edition", message)


def _check_labels(figure: Figure, field: str) -> Iterator[Finding]:
    """Find a detail that says a thing twice, and a percentage that does not say what it is of."""
    written = read_detail(figure.service, kinds_of(figure.detail)).detail
    if figure.detail != written:
        message = f"{figure.detail!r} is written {written!r}: the wider kind says nothing more"
        yield _error("detail", f"{field}.detail", message)
    if figure.unit is Unit.PERCENT and figure.basis is None:
        message = f"a percentage is of something: {', '.join(Basis)}"
        yield _finding("basis", Severity.WARNING, f"{field}.basis", message)


def _check_places(gold: JornadaReport) -> Iterator[Finding]:
    """Find places that are not written in the one way in which readers write them."""
    named = [(f"figures[{index}].place", one.place) for index, one in enumerate(gold.figures)]
    named += [(f"places[{index}].name", one.name) for index, one in enumerate(gold.places)]
    for field, name in named:
        written = read_places(name).name or name
        if name != written:
            yield _error("place", field, f"{name!r} is written {written!r}")


def _check_quote(text: str, figure: Figure, field: str) -> Iterator[Finding]:
    there = text[figure.char_start : figure.char_end]
    if figure.char_start is not None and there != figure.quote:
        message = f"the text has {there!r} at {figure.char_start}, not the quote {figure.quote!r}"
        yield _error("span", f"{field}.char_start", message)
        return
    spans = locate_figure(text, figure)
    if not spans:
        nearest = _describe_nearest(text, figure)
        message = f"the quote {figure.quote!r} does not stand in the text{nearest}"
        yield _error("quote", f"{field}.quote", message)
        return
    faults = [_find_fault(text, place, figure, field) for place in spans]
    if all(faults) and faults[0]:
        yield faults[0]


def _find_fault(text: str, place: Span, figure: Figure, field: str) -> Finding | None:
    if cut := cut_numeral(text, place):
        message = f"the quote {figure.quote!r} cuts the number {cut.raw!r} in two"
        return _error("quote", f"{field}.quote", message, place)
    if fault := value_fault(text, place, figure.value, figure.unit):
        return _error("value", f"{field}.value", fault, place)
    return None


def _describe_nearest(text: str, figure: Figure) -> str:
    near = partial_ratio_alignment(figure.quote, text, score_cutoff=_ALIKE)
    return f"; the nearest is {text[near.dest_start : near.dest_end]!r}" if near else ""


def _find_duplicates(figures: Sequence[Figure]) -> Iterator[Finding]:
    """Find figures with equal labels; two that say by offsets where they stand are two facts."""
    where = {"quote", "char_start", "char_end", "approximate"}
    first: dict[str, int] = {}
    for index, figure in enumerate(figures):
        same = first.setdefault(figure.model_dump_json(exclude=where), index)
        if same != index and None in (figure.char_start, figures[same].char_start):
            message = (
                f"the same value and labels as figures[{same}]: one fact is one figure; "
                "two facts have char_start and char_end each"
            )
            yield _error("duplicate", f"figures[{index}]", message)


def _find_shared_numbers(bulletin: GoldBulletin) -> Iterator[Finding]:
    """Find figures that would have to share a number of the text with another.

    A quote may stand at several places, so each figure is given a number of its own, and those
    given before are moved where they can be (bipartite matching).
    """
    text, figures = bulletin.document.text, bulletin.gold.figures
    options = [_list_numbers(text, figure) for figure in figures]
    holder: dict[int, int] = {}

    def settle(index: int, tried: set[int]) -> bool:
        for start in options[index]:
            if start not in tried:
                tried.add(start)
                if start not in holder or settle(holder[start], tried):
                    holder[start] = index
                    return True
        return False

    for index in range(len(figures)):
        if options[index] and not settle(index, set()):
            others = sorted({holder[start] for start in options[index]})
            names = " and ".join(f"figures[{other}]" for other in others)
            message = f"claims the same printed number as {names}"
            yield _error("duplicate", f"figures[{index}].quote", message)


def _list_numbers(text: str, figure: Figure) -> tuple[int, ...]:
    """List where the numbers start that a figure may stand for; `una` for 1 is left alone."""
    spans = locate_figure(text, figure)
    return tuple(
        numeral.start
        for numeral in numerals(text)
        if numeral.value == figure.value
        and any(place.start <= numeral.start and numeral.end <= place.end for place in spans)
    )


def _check_jornadas(bulletin: GoldBulletin) -> Iterator[Finding]:
    for index, jornada in enumerate(bulletin.gold.jornadas):
        if jornada in bulletin.gold.jornadas[:index]:
            yield _error("duplicate", f"jornadas[{index}]", "the same jornada stands here twice")


def _check_names(bulletin: GoldBulletin) -> Iterator[Finding]:
    """Find names given twice, and words labelled "as printed" that are not printed."""
    gold = bulletin.gold
    printed = "".join(bulletin.document.text.split())
    title = bulletin.document.metadata.title or ""
    if gold.title and _strip_spaces(gold.title) not in printed + _strip_spaces(title):
        yield _not_printed("title", gold.title)
    for index, specialty in enumerate(gold.specialties):
        if _strip_spaces(specialty.name) not in printed:
            yield _not_printed(f"specialties[{index}].name", specialty.name)
    for field in ("specialties", "places"):
        items: tuple[object, ...] = getattr(gold, field)
        for index, item in enumerate(items):
            if item in items[:index]:
                yield _error("duplicate", f"{field}[{index}]", "stands here twice")


def _strip_spaces(words: str) -> str:
    return "".join(words.split())


def _not_printed(field: str, words: str) -> Finding:
    message = f"{words!r} does not stand in the text"
    return _finding("words", Severity.WARNING, field, message)


def _list_unlabelled(bulletin: GoldBulletin) -> Iterator[Finding]:
    for numeral in find_unclaimed(bulletin.document.text, bulletin.gold):
        message = f"{numeral.raw!r} ({numeral.value}) is in no figure: is it none?"
        span = Span(numeral.start, numeral.end)
        yield _finding("second look", Severity.INFO, "figures", message, span)
