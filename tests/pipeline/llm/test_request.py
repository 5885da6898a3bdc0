"""What a server is sent, in each way of asking; what is taken from instructor is public."""

import inspect
import json
from typing import Any

import instructor
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instructor import processing
from pydantic import JsonValue

from pipeline.calls.journal import Question
from pipeline.forms import FORMS
from pipeline.llm import request
from pipeline.llm.dialect import JSON, MARKS, NONE, PLAIN, STRICT, Dialect
from pipeline.llm.request import RequestBuilder
from pipeline.llm.room import LEAST_ROOM
from pipeline.llm.transport import Request
from pipeline.settings import LlmSettings
from schemas.document import Document, Metadata
from tests.json_schema import assert_is_json_schema

DOCUMENT = Document(id="0" * 64, text="Hubo 3 cirugías.", metadata=Metadata(format="txt"))


def test_what_is_taken_from_instructor_is_public_and_still_there() -> None:
    moved = (
        "instructor.processing.handle_response_model, by which `pipeline/llm/request.py` makes a "
        "request of a Pydantic model, is not public any more, or takes other parameters"
    )
    assert "handle_response_model" in processing.__all__, moved
    parameters = list(inspect.signature(processing.handle_response_model).parameters)
    assert parameters[:2] == ["response_model", "mode"], moved
    assert {"Mode"} <= set(instructor.__all__)
    assert {"JSON_SCHEMA", "JSON"} <= set(instructor.Mode.__members__)


QUESTION = Question("document", "reader", "reading", 1, "asked")
MESSAGES = [
    {"role": "system", "content": "Read."},
    {"role": "user", "content": "Hola."},
    {"role": "user", "content": "Otra vez."},
]


USUAL = Dialect(STRICT, "max_tokens")


def build(form: str = "quoted", dialect: Dialect = USUAL, **params: JsonValue) -> Request:
    settings = LlmSettings(params=params)
    shape = FORMS[form].by_marks
    schema = shape.schema(DOCUMENT) if shape else None
    builder = RequestBuilder(FORMS[form].answer, settings, "m")
    return builder.build(MESSAGES, 1000, QUESTION, dialect, schema)


def test_readers_of_a_process_share_what_their_requests_have_in_common(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, make = [], request.handle_response_model

    def noted(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - of instructor
        made.append(named["model"])
        return make(*given, **named)

    monkeypatch.setattr(request, "handle_response_model", noted)
    answer = FORMS["quoted"].answer
    models = ["a of this test", "b of this test", "a of this test"]
    builders = [RequestBuilder(answer, LlmSettings(), model) for model in models]
    built = [each.build(MESSAGES, 1000, QUESTION, USUAL) for each in builders]
    assert [each.body["model"] for each in built] == models
    assert built[0] == built[2]
    assert made == models[:2]


@pytest.mark.parametrize("mode", [MARKS, STRICT, PLAIN])
@pytest.mark.parametrize("form", FORMS)
def test_what_is_sent_as_a_schema_is_json_schema_and_nothing_else(form: str, mode: str) -> None:
    if mode == MARKS and FORMS[form].by_marks is None:
        pytest.skip("the form has no other shape")
    wanted = build(form, Dialect(mode, "max_tokens")).body["response_format"]["json_schema"]
    assert_is_json_schema(wanted["schema"])
    assert wanted.get("strict", False) is (mode == STRICT)


@pytest.mark.parametrize("form", FORMS)
def test_a_plain_schema_has_nothing_that_servers_are_known_to_refuse(form: str) -> None:
    schema = build(form, Dialect(PLAIN, "max_tokens")).body["response_format"]
    told = json.dumps(schema)
    for word in (
        "$ref",
        "$defs",
        "minimum",
        "maximum",
        "pattern",
        "format",
        "additionalProperties",
    ):
        assert f'"{word}":' not in told
    properties = schema["json_schema"]["schema"]["properties"]
    assert properties.keys() == FORMS[form].answer.model_fields.keys()
    assert properties["title"]["anyOf"], "a field may be called as a keyword is"


@pytest.mark.parametrize("mode", [JSON, NONE])
def test_where_no_schema_is_sent_it_stands_in_the_prompt(mode: str) -> None:
    body = build("quoted", Dialect(mode, "max_tokens")).body
    assert body.get("response_format") == ({"type": "json_object"} if mode == JSON else None)
    assert "set_aside" in body["messages"][0]["content"]


def test_the_users_own_parameters_are_sent_and_change_no_message() -> None:
    body = build(temperature=0.2, reasoning={"effort": "low"}).body
    assert body["temperature"] == 0.2
    assert body["reasoning"] == {"effort": "low"}
    assert body["model"] == "m"


def test_sides_take_turns_and_a_server_without_system_messages_has_none() -> None:
    assert [one["role"] for one in build().body["messages"]] == ["system", "user"]
    without = Dialect(STRICT, "max_completion_tokens", takes_system=False)
    body = build("quoted", without).body
    (only,) = body["messages"]
    assert only["role"] == "user"
    assert only["content"].startswith("Read.\n\nHola.")
    assert body["max_completion_tokens"] == 1000


@given(
    room=st.integers(1, 100_000),
    most=st.none() | st.integers(300, 100_000),
    context=st.none() | st.integers(1000, 200_000),
    tokens=st.integers(0, 50_000),
)
def test_the_room_fits_the_model_and_what_is_left_of_its_context(
    room: int, most: int | None, context: int | None, tokens: int
) -> None:
    fitting = Dialect(STRICT, "max_tokens", most_room=most, context=context).fit(room, tokens)
    assert 0 < fitting <= room
    assert most is None or fitting <= most
    assert context is None or fitting <= max(LEAST_ROOM, context - tokens)
