from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import permutations
from operator import eq
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.scoring.align import (
    FULL,
    LABELS,
    STRICT,
    FigureOutcome,
    FigureVerdict,
    align,
    comparable_fields,
)
from schemas.report import Basis, Figure, Period, Service, Status, Unit

TEXT = (
    "Se hicieron 90 cirugías, de ellas 12 de catarata, y 340 consultas. "
    "El sábado fueron 90 cirugías. La meta se cumplió en 98.5 por ciento."
)


def figure(quote: str, value: float, nth: int = 0, **labels: object) -> Figure:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(quote, start + 1)
    fields = {
        "value": value,
        "unit": Unit.COUNT,
        "service": Service.SURGERY,
        "status": Status.PERFORMED,
        "period": Period.JORNADA,
        "place": "national",
        "approximate": False,
        "quote": quote,
        "char_start": start,
        "char_end": start + len(quote),
    }
    return Figure.model_validate(fields | labels)


SURGERIES = figure("90 cirugías", 90)
AGAIN = figure("90 cirugías", 90, nth=1)
CATARACTS = figure("12 de catarata", 12, detail="cataract")
CONSULTATIONS = figure("340 consultas", 340, service=Service.CONSULTATION)
PERCENT = figure("98.5 por ciento", 98.5, unit=Unit.PERCENT, service=Service.TOTAL)


def changed(one: Figure, **labels: object) -> Figure:
    return one.model_copy(update=labels)


def unplaced(one: Figure) -> Figure:
    return changed(one, char_start=None, char_end=None)


def outcomes(verdicts: Iterable[FigureVerdict]) -> list[FigureOutcome]:
    return [verdict.outcome for verdict in verdicts]


# One figure


OTHER_LABELS: list[tuple[str, object]] = [
    ("unit", Unit.PERCENT),
    ("service", Service.OTHER),
    ("detail", "cataract"),
    ("status", Status.PLANNED),
    ("period", Period.OTHER),
    ("edition", 7),
    ("place", "Yucatán"),
    ("approximate", True),
]


@pytest.mark.parametrize(("label", "value"), OTHER_LABELS)
def test_a_wrong_label_is_named(label: str, value: object) -> None:
    read = changed(SURGERIES, **{label: value})
    (verdict,) = align([read], [SURGERIES], TEXT)
    assert verdict == (FigureOutcome.WRONG_LABEL, (label,), 1, SURGERIES, 1, read)


def test_wrong_labels_come_in_the_order_of_the_fields() -> None:
    read = changed(SURGERIES, **dict(reversed(OTHER_LABELS)))
    (verdict,) = align([read], [SURGERIES], TEXT)
    assert verdict.wrong == FULL[1:]
    assert (*verdict.wrong, "days", "basis") == LABELS


DAYS = {"starts_on": date(2022, 7, 2), "ends_on": date(2022, 7, 3)}


@pytest.mark.parametrize(
    "changes", [{"starts_on": None}, {"ends_on": date(2022, 7, 4)}, dict.fromkeys(DAYS)]
)
def test_days_are_right_where_both_are(changes: dict[str, object]) -> None:
    gold = changed(SURGERIES, **DAYS)
    (verdict,) = align([changed(gold, **changes)], [gold], TEXT)
    assert (verdict.outcome, verdict.wrong) == (FigureOutcome.WRONG_LABEL, ("days",))
    assert outcomes(align([gold], [gold], TEXT)) == [FigureOutcome.RIGHT]


@pytest.mark.parametrize("basis", [None, Basis.ABOVE_GOAL])
def test_what_a_percentage_is_of_is_compared(basis: Basis | None) -> None:
    gold = changed(PERCENT, basis=Basis.GOAL)
    (verdict,) = align([changed(gold, basis=basis)], [gold], TEXT)
    assert (verdict.outcome, verdict.wrong) == (FigureOutcome.WRONG_LABEL, ("basis",))


def test_days_and_basis_that_the_gold_leaves_out_are_not_wrong() -> None:
    read = changed(PERCENT, basis=Basis.GOAL, **DAYS)
    assert outcomes(align([read], [PERCENT], TEXT)) == [FigureOutcome.RIGHT]
    (verdict,) = align([read], [changed(PERCENT, starts_on=None, basis=None)], TEXT)
    assert verdict.wrong == ("days", "basis")


