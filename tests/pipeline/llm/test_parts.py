"""The pure parts of the LLM reader: salvaging, feedback, cost."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calls.cost import cost_usd
from pipeline.forms import quoted
from pipeline.forms.form import Fault, Verdict
from pipeline.llm import feedback
from pipeline.llm.salvage import salvage
from schemas.answer import QuotedAnswer
from schemas.document import Document, Metadata
from schemas.report import BulletinKind

OPENAI = "https://api.openai.com/v1"


def figure(number: int, **labels: object) -> dict[str, Any]:
    return {
        "quote": f"{number} cirugías",
        "value": number,
        "unit": "count",
        "service": "surgery",
        "detail": None,
        "status": "performed",
        "period": "jornada",
        "edition": None,
        "place": "national",
        "approximate": False,
    } | labels


def whole(*figures: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {
        "title": None,
        "published_on": None,
        "bulletin_kind": "announcement",
        "programme": None,
        "jornadas": [],
        "figures": list(figures),
        "set_aside": [],
        "specialties": [],
        "places": [],
    } | changes


FIVE = json.dumps(whole(*(figure(number) for number in range(101, 106))))


@given(st.integers(min_value=0, max_value=len(FIVE)))
def test_wherever_an_answer_is_cut_only_whole_figures_are_kept(cut: int) -> None:
    answer = salvage(quoted.FORM, FIVE[:cut])
    kept = answer.figures if answer else ()
    assert [f.value for f in kept] == list(range(101, 101 + len(kept)))
    complete = FIVE[:cut].count("}, {") + FIVE[:cut].count("}]")
    assert complete <= len(kept) <= complete + 1


def test_all_of_a_whole_answer_is_salvaged() -> None:
    assert salvage(quoted.FORM, FIVE) == QuotedAnswer.model_validate_json(FIVE)


def test_parts_out_of_shape_fall_away_alone() -> None:
    figures = (figure(1), figure(2, service="x"), figure(3))
    broken = whole(*figures, title="Título", bulletin_kind="x", places=[{}, 5])
    answer = salvage(quoted.FORM, json.dumps(broken))
    assert answer is not None
    assert [f.value for f in answer.figures] == [1, 3]
    assert answer.bulletin_kind is BulletinKind.RESULTS
    assert answer.places == ()
    assert answer.title == "Título"


@pytest.mark.parametrize(
    "content",
    ["", "nada", "{", "[1]", '"x"', "{}", '{"figures": {}}', '{"figures": 5}', "{" * 500],
)
def test_nothing_comes_of_an_answer_without_figures(content: str) -> None:
    assert salvage(quoted.FORM, content) is None


@given(st.text())
def test_no_content_makes_the_salvaging_fail(content: str) -> None:
    salvage(quoted.FORM, content)


def judge_answer(text: str, *figures: dict[str, Any], **changes: object) -> Verdict:
    document = Document(id="0" * 64, text=text, metadata=Metadata(format="txt"))
    return quoted.judge(document, QuotedAnswer.model_validate(whole(*figures, **changes)))


def test_the_longer_number_is_not_read_as_the_shorter_one_within_it() -> None:
    verdict = judge_answer("Hubo 153 cirugías y luego 3 cirugías.", figure(153), figure(3))
    assert verdict.faults == ()
    assert verdict.report is not None
    assert [f.char_start for f in verdict.report.figures] == [5, 26]


def test_a_set_aside_that_is_not_in_the_text_is_a_fault() -> None:
    verdict = judge_answer(
        "Hubo 153 cirugías.", figure(153), set_aside=[{"quote": "9", "reason": "x"}]
    )
    assert [fault.field for fault in verdict.faults] == ["set_aside[0].quote"]


def test_a_quote_over_a_line_break_is_found_and_kept_verbatim() -> None:
    verdict = judge_answer("Hubo 153\ncirugías.", figure(153))
    assert verdict.faults == ()
    assert verdict.report is not None
    assert verdict.report.figures[0].quote == "153\ncirugías"


def test_what_the_source_states_fills_in_the_report() -> None:
    stated = Metadata(format="md", title="Otro", published_on=date(2021, 9, 22))
    document = Document(id="0" * 64, text="Título\n\nHubo 153 cirugías.", metadata=stated)
    for printed, title in (("Título", "Título"), (None, "Otro")):
        answer = QuotedAnswer.model_validate(
            whole(figure(153), title=printed, published_on="2020-01-01")
        )
        report = quoted.judge(document, answer).report
        assert report is not None
        assert (report.title, report.published_on) == (title, date(2021, 9, 22))


def test_a_missed_number_is_shown_with_whole_words_around_it() -> None:
    text = f"{'antes ' * 30}hubo 153 cirugías en todo el país {'después ' * 30}"
    (fault,) = judge_answer(text).faults
    assert "hubo 153 cirugías en todo el país" in fault.message
    assert fault.span is not None
    assert text[slice(*fault.span)] == "153"
    quoted = fault.message.split('"')[3].split()
    assert set(quoted) <= set(text.split())


def test_faults_beyond_the_limit_are_counted() -> None:
    faults = [Fault(f"figures[{i}].value", "is wrong") for i in range(25)]
    message = feedback.write_correction(faults)
    assert "20. figures[19].value: is wrong" in message
    assert "figures[20]" not in message
    assert "5 more" in message
    assert "more" not in feedback.write_correction(faults[:20])


def test_quotation_marks_of_the_bulletin_cannot_end_a_quote_in_the_message() -> None:
    (fault,) = judge_answer('Dijo: "hola" 153 cirugías "fin".').faults
    assert fault.message.count('"') == 4


def test_a_price_is_known_for_a_published_model_only() -> None:
    usage = {"input_tokens": 1_000_000, "output_tokens": 1_000_000}
    known = cost_usd("gpt-4o-mini", OPENAI, **usage)
    assert known == pytest.approx(0.75)
    assert cost_usd("gpt-4o-mini", "http://127.0.0.1:8000/v1", **usage) is None
    assert cost_usd("a-model-of-my-own", OPENAI, **usage) is None


def test_cached_tokens_cost_less_and_unknown_usage_has_no_cost() -> None:
    full = cost_usd("gpt-4o-mini", OPENAI, input_tokens=1000, output_tokens=10)
    cached = cost_usd(
        "gpt-4o-mini", OPENAI, input_tokens=1000, output_tokens=10, cached_tokens=5000
    )
    assert full is not None
    assert cached is not None
    assert 0 < cached < full
    assert cost_usd("gpt-4o-mini", OPENAI, input_tokens=None, output_tokens=10) is None
