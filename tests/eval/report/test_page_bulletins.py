import itertools
from typing import Any

import pytest

from eval.report.page_bulletins import LONGEST_TEXT, list_bulletins
from eval.scoring.align import FigureOutcome
from schemas.report import Service
from tests.eval.report.report_samples import bulletin, mistaken, read, result, right, spoilt

OUTCOMES = tuple(FigureOutcome)


def _only(*results: Any) -> Any:  # noqa: ANN401 - a bulletin as it is listed
    (listed,) = list_bulletins(results)
    return listed


def _rows(body: dict[str, Any], variant: int = 0) -> list[dict[str, Any]]:
    return body["readings"][variant][0]["rows"]


def test_every_bulletin_is_there_in_the_order_of_the_gold() -> None:
    bulletins = [bulletin(number) for number in range(11, 100)]
    listed = list_bulletins([result("a", *map(right, bulletins))])
    assert [each.line["stem"] for each in listed] == [one.stem for one in bulletins]
    assert [each.body["text"] for each in listed] == [one.document.text for one in bulletins]


def test_a_line_has_score_outcomes_and_change_to_the_first_variant() -> None:
    one = bulletin(12)
    line = _only(result("a", right(one)), result("b", spoilt(one))).line
    first, second = line["variants"]
    assert (first["f1"], first["errors"], first["gain"], first["changes"]) == (1, 0, 0, [0, 0, 0])
    assert second["f1"] == pytest.approx(2 / 7)
    assert second["gain"] == pytest.approx(2 / 7 - 1)
    assert dict(zip(OUTCOMES, second["outcomes"], strict=True)) == {
        FigureOutcome.RIGHT: 1,
        FigureOutcome.WRONG_LABEL: 1,
        FigureOutcome.WRONG_VALUE: 0,
        FigureOutcome.OMITTED: 1,
        FigureOutcome.INVENTED: 1,
        FigureOutcome.UNGROUNDED: 1,
    }
    assert second["errors"] == 4
    assert second["changes"] == [4, 0, 0]
    assert second["wrong"] == ["edition", "period"]
    assert line["parts"][:2] == ["kind: results", "format: txt"]


def test_repeats_are_summed_up_and_each_is_kept() -> None:
    one = bulletin(12)
    listed = _only(result("a", right(one), spoilt(one, 2), repeats=2))
    assert listed.line["variants"][0]["f1"] == pytest.approx(2 * 4 / 13)
    assert [each["repeat"] for each in listed.body["readings"][0]] == [1, 2]


def test_a_bulletin_with_nothing_to_read_has_no_score_and_loses_none() -> None:
    one = bulletin(12)
    nothing = one._replace(gold=one.gold.model_copy(update={"figures": ()}))
    line = _only(result("a", read(nothing)), result("b", read(nothing))).line
    assert [(each["f1"], each["gain"]) for each in line["variants"]] == [(None, 0), (None, 0)]


def test_failed_readings_and_figures_that_were_dropped_are_told() -> None:
    one = bulletin(12)
    dropped = right(one)._replace(dropped=2)
    listed = _only(result("a", read(one, failed=True)), result("b", dropped))
    first, second = listed.line["variants"]
    assert (first["status"], second["status"]) == ("failed", "ok")
    assert second["outcomes"][OUTCOMES.index(FigureOutcome.UNGROUNDED)] == 2
    assert listed.body["readings"][0][0]["error"] == "no usable answer"
    assert listed.body["readings"][1][0]["dropped"] == 2


def test_marks_cut_the_text_at_its_quotes_and_carry_the_rows_numbers() -> None:
    one = bulletin(12, "Sin cifras \U0001f600. ")
    body = _only(result("a", spoilt(one))).body
    marks = body["readings"][0][0]["marks"]
    assert all(start < end for start, end, *_ in marks)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(marks))
    words = {body["text"][start:end]: tags for start, end, _, tags in marks}
    assert words["12 mil 610 cirugías"] == [
        [1, OUTCOMES.index(FigureOutcome.WRONG_LABEL), ("period", "edition")]
    ]
    assert {tag[0] for tags in words.values() for tag in tags} == {1, 2, 3, 4, 5}


def test_labels_that_differ_are_said_on_both_sides_and_codes_are_named() -> None:
    row = _rows(_only(result("a", spoilt(bulletin(12)))).body)[0]
    differing = [[text for text, differs, _ in row[side] if differs] for side in ("gold", "read")]
    assert differing == [["jornada", "edition 4"], ["other", "edition unknown"]]
    assert ("surgery", False, "cirugías / surgeries") in row["gold"]


def test_changes_point_at_the_rows_of_both_readings() -> None:
    one = bulletin(12)
    body = _only(result("a", spoilt(one)), result("b", right(one))).body
    assert body["changes"][0] == []
    for direction, before, after in body["changes"][1]:
        assert direction == "better"
        assert _rows(body)[before - 1]["outcome"] != OUTCOMES.index(FigureOutcome.RIGHT)
        assert after is None or _rows(body, 1)[after - 1]["outcome"] == 0
    assert len(body["changes"][1]) == 4


def test_a_change_is_better_if_the_figure_became_strictly_right() -> None:
    one = bulletin(12)
    first = one.gold.figures[0]
    strictly = read(one, first.model_copy(update={"service": Service.OTHER}))
    loosely = read(one, first.model_copy(update={"place": "Puebla", "approximate": True}))
    for before, after, said in (
        (strictly, loosely, "better"),
        (loosely, strictly, "worse"),
        (read(one), strictly, "other"),
        (read(one, first), loosely, "other"),
    ):
        (change,) = _only(result("a", before), result("b", after)).body["changes"][1]
        assert change[0] == said
    assert [row["strict"] for row in _rows(_only(result("a", strictly)).body)] == [False] * 3
    assert _rows(_only(result("a", loosely)).body)[0]["strict"]


def test_a_text_without_end_is_cut_and_its_length_told() -> None:
    body = _only(result("a", mistaken(bulletin(12, filler=" palabra" * 20_000)))).body
    assert len(body["text"]) == LONGEST_TEXT
    assert body["length"] > 160_000
    assert len(body["readings"][0][0]["rows"]) == 3


def test_a_reading_of_thousands_of_figures_says_how_many_are_left_out() -> None:
    one = bulletin(12)
    body = _only(result("a", right(one)), result("b", read(one, *one.gold.figures * 400))).body
    many = body["readings"][1][0]
    assert len(many["rows"]) + many["hidden"] == 1200
    assert all(after <= len(many["rows"]) for _, _, after in body["changes"][1])
