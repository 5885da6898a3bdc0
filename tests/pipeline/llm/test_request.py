"""What is taken from instructor is its public interface."""

import inspect

import instructor
import pytest
from instructor import processing

from pipeline.calls.journal import Question
from pipeline.forms import FORMS
from pipeline.llm.request import RequestBuilder
from pipeline.settings import LlmSettings
from tests.json_schema import assert_is_json_schema


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


@pytest.mark.parametrize("form", FORMS)
def test_what_is_sent_as_a_schema_is_json_schema_and_nothing_else(form: str) -> None:
    builder = RequestBuilder(FORMS[form].answer, LlmSettings(), "m")
    messages = [{"role": "system", "content": "Read."}, {"role": "user", "content": "Hola."}]
    request = builder.build(messages, 100, Question("document", "reader", "reading", 1, "asked"))
    assert_is_json_schema(request.body["response_format"]["json_schema"]["schema"])
