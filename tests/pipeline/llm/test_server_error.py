"""Errors that servers put where a completion belongs."""

from typing import Any

import pytest

from pipeline.llm.completion import completion
from pipeline.llm.server_error import ServerError, read_error
from tests.llm_server import choice
from tests.llm_server import completion as body


@pytest.mark.parametrize(
    ("odd", "status", "code", "message"),
    [
        ({"error": {"message": "slow down", "code": 429}, "user_id": "u"}, 429, "429", "slow down"),
        ({"error": {"message": "no credit", "code": "402"}}, 402, "402", "no credit"),
        (
            {"error": {"message": "busy", "type": "overloaded_error"}},
            529,
            "overloaded_error",
            "busy",
        ),
        ({"type": "error", "error": {"type": "rate_limit_error", "message": "x"}}, 429, None, "x"),
        ({"error": {"message": "quota", "code": "insufficient_quota"}}, 429, None, "quota"),
        ([{"error": {"code": 503, "message": "x", "status": "UNAVAILABLE"}}], 503, "503", "x"),
        ({"error": {"message": "x", "status": "RESOURCE_EXHAUSTED"}}, 429, None, "x"),
        ({"error": "busy"}, None, None, "busy"),
        ({"error": "busy", "status_code": 503}, 503, "503", "busy"),
        ({"error": ["busy"]}, None, None, "busy"),
        ({"error": True, "message": "busy"}, None, None, "busy"),
        ({"error": 500}, 500, "500", "500"),
        ({"error": {}, "message": "busy"}, None, None, "busy"),
        ({"object": "error", "message": "too long", "code": 400}, 400, "400", "too long"),
        ({"errors": [{"code": 7009, "message": "x"}], "success": False}, None, "7009", "x"),
        ({"detail": "Not authenticated"}, None, None, "Not authenticated"),
        ({"detail": [{"msg": "field required", "loc": ["x"]}]}, None, None, "field required"),
        ({"base_resp": {"status_code": 1008, "status_msg": "balance"}}, None, "1008", "balance"),
        ({"error_code": 18, "error_msg": "qps limit"}, None, "18", "qps limit"),
        (
            {"error": {"code": "x", "metadata": {"raw": "model is down"}}},
            None,
            "x",
            "model is down",
        ),
        ({"error": {"code": "teapot"}}, None, "teapot", "teapot"),
        ({"error": {"metadata": {}}}, None, None, "no reason given"),
    ],
)
def test_an_error_is_read_in_the_words_and_with_the_status_of_the_server(
    odd: object, status: int | None, code: str | None, message: str
) -> None:
    for found in (read_error(odd), completion(odd)):
        assert isinstance(found, ServerError)
        assert (found.message, found.status) == (message, status)
        assert code is None or found.code == code


@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, {"data": 1}, {"error": None}, {"error": ""}])
def test_what_tells_no_error_is_none(odd: object) -> None:
    assert read_error(odd) is None


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"details": [{"@type": "t"}, {"retryDelay": "3s"}]}, 3.0),
        ({"details": {"retryDelay": "0.5s"}}, 0.5),
        ({"retry_after": 7}, 7.0),
        ({"metadata": {"retry_after_seconds": "12"}}, 12.0),
        ({"message": "Rate limit reached. Please try again in 1.5s. See docs"}, 1.5),
        ({"message": "please try again in 20ms."}, 0.02),
        ({"message": "Please try again in 6m0.5s."}, 360.5),
        ({"message": "Please retry after 7 seconds."}, 7.0),
        ({"message": "try again in 2 minutes"}, 120.0),
        ({"message": "try again in 1 hour"}, 3600.0),
        ({"message": "try again later; 30 models are loaded"}, None),
        ({"message": "limit of 30s reached"}, None),
        ({"retry_after": -5}, None),
        ({"retry_after": "nan"}, None),
        ({"message": f"try again in {'9' * 9}h"}, None),
    ],
)
def test_the_time_to_wait_is_read_out_of_the_body(
    fields: dict[str, Any], seconds: float | None
) -> None:
    found = read_error({"error": {"message": "slow down", "code": 429, **fields}})
    assert found is not None
    assert found.retry_after == seconds


def test_an_error_in_a_choice_is_one_although_something_was_written() -> None:
    broken = choice('{"figures"') | {"error": {"message": "disconnected", "code": 502}}
    found = completion(body(choices=[broken]))
    assert isinstance(found, ServerError)
    assert (found.message, found.status) == ("disconnected", 502)
    assert (found.counts.input_tokens, found.counts.output_tokens) == (100, 50), "it was billed"


@pytest.mark.parametrize(
    "reason", ["error", "ERROR", "network_error", "insufficient_system_resource", "abort"]
)
def test_an_answer_that_ended_in_an_error_is_one(reason: str) -> None:
    found = completion(body(choices=[choice("{}", finish_reason=reason)]))
    assert isinstance(found, ServerError)
    assert reason.lower() in found.message


def test_an_error_beside_an_answer_that_is_there_is_passed_over() -> None:
    beside = {"error": {"message": "logging failed", "code": 500}}
    assert not isinstance(completion(body(choices=[choice("{}")]) | beside), ServerError)
    found = completion(body(choices=[choice("")]) | beside)
    assert isinstance(found, ServerError)
    assert found.message == "logging failed"


def test_whatever_it_says_can_be_encoded() -> None:
    found = read_error({"error": {"message": "\ud83d", "code": "\ud83d"}})
    assert found is not None
    f"{found.message}{found.code}".encode()
