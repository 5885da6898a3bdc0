"""A stored answer, judged anew, is judged as it was when it arrived."""

import asyncio
import dataclasses
import json
import unicodedata
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms import FORMS, anchored, prompts, quoted
from pipeline.forms.form import Verdict
from pipeline.llm.draft import Draft, judge_answer
from pipeline.llm.reader import LlmReader
from pipeline.llm.salvage import salvage
from pipeline.settings import LlmSettings
from schemas.reading import Reading
from tests.llm_server import answer, serve
from tests.pipeline.forms.made import document, gold, one, quoted_figure, said, scope

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


TOLD = "Se otorgaron 58 mil 610 consultas y 1,204 cirugías en la 3ª Jornada Nacional."
FIGURES = [
    quoted_figure(quote="58 mil 610 consultas", value=58610, service="consultation"),
    quoted_figure(quote="1,204 cirugías", value=1204, service="surgery"),
]


def judged(raw: str, text: str = TOLD) -> Draft:
    return judge_answer(quoted.FORM, document(text), raw)


def of_figures(*figures: dict[str, Any], **more: object) -> str:
    return json.dumps({**quoted.FORM.blank, "figures": figures, **more}, ensure_ascii=False)


@pytest.mark.parametrize("value", ['"1,204"', '"1204"', '" 1204"', '"1 204"', "1204.0", "1,204"])
def test_a_value_that_is_printed_so_is_read_where_the_quote_holds_it(value: str) -> None:
    first, second = FIGURES
    draft = judged(of_figures(first, second | {"value": 777}).replace("777", value))
    assert draft.faults == ()
    assert draft.report is not None
    assert [figure.value for figure in draft.report.figures] == [58610, 1204]


@pytest.mark.parametrize(
    "value", ['"1,205"', '"12,04"', '"1204 cirugías"', '"58 mil 610"', '"muchas"']
)
def test_a_value_that_the_quote_does_not_hold_is_a_fault_however_it_is_written(value: str) -> None:
    first, second = FIGURES
    draft = judged(of_figures(first, second | {"value": 777}).replace("777", value))
    assert [fault.field for fault in draft.faults][:1] == ["figures[1].value"]
    assert draft.report is not None
    assert [figure.value for figure in draft.report.figures] == [58610]


@pytest.mark.parametrize(
    "value",
    [
        *("1" + "0" * 25, "1" + "0" * 400, "1" + "0" * 5000, "1e999", "1e300", "NaN", "Infinity"),
        *("-Infinity", "-5", "true", "null", '"' + "9" * 5000 + '"'),
    ],
)
def test_a_number_that_nobody_can_hold_is_a_short_fault_and_the_rest_is_kept(value: str) -> None:
    first, second = FIGURES
    draft = judged(of_figures(first, second | {"value": 777}).replace("777", value))
    assert draft.faults[0].field == "figures[1].value"
    assert all(len(fault.message) < 250 for fault in draft.faults)
    assert draft.report is not None
    assert [figure.value for figure in draft.report.figures] == [58610]


@pytest.mark.parametrize("edition", ["1" + "0" * 20, "1" + "0" * 400, "1e999", "NaN", "2147483648"])
def test_an_edition_that_nobody_can_hold_is_a_fault(edition: str) -> None:
    jornada = {"edition": 777, "kind": "national", "year": None, "start": None, "end": None}
    raw = of_figures(*FIGURES, jornadas=[jornada | {"subject": True}]).replace("777", edition)
    draft = judged(raw)
    assert draft.faults[0].field == "jornadas[0].edition"
    assert len(draft.faults[0].message) < 250
    assert draft.report is not None
    assert (len(draft.report.figures), draft.report.jornadas) == (2, ())


@pytest.mark.parametrize("mark", ["4", "1" + "0" * 20, "1" + "0" * 400, "1e999", "NaN", "-1"])
def test_a_mark_that_no_number_has_is_a_short_fault(mark: str) -> None:
    raw = json.dumps(said(scope(one(1), one(2, "surgery")), aside=[3, 777], approx=[2]))
    draft = judge_answer(anchored.FORM, document(TEXT), raw.replace("777", mark))
    assert draft.faults
    assert all(len(fault.message) < 250 for fault in draft.faults)
    assert draft.report is not None
    assert len(draft.report.figures) == 2


@pytest.mark.parametrize("of_text", ["NFC", "NFD"])
@pytest.mark.parametrize("of_answer", ["NFC", "NFD"])
def test_accents_that_are_written_otherwise_are_the_same(
    of_text: Literal["NFC", "NFD"], of_answer: Literal["NFC", "NFD"]
) -> None:
    raw = unicodedata.normalize(of_answer, of_figures(*FIGURES, title="cirugías"))
    draft = judged(raw, unicodedata.normalize(of_text, TOLD))
    assert draft.faults == ()
    assert draft.report is not None
    assert len(draft.report.figures) == 2
    assert draft.report.title == "cirugías"


def test_what_makes_the_judging_fail_is_a_fault_of_the_answer() -> None:
    def fail(*_: object) -> Verdict:
        raise OverflowError("int too large\nto convert " + "9" * 999)

    form = dataclasses.replace(quoted.FORM, judge=fail)
    draft = judge_answer(form, document(TOLD), of_figures(*FIGURES))
    (fault,) = draft.faults
    assert (draft.report, fault.field) == (None, "answer")
    assert fault.message.startswith(
        "could not be judged: OverflowError: int too large to convert 9"
    )
    assert len(fault.message) < 250