def test_of_two_figures_alike_but_for_their_days_each_is_paired_with_its_own() -> None:
    saturday = {"starts_on": date(2022, 7, 2), "ends_on": date(2022, 7, 2)}
    sunday = {"starts_on": date(2022, 7, 3), "ends_on": date(2022, 7, 3)}
    gold = [changed(unplaced(SURGERIES), **saturday), changed(unplaced(SURGERIES), **sunday)]
    for read in (gold, gold[::-1]):
        assert outcomes(align(read, gold, TEXT)) == [FigureOutcome.RIGHT] * 2


def test_the_quote_is_no_label() -> None:
    longer = figure("90 cirugías, de ellas", 90)
    shorter = figure("90", 90)
    for read in (longer, shorter, AGAIN):
        assert outcomes(align([read], [SURGERIES], TEXT)) == [FigureOutcome.RIGHT]


@pytest.mark.parametrize(
    "place", ["nuevo leon; YUCATAN", "Yucatán;  Nuevo\nLeón", "Nuevo León; Yucatán"]
)
def test_a_place_counts_without_case_accents_space_and_order(place: str) -> None:
    read, gold = changed(SURGERIES, place=place), changed(SURGERIES, place="Nuevo León; Yucatán")
    assert outcomes(align([read], [gold], TEXT)) == [FigureOutcome.RIGHT]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HGZ No. 33, de Bahía de Banderas", "HGZ 33 Bahía de Banderas"),
        ("IMSS Jalisco", "Jalisco"),
        ("35 Representaciones y 25 UMAE", "national"),
    ],
)
def test_a_place_counts_by_its_one_name(one: str, other: str) -> None:
    read, gold = changed(SURGERIES, place=one), changed(SURGERIES, place=other)
    assert outcomes(align([read], [gold], TEXT)) == [FigureOutcome.RIGHT]


def test_what_was_not_read_is_omitted_and_what_is_not_in_the_gold_invented() -> None:
    assert align([CATARACTS], [CONSULTATIONS], TEXT) == (
        (FigureOutcome.OMITTED, (), 1, CONSULTATIONS, None, None),
        (FigureOutcome.INVENTED, (), None, None, 1, CATARACTS),
    )
    assert align([], [], TEXT) == ()


def test_verdicts_come_in_the_order_of_the_gold_then_of_the_reading() -> None:
    read = [PERCENT, changed(CATARACTS, quote="12 mil"), CONSULTATIONS, CATARACTS]
    verdicts = align(read, [CATARACTS, AGAIN, CONSULTATIONS], TEXT)
    assert [(v.outcome, v.gold_number, v.read_number) for v in verdicts] == [
        (FigureOutcome.RIGHT, 1, 4),
        (FigureOutcome.OMITTED, 2, None),
        (FigureOutcome.RIGHT, 3, 3),
        (FigureOutcome.INVENTED, None, 1),
        (FigureOutcome.UNGROUNDED, None, 2),
    ]


# Groundedness


@pytest.mark.parametrize(
    "read",
    [
        changed(SURGERIES, quote="90 operaciones"),
        changed(SURGERIES, quote="90 operaciones", char_start=None, char_end=None),
        figure("340 consultas", 90),
        changed(SURGERIES, quote="0 cirugías", char_start=SURGERIES.char_end),
    ],
    ids=["quote not at its span", "quote nowhere", "another value in the quote", "cut numeral"],
)
def test_an_ungrounded_figure_is_not_paired_though_all_labels_are_right(read: Figure) -> None:
    assert outcomes(align([read], [SURGERIES], TEXT)) == [
        FigureOutcome.OMITTED,
        FigureOutcome.UNGROUNDED,
    ]


def test_a_misread_value_is_ungrounded_where_the_quote_holds_another() -> None:
    read = changed(SURGERIES, value=91)
    assert outcomes(align([read], [SURGERIES], TEXT)) == [
        FigureOutcome.OMITTED,
        FigureOutcome.UNGROUNDED,
    ]


def test_a_quote_that_overlaps_the_golds_without_the_number_is_ungrounded() -> None:
    read = figure("cirugías, de ellas 12", 90)
    assert outcomes(align([read], [SURGERIES], TEXT)) == [
        FigureOutcome.OMITTED,
        FigureOutcome.UNGROUNDED,
    ]


def test_an_ungrounded_figure_leaves_the_gold_to_a_grounded_one() -> None:
    wrong = changed(SURGERIES, quote="90!")
    for read in ([wrong, SURGERIES], [SURGERIES, wrong]):
        assert outcomes(align(read, [SURGERIES], TEXT)) == [
            FigureOutcome.RIGHT,
            FigureOutcome.UNGROUNDED,
        ]


