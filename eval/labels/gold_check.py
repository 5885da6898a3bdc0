"""Whether hand-made labels hold against their texts, and what may have been overlooked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.labels.gold import Bulletin, Texts, gold_paths, read_texts, tied
from eval.labels.gold_file import Labels, parse, with_document_id
from pipeline.checks.completeness import find_unclaimed
from pipeline.checks.grounding import value_fault
from pipeline.console.terminal import console, say, table
from pipeline.errors import GoldError
from pipeline.numerals import numerals
from pipeline.plain_text import one_line, to_json
from pipeline.quotes import cut_numeral, locate_figure
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure

_AROUND = 40  # characters shown on each side of a number
_ALIKE = 60  # of 100: what is less like a quote is not worth showing


class Found(NamedTuple):
    """One finding in one gold file; `words` is the stretch of the text that it is about."""

    path: Path
    finding: Finding
    words: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the file cannot be trusted before this is mended."""
        return self.finding.severity is Severity.ERROR


def check(bulletin: Bulletin) -> tuple[Finding, ...]:
    """Compare labels with their text: errors, warnings, and numbers for a second look (info)."""
    return (
        *_tie_findings(bulletin),
        *_figure_findings(bulletin),
        *_duplicates(bulletin.gold.figures),
        *_claimed_twice(bulletin),
        *_jornada_findings(bulletin),
        *_names(bulletin),
        *_second_look(bulletin),
    )


def check_folder(gold: Path, texts: Sequence[Path] = ()) -> tuple[Found, ...]:
    """Check every gold file of a folder; one that is broken or has no text is a finding too.

    Raises GoldError where the folder holds no gold.
    """
    paths = gold_paths(gold)
    at_hand = read_texts(gold, paths, texts)
    found: list[Found] = []
    labelled: dict[str, Path] = {}
    for path in paths:
        bulletin = _bulletin(path, at_hand)
        if not isinstance(bulletin, Bulletin):
            found.extend(Found(path, finding) for finding in bulletin)
            continue
        text = bulletin.document.text
        found.extend(Found(path, one, _words(text, one.span)) for one in check(bulletin))
        first = labelled.setdefault(bulletin.document.id, path)
        if first is not path:
            message = f"labels the same text as {first.name}"
            found.append(Found(path, _error("text", None, message)))
    return tuple(found)


def _bulletin(path: Path, texts: Texts) -> Bulletin | tuple[Finding, ...]:
    """Read one gold file with its text, or say what keeps it from being read."""
    labels = parse(path)
    if not isinstance(labels, Labels):
        return tuple(_error("form", field, message) for field, message in labels)
    try:
        return tied(labels, texts)
    except GoldError as error:
        return (_error("text", None, str(error).removeprefix(f"{path}: ")),)


def _words(text: str, span: Span | None) -> str:
    if span is None:
        return ""
    start, end = max(span.start - _AROUND, 0), min(span.end + _AROUND, len(text))
    return f"{'…' * (start > 0)}{text[start:end]}{'…' * (end < len(text))}"


def _finding(
    check: str, severity: Severity, field: str | None, message: str, span: Span | None = None
) -> Finding:
    return Finding(check=check, severity=severity, field=field, message=message, span=span)


def _error(check: str, field: str | None, message: str, span: Span | None = None) -> Finding:
    return _finding(check, Severity.ERROR, field, message, span)


def _tie_findings(bulletin: Bulletin) -> Iterator[Finding]:
    if not bulletin.is_tied:
        message = "not tied to its text: jornada gold tie"
        yield _finding("tie", Severity.INFO, "document_id", message)


def _figure_findings(bulletin: Bulletin) -> Iterator[Finding]:
    text = bulletin.document.text
    editions = {jornada.edition for jornada in bulletin.gold.jornadas}
    for index, figure in enumerate(bulletin.gold.figures):
        field = f"figures[{index}]"
        yield from _quote_findings(text, figure, field)
        if figure.edition is not None and figure.edition not in editions:
            message = f"no jornada has the edition {figure.edition}"
            yield _finding("edition", Severity.WARNING, f"{field}.edition", message)


