"""What was wrong with a reading, in words."""

from pathlib import Path

import pytest

from eval.labels.gold import GoldBulletin
from eval.runs.variant import ScoredReading
from eval.scoring.score import score
from eval.tuning.feedback import describe_reading
from pipeline.documents import document_from
from pipeline.forms.form import Fault
from schemas.document import Metadata, Source
from schemas.reading import ReadingStatus
from schemas.report import Figure, JornadaReport

TEXT = "Hubo 12 consultas, 30 cirugías en 2023, 7 partos y 5 unidades en Colima."
FIGURE = {
    "value": 12, "unit": "count", "service": "consultation", "detail": None,
    "status": "performed", "period": "jornada", "edition": None, "place": "Colima",
    "approximate": False, "quote": "12 consultas", "starts_on": None, "ends_on": None,
}  # fmt: skip
SURGERY = {
    **FIGURE,
    "value": 30,
    "service": "surgery",
    "period": "cumulative",
    "quote": "30 cirugías",
}


def report(*figures: dict[str, object]) -> JornadaReport:
    return JornadaReport.model_validate(
        {"relevant": True, "title": None, "published_on": None, "bulletin_kind": "results"}
        | {"programme": None, "jornadas": [], "figures": list(figures)}
    )


def describe(gold: JornadaReport, read: JornadaReport | None, *faults: Fault) -> str:
    document = document_from(TEXT, Metadata(format="txt"))
    path = Path("a.gold.json")
    bulletin = GoldBulletin("a", path, document, gold, (), Source(path="a.txt"))
    status = ReadingStatus.OK if read else ReadingStatus.FAILED
    scores = score(read, gold, TEXT)
    error = None if read else "cut \x1b[31m off"
    reading = ScoredReading(
        bulletin, 1, status, error, read, scores, None, None, None, None, 0.0, 1
    )
    return describe_reading(reading, faults)


def test_what_is_right_is_counted_alone() -> None:
    gold = report(FIGURE, SURGERY)
    assert describe(gold, gold) == "2 of 2 figures are right."


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (
            {**SURGERY, "period": "jornada", "approximate": True},
            "`cumulative`, not `jornada`; `approximate` should be `false`, not `true`",
        ),
        (
            {**SURGERY, "detail": "cataract"},
            '- wrong label: "30 cirugías": `detail` should be `null`, not `cataract`',
        ),
        ({**SURGERY, "value": 31}, "not in the bulletin"),
    ],
)
def test_labels_are_named_as_an_answer_writes_them(read: dict[str, object], line: str) -> None:
    told = describe(report(FIGURE, SURGERY), report(FIGURE, read))
    assert "1 of 2 figures are right." in told
    assert line in told


def test_what_is_left_out_and_what_is_no_figure() -> None:
    units = {**FIGURE, "value": 5, "service": "other", "quote": "5 unidades"}
    told = describe(report(FIGURE, SURGERY), report(FIGURE, units))
    assert '- left out: "30 cirugías", which is unit `count`, service `surgery`' in told
    assert '- no figure: "5 unidades", read as unit `count`, service `other`' in told


def test_a_reading_that_failed_says_why_on_one_line() -> None:
    told = describe(report(FIGURE), None)
    assert "The answer was of no use: cut \N{REPLACEMENT CHARACTER}[31m off" in told
    assert '- left out: "12 consultas"' in told


def test_faults_of_the_checks_are_told() -> None:
    gold = report(FIGURE)
    told = describe(gold, gold, Fault("figures", 'says nothing\nof "7"'))
    assert told.splitlines()[1:] == [
        "The checks sent the first answer back for:",
        "- figures: says nothing of '7'",
    ]


def test_a_long_list_is_cut() -> None:
    many = [Fault("figures", str(number)) for number in range(100)]
    told = describe(report(FIGURE), report(FIGURE), *many)
    assert "- and 60 more" in told
    assert len(told.splitlines()) == 43


def test_figures_are_valid() -> None:
    assert Figure.model_validate(SURGERY).quote in TEXT