def test_a_quote_without_span_is_looked_up() -> None:
    read = changed(unplaced(SURGERIES), quote="Se  hicieron\n90 cirugías")
    assert outcomes(align([read], [unplaced(SURGERIES)], TEXT)) == [FigureOutcome.RIGHT]


def test_the_unit_is_a_label_and_no_matter_of_grounding() -> None:
    read = changed(PERCENT, unit=Unit.COUNT)
    for one, other in ((read, PERCENT), (PERCENT, read)):
        (verdict,) = align([one], [other], TEXT)
        assert verdict.wrong == ("unit",)
    (_, invented) = align([read], [SURGERIES], TEXT)
    assert invented.outcome is FigureOutcome.INVENTED


# A wrong value on the right fact


def test_a_figure_with_the_labels_of_a_missed_one_has_the_wrong_value() -> None:
    read = changed(CATARACTS, detail=None)
    assert align([read], [AGAIN], TEXT) == (
        (FigureOutcome.WRONG_VALUE, ("value",), 1, AGAIN, 1, read),
    )


def test_a_missing_edition_contradicts_none() -> None:
    read, gold = changed(CATARACTS, detail=None), changed(AGAIN, edition=4)
    assert outcomes(align([read], [gold], TEXT)) == [FigureOutcome.WRONG_VALUE]
    assert outcomes(align([gold], [read], TEXT)) == [FigureOutcome.WRONG_VALUE]


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("unit", Unit.PERCENT),
        ("service", Service.OTHER),
        ("detail", "ophthalmology"),
        ("status", Status.PLANNED),
        ("period", Period.OTHER),
        ("edition", 7),
        ("place", "Yucatán"),
    ],
)
def test_another_fact_elsewhere_is_no_wrong_value(label: str, value: object) -> None:
    gold = changed(AGAIN, edition=4)
    read = changed(gold, **{name: getattr(CATARACTS, name) for name in ("value", *PLACED)})
    assert outcomes(align([read], [gold], TEXT)) == [FigureOutcome.WRONG_VALUE]
    other = changed(read, **{label: value})
    assert outcomes(align([other], [gold], TEXT)) == [FigureOutcome.OMITTED, FigureOutcome.INVENTED]


PLACED = ("quote", "char_start", "char_end")


def test_overlapping_quotes_are_about_one_fact_where_unit_and_service_agree() -> None:
    wide = figure("90 cirugías, de ellas 12 de catarata", 12, detail="cataract")
    gold = changed(SURGERIES, edition=3, status=Status.PLANNED)
    assert outcomes(align([wide], [gold], TEXT)) == [FigureOutcome.WRONG_VALUE]
    for label in ({"service": Service.OTHER}, {"unit": Unit.PERCENT}):
        verdicts = align([changed(wide, **label)], [gold], TEXT)
        assert outcomes(verdicts) == [FigureOutcome.OMITTED, FigureOutcome.INVENTED]


def test_a_value_that_the_gold_has_elsewhere_is_paired_there_first() -> None:
    wide = figure("90 cirugías, de ellas 12 de catarata", 12)
    verdicts = align([wide], [SURGERIES, CATARACTS], TEXT)
    assert outcomes(verdicts) == [FigureOutcome.OMITTED, FigureOutcome.WRONG_LABEL]


def test_most_wrong_values_are_explained_before_overlap_decides() -> None:
    # The first read overlaps the first of the gold; the second could stand for no other.
    first = figure("90 cirugías, de ellas 12", 12, detail="cataract", status=Status.PLANNED)
    second = figure("98.5 por ciento", 98.5)
    meant = figure("340 consultas", 340, detail="cataract", status=Status.PLANNED)
    verdicts = align([first, second], [SURGERIES, meant], TEXT)
    assert [(v.outcome, v.read_number) for v in verdicts] == [
        (FigureOutcome.WRONG_VALUE, 2),
        (FigureOutcome.WRONG_VALUE, 1),
    ]


def test_what_is_left_of_a_service_is_not_paired_for_its_own_sake() -> None:
    read = [changed(CATARACTS, detail=None), figure("98.5 por ciento", 98.5, detail="other")]
    gold = [AGAIN, figure("340 consultas", 340, detail="ophthalmology")]
    assert outcomes(align(read, gold, TEXT)) == [
        FigureOutcome.WRONG_VALUE,
        FigureOutcome.OMITTED,
        FigureOutcome.INVENTED,
    ]


# Figures of equal value


