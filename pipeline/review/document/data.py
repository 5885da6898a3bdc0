"""What the document page's script is told of a document, as JSON. Pure.

Places in the text count its characters as Python does; the text comes cut into pieces, so that the
script counts within one of them alone. All that is shown was made visible, one to one.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.checks.completeness import list_unclaimed
from pipeline.decisions.numeral_place import places_of
from pipeline.exclusions import exclusion_of
from pipeline.pages.pieces import Mark, cut_pieces
from pipeline.pages.text import visible
from pipeline.quotes import locate_figure
from pipeline.review.document.candidates import PlainReading, readings_at
from pipeline.review.document.lookup import Looked
from pipeline.review.document.windows import windows
from schemas.decision import REPORT_FIELDS, DecidedMark, Decision, DecisionKind
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure

Data = dict[str, Any]

_MOST_HISTORY = 200
_MOST_FINDINGS = 300
_GRAVEST_FIRST = tuple(Severity)
_UNCLAIMED = "in no figure, and no reason was given"


def describe(looked: Looked, number: int = 0) -> Data:
    """Describe the window of that number (from 0) of a document, and all that was decided."""
    text = looked.document.text
    spans = windows(text)
    at = min(max(number, 0), len(spans) - 1)
    window = spans[at]
    numbers = _numbers(looked)
    shown = sorted(
        (*_figure_items(looked, window), *_number_items(text, numbers, window)),
        key=lambda one: (one["at"], one["id"]),
    )
    findings = [
        one
        for one in _findings(looked)
        if one["span"] is None or window.start <= one["span"][0] < window.end
    ]
    marks = looked.decided.marks
    data = {
        "document_id": looked.document.id,
        "version": looked.version,
        "reading": _reading(looked),
        "window": {"number": at, "of": len(spans), "start": window.start, "end": window.end},
        "length": len(text),
        "pieces": list(_pieces(text, window, shown, findings)),
        "items": shown,
        "counts": {
            "figures": len(marks),
            "left": marks.count(None),
            "numbers": len(numbers),
        },
        "findings": findings[:_MOST_FINDINGS],
        "findings_left_out": max(0, len(findings) - _MOST_FINDINGS),
        "fields": list(_fields(looked)),
        "history": list(_history(looked)),
        "history_left_out": max(0, len(looked.decisions) - _MOST_HISTORY),
    }
    return {name: show(value) for name, value in data.items()}


def show(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Make all texts in JSON visible, but the keys, which are ours."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {name: show(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [show(each) for each in value]
    return value


def describe_readings(readings: Sequence[PlainReading]) -> list[Data]:
    """Describe what a numeral can be worth."""
    return [{**one._asdict(), "unit": one.unit.value} for one in readings]


def _figure_items(looked: Looked, window: Span) -> Iterator[Data]:
    text, figures = looked.document.text, looked.report.figures
    places = places_of(text, figures)
    both = zip(figures, looked.decided.marks, places, strict=True)
    used: set[Span] = set()
    for number, (figure, mark, span) in enumerate(both, 1):
        quotes = locate_figure(text, figure)
        quote = quotes[0] if quotes else None
        place = span or quote
        if not _is_in(window, place):
            continue
        is_known = span is not None and span not in used
        if span is not None:
            used.add(span)
        yield {
            "id": f"f{span.start}-{span.end}" if span and is_known else f"q{number}",
            "kind": "figure",
            "at": place.start if place else -1,
            "span": span,
            "quote": quote,
            "figure": figure.model_dump(mode="json"),
            "readings": describe_readings(readings_at(text, span)) if span else [],
            "decided": _decided(mark),
        }


def _is_in(window: Span, place: Span | None) -> bool:
    return window.start == 0 if place is None else window.start <= place.start < window.end


def _numbers(looked: Looked) -> dict[Span, tuple[str, bool]]:
    """Map the places of numbers that are no figures to why, and whether nobody claimed them."""
    text, report = looked.document.text, looked.report
    told = {
        Span(one.char_start, one.char_end): (one.reason, False)
        for one in report.set_aside
        if one.char_start < one.char_end <= len(text)
    }
    left = {
        Span(one.start, one.end): (exclusion_of(text, one) or _UNCLAIMED, True)
        for one in list_unclaimed(text, report)
    }
    return left | told


def _number_items(
    text: str, numbers: Mapping[Span, tuple[str, bool]], window: Span
) -> Iterator[Data]:
    for span, (reason, is_unclaimed) in numbers.items():
        if _is_in(window, span):
            yield {
                "id": f"n{span.start}-{span.end}",
                "kind": "number",
                "at": span.start,
                "span": span,
                "raw": text[slice(*span)],
                "reason": reason,
                "unclaimed": is_unclaimed,
            }


def _decided(mark: DecidedMark | None) -> Data | None:
    if mark is None:
        return None
    return {"kind": str(mark.kind), "who": mark.who, "when": _when(mark.when)}


def _pieces(
    text: str, window: Span, items: Sequence[Data], findings: Sequence[Data]
) -> Iterator[list[Any]]:
    """Cut the window's text: where each piece begins, its text, and what it is part of.

    "q:" stands before the item whose quote it is, "v:" before the item whose number it is, "x:"
    before the number of a finding.
    """
    stretches = [
        *(("q:" + one["id"], one["quote"]) for one in items if one.get("quote")),
        *(("v:" + one["id"], one["span"]) for one in items if one["span"]),
        *((f"x:{number}", one["span"]) for number, one in enumerate(findings) if one["span"]),
    ]
    marks = (
        Mark(start - window.start, end - window.start, about) for about, (start, end) in stretches
    )
    for piece in cut_pieces(text[slice(*window)], marks):
        yield [window.start + piece.start, piece.text, [mark.about for mark in piece.marks]]


def _findings(looked: Looked) -> list[Data]:
    ordered = sorted(
        looked.decided.reading.findings, key=lambda one: _GRAVEST_FIRST.index(one.severity)
    )
    return [_finding(looked.document.text, one) for one in ordered]


def _finding(text: str, finding: Finding) -> Data:
    span = finding.span
    holds = span is not None and 0 <= span.start < span.end <= len(text)
    return {
        "check": finding.check,
        "severity": finding.severity.value,
        "message": finding.message,
        "span": span if holds else None,
    }


def _reading(looked: Looked) -> Data | None:
    reading = looked.reading
    if reading is None:
        return None
    return {
        "reading_id": reading.reading_id,
        "reader": reading.key.reader,
        "model": reading.key.model,
        "prompt": reading.key.prompt,
        "status": reading.status.value,
        "error": reading.error,
        "derived": reading.derived,
        "read_at": _when(looked.read_at) if looked.read_at else None,
    }


def _fields(looked: Looked) -> Iterator[Data]:
    values = looked.report.model_dump(mode="json", include=set(REPORT_FIELDS))
    last = {one.field: one for one in looked.standing if one.field is not None}
    for name in REPORT_FIELDS:
        one = last.get(name)
        kind = "accepted" if one and one.kind is DecisionKind.ACCEPT else "changed"
        decided = {"kind": kind, "who": one.who, "when": _when(one.decided_at)} if one else None
        yield {"name": name, "value": values[name], "decided": decided}


def _history(looked: Looked) -> Iterator[Data]:
    """Describe what was decided, the newest first."""
    undone = _undone(looked.decisions)
    standing = {one.decision_id for one in looked.standing}
    by_id = {one.decision_id: one for one in looked.decisions}
    for one in looked.decisions[: -_MOST_HISTORY - 1 : -1]:
        meant = by_id.get(one.undoes or "", one)
        is_undone = one.decision_id in undone
        yield {
            "decision_id": one.decision_id,
            "kind": one.kind.value,
            "who": one.who,
            "when": _when(one.decided_at),
            "about": _about(looked.document.text, meant),
            "span": meant.span,
            "undoes": one.undoes,
            "undone": is_undone,
            "holds": one.decision_id in standing or (one.undoes is not None and not is_undone),
            "carried": one.carried_from is not None,
        }


def _undone(decisions: Sequence[Decision]) -> set[str]:
    """Name the decisions that were undone; what was undone itself undoes nothing."""
    undone: set[str] = set()
    for one in reversed(decisions):
        if one.undoes is not None and one.decision_id not in undone:
            undone.add(one.undoes)
    return undone


def _about(text: str, decision: Decision) -> str:
    if decision.span is None:
        return decision.field or ""
    number = text[slice(*decision.span)]
    return f"{number}: {_labels(decision.figure)}" if decision.figure else number


def _labels(figure: Figure) -> str:
    told = (figure.service, figure.detail, figure.status, figure.period, figure.place)
    return " · ".join(filter(None, told))


def _when(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds") + "Z"
