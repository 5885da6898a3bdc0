from collections.abc import Mapping
from typing import Any

import pytest

from eval.scoring.agreement import Agreement, Difference, TwiceLabelled, compare_labels
from schemas.report import JornadaReport
from tests.eval.labels.gold_folder import STUDIES, SURGERIES, TEXT

JORNADA: dict[str, Any] = {"edition": 4, "kind": "national", "year": 2024, "subject": True}


def report(*figures: Mapping[str, Any], **labels: object) -> JornadaReport:
    return JornadaReport.model_validate({"bulletin_kind": "results", "figures": figures, **labels})


def compare(first: JornadaReport, second: JornadaReport) -> Agreement:
    return compare_labels([TwiceLabelled("a", TEXT, first, second)])


def without_days(figure: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in figure.items() if key not in ("starts_on", "ends_on")}


def test_equal_labels_differ_in_nothing() -> None:
    same = report(SURGERIES, STUDIES, jornadas=[JORNADA])
    agreement = compare(same, same)
    assert agreement.differences == ()
    assert all(agreement.scores[name].f1 == 1 for name in ("value", "strict", "place", "days"))
    assert agreement.labels["service"].kappa == 1
    assert agreement.labels["status"] == (2, 2, None)  # both say "performed" of everything
    assert agreement.labels["basis"] == (0, 0, None)  # no percentage


def test_labels_that_differ_stand_side_by_side() -> None:
    agreement = compare(
        report(SURGERIES, STUDIES), report(SURGERIES | {"place": "Puebla"}, STUDIES)
    )
    assert agreement.differences == (
        Difference("a", "58 mil 610 cirugías", "place", "national", "Puebla"),
    )
    assert agreement.scores["strict"].f1 == 1
    assert agreement.scores["place"].f1 == 0.5
    assert agreement.labels["place"] == (2, 1, 0.0)


def test_a_figure_of_one_of_them_alone_counts_in_f1_and_in_no_kappa() -> None:
    agreement = compare(report(SURGERIES, STUDIES), report(SURGERIES))
    score = agreement.scores["value"]
    assert (score.right, score.gold, score.read) == (1, 2, 1)
    assert agreement.labels["service"].figures == 1
    told = "90 ancillary_study, performed, jornada"
    assert agreement.differences == (Difference("a", "90 estudios", "figure", told, None),)


@pytest.mark.parametrize(
    "days", [{"starts_on": None, "ends_on": None}, {"starts_on": "2024-05-10"}]
)
def test_what_one_of_them_does_not_say_is_no_difference(days: dict[str, Any]) -> None:
    said, unsaid = report(SURGERIES | days), report(without_days(SURGERIES))
    for agreement in (compare(said, unsaid), compare(unsaid, said)):
        assert agreement.differences == ()
        assert agreement.labels["days"].figures == 0
        assert agreement.scores["days"].f1 is None
        assert "title" not in agreement.scores


def test_days_are_compared_figure_by_figure_where_both_say_them() -> None:
    first = report(SURGERIES | {"starts_on": "2024-05-10"}, STUDIES)
    second = report(SURGERIES, without_days(STUDIES))
    agreement = compare(first, second)
    score = agreement.scores["days"]
    assert (score.right, score.gold, score.read) == (0, 1, 1)
    assert [(one.label, one.first, one.second) for one in agreement.differences] == [
        ("days", "2024-05-10 to ?", "? to ?")
    ]


def test_fields_of_the_report_are_compared_where_both_label_them() -> None:
    first = report(title="Uno", programme=None, jornadas=[JORNADA])
    second = report(title="Dos", jornadas=[JORNADA | {"year": 2023, "year_source": "printed"}])
    agreement = compare(first, second)
    assert [(one.label, one.first, one.second) for one in agreement.differences] == [
        ("jornadas", "4, national, 2024, –, –, –, True", "4, national, 2023, –, –, –, True"),
        ("title", "uno", "dos"),
    ]
    assert agreement.scores["jornadas"].f1 == 0
    assert "programme" not in agreement.scores


def test_it_does_not_matter_who_is_the_first() -> None:
    first = report(SURGERIES | {"detail": "hernia"}, STUDIES, title="Uno")
    second = report(SURGERIES | {"status": "planned"}, title="Dos")
    there, back = compare(first, second), compare(second, first)
    assert there.labels == back.labels
    assert {name: one.f1 for name, one in there.scores.items()} == {
        name: one.f1 for name, one in back.scores.items()
    }
    turned = {
        one._replace(first=one.second, second=one.first, words="") for one in there.differences
    }
    assert turned == {one._replace(words="") for one in back.differences}


def test_bulletins_are_added_up() -> None:
    one = TwiceLabelled("a", TEXT, report(SURGERIES, STUDIES), report(SURGERIES))
    two = TwiceLabelled("b", TEXT, report(STUDIES), report(STUDIES))
    agreement = compare_labels([one, two])
    assert agreement.scores["value"].f1 == pytest.approx(4 / 5)
    assert agreement.labels["service"] == (2, 2, 1.0)
