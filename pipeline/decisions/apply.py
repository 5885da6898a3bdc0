"""A report, and what people decided of it -> the report as decided. Pure.

The last decision about a numeral holds, and the last about a field; one that was undone is none.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from pipeline.checks.completeness import explain_unclaimed
from pipeline.decisions.numeral_place import is_alone_in, overlap, places_of, possible_places
from pipeline.plain_text import one_line
from schemas.decision import DecidedMark, Decision, DecisionKind
from schemas.document import Document
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure, JornadaReport, SetAside

CHECK = "decision"
"""The name by which findings tell of decisions."""
NO_SUBJECT = "not about health services of the kind"
_LONGEST_REASON = 100
_DONE = {
    DecisionKind.ACCEPT: "accepted",
    DecisionKind.CHANGE: "changed",
    DecisionKind.ADD: "added",
}


class Decided(NamedTuple):
    """A report as decided, with a mark or None for each of its figures.

    `findings` tell where the report that was given does not agree with what was decided.
    """

    report: JornadaReport
    marks: tuple[DecidedMark | None, ...]
    findings: tuple[Finding, ...]


class _Slot(NamedTuple):
    """A figure on its way into the report: where its numeral stands, and what was done with it."""

    figure: Figure
    place: Span | None
    mark: DecidedMark | None = None


def effective(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Give the decisions that count, in the order given: not undone, and none later of the same.

    What undoes, and was undone itself, undoes nothing.
    """
    undone: set[str] = set()
    fields: set[str] = set()
    spans: list[Span] = []
    kept: list[Decision] = []
    for one in reversed(tuple(decisions)):
        if one.decision_id in undone:
            continue
        if one.undoes is not None:
            undone.add(one.undoes)
        elif one.span is not None and not any(overlap(one.span, span) for span in spans):
            spans.append(one.span)
            kept.append(one)
        elif one.field is not None and one.field not in fields:
            fields.add(one.field)
            kept.append(one)
    return tuple(reversed(kept))


def apply_decisions(
    document: Document,
    report: JornadaReport,
    decisions: Sequence[Decision],
    made_on: Collection[str] = (),
) -> Decided:
    """Apply decisions, in the order they were made, to what a reader made of the document.

    Decisions that are `apart` are left out by whoever calls. A report that nothing was decided of
    comes back as it is. `made_on` are the IDs of decisions that were made on this very report: no
    finding tells that they change it.
    """
    counting = effective(decisions)
    if not counting:
        return Decided(report, (None,) * len(report.figures), ())
    findings: list[Finding] = []
    by_place = sorted((one for one in counting if one.span), key=lambda one: one.span or Span(0, 0))
    slots = _slots(document.text, report.figures, by_place)
    asides = list(report.set_aside)
    for one in by_place:
        if one.span is not None:
            findings += _compare(slots, one, one.span) if one.decision_id not in made_on else []
            slots, asides = _place(document.text, slots, asides, one, one.span)
    about_fields = [one for one in counting if one.field is not None]
    report, fields = _set_fields(report, about_fields, made_on)
    if not report.relevant and any(one.field == "relevant" for one in about_fields):
        slots, asides = _without_subject(document.text, slots, asides)
    figures = tuple(slot.figure for slot in slots)
    report = report.model_copy(update={"figures": figures, "set_aside": tuple(asides)})
    # What only the words of a deleted figure covered.
    asides += explain_unclaimed(document.text, report)
    asides.sort(key=lambda aside: (aside.char_start, aside.char_end))
    report = report.model_copy(update={"set_aside": tuple(asides)})
    findings += fields
    return Decided(report, tuple(slot.mark for slot in slots), tuple(findings))


def _slots(text: str, figures: Sequence[Figure], decisions: Sequence[Decision]) -> list[_Slot]:
    """Find where each figure stands; one that was decided stands where that was decided."""
    places = list(places_of(text, figures))
    for one in decisions:
        if one.span is None or any(place and overlap(place, one.span) for place in places):
            continue
        # Its quote holds the value twice, and another place of it was meant.
        meant = (
            at
            for at, figure in enumerate(figures)
            if one.figure is not None
            and figure.value == one.figure.value
            and one.span in possible_places(text, figure)
            and (places[at] is None or figure.quote == one.figure.quote)
        )
        if (at := next(meant, None)) is not None:
            places[at] = one.span
    return [_Slot(figure, place) for figure, place in zip(figures, places, strict=True)]


