"""Bodies as servers send them: JSON in other clothes, and event streams that nobody asked for."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.llm.completion import Completion, completion
from pipeline.llm.response_body import read_body
from tests.llm_server import choice
from tests.llm_server import completion as body

BODY = body(choices=[choice("Cirugías en Michoacán")])
TEXT = json.dumps(BODY, ensure_ascii=False)
JSON_TYPE = "application/json"


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (TEXT.encode(), JSON_TYPE),
        (TEXT.encode(), ""),
        (TEXT.encode(), "application/json; charset=nonsense"),
        (TEXT.encode(), "application/json; charset=iso-8859-1"),
        (b"\xef\xbb\xbf" + TEXT.encode(), JSON_TYPE),
        (b"\n\n \r\n" + TEXT.encode() + b"\n", JSON_TYPE),
        (TEXT.encode("latin-1"), "application/json; charset=iso-8859-1"),
        (TEXT.encode("latin-1"), "application/json; charset=utf-8"),
        (TEXT.encode("latin-1"), "application/json; charset=nonsense"),
        (TEXT.encode("latin-1"), "application/json; charset=base64"),
        (TEXT.encode("latin-1"), JSON_TYPE),
        (TEXT.encode("utf-16"), "application/json; charset=utf-16"),
        (json.dumps(TEXT).encode(), JSON_TYPE),
    ],
)
def test_json_is_read_whatever_it_comes_in(content: bytes, declared: str) -> None:
    assert read_body(content, declared) == BODY


def test_one_damaged_letter_does_not_change_the_others() -> None:
    content = TEXT.encode().replace("í".encode(), b"\xc3")
    assert "Cirug\ufffdas en Michoacán" in str(read_body(content, JSON_TYPE))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"{not json",
        b"<html>busy</html>",
        b"\xff\xfe",
        b'"just a text"',
        b"[" * 100_000,
        b"data: [DONE]\n\n",
        b'data: {"choices": [{"delta": {"content": "12"}}]}\n\ndata: {"choi',
        b'data: {"choices": [{"delta": {"content": "12"}}]}\n\ndata: 04\n\n',
    ],
)
def test_what_is_no_json_is_none(content: bytes) -> None:
    assert read_body(content, JSON_TYPE) is None


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "NaN", "1e999", "1" + "0" * 400])
def test_numbers_that_nobody_can_count_are_no_exception(number: str) -> None:
    content = TEXT.replace('100, "completion_tokens": 50, "total_tokens": 150', number).encode()
    read = completion(read_body(content, JSON_TYPE))
    assert isinstance(read, Completion)
    assert (read.content, read.input_tokens) == ("Cirugías en Michoacán", None)


def chunk(delta: dict[str, Any], **more: object) -> dict[str, Any]:
    one = {"index": 0, "delta": delta, "finish_reason": None} | more
    return {"id": "x", "object": "chat.completion.chunk", "choices": [one]}


def stream(*chunks: object, end: str = "\n\n", lead: str = "data: ") -> bytes:
    return "".join(f"{lead}{json.dumps(each)}{end}" for each in chunks).encode()


USAGE = {"prompt_tokens": 100, "completion_tokens": 50}
CHUNKS = (
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": '{"title": "Cir'}),
    chunk({"content": 'ugías"}'}),
    chunk({}, finish_reason="length"),
    {"choices": [], "usage": USAGE},
)


@pytest.mark.parametrize(
    "content",
    [
        stream(*CHUNKS) + b"data: [DONE]\n\n",
        stream(*CHUNKS),
        stream(*CHUNKS, end="\r\n\r\n"),
        stream(*CHUNKS, end="\n"),
        stream(*CHUNKS, lead="data:"),
        b": PROCESSING\n\n" + stream(*CHUNKS, lead="event: message\nid: 1\ndata: "),
        stream(*CHUNKS, lead="", end="\n"),
        b"\xef\xbb\xbf" + stream(*CHUNKS),
    ],
)
def test_an_event_stream_is_put_together(content: bytes) -> None:
    read = completion(read_body(content, "text/event-stream"))
    assert read == Completion('{"title": "Cirugías"}', True, None, 100, 50)  # noqa: FBT003 - cut


def test_thoughts_and_arguments_of_tools_are_put_together_too() -> None:
    def call(arguments: str, **more: object) -> dict[str, Any]:
        return {"index": 0, "function": {"arguments": arguments} | more}

    content = stream(
        chunk({"reasoning_content": "{hm"}),
        chunk({"reasoning_content": "m}"}),
        chunk({"tool_calls": [call('{"tit', name="answer")]}),
        chunk({"tool_calls": [call('le": 1}')]}),
    )
    whole = read_body(content, "text/event-stream")
    message = whole["choices"][0]["message"]
    assert message["reasoning_content"] == "{hmm}"
    assert message["tool_calls"][0]["function"] == {"name": "answer", "arguments": '{"title": 1}'}
    read = completion(whole)
    assert isinstance(read, Completion)
    assert read.content == '{"title": 1}'


def test_an_error_in_a_stream_is_one() -> None:
    content = stream(chunk({"content": ""}), {"error": {"message": "busy", "code": 503}})
    assert not isinstance(completion(read_body(content, "text/event-stream")), Completion)


@given(st.binary(), st.text())
def test_no_body_is_an_exception(content: bytes, declared: str) -> None:
    read_body(content, declared)
    read_body(b"data: " + content, declared)


@given(st.text(), st.lists(st.integers(0, 200)))
def test_a_text_comes_out_of_a_stream_as_it_went_in(text: str, cuts: list[int]) -> None:
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[start:end] for start, end in itertools.pairwise(edges)]
    content = stream(*(chunk({"content": piece}) for piece in pieces), chunk({"role": "assistant"}))
    whole = read_body(content, "text/event-stream")
    assert whole["choices"][0]["message"].get("content", "") == text