def test_of_equal_figures_the_one_at_the_same_place_is_paired() -> None:
    for read, number in ((SURGERIES, 1), (AGAIN, 2)):
        verdicts = align([read], [SURGERIES, AGAIN], TEXT)
        (found,) = (v for v in verdicts if v.outcome is FigureOutcome.RIGHT)
        assert found.gold_number == number


def test_strictly_right_pairs_weigh_more_than_labels() -> None:
    # Paired the other way round, six labels more would agree, but no pair would be strictly right.
    elsewhere = changed(SURGERIES, edition=1, place="a", approximate=True)
    gold = [elsewhere, changed(SURGERIES, status=Status.PLANNED)]
    read = [SURGERIES, changed(elsewhere, period=Period.OTHER)]
    first, second = align(read, gold, TEXT)
    assert (first.read_number, second.read_number) == (1, 2)


@pytest.mark.parametrize("mine", ["edition", "place", "approximate"])
@pytest.mark.parametrize("yours", ["edition", "place", "approximate"])
def test_a_full_pair_weighs_more_than_two_that_nearly_are(mine: str, yours: str) -> None:
    values = dict(OTHER_LABELS)
    read = [changed(SURGERIES, **{mine: values[mine]}), SURGERIES]
    gold = [changed(SURGERIES, **{yours: values[yours]}), SURGERIES]
    found = outcomes(align(read, gold, TEXT))
    assert found == [
        FigureOutcome.RIGHT if mine == yours else FigureOutcome.WRONG_LABEL,
        FigureOutcome.RIGHT,
    ]


def test_a_pair_is_not_left_out_for_better_labels() -> None:
    gold = [SURGERIES, changed(SURGERIES, service=Service.OTHER, status=Status.PLANNED)]
    read = [changed(SURGERIES, service=Service.DIALYSIS), SURGERIES]
    assert set(outcomes(align(read, gold, TEXT))) == {
        FigureOutcome.RIGHT,
        FigureOutcome.WRONG_LABEL,
    }


def test_of_two_equally_good_assignments_both_sides_choose_the_same() -> None:
    # Either both places agree or both editions do, beside one strict pair.
    read = [SURGERIES, changed(SURGERIES, approximate=True, edition=2, place="b")]
    gold = [changed(SURGERIES, place="b"), changed(SURGERIES, detail="cataract", edition=2)]

    def wrong(verdicts: Iterable[FigureVerdict]) -> Counter[tuple[str, ...]]:
        return Counter(verdict.wrong for verdict in verdicts)

    assert wrong(align(read, gold, TEXT)) == wrong(align(gold, read, TEXT))


# Any figures


class Case(NamedTuple):
    text: str
    read: list[Figure]
    gold: list[Figure]


@st.composite
def cases(draw: st.DrawFn, most: int = 4, values: Sequence[int] = (12, 90)) -> Case:
    """Draw a text with one number a line, and figures of both sides that quote lines of it."""
    printed = draw(st.lists(st.sampled_from(values), min_size=1, max_size=4))
    lines = [f"Hubo {value} acciones.\n" for value in printed]
    text = "".join(lines)

    def one() -> Figure:
        line = draw(st.integers(0, len(lines) - 1))
        quote = f"{printed[line]} acciones"
        start = len("".join(lines[:line])) + lines[line].index(quote)
        made = Figure(
            value=printed[line],
            unit=draw(st.sampled_from(Unit)),
            service=draw(st.sampled_from((Service.SURGERY, Service.CONSULTATION))),
            detail=draw(st.sampled_from((None, "ophthalmology"))),
            status=draw(st.sampled_from(Status)),
            period=Period.JORNADA,
            edition=draw(st.sampled_from((None, 1, 2))),
            place=draw(st.sampled_from(("national", "Yucatán"))),
            approximate=draw(st.booleans()),
            starts_on=draw(st.sampled_from((None, date(2022, 7, 2)))),
            ends_on=None,
            quote=quote,
            char_start=start,
            char_end=start + len(quote),
        )
        if made.unit is Unit.PERCENT:
            made = changed(made, basis=draw(st.sampled_from((None, Basis.GOAL))))
        return made if draw(st.booleans()) else unplaced(made)

    sizes = st.integers(0, most)
    return Case(text, [one() for _ in range(draw(sizes))], [one() for _ in range(draw(sizes))])


def spans(one: Figure, text: str) -> list[range]:
    if one.char_start is not None and one.char_end is not None:
        return [range(one.char_start, one.char_end)]
    return [
        range(at, at + len(one.quote))
        for at in range(len(text))
        if text.startswith(one.quote, at) and not text[at - 1].isdigit()
    ]


