"""Marking a text and judging an answer takes as long as both are, however odd they are."""

import json
from collections.abc import Iterator
from itertools import count

import pytest

from pipeline.documents import document_from
from pipeline.forms import anchored, quoted, repeats
from pipeline.forms.by_mark import BY_MARKS
from pipeline.forms.numbering import number_document
from pipeline.llm.draft import judge_answer
from schemas.document import Document, Metadata
from tests import growth

pytestmark = pytest.mark.slow

SCOPE = {
    "status": "performed",
    "period": "jornada",
    "edition": None,
    "place": "national",
    "starts_on": None,
    "ends_on": None,
}
SIZES = (40, 80)


@pytest.fixture(name="others")
def _others() -> Iterator[int]:
    return count()


def a_document(period: str, times: int, nth: int) -> Document:
    """Repeat `period`, each time with another number; `nth` makes the text another."""
    said = "".join(period.replace("{}", str(101 + turn)) for turn in range(times))
    return document_from(f"La jornada {'y' * nth}. {said}", Metadata(format="txt"))


@pytest.mark.parametrize("period", ["{} cirugías, ", "64, {} consultas. ", "mil ", "un riñón, "])
def test_steps_grow_as_the_marks_do(period: str, others: Iterator[int]) -> None:
    def run(times: int) -> None:
        document = a_document(period, times, next(others))
        anchored.show(document)
        BY_MARKS.schema(document)
        marks = range(1, len(number_document(document).by_mark) + 1)
        figures = [{"n": mark, "service": "surgery", "detail": []} for mark in marks]
        scopes = [{**SCOPE, "figures": figures}]
        raw = json.dumps({**anchored.FORM.blank, "scopes": scopes})
        draft = judge_answer(anchored.FORM, document, raw)
        assert draft.report
        anchored.FORM.answer_for(document, draft.report)

    assert not growth.growing(run, SIZES)


def test_steps_grow_as_the_days_of_one_value_do(
    others: Iterator[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "_MOST_ALIKE", 8)

    def run(times: int) -> None:
        scopes = [
            {
                **SCOPE,
                "starts_on": f"{2000 + nth // 28}-01-{1 + nth % 28:02}",
                "figures": [{"n": 1 + nth, "service": "surgery", "detail": []}],
            }
            for nth in range(times)
        ]
        raw = json.dumps({**anchored.FORM.blank, "scopes": scopes})
        assert judge_answer(anchored.FORM, a_document("5 cirugías, ", times, next(others)), raw)

    assert not growth.growing(run, SIZES)


@pytest.mark.parametrize("part", ["figures", "set_aside"])
@pytest.mark.parametrize("quote", ["{} cirugías", "5", "5 cirugías", "{} de nada"])
def test_steps_grow_as_the_quotes_do(quote: str, part: str, others: Iterator[int]) -> None:
    def run(times: int) -> None:
        document = a_document("{} cirugías y 5 cirugías, ", times, next(others))
        quotes = [quote.replace("{}", str(101 + turn)) for turn in range(times)]
        items = [
            {"quote": one, "reason": "otra cosa"}
            if part == "set_aside"
            else {
                **SCOPE,
                "quote": one,
                "value": int(one.split()[0]),
                "unit": "count",
                "service": "surgery",
                "detail": None,
                "approximate": False,
                "basis": None,
            }
            for one in quotes
        ]
        raw = json.dumps({**quoted.FORM.blank, part: items})
        assert judge_answer(quoted.FORM, document, raw).report

    assert not growth.growing(run, SIZES)
