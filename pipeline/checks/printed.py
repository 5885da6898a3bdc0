"""What a report says beside its figures' numbers: each word, edition and day is the bulletin's.

Nothing here is judged by what it means. A title, a programme, a specialty or a place that the text
and its metadata do not hold is an invention, and so are an edition and a day that they do not tell;
where they are held in other letters, the bulletin's own are kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from pipeline.checks.printed_days import knows_bound, knows_day
from pipeline.checks.printed_editions import names_series, printed_editions
from pipeline.checks.printed_words import find_printed, has_words
from pipeline.plain_text import one_line
from pipeline.quotes import span_within
from pipeline.spanish.gazetteer import NATIONAL, gazetteer
from pipeline.spanish.place_search import stands_in
from pipeline.spanish.places import JOINT, read_place
from schemas.document import Document
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure, Jornada, JornadaReport, PlaceKind, SetAside

CHECK = "printed"
_BY_DEFAULT = (PlaceKind.NATIONAL, PlaceKind.SIDE)
"""What a number's place is without being named."""
_SHOWN = 60
"""Characters of what was made up that a finding shows."""
_LONGEST_REASON = 100
_NO_REASON = "no figure"
_NOT_IN_A_REASON = re.compile(r"[^\w\s.,;:()%/'-]+|^[\W_]+")


class _Mended(NamedTuple):
    """What is left of a part of a report, and what was wrong with the rest."""

    kept: Any
    findings: tuple[Finding, ...] = ()


def keep_printed(
    document: Document, report: JornadaReport
) -> tuple[JornadaReport, tuple[Finding, ...]]:
    """Drop what the bulletin does not hold, whoever read it; each gives a warning. Pure.

    A title, a programme, an edition or a day becomes None, a specialty or a place of the report
    goes, and so does a jornada of which nothing is printed. A figure keeps its number: where its
    place is not printed, it is `national`, as a number is whose place is not named.
    """
    texts = document.printed
    parts = {
        "title": _words(texts, "title", report.title),
        "programme": _words(texts, "programme", report.programme),
        "jornadas": _jornadas(document, texts, report.jornadas),
        "figures": _figures(document, texts, report.figures),
        "specialties": _named(
            report.specialties, "specialties", "specialty", lambda one: _specialty(texts, one)
        ),
        "places": _named(report.places, "places", "place", lambda one: _place(texts, one)),
        "set_aside": _asides(document.text, report.set_aside),
    }
    update = {name: part.kept for name, part in parts.items()}
    findings = tuple(finding for part in parts.values() for finding in part.findings)
    return report.model_copy(update=update), findings


def _finder(texts: Iterable[str]) -> Callable[[str], str | None]:
    def find(words: str) -> str | None:
        return next(filter(None, (find_printed(text, words) for text in texts)), None)

    return find


def _words(texts: Iterable[str], field: str, words: str | None) -> _Mended:
    if words is None:
        return _Mended(None)
    printed = _finder(texts)(words)
    if printed:
        return _Mended(printed)
    message = f"the {field} {_show(words)} stands nowhere in the bulletin"
    return _Mended(None, (_finding(field, message),))


def _named(
    entries: Iterable[Any], field: str, noun: str, find: Callable[[str], str | None]
) -> _Mended:
    """Keep the entries whose name is printed, each as it is printed."""
    kept, findings = [], []
    for index, entry in enumerate(entries):
        printed = find(entry.name)
        if printed:
            kept.append(entry.model_copy(update={"name": printed}))
        else:
            message = f"the {noun} {_show(entry.name)} stands nowhere in the bulletin"
            findings.append(_finding(f"{field}[{index}]", message))
    return _Mended(tuple(kept), tuple(findings))


def _place(texts: Iterable[str], name: str) -> str | None:
    """Return the places that `name` joins, as they are printed or known, None where none is."""
    found = (_one_place(texts, part.strip()) for part in name.split(JOINT.strip()))
    return JOINT.join(filter(None, found)) or None


def _one_place(texts: Iterable[str], name: str) -> str | None:
    place = read_place(name)
    if place.kind in _BY_DEFAULT:
        return name
    if not any(stands_in(name, text) for text in texts):
        return None
    if place.kind is PlaceKind.UNIT or place.name in gazetteer().spellings:
        return name if _PLAIN_NAME.fullmatch(name) else None
    return _finder(texts)(name) or _put_together(texts, name)


def _specialty(texts: Iterable[str], name: str) -> str | None:
    return _finder(texts)(name) or _put_together(texts, name)


