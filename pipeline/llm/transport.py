"""The way to an OpenAI-compatible server: calls that are repeated where that helps, and recorded.

tenacity alone repeats calls (openai's own retries are off), and only where the server may answer
the next time. Every call passes the desk, and every call, answered or not, becomes an `Attempt` at
once. Errors of openai leave this file as `TransportError` or `ServerRefusal`, in one line, without
the key.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx2
import openai
import tenacity
from pydantic_core import to_json

from pipeline.calls.cost import cost_usd, worst_case
from pipeline.calls.gateway import Desk, Expected, Outcome
from pipeline.calls.journal import Answer
from pipeline.errors import ReaderError, ServerRefusal, TransportError, UsageError
from pipeline.llm.completion import Completion, completion
from pipeline.plain_text import storable
from pipeline.settings import DEFAULT_BASE_URL, LlmSettings
from pipeline.urls import basic_authorization, without_password
from schemas.reading import Attempt

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0
PATIENCE_SECONDS = 900.0
"""How long a document waits for a server that has too many requests, before it fails."""
_FEW_REFUSALS = 5
"""So many 429s fail no document, however long it waited for its turn between them."""
UNPAID = ("unanswered", "rejected")
"""Outcomes of calls that brought no answer, and so took no tokens."""
WORTH_REPEATING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_LONGEST_MESSAGE = 300
_USUAL_ANSWER = 1000  # tokens; a guess until answers have come
_SLOWLY = 0.05  # the part that each answer has in the mean of their lengths
_PRICED_TOGETHER = 256  # tokens
NO_SCHEMA = re.compile(r"response_format|json_schema", re.IGNORECASE)
TOO_LONG = re.compile(
    r"context.{0,20}(?:length|size|window)|too (?:long|many tokens)", re.IGNORECASE
)
FILTERED = re.compile(r"content.{0,3}(?:filter|policy|management)", re.IGNORECASE)


class SchemaNotSupported(ServerRefusal):
    """The server does not know `response_format: json_schema`."""


class Server(Protocol):
    """Where a reader's questions go: to a server at once, or into a batch."""

    async def complete(
        self,
        request: dict[str, Any],
        tokens: int,
        room: int,
        attempts: list[Attempt],
        kept_as: Callable[[Attempt], Answer],
    ) -> None:
        """Get an answer, and add it to `attempts`; see `ChatServer.complete`."""

    async def aclose(self) -> None:
        """Let go of what is held."""