def _quote_findings(text: str, figure: Figure, field: str) -> Iterator[Finding]:
    there = text[figure.char_start : figure.char_end]
    if figure.char_start is not None and there != figure.quote:
        message = f"the text has {there!r} at {figure.char_start}, not the quote {figure.quote!r}"
        yield _error("span", f"{field}.char_start", message)
        return
    found = locate_figure(text, figure)
    if not found:
        message = f"the quote {figure.quote!r} does not stand in the text{_nearest(text, figure)}"
        yield _error("quote", f"{field}.quote", message)
        return
    faults = [_place_fault(text, place, figure, field) for place in found]
    if all(faults) and faults[0]:
        yield faults[0]


def _place_fault(text: str, place: Span, figure: Figure, field: str) -> Finding | None:
    if cut := cut_numeral(text, place):
        message = f"the quote {figure.quote!r} cuts the number {cut.raw!r} in two"
        return _error("quote", f"{field}.quote", message, place)
    if fault := value_fault(text, place, figure.value, figure.unit):
        return _error("value", f"{field}.value", fault, place)
    return None


def _nearest(text: str, figure: Figure) -> str:
    from rapidfuzz.fuzz import partial_ratio_alignment  # noqa: PLC0415 - for a rare message alone

    near = partial_ratio_alignment(figure.quote, text, score_cutoff=_ALIKE)
    return f"; the nearest is {text[near.dest_start : near.dest_end]!r}" if near else ""


def _duplicates(figures: Sequence[Figure]) -> Iterator[Finding]:
    where = {"quote", "char_start", "char_end", "approximate"}
    first: dict[str, int] = {}
    for index, figure in enumerate(figures):
        same = first.setdefault(figure.model_dump_json(exclude=where), index)
        if same != index:
            message = f"the same value and labels as figures[{same}]: one fact is one figure"
            yield _error("duplicate", f"figures[{index}]", message)


def _claimed_twice(bulletin: Bulletin) -> Iterator[Finding]:
    """Find figures that would have to share a number of the text with another.

    A quote may stand at several places, so each figure is given a number of its own, and those
    given before are moved where they can be (bipartite matching).
    """
    text, figures = bulletin.document.text, bulletin.gold.figures
    options = [_numbers(text, figure) for figure in figures]
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


def _numbers(text: str, figure: Figure) -> tuple[int, ...]:
    """List where the numbers start that a figure may stand for; `una` for 1 is left alone."""
    found = locate_figure(text, figure)
    return tuple(
        numeral.start
        for numeral in numerals(text)
        if numeral.value == figure.value
        and any(place.start <= numeral.start and numeral.end <= place.end for place in found)
    )


def _jornada_findings(bulletin: Bulletin) -> Iterator[Finding]:
    for index, jornada in enumerate(bulletin.gold.jornadas):
        if jornada.start and jornada.end and jornada.end < jornada.start:
            message = f"ends on {jornada.end}, before it starts on {jornada.start}"
            yield _error("dates", f"jornadas[{index}].end", message)
        if jornada in bulletin.gold.jornadas[:index]:
            yield _error("duplicate", f"jornadas[{index}]", "the same jornada stands here twice")


def _names(bulletin: Bulletin) -> Iterator[Finding]:
    """Find names given twice, and words labelled "as printed" that are not printed."""
    gold = bulletin.gold
    printed = "".join(bulletin.document.text.split())
    title = bulletin.document.metadata.title or ""
    if gold.title and _squeezed(gold.title) not in printed + _squeezed(title):
        yield _not_printed("title", gold.title)
    for index, specialty in enumerate(gold.specialties):
        if _squeezed(specialty.name) not in printed:
            yield _not_printed(f"specialties[{index}].name", specialty.name)
    for field in ("specialties", "places"):
        items: tuple[object, ...] = getattr(gold, field)
        for index, item in enumerate(items):
            if item in items[:index]:
                yield _error("duplicate", f"{field}[{index}]", "stands here twice")