def _put_together(texts: Iterable[str], name: str) -> str | None:
    """Return a name whose words are printed, but apart: "cirugía general y pediátrica"."""
    plain = _PLAIN_NAME.fullmatch(name) and any(has_words(text, name) for text in texts)
    return name if plain else None


_PLAIN_NAME = re.compile(r"\w[\w\s.,;:()'’\"“”«»°º/&+-]*")
"""Of a name that is put together, and printed nowhere as it is."""


def _jornadas(document: Document, texts: Iterable[str], jornadas: Iterable[Jornada]) -> _Mended:
    kept, findings = [], []
    editions = _editions(texts)
    for index, jornada in enumerate(jornadas):
        field, update = f"jornadas[{index}]", dict[str, None]()
        claims = {
            "edition": jornada.edition is None or jornada.edition in editions,
            "start": jornada.start is None or knows_day(document, jornada.start),
            "end": jornada.end is None or knows_day(document, jornada.end),
        }
        claimed = {name: held for name, held in claims.items() if getattr(jornada, name)}
        for name in (name for name, held in claimed.items() if not held):
            update[name] = None
            findings.append(_finding(f"{field}.{name}", _not_told(name, getattr(jornada, name))))
        if any(claimed.values()) or (not claimed and any(map(names_series, texts))):
            kept.append(jornada.model_copy(update=update))
        elif not claimed:
            findings.append(_finding(field, "the bulletin names no jornada"))
    return _Mended(tuple(kept), tuple(findings))


def _editions(texts: Iterable[str]) -> frozenset[int]:
    return frozenset().union(*map(printed_editions, texts))


def _not_told(name: str, value: int | date) -> str:
    if name == "edition":
        return f"no jornada of the edition {value} is named in the bulletin"
    return f"{value} is no day that the bulletin prints or lets one know"


def _figures(document: Document, texts: Iterable[str], figures: Iterable[Figure]) -> _Mended:
    kept: list[Figure] = []
    findings: dict[tuple[str, str], Finding] = {}
    editions = _editions(texts)
    places: dict[str, str | None] = {}
    for figure in figures:
        update: dict[str, object] = {}
        told: list[tuple[str, str]] = []
        if figure.edition is not None and figure.edition not in editions:
            update["edition"] = None
            told.append(("edition", _not_told("edition", figure.edition)))
        for name in ("starts_on", "ends_on"):
            day = getattr(figure, name)
            if day and not knows_bound(document, day):
                update[name] = None
                told.append((name, _not_told(name, day)))
        if figure.place not in places:
            places[figure.place] = _place(texts, figure.place)
        if places[figure.place] != figure.place:
            update["place"] = places[figure.place] or NATIONAL
            told.extend(("place", one) for one in _lost_places(texts, figure.place))
        kept.append(figure.model_copy(update=update) if update else figure)
        for name, message in told:  # once for all figures that say so
            findings.setdefault(
                (name, message),
                _finding(f"figures.{name}", message, span_within(document.text, figure)),
            )
    return _Mended(tuple(kept), tuple(findings.values()))


def _lost_places(texts: Iterable[str], joined: str) -> Iterator[str]:
    for name in joined.split(JOINT.strip()):
        if _one_place(texts, name.strip()) is None:
            yield f"the place {_show(name)} stands nowhere in the bulletin"


def _asides(text: str, asides: Iterable[SetAside]) -> _Mended:
    """Keep what stands where it is said to, each reason in plain words on one line."""
    kept, findings = [], []
    for index, aside in enumerate(asides):
        if text[aside.char_start : aside.char_end] != aside.quote:
            message = f"{_show(aside.quote)} does not stand at {aside.char_start}"
            findings.append(_finding(f"set_aside[{index}]", message))
            continue
        reason = _NOT_IN_A_REASON.sub("", one_line(aside.reason))[:_LONGEST_REASON].strip()
        kept.append(aside.model_copy(update={"reason": reason or _NO_REASON}))
    return _Mended(tuple(kept), tuple(findings))


def _show(words: str) -> str:
    """Quote what was made up, cut and without what acts on a terminal."""
    plain = one_line(words.replace('"', "'"))
    return f'"{plain[:_SHOWN]}{"…" * (len(plain) > _SHOWN)}"'


def _finding(field: str, message: str, span: Span | None = None) -> Finding:
    return Finding(check=CHECK, severity=Severity.WARNING, field=field, message=message, span=span)
