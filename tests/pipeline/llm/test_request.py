"""What is taken from instructor is its public interface."""

import inspect

import instructor
from instructor import processing


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
