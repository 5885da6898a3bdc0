"""Reports of older versions: words become codes, figures take the days of their jornada."""

import json
from datetime import date
from typing import Any

import pytest

from pipeline.store.former_reports import read_report
from tests.readings import a_report


def former(**labels: object) -> dict[str, Any]:
    """Give a report as a version stored it that knew no codes, no days and no basis."""
    report: dict[str, Any] = json.loads(a_report().model_dump_json())
    for unknown in ("starts_on", "ends_on", "basis"):
        del report["figures"][0][unknown]
    del report["jornadas"][0]["year_source"]
    report["figures"][0] |= labels
    return report


def test_a_report_of_today_is_read_as_it_is() -> None:
    report = a_report()
    assert read_report(json.loads(report.model_dump_json())) == (report, ())


@pytest.mark.parametrize(
    ("service", "word", "code"),
    [
        ("staff", "physicians", "physician"),
        ("vaccination", "pneumococcal", "pneumococcus"),
        ("other", "preoperative_assessment", "presurgical_assessment"),
        ("surgery", "orthopedics+traumatology", "orthopedics_traumatology"),
        ("screening", "diabetes+hypertension", "diabetes+hypertension"),
        ("total", None, None),
    ],
)
def test_words_become_codes(service: str, word: str | None, code: str | None) -> None:
    read = read_report(former(service=service, detail=word))
    assert read.report.figures[0].detail == code
    assert read.findings == ()


def test_a_word_that_is_no_code_is_other_and_told_with_its_place() -> None:
    read = read_report(former(service="surgery", detail="bunion"))
    assert read.report.figures[0].detail == "other"
    (told,) = read.findings
    assert (told.check, told.span) == ("labels", (13, 33))
    assert '"bunion" is no kind of surgery' in told.message


def test_a_figure_of_a_jornada_takes_its_days() -> None:
    figure = read_report(former()).report.figures[0]
    assert (figure.starts_on, figure.ends_on) == (date(2022, 7, 2), date(2022, 7, 3))
    figure = read_report(former(edition=None)).report.figures[0]
    assert figure.starts_on == date(2022, 7, 2), "that of the bulletin's own jornada"


@pytest.mark.parametrize(
    "labels", [{"edition": 7}, {"period": "cumulative", "edition": None}, {"starts_on": None}]
)
def test_days_that_no_jornada_has_stay_unknown(labels: dict[str, object]) -> None:
    figure = read_report(former(**labels)).report.figures[0]
    assert (figure.starts_on, figure.ends_on) == (None, None)
