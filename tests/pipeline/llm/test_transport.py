"""Calls to a server on loopback: what is repeated, how long is waited, what ends a run."""

import asyncio
import logging
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import openai
import pytest
import tenacity
from pydantic import SecretStr

from pipeline.calls.gateway import LocalGateway
from pipeline.calls.journal import Question
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.errors import ReaderError, ServerRefusal, TransportError, UsageError
from pipeline.forms import prompts
from pipeline.llm import retry
from pipeline.llm.reader import LlmReader
from pipeline.llm.transport import HttpTransport, Reply, Request
from pipeline.settings import LlmSettings
from schemas.document import Document, Metadata
from schemas.reading import Attempt, Reading, ReadingStatus
from tests.llm_server import NEVER, answer, failure, page, serve
from tests.llm_server import Reply as ServerReply

KEY = "sk-very-secret-1234567890"
REQUEST: dict[str, Any] = {"model": "scripted", "messages": [{"role": "user", "content": "?"}]}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)


class Waiting:
    """A clock that moves on only where a gateway waits by it."""

    now = 0.0

    async def wait(self, seconds: float) -> None:
        self.now += seconds

    def gateway(self) -> LocalGateway:
        return LocalGateway(rate_limiter=RateLimiter(clock=lambda: self.now), wait=self.wait)


QUESTION = Question("document", "reader", "reading", 1, "question")


def call(base_url: str | None, **settings: object) -> tuple[ReaderError | None, list[Attempt]]:
    """Send one request; give its error, None if it was answered, and what was recorded."""

    async def run() -> Reply:
        given = {"base_url": base_url, "api_key": KEY, **settings}
        server = HttpTransport(LlmSettings.model_validate(given), "scripted", Waiting().gateway())
        try:
            return await server.send(Request(REQUEST, 10, 100, QUESTION))
        finally:
            await server.aclose()

    reply = asyncio.run(run())
    return reply.error, list(reply.attempts)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again_once_for_each_call(status: int) -> None:
    with serve(failure(status), failure(status), answer("{}")) as server:
        result, attempts = call(server.base_url)
    assert result is None
    assert len(server.requests) == 3
    assert [a.outcome for a in attempts] == ["unanswered", "unanswered", "answered"]
    assert [a.number for a in attempts] == [1, 2, 3]
    assert str(status) in attempts[0].errors[0]
    assert attempts[0].input_tokens is None