class ChatServer:
    """One server, one model. Close it when done, in the event loop that used it.

    Raises `UsageError` if the base URL is none.
    """

    def __init__(self, settings: LlmSettings, model: str, desk: Desk) -> None:
        self._settings = settings
        self._model = model
        self._desk = desk
        self._base_url = settings.base_url or DEFAULT_BASE_URL
        parts = urlsplit(self._base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                f"{without_password(self._base_url)!r} is no base URL: it must start with http://"
            )
        self._client: openai.AsyncOpenAI | None = None
        self._worst_cases: dict[tuple[int, int], float | None] = {}
        self._answer_tokens = float(min(_USUAL_ANSWER, settings.max_output_tokens))

    async def complete(
        self,
        request: dict[str, Any],
        tokens: int,
        room: int,
        attempts: list[Attempt],
        kept_as: Callable[[Attempt], Answer],
    ) -> None:
        """Make one chat completion, adding each call that it took to `attempts`.

        `tokens` is about how many the request has, `room` how many the answer may have by it. An
        answer is kept by the desk as `kept_as` says. Raises `TransportError` once the last allowed
        call has failed, `ServerRefusal` where no call can succeed, and `Halted` where none may go
        out.
        """
        content = _encoded(request)
        most = self._most(tokens, room)

        def exhausted(state: tenacity.RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            if isinstance(error, TransportError) and error.throttled:
                waited = time.monotonic() - throttled[0]
                return len(throttled) > _FEW_REFUSALS and waited > PATIENCE_SECONDS
            attempts_made = state.attempt_number - len(throttled)
            return attempts_made >= max(1, self._settings.transport_attempts)

        throttled: list[float] = []

        async def call() -> None:
            expected = Expected(tokens + round(self._answer_tokens), most)
            await self._desk.admit(expected)
            try:
                await self._call(content, expected, attempts, kept_as)
            except TransportError as error:
                if error.throttled:
                    throttled.append(time.monotonic())
                raise

        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(TransportError),
            stop=exhausted,
            wait=wait,
            sleep=self._desk.pause,
            reraise=True,
        )
        await retrying(call)

    def _most(self, tokens: int, room: int) -> float | None:
        """Give what a call may cost at most; to look up a price takes longer than to ask for it."""
        rounded = -(-tokens // _PRICED_TOGETHER) * _PRICED_TOGETHER
        if (rounded, room) not in self._worst_cases:
            self._worst_cases[rounded, room] = worst_case(
                self._model,
                self._base_url,
                self._settings.prices,
                input_tokens=rounded,
                room=room,
            )
        return self._worst_cases[rounded, room]

    async def aclose(self) -> None:
        """Close the connections; another call opens them again."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def _call(
        self,
        content: bytes,
        expected: Expected,
        attempts: list[Attempt],
        kept_as: Callable[[Attempt], Answer],
    ) -> None:
        started = time.perf_counter()
        number = len(attempts) + 1
        # Where the call is cancelled, nobody knows what became of it.
        outcome, answer = Outcome(lost=True), None
        try:
            read, headers = await self._answer(content)
            attempt = self._recorded(read, number, time.perf_counter() - started)
            attempts.append(attempt)
            answer = kept_as(attempt)
            outcome = Outcome(
                tokens=_taken(attempt),
                usd=attempt.cost_usd,
                # What an answer without a count of its tokens has cost is not known.
                lost=attempt.cost_usd is None and expected.usd is not None,
                headers=headers,
            )
        except ReaderError as error:
            attempts.append(
                Attempt(
                    number=number,
                    outcome=UNPAID[0] if error.retryable else UNPAID[1],
                    errors=(str(error),),
                    seconds=time.perf_counter() - started,
                )
            )
            outcome = _unanswered(error)
            raise
        finally:
            await self._desk.ended(expected, outcome, answer)

    async def _answer(self, content: bytes) -> tuple[Completion, dict[str, str]]:
        try:
            # The SDK's time limit counts from one piece of the answer to the next: without this
            # one, a server that drips would hold a document for ever.
            async with asyncio.timeout(self._settings.timeout_seconds):
                # Not `chat.completions.create`, which takes 2 ms of CPU to re-type each message.
                response = await self._connected().post(
                    "/chat/completions", content=content, cast_to=httpx2.Response
                )
        except openai.APIStatusError as error:
            raise self._translated(error) from error
        except TimeoutError as error:
            raise TransportError(
                f"no answer from {self._where} within {self._settings.timeout_seconds:g} s",
                "no answer in time",
                lost=True,
            ) from error
        except openai.APIConnectionError as error:
            cause = self._one_line(str(error.__cause__ or error)) or "connection lost"
            told = f"no answer from {self._where}: {cause}"
            raise TransportError(told, "no connection", lost=_sent(error)) from error
        except openai.APIError as error:
            raise self._no_json() from error
        except UnicodeEncodeError as error:
            raise ServerRefusal("the key holds characters that no key has", "key") from error
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError) as error:
            raise self._no_json() from error
        read = completion(body)
        if read is None:
            raise self._no_json()
        return read, dict(response.headers)

    def _no_json(self) -> TransportError:
        return TransportError(
            f"{self._where} answered with something else than JSON of a chat completion; is it "
            "the base URL of an OpenAI-compatible server, with its /v1?",
            "no chat completion",
            lost=True,
        )

    def _connected(self) -> openai.AsyncOpenAI:
        if self._client is None:
            key = self._settings.api_key
            self._client = openai.AsyncOpenAI(
                base_url=without_password(self._base_url),
                default_headers=basic_authorization(self._base_url),
                # A server of one's own needs no key, but the SDK does.
                api_key=key.get_secret_value() if key else "none",
                max_retries=0,
                timeout=self._settings.timeout_seconds,
                http_client=openai.DefaultAioHttpClient(timeout=self._settings.timeout_seconds),
            )
        return self._client

    def _recorded(self, read: Completion, number: int, seconds: float) -> Attempt:
        if read.output_tokens is not None:
            self._answer_tokens += _SLOWLY * (read.output_tokens - self._answer_tokens)
        attempt = answered(self._settings, read, number)
        return attempt.model_copy(update={"seconds": seconds})

    @property
    def _where(self) -> str:
        return without_password(self._base_url)

    def _translated(self, error: openai.APIStatusError) -> TransportError | ServerRefusal:
        status, said = error.status_code, self._one_line(message_of(error))
        answer = f"{self._where} answered {status}: {said}"
        if (hint := self._hopeless(error)) is not None:
            return ServerRefusal(f"{answer}; {hint}", f"{status}: {hint}")
        if status in WORTH_REPEATING:
            return TransportError(
                answer,
                str(status),
                retry_after=retry_after_of(error.response.headers.get("retry-after")),
                throttled=status == HTTPStatus.TOO_MANY_REQUESTS,
            )
        if NO_SCHEMA.search(said):
            return SchemaNotSupported(answer, f"{status}: {said}")
        if TOO_LONG.search(said):
            return ServerRefusal(f"{answer}; the bulletin is too long for the model")
        if FILTERED.search(said):
            return ServerRefusal(answer)
        return ServerRefusal(answer, f"{status}: {said}")

    def _hopeless(self, error: openai.APIStatusError) -> str | None:
        """Say what to do about an answer that every further call would get too."""
        if error.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return "set OPENAI_API_KEY to a key that it takes"
        if error.status_code == HTTPStatus.NOT_FOUND:
            return f"does it have the model {self._model!r}, and does the base URL end in /v1?"
        if error.code == "insufficient_quota":
            return "the account has no credit left"
        return None

    def _one_line(self, message: str) -> str:
        key = self._settings.api_key.get_secret_value() if self._settings.api_key else ""
        hidden = storable(message.replace(key, "***") if key else message)
        plain = " ".join(re.sub(r"<[^>]*>", " ", hidden).split())
        return plain if len(plain) <= _LONGEST_MESSAGE else f"{plain[:_LONGEST_MESSAGE]}..."


def _encoded(request: dict[str, Any]) -> bytes:
    try:
        return to_json(request)
    except ValueError:  # lone surrogates, which only the slower way can escape
        return json.dumps(request).encode()


def wait(state: tenacity.RetryCallState) -> float:
    """Give the seconds to wait: what the server asks for, else a growing, jittered time."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransportError) else None
    backoff = tenacity.wait_random_exponential(multiplier=FIRST_WAIT_SECONDS, max=30.0)(state)
    return min(backoff if asked is None else asked, LONGEST_WAIT_SECONDS)


def retry_after_of(header: str | None) -> float | None:
    """Seconds to wait, from a number of seconds or an HTTP date."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def message_of(error: openai.APIStatusError) -> str:
    """Give what the server said, without the SDK's words around it."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return str(body or error.response.reason_phrase or "no reason given")


def answered(
    settings: LlmSettings, read: Completion, number: int, *, batch: bool = False
) -> Attempt:
    """Record an answer, with what it cost; `batch` where the provider's batch price holds."""
    return Attempt(
        number=number,
        outcome="refused" if read.refusal else "cut off" if read.cut else "answered",
        raw_answer=read.content,
        errors=(read.refusal,) if read.refusal else (),
        input_tokens=read.input_tokens,
        output_tokens=read.output_tokens,
        cost_usd=cost_usd(
            settings.model or "",
            settings.base_url or DEFAULT_BASE_URL,
            settings.prices,
            input_tokens=read.input_tokens,
            output_tokens=read.output_tokens,
            cached_tokens=read.cached_tokens,
            batch=batch,
        ),
        seconds=0.0,
    )


def _unanswered(error: ReaderError) -> Outcome:
    if not isinstance(error, TransportError):
        return Outcome(usd=0.0)
    return Outcome(
        usd=None if error.lost else 0.0,
        throttled=error.throttled,
        retry_after=error.retry_after,
        lost=error.lost,
    )


def _taken(attempt: Attempt) -> int | None:
    if attempt.input_tokens is None or attempt.output_tokens is None:
        return None
    return attempt.input_tokens + attempt.output_tokens


def _sent(error: openai.APIConnectionError) -> bool:
    """Tell whether the request may have reached the server before the connection was lost."""
    return not isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