def _place(
    text: str, slots: list[_Slot], asides: list[SetAside], one: Decision, span: Span
) -> tuple[list[_Slot], list[SetAside]]:
    """Put a decided figure where its numeral's was, or else set the numeral aside."""
    there = [at for at, slot in enumerate(slots) if slot.place and overlap(slot.place, span)]
    asides = [
        aside
        for aside in asides
        if not overlap(words := Span(aside.char_start, aside.char_end), span)
        or not is_alone_in(text, span, words)
    ]
    at = there[0] if there else _position(slots, one)
    kept = [slot for place, slot in enumerate(slots) if place not in there]
    if one.figure is not None:
        mark = DecidedMark(_DONE[one.kind], one.who, one.decided_at)
        kept.insert(at, _Slot(one.figure, span, mark))
    else:
        reason = f"no figure, says {one_line(one.who)}"[:_LONGEST_REASON]
        asides.append(_aside(text, span, reason))
    return kept, asides


def _position(slots: Sequence[_Slot], one: Decision) -> int:
    start = one.figure.char_start if one.figure else None
    later = (at for at, slot in enumerate(slots) if (slot.figure.char_start or 0) > (start or 0))
    return next(later, len(slots))


def _aside(text: str, span: Span, reason: str) -> SetAside:
    return SetAside(
        quote=text[slice(*span)], reason=reason, char_start=span.start, char_end=span.end
    )


def _without_subject(
    text: str, slots: list[_Slot], asides: list[SetAside]
) -> tuple[list[_Slot], list[SetAside]]:
    """Set aside the numbers of a text that is not relevant, but those that somebody decided of."""
    gone = [slot.place for slot in slots if slot.mark is None and slot.place is not None]
    kept = [slot for slot in slots if slot.mark is not None]
    return kept, [*asides, *(_aside(text, place, NO_SUBJECT) for place in gone)]


def _set_fields(
    report: JornadaReport, decisions: Sequence[Decision], made_on: Collection[str]
) -> tuple[JornadaReport, list[Finding]]:
    findings: list[Finding] = []
    for one in decisions:
        if one.field is None:
            continue
        value = field_value(report, one)
        if getattr(report, one.field) != value:
            if one.decision_id not in made_on:
                said = f"{one_line(one.who)} decided {one.field}; this reading has it otherwise"
                findings.append(_finding(one, said, None))
            report = report.model_copy(update={one.field: value})
    return report, findings


def field_value(report: JornadaReport, decision: Decision) -> object:
    """Give the value of a decided field as a report has it. Raises `ValidationError`."""
    name = decision.field or ""
    whole: dict[str, Any] = report.model_dump(mode="json", exclude={"figures", "set_aside"})
    return getattr(JornadaReport.model_validate({**whole, name: decision.value}), name)


def _compare(slots: Sequence[_Slot], one: Decision, span: Span) -> list[Finding]:
    """Tell where a report does not have what was decided."""
    there = [slot.figure for slot in slots if slot.place and overlap(slot.place, span)]
    who = one_line(one.who)
    if one.figure is None:
        return [
            _finding(one, f"{who} said that {figure.quote!r} holds no figure", span)
            for figure in there
        ]
    done = f"{who} {_DONE[one.kind]} {one.figure.value}"
    if not there:
        return [_finding(one, f"{done}, which this reading lacks", span)]
    differing = _differing(there[0], one.figure)
    if not differing:
        return []
    return [_finding(one, f"{done}; this reading has another {', '.join(differing)}", span)]


def _differing(read: Figure, decided: Figure) -> list[str]:
    """Name the fields but the quote, which may be longer or shorter, that are not the same."""
    return [
        name
        for name in Figure.model_fields
        if name not in ("quote", "char_start", "char_end")
        and getattr(read, name) != getattr(decided, name)
    ]


def _finding(one: Decision, message: str, span: Span | None) -> Finding:
    field = one.field or "figures"
    return Finding(check=CHECK, severity=Severity.INFO, field=field, message=message, span=span)