def worth(pairs: Iterable[tuple[Figure, Figure]], text: str) -> tuple[int, ...]:
    """Count what the best assignment has most of, the most important first."""
    sums = [0] * 5
    for one, other in pairs:
        same = list(map(eq, comparable_fields(one), comparable_fields(other)))
        met = any(set(a) & set(b) for a in spans(one, text) for b in spans(other, text))
        counts = (1, all(same[: len(STRICT)]), all(same[: len(FULL)]), sum(same), met)
        sums = [x + y for x, y in zip(sums, counts, strict=True)]
    return tuple(sums)


def every_assignment(case: Case) -> Iterable[list[tuple[Figure, Figure]]]:
    few, many = sorted((case.read, case.gold), key=len)
    for chosen in permutations(many, len(few)):
        yield [(a, b) for a, b in zip(few, chosen, strict=True) if a.value == b.value]


def equal_pairs(verdicts: Iterable[FigureVerdict]) -> list[tuple[Figure, Figure]]:
    return [
        (v.read, v.gold) for v in verdicts if v.read and v.gold and v.read.value == v.gold.value
    ]


@given(cases())
def test_no_assignment_is_better(case: Case) -> None:
    found = worth(equal_pairs(align(case.read, case.gold, case.text)), case.text)
    assert found == max(worth(pairs, case.text) for pairs in every_assignment(case))


@given(cases(most=12, values=(12, 90, 340)))
def test_strictly_right_pairs_are_the_intersection_of_both_sides(case: Case) -> None:
    pairs = equal_pairs(align(case.read, case.gold, case.text))
    left, right = (
        Counter(comparable_fields(one)[: len(STRICT)] for one in side)
        for side in (case.read, case.gold)
    )
    strict = [
        a
        for a, b in pairs
        if comparable_fields(a)[: len(STRICT)] == comparable_fields(b)[: len(STRICT)]
    ]
    assert len(strict) == sum((left & right).values())


@given(cases(most=8))
def test_each_figure_ends_in_one_verdict(case: Case) -> None:
    verdicts = align(case.read, case.gold, case.text)
    of_gold = [v.gold_number for v in verdicts if v.gold_number]
    assert of_gold == list(range(1, len(case.gold) + 1))
    assert sorted(v.read_number for v in verdicts if v.read_number) == list(
        range(1, len(case.read) + 1)
    )
    for verdict in verdicts:
        if verdict.gold and verdict.gold_number:
            assert verdict.gold is case.gold[verdict.gold_number - 1]
        if verdict.read and verdict.read_number:
            assert verdict.read is case.read[verdict.read_number - 1]
        both = verdict.gold is not None and verdict.read is not None
        assert both == (
            verdict.outcome
            in (FigureOutcome.RIGHT, FigureOutcome.WRONG_LABEL, FigureOutcome.WRONG_VALUE)
        )
        assert bool(verdict.wrong) == (
            verdict.outcome in (FigureOutcome.WRONG_LABEL, FigureOutcome.WRONG_VALUE)
        )


def seen(verdicts: Iterable[FigureVerdict], text: str) -> Counter[tuple[object, ...]]:
    """Count verdicts by what their figures say and where: whatever shares both is the same."""

    def said(one: Figure | None) -> object:
        return one and (comparable_fields(one), tuple(spans(one, text)))

    return Counter((v.outcome, v.wrong, said(v.gold), said(v.read)) for v in verdicts)


@given(cases(most=6), st.randoms())
def test_order_changes_no_pair(case: Case, random: Random) -> None:
    read, gold = list(case.read), list(case.gold)
    random.shuffle(read)
    random.shuffle(gold)
    shuffled, as_drawn = align(read, gold, case.text), align(case.read, case.gold, case.text)
    assert seen(shuffled, case.text) == seen(as_drawn, case.text)


@given(cases(most=6))
def test_both_sides_can_change_places(case: Case) -> None:
    mirrored = {
        FigureOutcome.OMITTED: FigureOutcome.INVENTED,
        FigureOutcome.INVENTED: FigureOutcome.OMITTED,
    }
    swapped = [
        FigureVerdict(mirrored.get(v.outcome, v.outcome), v.wrong, v.read_number, v.read, *v[2:4])
        for v in align(case.gold, case.read, case.text)
    ]
    found = align(case.read, case.gold, case.text)
    assert seen(found, case.text) == seen(swapped, case.text)
