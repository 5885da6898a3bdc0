"""Judging a report takes as long as the report is, whatever a model has put into it."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import combinations, count
from typing import Any

import pytest

from pipeline.checks import goals, repeated_plan, sums
from pipeline.extract import check_reading
from schemas.codebook import codebook
from schemas.document import Document
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import Jornada, JornadaReport, Period, Service, Status, Unit
from tests import growth
from tests.pipeline.checks.made import a_document, a_figure, a_jornada, a_report

pytestmark = pytest.mark.slow

Labels = dict[str, Any]
PARTS = (Service.TOTAL, Service.SURGERY, Service.CONSULTATION)
PLAN = (Service.TOTAL, *PARTS, Service.SCREENING, Service.ANCILLARY_STUDY)
SIDES = ("national", "OOAD", "UMAE")
KINDS = ["+".join(kinds) for kinds in combinations(sorted(codebook().root["surgery"].detail), 3)]
FIRST = date(2022, 1, 1)


def hospital(nth: int) -> str:
    return f"HGZ {nth} Puebla"


def day(nth: int) -> date:
    return FIRST + timedelta(days=nth)


def of_percents(nth: int) -> Labels:
    unit, status = (
        (Unit.PERCENT, Status.PERFORMED),
        (Unit.COUNT, Status.PLANNED),
        (Unit.COUNT, Status.PERFORMED),
    )[nth % 3]
    return {"value": 100 + nth, "unit": unit, "status": status}


FIGURES: dict[str, Callable[[int], Labels]] = {
    "one place each": lambda n: {"value": 100 + n, "place": hospital(n)},
    "kinds of a service": lambda n: {"value": 9, "detail": KINDS[n % len(KINDS)] if n else None},
    "goals": of_percents,
    "days": lambda n: {"starts_on": day(n), "ends_on": day(n), "service": Service.TOTAL},
    "wholes and parts": lambda n: {"value": 100 + n, "service": PARTS[n % 2]},
    "wholes of long spans": lambda n: {
        "value": (7, 9)[n % 2],
        "service": PARTS[n % 2],
        "period": Period.CUMULATIVE,
        "edition": None,
    },
    "halves": lambda n: {"value": 100 + n, "place": SIDES[n % 3]},
    "a total each": lambda n: {
        "value": (1000 + n, 310, 587)[n % 3],
        "service": PARTS[n % 3],
        "place": hospital(n // 3),
    },
    "rough totals": lambda n: {
        "value": (1000, 310, 587)[n % 3],
        "service": PARTS[n % 3],
        "place": hospital(n // 3),
        "approximate": n % 3 == 1,
    },
    "plans": lambda n: {
        "value": 5 + n % 2,
        "service": PLAN[n % 6],
        "place": hospital(n // 6),
        "status": Status.PLANNED if n % 2 else Status.PERFORMED,
    },
    "headlines": lambda n: {"value": 5 + n % 2, "place": hospital(n // 2)},
}


ROUNDS = (15, 30)
FEWEST = 200
"""Steps of a function at the smaller size: one for each two figures are more."""


def judge(labels: Callable[[int], Labels], size: int, nth: int, *jornadas: Jornada) -> Reading:
    """Judge a report of many figures; `nth` makes the text another, that nothing remembers."""
    text, figures = f"{nth}. ", []
    for each in range(size):
        said = {"value": 5, "service": Service.SURGERY, **labels(each)}
        quote = f"{said['value']} cirugías"
        place = {"quote": quote, "char_start": len(text), "char_end": len(text) + len(quote)}
        figures.append(a_figure(**said, **place))
        text += f"{quote}, "
    report = a_report(*figures, title="5 cirugías", jornadas=jornadas)
    return check_reading(a_document(text), a_reading(report))


def a_reading(report: JornadaReport) -> Reading:
    key = ReaderKey(reader="baseline", schema_hash="")
    return Reading(document_id="", key=key, status=ReadingStatus.OK, report=report, seconds=0)


@pytest.fixture(autouse=True)
def _low_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goals, "_MOST_BESIDE", 4)
    monkeypatch.setattr(repeated_plan, "_MOST_PLACES", 4)
    monkeypatch.setattr(sums, "_MOST_SUMS", 16)
    monkeypatch.setattr(sums, "_MOST_ELSEWHERE", 8)


@pytest.fixture(name="others")
def _others() -> Iterator[int]:
    return count()


@pytest.mark.parametrize("name", FIGURES)
def test_steps_grow_as_the_figures_do(name: str, others: Iterator[int]) -> None:
    assert not growth.growing(lambda size: judge(FIGURES[name], size, next(others)), ROUNDS, FEWEST)


def test_steps_grow_as_the_jornadas_do(others: Iterator[int]) -> None:
    def run(size: int) -> Reading:
        # Each ends before it starts, on a day of a year that nothing says.
        made = (a_jornada(edition=1 + n, start=day(n + 9), end=day(n)) for n in range(size))
        return judge(lambda n: {"edition": 1 + n}, size, next(others), *made)

    assert not growth.growing(run, ROUNDS, FEWEST)


def test_steps_of_one_who_compares_all_figures_are_found(
    monkeypatch: pytest.MonkeyPatch, others: Iterator[int]
) -> None:
    def compare_all(_document: Document, report: JornadaReport) -> list[object]:
        return [[other for other in report.figures if other is one] for one in report.figures][:0]

    monkeypatch.setattr("pipeline.extract.CHECKS", (compare_all,))
    (found,) = growth.growing(lambda size: judge(lambda _: {}, size, next(others)), ROUNDS, FEWEST)
    assert "compare_all" in found
