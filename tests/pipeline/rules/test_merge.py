from typing import Any

import pytest

from pipeline.rules.merge import FigureCandidate, merge_figures
from schemas.report import Figure, Period, Service, Status, Unit


def figures(*given: FigureCandidate) -> tuple[Figure, ...]:
    return merge_figures(given, "Colima")[0]


def found(
    value: float = 5000, *, explicit: bool = False, in_title: bool = False, **labels: object
) -> FigureCandidate:
    figure: dict[str, Any] = {
        "value": value,
        "unit": Unit.COUNT,
        "service": Service.SURGERY,
        "status": Status.PERFORMED,
        "period": Period.JORNADA,
        "place": "national",
        "approximate": False,
        "quote": str(value),
    }
    return FigureCandidate(Figure(**(figure | labels)), explicit, said=False, in_title=in_title)


CUMULATIVE: dict[str, Any] = {"period": Period.CUMULATIVE, "explicit": True}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(found(), found(), id="equal labels"),
        pytest.param(found(in_title=True), found(detail="cataract"), id="one tells the detail"),
        pytest.param(found(in_title=True), found(**CUMULATIVE), id="one tells the period"),
        pytest.param(found(approximate=True), found(), id="one is exact"),
    ],
)
def test_a_fact_that_is_printed_again_is_one_figure(
    one: FigureCandidate, other: FigureCandidate
) -> None:
    (kept,) = figures(one, other)
    assert kept.value == 5000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(found(5000), found(5001), id="other value"),
        pytest.param(found(), found(service=Service.CONSULTATION), id="other service"),
        pytest.param(found(detail="cataract"), found(detail="hernia"), id="other detail"),
        pytest.param(found(50), found(50, status=Status.PLANNED), id="small, other status"),
        pytest.param(
            found(50, edition=7), found(50, edition=8), id="small numbers recur by chance"
        ),
    ],
)
def test_other_facts_stay_apart(one: FigureCandidate, other: FigureCandidate) -> None:
    assert merge_figures([one, other], "Colima") == ((one.figure, other.figure), ())


def test_what_a_state_did_and_one_of_its_units_did_is_one_fact_but_not_what_two_units_did() -> None:
    state, one, other = (found(4, place=place) for place in ("Colima", "HGZ No. 1", "HGZ No. 4"))
    assert [figure.place for figure in figures(state, one)] == ["Colima"]
    assert [figure.place for figure in figures(one, other)] == ["HGZ No. 1", "HGZ No. 4"]


def test_the_cumulative_reading_and_the_known_detail_are_kept() -> None:
    (kept,) = figures(found(in_title=True, detail="cataract"), found(**CUMULATIVE))
    assert (kept.period, kept.detail) == (Period.CUMULATIVE, "cataract")


def test_a_figure_is_approximate_only_where_every_place_says_so() -> None:
    rough, exact = found(approximate=True), found()
    assert figures(rough, rough)[0].approximate
    assert not figures(rough, exact)[0].approximate
    assert not figures(exact, rough)[0].approximate


def test_the_place_that_gives_no_figure_is_set_aside_as_a_repetition() -> None:
    kept, again = merge_figures(
        [found(char_start=0, char_end=4), found(char_start=40, char_end=44, **CUMULATIVE)],
        "Colima",
    )
    assert [figure.char_start for figure in kept] == [40]
    assert [(aside.char_start, aside.char_end) for aside in again] == [(0, 4)]
