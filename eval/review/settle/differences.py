"""Where two people's labels of one text differ, and what is decided when one is chosen. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import JsonValue

from eval.scoring.agreement import tell_label
from eval.scoring.align import COMPARED, FigureOutcome, FigureVerdict, align, comparable_fields
from eval.scoring.score import FIELDS
from pipeline.decisions.apply import effective
from pipeline.decisions.numeral_place import overlap, places_of
from schemas.decision import REPORT_FIELDS, Decision, DecisionKind
from schemas.finding import Span
from schemas.report import Figure, JornadaReport

Side = Literal["first", "second"]
Settled = Literal["first", "second", "other"]


class Pair(NamedTuple):
    """What two people say of one number; None where one of them says that it is no figure.

    `first_at` and `second_at` are where its numeral stands, `wrong` the labels that differ.
    """

    first: Figure | None
    second: Figure | None
    first_at: Span | None
    second_at: Span | None
    wrong: tuple[str, ...] = ()
    is_alike: bool = False

    @property
    def at(self) -> Span:
        """Where it stands."""
        return self.first_at or self.second_at or Span(0, 0)

    @property
    def places(self) -> tuple[Span, ...]:
        """Where each of the two has it."""
        return tuple(dict.fromkeys(span for span in (self.first_at, self.second_at) if span))

    @property
    def words(self) -> str:
        """Give the words that it stands in."""
        figure = self.first or self.second
        return figure.quote if figure else ""


class FieldPair(NamedTuple):
    """What two people say of a field of the report, as JSON; `said` are those who say anything."""

    field: str
    first: JsonValue
    second: JsonValue
    said: tuple[Side, ...]
    is_alike: bool = False


class Act(NamedTuple):
    """A decision that is to be made: about a numeral, or a field."""

    kind: DecisionKind
    span: Span | None = None
    figure: Figure | None = None
    field: str | None = None
    value: JsonValue = None


def pair_figures(text: str, first: JornadaReport, second: JornadaReport) -> tuple[Pair, ...]:
    """Pair the figures of two people as `jornada gold agree` does, in the order of the text.

    But two numbers of other values that stand in two places are two things to decide.
    """
    first_at, second_at = (places_of(text, each.figures) for each in (first, second))
    pairs: list[Pair] = []
    for verdict in align(second.figures, first.figures, text):
        pair = Pair(
            verdict.gold,
            verdict.read,
            first_at[verdict.gold_number - 1] if verdict.gold_number else None,
            second_at[verdict.read_number - 1] if verdict.read_number else None,
            tuple(_find_wrong(verdict)),
            verdict.outcome is FigureOutcome.RIGHT,
        )
        is_of_two = verdict.outcome is FigureOutcome.WRONG_VALUE and len(pair.places) > 1
        if is_of_two and not overlap(*pair.places):
            pairs.append(pair._replace(second=None, second_at=None, wrong=()))
            pairs.append(pair._replace(first=None, first_at=None, wrong=()))
        else:
            pairs.append(pair)
    return tuple(sorted(pairs, key=lambda pair: pair.at))


def _find_wrong(verdict: FigureVerdict) -> Iterator[str]:
    """Find the labels that differ; where the value does, the others too."""
    if verdict.gold and verdict.read:
        both = map(comparable_fields, (verdict.gold, verdict.read))
        for label, one, other in zip(COMPARED, *both, strict=True):
            if one != other:
                yield label


def pair_fields(first: JornadaReport, second: JornadaReport) -> tuple[FieldPair, ...]:
    """Pair the fields of the report that at least one of two people says anything of."""
    values = [each.model_dump(mode="json", warnings=False) for each in (first, second)]
    pairs = []
    for name in REPORT_FIELDS:
        sides: tuple[tuple[Side, JornadaReport], ...] = (("first", first), ("second", second))
        said = tuple(side for side, each in sides if name in each.model_fields_set)
        if said:
            told = [Counter(FIELDS[name](each)) for each in (first, second)]
            is_alike = len(said) > 1 and told[0] == told[1]
            pairs.append(FieldPair(name, values[0][name], values[1][name], said, is_alike))
    return tuple(pairs)


def list_labels(pair: Pair) -> Iterator[tuple[str, str, str]]:
    """List the labels that differ: as the first has each, and as the second does."""
    if pair.first and pair.second:
        for label in pair.wrong:
            yield label, tell_label(pair.first, label), tell_label(pair.second, label)


def take_figure(
    pair: Pair, side: Side, text: str, figures: Sequence[Figure], decided: Iterable[Decision]
) -> tuple[Act, ...]:
    """Decide a number as one of the two says it is; `figures` are those that hold so far."""
    by_place = _by_place(text, figures, decided)
    chosen, at = (pair.first, pair.first_at) if side == "first" else (pair.second, pair.second_at)
    acts = []
    if chosen is not None and at is not None:
        there = _figure_at(by_place, at)
        kind = DecisionKind.ACCEPT if there == chosen else DecisionKind.CHANGE
        acts.append(Act(kind if there else DecisionKind.ADD, at, chosen))
    for place in pair.places:
        is_other = chosen is None or (at is not None and not overlap(place, at))
        if is_other and (chosen is None or _figure_at(by_place, place)):
            acts.append(Act(DecisionKind.DELETE, place))
    return tuple(acts)


def take_field(pair: FieldPair, side: Side, report: JornadaReport) -> tuple[Act, ...]:
    """Decide a field as one of the two says it; `report` is what holds so far."""
    value = pair.first if side == "first" else pair.second
    is_so = report.model_dump(mode="json")[pair.field] == value
    kind = DecisionKind.ACCEPT if is_so else DecisionKind.CHANGE
    return (Act(kind, field=pair.field, value=value),)


def take_alike(
    pairs: Sequence[Pair],
    fields: Sequence[FieldPair],
    text: str,
    report: JornadaReport,
    decided: Iterable[Decision],
) -> tuple[Act, ...]:
    """Decide all that two people say alike, also that neither of them has a figure of `report`."""
    decided = tuple(decided)
    acts: list[Act] = []
    for pair in pairs:
        if pair.is_alike and tell_settled(pair, report.figures, text, decided) is None:
            acts += take_figure(pair, "first", text, report.figures, decided)
    for field in fields:
        if field.is_alike and tell_field_settled(field, report, decided) is None:
            acts += take_field(field, "first", report)
    acts += [
        Act(DecisionKind.DELETE, span)
        for span, _ in list_neither(pairs, text, report.figures, decided)
    ]
    return tuple(acts)


def list_neither(
    pairs: Sequence[Pair], text: str, figures: Sequence[Figure], decided: Iterable[Decision]
) -> tuple[tuple[Span, Figure], ...]:
    """List the figures that hold so far, that nobody decided, and that neither of two has."""
    known = [span for pair in pairs for span in pair.places]
    known += [one.span for one in effective(decided) if one.span]
    places = zip(places_of(text, figures), figures, strict=True)
    return tuple(
        (span, figure)
        for span, figure in places
        if span and not any(overlap(span, each) for each in known)
    )


def tell_settled(
    pair: Pair, figures: Sequence[Figure], text: str, decided: Iterable[Decision]
) -> Settled | None:
    """Tell as whose labels a number was decided; None where it was not."""
    decided = tuple(decided)
    if not list_decisions(pair, decided):
        return None
    by_place = _by_place(text, figures, decided)
    there = [figure for span in pair.places if (figure := _figure_at(by_place, span))]
    if pair.first in there or (not there and pair.first is None):
        return "first"
    if pair.second in there or (not there and pair.second is None):
        return "second"
    return "other"


def tell_field_settled(
    pair: FieldPair, report: JornadaReport, decided: Iterable[Decision]
) -> Settled | None:
    """Tell as whose a field was decided; None where it was not."""
    if not list_decisions(pair, decided):
        return None
    value = report.model_dump(mode="json")[pair.field]
    for side, own in (("first", pair.first), ("second", pair.second)):
        if side in pair.said and own == value:
            return "first" if side == "first" else "second"
    return "other"


def list_decisions(pair: Pair | FieldPair, decided: Iterable[Decision]) -> tuple[Decision, ...]:
    """List the decisions that hold of a number or a field: those that undoing takes back."""
    if isinstance(pair, FieldPair):
        return tuple(one for one in effective(decided) if one.field == pair.field)
    return tuple(
        one
        for one in effective(decided)
        if one.span and any(overlap(one.span, span) for span in pair.places)
    )


def _by_place(
    text: str, figures: Sequence[Figure], decided: Iterable[Decision]
) -> Mapping[Span, Figure]:
    """Give the figures by where they stand; one that was decided stands where that was decided."""
    found = {
        span: figure for span, figure in zip(places_of(text, figures), figures, strict=True) if span
    }
    for one in effective(decided):
        if one.span and one.figure in figures and one.figure:
            found = {span: each for span, each in found.items() if each != one.figure}
            found[one.span] = one.figure
    return found


def _figure_at(by_place: Mapping[Span, Figure], at: Span) -> Figure | None:
    return next((figure for span, figure in by_place.items() if overlap(span, at)), None)