def _squeezed(words: str) -> str:
    return "".join(words.split())


def _not_printed(field: str, words: str) -> Finding:
    message = f"{words!r} does not stand in the text"
    return _finding("words", Severity.WARNING, field, message)


def _second_look(bulletin: Bulletin) -> Iterator[Finding]:
    for numeral in find_unclaimed(bulletin.document.text, bulletin.gold):
        message = f"{numeral.raw!r} ({numeral.value}) is in no figure: is it none?"
        span = Span(numeral.start, numeral.end)
        yield _finding("second look", Severity.INFO, "figures", message, span)


def tie(gold: Path, texts: Sequence[Path] = (), *, refresh: bool = False) -> Iterator[Path]:
    """Write the id of its text into each gold file that has none; yield the files written.

    With `refresh`, also where the text of the same name is another than was labelled. A file with
    errors is left as it is; when all the others are done, GoldError names those left.
    """
    paths = gold_paths(gold)
    at_hand = read_texts(gold, paths, texts)
    left = []
    for path in paths:
        try:
            if _tie(path, at_hand, refresh=refresh):
                yield path
        except GoldError as error:
            left.append(str(error))
    if left:
        more = f" (and {len(left) - 1} more files: jornada gold check)" if len(left) > 1 else ""
        raise GoldError(f"not tied: {left[0]}{more}")


def _tie(path: Path, texts: Texts, *, refresh: bool) -> bool:
    labels = parse(path)
    if not isinstance(labels, Labels):
        raise GoldError(f"{path}: {_first(labels)}")
    bulletin = tied(labels, texts, by_name=refresh and not _is_there(labels, texts))
    if labels.document_id == bulletin.document.id:
        return False
    errors = [found for found in check(bulletin) if found.severity is Severity.ERROR]
    if errors:
        raise GoldError(f"{path}: {_first([(one.field, one.message) for one in errors])}")
    try:
        written = path.read_bytes().decode("utf-8")
        path.write_bytes(with_document_id(written, bulletin.document.id).encode("utf-8"))
    except OSError as error:
        raise GoldError(f"{path}: cannot be written: {error.strerror or error}") from error
    return True


def _is_there(labels: Labels, texts: Texts) -> bool:
    return any(one.document and one.document.id == labels.document_id for one in texts.read)


def _first(faults: Sequence[tuple[str | None, str]]) -> str:
    field, message = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{f'{field}: ' if field else ''}{message}{more}"


def show(found: Sequence[Found], *, as_json: bool) -> None:
    """Print findings on stdout, the gravest first, as a table or as one JSON array."""
    ranks = list(Severity)
    ordered = sorted(found, key=lambda one: ranks.index(one.finding.severity))
    if as_json:
        say(to_json([_as_json(one) for one in ordered]))
        return
    rows = [
        (
            one.finding.severity.value,
            one.finding.check,
            one_line(one.path.name),
            one_line(one.finding.field or ""),
            one_line(one.finding.message),
            one_line(one.words),
        )
        for one in ordered
    ]
    if rows:
        columns = ("severity", "check", "file", "field", "finding", "words")
        console().print(table(columns, rows))
    say(_summary(found))


def _as_json(found: Found) -> dict[str, object]:
    return {
        "file": str(found.path),
        **found.finding.model_dump(mode="json", exclude={"span"}),
        "char_start": found.finding.span.start if found.finding.span else None,
        "char_end": found.finding.span.end if found.finding.span else None,
        "words": found.words or None,
    }


def _summary(found: Iterable[Found]) -> str:
    counts: dict[Severity, int] = defaultdict(int)
    for one in found:
        counts[one.finding.severity] += 1
    return (
        f"{counts[Severity.ERROR]:,} errors, {counts[Severity.WARNING]:,} warnings, "
        f"{counts[Severity.INFO]:,} to look at again."
    )
