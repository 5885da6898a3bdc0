"""Which figures are the same in two readings, and what differs."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.compare.diff import (
    Pair,
    count,
    differing_fields,
    differing_labels,
    pair_figures,
)
from pipeline.review.compare.takes import takes_of
from pipeline.review.compare.text import cut_text
from schemas.report import BulletinKind, Figure, JornadaReport, Period, Service, Status, Unit

TEXT = (
    "Supera metas: 58 mil 610 consultas.\n\nHubo 58 mil 610 consultas, 30 cirugías y 30 "
    "trasplantes; se esperan 4 mil 278 estudios 😀 y 12 detecciones."
)


def figure(value: float, quote: str, *, nth: int = 0, **labels: Any) -> Figure:  # noqa: ANN401
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(quote, start + 1)
    usual: dict[str, Any] = {
        "value": value,
        "unit": Unit.COUNT,
        "service": Service.CONSULTATION,
        "status": Status.PERFORMED,
        "period": Period.JORNADA,
        "place": "national",
        "approximate": False,
        "quote": quote,
        "char_start": start,
        "char_end": start + len(quote),
    }
    return Figure(**{**usual, **labels})


SURGERIES = figure(30, "30 cirugías", service=Service.SURGERY)
TRANSPLANTS = figure(30, "30 trasplantes", service=Service.TRANSPLANT)
STUDIES = figure(4278, "4 mil 278 estudios", service=Service.ANCILLARY_STUDY)
DETECTIONS = figure(12, "12 detecciones", service=Service.SCREENING)
HEADLINE = figure(58610, "58 mil 610 consultas")
BODY = figure(58610, "58 mil 610 consultas", nth=1)
FIGURES = (HEADLINE, BODY, SURGERIES, TRANSPLANTS, STUDIES)
SOME = st.lists(st.sampled_from(FIGURES), max_size=6)


def seen(pairs: tuple[Pair, ...]) -> list[tuple[float | None, float | None, tuple[str, ...]]]:
    return [
        (
            pair.one and pair.one.figure.value,
            pair.other and pair.other.figure.value,
            pair.differing,
        )
        for pair in pairs
    ]


def test_figures_of_one_numeral_belong_together_whatever_is_said_of_them() -> None:
    planned = STUDIES.model_copy(update={"status": Status.PLANNED, "place": "Jalisco"})
    pairs = pair_figures(TEXT, [STUDIES, SURGERIES], [TRANSPLANTS, planned])
    assert seen(pairs) == [
        # Two numbers 30 that stand elsewhere are paired by their value, as nothing else is left.
        (30, 30, ("service",)),
        (4278, 4278, ("status", "place")),
    ]
    assert pairs[0].is_elsewhere
    assert not pairs[1].is_elsewhere


def test_a_longer_quote_is_no_difference() -> None:
    longer = figure(30, "30 cirugías y 30", service=Service.SURGERY)
    (pair,) = pair_figures(TEXT, [SURGERIES], [longer])
    assert pair.is_same


def test_a_value_that_its_quote_does_not_hold_is_in_one_reading_alone() -> None:
    part = figure(58, "58 mil 610 consultas", nth=1)
    pairs = pair_figures(TEXT, [BODY], [part])
    assert sorted(seen(pairs), key=str) == [(58610, None, ()), (None, 58, ())]


def test_what_is_in_one_reading_alone_stands_where_the_text_has_it() -> None:
    pairs = pair_figures(TEXT, [DETECTIONS, SURGERIES], [STUDIES, SURGERIES])
    assert seen(pairs) == [(30, 30, ()), (None, 4278, ()), (12, None, ())]


def test_equal_values_in_one_place_are_paired_by_likeness() -> None:
    one = [SURGERIES.model_copy(update={"place": place}) for place in ("Jalisco", "Sonora")]
    other = [SURGERIES.model_copy(update={"place": place}) for place in ("Sonora", "Jalisco")]
    assert all(pair.is_same for pair in pair_figures(TEXT, one, other))


def test_counts_say_what_differs_how_often() -> None:
    other = [
        HEADLINE,
        BODY.model_copy(update={"status": Status.PLANNED, "place": "Jalisco"}),
        SURGERIES.model_copy(update={"place": "Jalisco"}),
    ]
    counts = count(pair_figures(TEXT, FIGURES, other))
    assert (counts.same, counts.differing) == (1, 2)
    assert counts.labels == (("place", 2), ("status", 1))
    assert (counts.only_one, counts.only_other) == (2, 0)


@given(SOME, SOME)
def test_each_figure_stands_in_one_pair_and_sides_may_be_swapped(
    one: list[Figure], other: list[Figure]
) -> None:
    pairs = pair_figures(TEXT, one, other)
    assert sorted(p.one.number for p in pairs if p.one) == list(range(1, len(one) + 1))
    assert sorted(p.other.number for p in pairs if p.other) == list(range(1, len(other) + 1))
    for pair in pairs:
        if pair.one and pair.other:
            expected = differing_labels(pair.one.figure, pair.other.figure)
            assert pair.differing == expected
    counts, swapped = count(pairs), count(pair_figures(TEXT, other, one))
    assert (counts.same, counts.differing) == (swapped.same, swapped.differing)
    assert (counts.only_one, counts.only_other) == (swapped.only_other, swapped.only_one)
    assert all(pair.is_same for pair in pair_figures(TEXT, one, one))


def test_fields_differ_by_what_they_hold_and_not_by_its_order() -> None:
    day = date(2022, 7, 5)
    one = JornadaReport(bulletin_kind=BulletinKind.RESULTS, title="A", published_on=day)
    other = one.model_copy(update={"title": "B", "figures": (BODY,)})
    assert [pair.name for pair in differing_fields(one, other)] == ["title"]


@given(SOME, SOME)
def test_stretches_together_are_the_text_and_each_pair_begins_once(
    one: list[Figure], other: list[Figure]
) -> None:
    stretches = cut_text(TEXT, pair_figures(TEXT, one, other))
    assert "".join(stretch.text for stretch in stretches) == TEXT
    begun = [stretch.number for stretch in stretches if stretch.begins]
    assert len(begun) == len(set(begun))


def test_signs_say_which_reading_has_a_number() -> None:
    planned = STUDIES.model_copy(update={"status": Status.PLANNED})
    one, other = [HEADLINE, SURGERIES, STUDIES], [BODY, SURGERIES, planned, DETECTIONS]
    stretches = cut_text(TEXT, pair_figures(TEXT, one, other))
    assert [(each.text, each.sign) for each in stretches if each.sign] == [
        ("58 mil 610", "=A"),
        ("58 mil 610", "=B"),
        ("30", "="),
        ("4 mil 278", "≠"),
        ("12", "B"),
    ]


def test_taking_a_reading_is_to_change_add_delete_or_accept() -> None:
    planned = STUDIES.model_copy(update={"status": Status.PLANNED})
    pairs = pair_figures(TEXT, [STUDIES, SURGERIES], [planned, SURGERIES, DETECTIONS])
    report = JornadaReport(bulletin_kind=BulletinKind.RESULTS, figures=(STUDIES, SURGERIES))
    takes = takes_of(TEXT, pairs, report)
    assert {
        number: {name: take["kind"] for name, take in sides.items()}
        for number, sides in takes.items()
    } == {"2": {"one": "accept", "other": "change"}, "3": {"one": "delete", "other": "add"}}
    start = TEXT.index("4 mil 278")
    assert takes["2"]["other"]["span"] == [start, start + len("4 mil 278")]
    assert takes["2"]["other"]["figure"]["status"] == "planned"
    assert takes["3"]["one"]["figure"] is None
