from typing import Any

import pytest

from pipeline.checks import goals
from schemas.finding import Finding, Severity
from schemas.report import Figure, Period, Status, Unit
from tests.pipeline.checks.made import a_document, a_figure, a_report

SINCE: dict[str, Any] = {"period": Period.CUMULATIVE, "edition": None}


def planned(value: float, **other: object) -> Figure:
    return a_figure(value, status=Status.PLANNED, **other)


def percent(value: float, **other: object) -> Figure:
    return a_figure(value, unit=Unit.PERCENT, **other)


def found(*figures: Figure) -> list[Finding]:
    return list(goals.check(a_document(), a_report(*figures)))


@pytest.mark.parametrize(
    ("value", "performed", "goal"),
    [
        (108.5, 12745, 11750),
        (14.3, 148903, 130250),
        (23, 200196, 163000),
        (22, 200196, 163000),
        (66.3, 31946, 48200),
        (184, 5705, 3098),
        (168, 4184, 2477),
        (10, 90, 100),
    ],
)
def test_a_share_or_an_excess_that_is_rounded_fits(value: float, performed: int, goal: int) -> None:
    assert found(a_figure(performed), planned(goal), percent(value)) == []


@pytest.mark.parametrize("value", [122.2, 109.5, 9.5, 107])
def test_a_percentage_that_the_numbers_do_not_give_is_a_warning(value: float) -> None:
    (finding,) = found(a_figure(12745), planned(11750), percent(value))
    assert finding.severity is Severity.WARNING
    for words in (f"{value} per cent", "12,745 performed of 11,750 planned is 108.5 per cent"):
        assert words in finding.message


def test_a_missed_goal_is_no_fault() -> None:
    assert found(a_figure(800), planned(1000)) == []
    assert found(a_figure(800), planned(1000), percent(80)) == []


@pytest.mark.parametrize(
    "figures",
    [
        (a_figure(800), percent(55)),
        (planned(1000), percent(55)),
        (a_figure(800), planned(0), percent(55)),
        (a_figure(800, approximate=True), planned(1000), percent(55)),
        (a_figure(800), planned(1000, place="Jalisco"), percent(55)),
        (a_figure(800), planned(1000), percent(55, status=Status.PLANNED)),
        (a_figure(800), planned(1000), percent(55, approximate=True)),
    ],
)
def test_without_both_exact_numbers_of_its_scope_a_percentage_stands(
    figures: tuple[Figure, ...],
) -> None:
    assert found(*figures) == []


def test_it_is_enough_that_one_of_several_pairs_fits() -> None:
    assert found(a_figure(5705), a_figure(279130), planned(3098), percent(184)) == []


def test_a_cumulative_percentage_is_held_against_numbers_near_it_only() -> None:
    def at(place: int, figure: Figure) -> Figure:
        end = place + len(figure.quote)
        return figure.model_copy(update={"char_start": place, "char_end": end})

    figures = (a_figure(800, **SINCE), planned(1000, **SINCE))
    near = [at(100 * i, figure) for i, figure in enumerate(figures)]
    assert len(found(*near, at(200, percent(55, **SINCE)))) == 1
    assert found(*near, at(2000, percent(55, **SINCE))) == []
