"""The lines of result files: each is an answer, or says why there is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.lines import LineResult, find_request, has_results, read_line
from tests.llm_server import completion


def line(**told: object) -> bytes:
    whole = {"id": "1", "custom_id": "a", "response": None, "error": None} | told
    return json.dumps(whole).encode()


def response(status: int, body: object) -> dict[str, object]:
    return {"status_code": status, "request_id": "r", "body": body}


def failure(status: int, message: str, code: str | None = None) -> bytes:
    body = {"error": {"message": message, "type": "t", "code": code}}
    return line(response=response(status, body))


def read(raw: bytes) -> LineResult:
    found = read_line(raw)
    assert found is not None
    return found


def test_an_answer_is_read_as_that_of_a_call() -> None:
    found = read(line(response=response(200, completion())))
    assert (found.custom_id, found.outcome, found.error) == ("a", "answered", None)
    assert found.answer is not None
    assert (found.answer.content, found.answer.input_tokens) == ("{}", 100)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 520])
def test_what_may_go_well_next_time_is_unanswered(status: int) -> None:
    found = read(failure(status, "later"))
    assert (found.outcome, found.error) == ("unanswered", f"answered {status} in a batch: later")


@pytest.mark.parametrize("body", [None, "<html>", {"object": "x"}, []])
def test_something_else_than_a_completion_is_unanswered(body: object) -> None:
    assert read(line(response=response(200, body))).outcome == "unanswered"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ({"message": "busy", "code": 503}, "unanswered"),
        ({"message": "busy"}, "unanswered"),
        ({"message": "no credit", "code": 402}, "refused"),
        ({"message": "response_format is not supported", "code": 400}, "no schema"),
    ],
)
def test_an_error_inside_a_200_is_an_outcome_by_its_own_status(
    error: dict[str, object], outcome: str
) -> None:
    found = read(line(response=response(200, {"error": error})))
    assert (found.outcome, found.answer) == (outcome, None)
    assert str(error["message"]) in str(found.error)


def test_an_expired_line_is_unanswered_and_a_cancelled_one_cancelled() -> None:
    expired = read(line(error={"code": "batch_expired", "message": "Too late."}))
    assert (expired.outcome, expired.error) == ("unanswered", "batch_expired: Too late.")
    assert read(line(error={"code": "batch_cancelled"})).outcome == "cancelled"
    assert read(line()).outcome == "unanswered"


@pytest.mark.parametrize(
    ("status", "message", "outcome", "cause"),
    [
        (400, "no such parameter", "refused", "400: no such parameter"),
        (404, "no such model", "refused", "404: no such model"),
        (400, "response_format is not supported", "no schema", None),
        (400, "maximum context length is 8192", "refused", None),
        (400, "flagged by the content filter", "refused", None),
    ],
)
def test_a_refusal_is_one_with_a_cause_where_the_bulletin_is_not_to_blame(
    status: int, message: str, outcome: str, cause: str | None
) -> None:
    found = read(failure(status, message))
    assert found.outcome == outcome
    assert message in str(found.error)
    if outcome == "refused":
        assert found.cause == cause


def test_an_account_without_credit_is_not_asked_again() -> None:
    found = read(failure(429, "you exceeded your quota", "insufficient_quota"))
    assert (found.outcome, found.cause) == ("refused", "429: the account has no credit left")


def test_messages_are_one_short_line() -> None:
    found = read(failure(401, "bad key\n" + "x" * 999))
    assert "\n" not in str(found.error)
    assert len(str(found.error)) < 400


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"custom_id": 1}', b"\xff\xfe", b"1"])
def test_a_broken_line_is_none(raw: bytes) -> None:
    assert read_line(raw) is None


@pytest.mark.parametrize(
    "told",
    [
        response(200, json.dumps(completion())),
        response(201, completion()),
        {"status_code": "200", "body": completion()},
        {"status": 200, "body": completion()},
        {"body": completion()},
        completion(),
        json.dumps(response(200, completion())),
    ],
)
def test_an_answer_is_read_in_whatever_shape_it_comes(told: object) -> None:
    raw = b"\xef\xbb\xbf" + line(response=told) + b"\r\n"
    assert read(raw).answer == read(line(response=response(200, completion()))).answer
    assert read(raw).outcome == "answered"


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"response": {"body": {"error": {"message": "busy"}}}}, "unanswered"),
        ({"error": {"code": 400, "message": "no such parameter"}}, "refused"),
        ({"error": {"code": "503", "message": "busy"}}, "unanswered"),
        ({"error": "it failed"}, "unanswered"),
        ({"response": {"status_code": "429", "body": {"message": "busy"}}}, "unanswered"),
        ({"response": {"status_code": "soon", "body": completion()}}, "unanswered"),
    ],
)
def test_an_error_is_read_in_whatever_shape_it_comes(told: dict[str, object], outcome: str) -> None:
    assert read(line(**told)).outcome == outcome


REQUESTS = frozenset({"1-0123456789ab", "11-0123456789ab", "2-ba9876543210"})


@pytest.mark.parametrize(
    ("custom_id", "request_of"),
    [
        ("1-0123456789ab", "1-0123456789ab"),
        ("11-0123456789ab-0", "11-0123456789ab"),
        ("request_2-ba9876543210", "2-ba9876543210"),
        ("batch72-ba9876543210/7", "2-ba9876543210"),
        ("2-BA9876543210", "2-ba9876543210"),
        ("3-0123456789ab", None),
        ("2-0123456789ab", None),
        ("", None),
    ],
)
def test_a_request_is_found_whatever_stands_beside_its_name(
    custom_id: str, request_of: str | None
) -> None:
    assert find_request(custom_id, REQUESTS) == request_of


def test_a_page_that_asks_one_to_wait_has_no_results() -> None:
    assert has_results(line())
    assert not has_results(b'{"error": {"message": "not ready"}}')
    assert not has_results(b"<html>")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(response=json_values, error=json_values, status=json_values, body=json_values)
def test_no_line_is_too_odd(response: object, error: object, status: object, body: object) -> None:
    assert read(line(response=response, error=error)).custom_id == "a"
    odd = read(line(response={"status_code": status, "body": body}))
    assert odd.answer is None or "choices" in str(body)
