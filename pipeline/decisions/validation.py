"""Whether a decision can hold: nothing that the text does not have gets in by it. Pure."""

from pydantic import ValidationError

from pipeline.decisions.apply import field_value
from pipeline.decisions.numeral_place import numerals_of
from pipeline.errors import UsageError
from pipeline.places import canonical_place, canonical_places
from pipeline.plain_text import one_line
from pipeline.quotes import cut_numeral, span_of
from schemas.decision import Decision
from schemas.document import Document, Numeral, NumeralKind
from schemas.finding import Span
from schemas.report import BulletinKind, Figure, JornadaReport, Unit


def hold(document: Document, decision: Decision) -> Decision:
    """Give a decision as it is kept, with places under their one names.

    A person may count what the rules would set aside, but no number whose print does not say it.
    Raises `UsageError` with one line.
    """
    if decision.document_id != document.id:
        raise UsageError("the decision is about another document")
    if decision.span is not None:
        return _hold_figure(document.text, decision, decision.span)
    return _hold_field(decision) if decision.field is not None else decision


def _hold_figure(text: str, decision: Decision, span: Span) -> Decision:
    is_within = 0 <= span.start < span.end <= len(text)
    if not (is_within and numerals_of(text, span)):
        raise UsageError(f"no number stands at {span.start} to {span.end} of the text")
    if decision.figure is None:
        return decision
    figure = decision.figure.model_copy(update={"place": canonical_place(decision.figure.place)})
    if fault := decided_fault(text, figure, span):
        raise UsageError(fault)
    return decision.model_copy(update={"figure": figure})


def decided_fault(text: str, figure: Figure, span: Span) -> str | None:
    """Say why a figure that was decided of the numeral at `span` is not what the text says there.

    None where its quote stands there, holds the numeral whole, and its value and unit are in one of
    the ways to read it.
    """
    quote = span_of(figure)
    if quote is None:
        return "the figure has no place in the text"
    if text[slice(*quote)] != figure.quote:
        return f"the quote {one_line(figure.quote)!r} does not stand at {quote.start}"
    if not (quote.start <= span.start and span.end <= quote.end):
        return f"the quote {one_line(figure.quote)!r} does not hold the number"
    if cut := cut_numeral(text, quote):
        return f"the quote {one_line(figure.quote)!r} cuts the number {cut.raw!r} in two"
    worth = [one for one in numerals_of(text, span) if one.value == figure.value]
    if not worth:
        printed = one_line(text[slice(*span)])
        return f"{printed!r} cannot be read as {figure.value}"
    if not any(_is_of(one, figure.unit) for one in worth):
        return f"{one_line(text[slice(*span)])!r} is a percentage, and no count"
    return None


def _is_of(numeral: Numeral, unit: Unit) -> bool:
    """Tell whether a numeral can be of a unit: a share may be printed without its sign."""
    return unit is Unit.PERCENT or numeral.kind is not NumeralKind.PERCENT


def _hold_field(decision: Decision) -> Decision:
    empty = JornadaReport(bulletin_kind=BulletinKind.RESULTS)
    name = decision.field or ""
    try:
        value = field_value(empty, decision)
    except ValidationError as error:
        raise UsageError(f"{name}: {one_line(error.errors()[0]['msg'])}") from error
    report = canonical_places(empty.model_copy(update={name: value}))
    return decision.model_copy(update={"value": report.model_dump(mode="json")[name]})
