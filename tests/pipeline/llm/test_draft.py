"""A stored answer, judged anew, is judged as it was when it arrived."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms import FORMS, anchored, prompts, quoted
from pipeline.llm.draft import judge_answer
from pipeline.llm.reader import LlmReader
from pipeline.llm.salvage import salvage
from pipeline.settings import LlmSettings
from schemas.reading import Reading
from tests.llm_server import answer, serve
from tests.pipeline.forms.made import document, gold, one, said, scope

TEXT = "Se otorgaron 58 mil 610 consultas y casi 2 mil 590 cirugías en 35 hospitales."
RIGHT = json.dumps(said(scope(one(1), one(2, "surgery")), aside=[3], approx=[2]))
DEEP = json.dumps(
    said(
        scope(*(one(n) for n in range(11, 15))),
        scope(*(one(n) for n in range(15, 19)), period="other"),
        aside=[21, 22],
    )
)


def read(base_url: str) -> Reading:
    async def run() -> Reading:
        settings = LlmSettings(model="scripted", base_url=base_url, reasks=0)
        reader = LlmReader(settings, prompts.load_prompt("anchored-v1"))
        try:
            return await reader.read(document(TEXT))
        finally:
            await reader.aclose()

    return asyncio.run(run())


@pytest.mark.parametrize(
    "raw",
    [
        RIGHT,
        f"```json\n{RIGHT}\n```",
        RIGHT.replace('"aside": [3]', '"aside": [9]'),
        RIGHT.replace('"surgery", "detail": null', '"surgeries", "detail": null'),
        RIGHT[: RIGHT.index("approx")],
        "nada",
        "",
        "{",
        "\ud800",
        RIGHT.replace("null", "nul"),
    ],
)
def test_an_answer_out_of_the_store_is_judged_as_when_it_arrived(raw: str) -> None:
    with serve(answer(raw)) as server:
        reading = read(server.base_url)
    stored = reading.attempts[0].raw_answer
    assert stored is not None
    draft = judge_answer(FORMS["anchored"], document(TEXT), stored)
    assert draft.report == reading.report
    assert tuple(f"{fault.field}: {fault.message}" for fault in draft.faults) == (
        reading.attempts[0].errors
    )


def test_an_answer_that_was_cut_off_is_said_to_be_so() -> None:
    draft = judge_answer(anchored.FORM, document(TEXT), RIGHT[:-2], cut_after=50)
    assert draft.cut
    assert [fault.message for fault in draft.breaks] == [
        "was cut off after 50 tokens; what follows is missing"
    ]
    assert draft.report is not None
    assert len(draft.report.figures) == 2


@pytest.mark.parametrize("end", ["", "\n", "\n```", '"}'])
def test_an_answer_that_is_whole_holds_although_the_room_was_full(end: str) -> None:
    draft = judge_answer(anchored.FORM, document(TEXT), RIGHT + end, cut_after=50)
    assert (draft.cut, draft.faults) == (False, ())


def test_a_whole_answer_before_another_that_was_cut_off_is_not_the_last_word() -> None:
    for more in ("But wait, 35 hospitals are", RIGHT[:-9]):
        assert judge_answer(anchored.FORM, document(TEXT), RIGHT + more, cut_after=50).cut


@given(st.integers(min_value=0, max_value=len(DEEP)))
def test_wherever_an_answer_is_cut_only_whole_figures_are_kept(cut: int) -> None:
    kept = salvage(anchored.FORM, DEEP[:cut])
    marks = [figure.n for scope in kept.scopes for figure in scope.figures] if kept else []
    assert marks == list(range(11, 11 + len(marks)))
    whole = DEEP[:cut].count('"detail": null}')
    # A cut right behind "null" leaves a figure that lacks nothing but its brace.
    assert whole <= len(marks) <= whole + 1
    assert set(kept.aside if kept else ()) <= {21, 22}, "no number that lost its last digit"


def test_parts_out_of_shape_fall_away_alone() -> None:
    broken: dict[str, Any] = said(
        scope(one(1), {**one(2), "service": "x"}, one(3)),
        {**scope(one(4)), "status": "x"},
        aside=[5, "x"],
        kind="x",
        places=5,
        title="Título",
    )
    kept = salvage(anchored.FORM, json.dumps(broken))
    assert kept is not None
    assert [[figure.n for figure in scope.figures] for scope in kept.scopes] == [[1, 3]]
    assert kept.aside == (5,)
    assert (kept.title, kept.kind) == ("Título", "results")
    assert kept.places.participant == ()


@given(st.text())
def test_no_content_makes_the_judging_fail(content: str) -> None:
    for form in FORMS.values():
        judge_answer(form, document(TEXT), content)


WORDS = st.sampled_from(
    ["1", "[2]", "1+2", "x", "aside", "same", "service", "detail", "remarks", "scope", "approx"]
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
)


@given(numbers=ODD, first=ODD, whole=st.booleans())
def test_no_answer_by_marks_makes_the_judging_fail(
    numbers: object, first: object, *, whole: bool
) -> None:
    head = said() if whole else {"title": "Título"}
    head.pop("scopes", None)
    raw = json.dumps({**head, "scope": first, "numbers": numbers})
    draft = judge_answer(anchored.FORM, document(TEXT), raw)
    assert draft.faults, "not all numbers of the text are labelled"


def test_an_answer_by_marks_is_judged_as_one_in_scopes() -> None:
    one_of = document(TEXT)
    answer = anchored.FORM.answer.model_validate_json(RIGHT)
    raw = json.dumps(anchored.BY_MARKS.write(one_of, answer))
    assert (
        judge_answer(anchored.FORM, one_of, raw)[1:]
        == (judge_answer(anchored.FORM, one_of, RIGHT)[1:])
    )
    cut = judge_answer(anchored.FORM, one_of, raw[: raw.index('"3"')], cut_after=9)
    assert [fault.message[:15] for fault in cut.breaks] == ["was cut off aft"]
    assert cut.report is not None
    assert [figure.value for figure in cut.report.figures] == [58610, 2590]


def test_gold_as_an_answer_holds_in_both_forms() -> None:
    one_of, labels = gold("examples/bulletins", "eval/gold")["42-nacional-6a-2022"]
    for form in (quoted.FORM, anchored.FORM):
        raw = form.answer_for(one_of, labels).model_dump_json()
        draft = judge_answer(form, one_of, raw)  # type: ignore[arg-type]
        assert draft.faults == ()
        assert draft.report is not None
        assert len(draft.report.figures) == len(labels.figures)