def test_after_the_last_allowed_call_the_failure_is_final() -> None:
    with serve(*[failure(503, "overloaded")] * 9) as server:
        result, attempts = call(server.base_url, transport_attempts=4)
    assert isinstance(result, TransportError)
    assert "503" in str(result)
    assert "overloaded" in str(result)
    assert len(server.requests) == len(attempts) == 4


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Collect the seconds that are waited before a call is repeated; nobody does wait."""
    collected: list[float] = []

    async def pause(_: LocalGateway, seconds: float) -> None:
        collected.append(seconds)

    monkeypatch.setattr(LocalGateway, "pause", pause)
    return collected


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_waited_for(status: int, pauses: list[float]) -> None:
    slow_down = failure(status, headers={"Retry-After": "0.5"})
    with serve(slow_down, answer("{}")) as server:
        result, attempts = call(server.base_url)
    assert (result, len(attempts), pauses) == (None, 2, [0.5])


def test_too_many_requests_are_waited_for_and_use_up_no_attempts() -> None:
    too_many = failure(429, headers={"Retry-After": "0.001"})
    with serve(failure(500), *[too_many] * 12, answer("{}")) as server:
        result, attempts = call(server.base_url, transport_attempts=2)
    assert result is None
    assert len(attempts) == 14


def test_a_server_that_never_has_time_fails_the_document_after_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retry, "PATIENCE_SECONDS", 0.0)
    slow_down = failure(429, "slow down", headers={"Retry-After": "0"})
    with serve(*[slow_down] * 9, answer("{}")) as server:
        result, attempts = call(server.base_url)
    assert isinstance(result, TransportError)
    assert (result.cause, len(attempts)) == ("429", 6)


def test_retry_after_as_a_date_is_waited_for(pauses: list[float]) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    with serve(failure(503, headers={"Retry-After": moment}), answer("{}")) as server:
        call(server.base_url)
    (seconds,) = pauses
    assert 20 < seconds <= 50  # it may be some time until the answer is read


@pytest.mark.parametrize(
    ("asked", "waited"),
    [(5.0, 5.0), (0.0, 0.0), (3600.0, retry.LONGEST_WAIT_SECONDS)],
)
def test_what_the_server_asks_for_is_capped(asked: float, waited: float) -> None:
    state = tenacity.RetryCallState(tenacity.AsyncRetrying(), None, (), {})
    error = TransportError("busy", retry_after=asked)
    state.set_exception((TransportError, error, None))
    assert retry.seconds_to_wait(state) == waited


@pytest.mark.parametrize("header", ["soon", "", "Mon, 99 Foo 2026", "-5"])
def test_an_unreadable_retry_after_is_no_reason_to_fail(header: str) -> None:
    with serve(failure(429, headers={"Retry-After": header}), answer("{}")) as server:
        result, _ = call(server.base_url)
    assert result is None


def test_a_slow_answer_times_out_and_is_tried_again() -> None:
    with serve(replace(answer("{}"), delay=NEVER), answer("{}")) as server:
        result, attempts = call(server.base_url, timeout_seconds=1.0)
    assert result is None
    assert [a.outcome for a in attempts] == ["unanswered", "answered"]
    assert "within 1 s" in attempts[0].errors[0]


def test_what_comes_too_late_is_asked_for_once_more_and_then_no_more() -> None:
    """A call that nobody waits for may go on behind a proxy, and be paid for."""
    never = replace(answer("{}"), delay=NEVER)
    with serve(never, never, never) as server:
        result, attempts = call(server.base_url, timeout_seconds=0.3)
    assert isinstance(result, TransportError)
    assert "--timeout" in str(result)
    assert [a.outcome for a in attempts] == ["unanswered", "unanswered"]


def test_an_answer_that_drips_times_out_too() -> None:
    with serve(replace(answer("{}"), drip=0.02)) as server:
        result, _ = call(server.base_url, timeout_seconds=0.4, transport_attempts=1)
    assert isinstance(result, TransportError)


@pytest.mark.parametrize("drop", [0, 40])
def test_a_connection_dropped_before_or_in_the_body_is_tried_again(drop: int) -> None:
    with serve(replace(answer("{}"), drop=drop), answer("{}")) as server:
        result, attempts = call(server.base_url)
    assert result is None
    assert [a.outcome for a in attempts] == ["unanswered", "answered"]
    assert "no answer from" in attempts[0].errors[0]


def test_a_server_that_is_not_there_is_a_transport_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    result, attempts = call(f"http://127.0.0.1:{port}/v1", transport_attempts=2)
    assert isinstance(result, TransportError)
    assert f"127.0.0.1:{port}" in str(result)
    assert len(attempts) == 2


@pytest.mark.parametrize(
    "reply",
    [
        ServerReply(b"{not json"),
        ServerReply(b""),
        ServerReply(b"[]"),
        ServerReply(b"\xff\xfe"),
        page(200, "<html>Welcome</html>"),
    ],
)
def test_an_answer_that_is_no_completion_is_tried_again(reply: Reply) -> None:
    with serve(reply, answer("{}")) as server:
        result, attempts = call(server.base_url)
    assert result is None
    assert [a.outcome for a in attempts] == ["unanswered", "answered"]


@pytest.mark.parametrize(
    "usage",
    [None, {}, "many", {"prompt_tokens": "x", "completion_tokens": None}],
)
def test_odd_usage_is_unknown_usage(usage: object) -> None:
    with serve(answer("{}", usage=usage)) as server:
        result, attempts = call(server.base_url)
    assert result is None
    assert (attempts[0].input_tokens, attempts[0].output_tokens) == (None, None)
    assert attempts[0].cost_usd is None


@pytest.mark.parametrize("status", [401, 403])
def test_a_rejected_key_is_not_the_documents_fault_and_says_what_to_set(status: int) -> None:
    with serve(failure(status, f"Incorrect API key provided: {KEY}")) as server:
        result, attempts = call(server.base_url)
    assert isinstance(result, ServerRefusal)
    assert result.cause == f"{status}: set OPENAI_API_KEY to a key that it takes"
    assert "OPENAI_API_KEY" in str(result)
    assert KEY not in str(result)
    assert KEY not in attempts[0].errors[0]
    assert [a.outcome for a in attempts] == ["rejected"]
    assert len(server.requests) == 1


def test_a_missing_model_is_not_the_documents_fault_and_names_model_and_server() -> None:
    with serve(failure(404, "no such model")) as server:
        where = server.base_url.replace("http://", "http://someone:hunter2@")
        result, _ = call(where)
    assert isinstance(result, ServerRefusal)
    assert result.cause is not None
    assert "'scripted'" in str(result)
    assert server.base_url in str(result)
    assert "hunter2" not in str(result)
    assert server.headers[0]["authorization"] == "Basic c29tZW9uZTpodW50ZXIy"


def test_an_account_without_credit_is_not_waited_for() -> None:
    with serve(failure(429, "You exceeded your quota", code="insufficient_quota")) as server:
        result, _ = call(server.base_url)
    assert isinstance(result, ServerRefusal)
    assert result.cause == "429: the account has no credit left"
    assert len(server.requests) == 1


def test_a_rejected_request_may_be_rejected_for_all() -> None:
    with serve(failure(400, "temperature is not allowed")) as server:
        result, _ = call(server.base_url)
    assert isinstance(result, ServerRefusal)
    assert result.cause == "400: temperature is not allowed"
    assert "temperature is not allowed" in str(result)


@pytest.mark.parametrize(
    "said",
    [
        "This model's maximum context length is 8192 tokens",
        "the prompt is too long",
        "The response was filtered due to our content management policy",
    ],
)
def test_a_bulletin_that_is_too_long_or_filtered_is_itself_the_cause(said: str) -> None:
    with serve(failure(400, said)) as server:
        result, _ = call(server.base_url)
    assert isinstance(result, ServerRefusal)
    assert result.cause is None
    assert said in str(result)


@pytest.mark.parametrize("url", ["localhost:8080/v1", "ftp://host/v1", "http://", "nonsense"])
def test_a_base_url_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(UsageError, match="base URL"):
        HttpTransport(LlmSettings(base_url=url), "m", LocalGateway())


def test_the_key_goes_to_the_server_and_nowhere_else() -> None:
    settings = LlmSettings(api_key=SecretStr(KEY))
    assert KEY not in repr(settings)
    with serve(answer("{}")) as server:
        call(server.base_url)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_the_reading_says_the_cause_that_is_not_its_document() -> None:
    async def run(base_url: str) -> Reading:
        reader = LlmReader(
            LlmSettings(model="m", base_url=base_url), prompts.load_prompt("quoted-v1")
        )
        try:
            return await reader.read(
                Document(id="0" * 64, text="Hola.", metadata=Metadata(format="txt"))
            )
        finally:
            await reader.aclose()

    with serve(failure(401)) as server:
        reading = asyncio.run(run(server.base_url))
    assert reading.status is ReadingStatus.FAILED
    assert reading.cause == "401: set OPENAI_API_KEY to a key that it takes"


def test_transport_failures_of_a_reading_are_a_failed_reading_and_silent(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def run(base_url: str) -> Reading:
        settings = LlmSettings(model="m", base_url=base_url, transport_attempts=2)
        reader = LlmReader(settings, prompts.load_prompt("quoted-v1"))
        try:
            return await reader.read(
                Document(id="0" * 64, text="Hola.", metadata=Metadata(format="txt"))
            )
        finally:
            await reader.aclose()

    with caplog.at_level(logging.WARNING), serve(*[failure(500, "broken")] * 2) as server:
        reading = asyncio.run(run(server.base_url))
    assert reading.status is ReadingStatus.FAILED
    assert reading.error is not None
    assert "broken" in reading.error
    assert len(reading.attempts) == 2
    assert reading.seconds > 0
    captured = capfd.readouterr()
    assert (captured.out, captured.err, caplog.records) == ("", "", [])


def test_an_answer_is_kept_without_the_key_and_with_the_words_of_the_question() -> None:
    echoed = f"{KEY}: 120 question marks? {KEY.encode().hex()} scripted"
    with serve(answer(echoed, refusal=f"no, {KEY}")) as server:
        url = server.base_url.replace("http://", "http://scripted:content@")
        _, (attempt,) = call(url, secret_headers={"x-token": "content"})
    # "scripted" and "content" stand in what was asked, and are no secrets there.
    assert attempt.raw_answer == "***: 120 question marks? *** scripted"
    assert attempt.errors == ("no, ***",)


def test_a_failure_of_the_client_that_nobody_foresaw_is_told_without_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot send {KEY}")

    monkeypatch.setattr(openai.AsyncOpenAI, "post", fail)
    error, attempts = call("http://127.0.0.1:1/v1")
    assert str(error) == "unexpected RuntimeError: cannot send ***"
    assert attempts[0].errors == (str(error),)
