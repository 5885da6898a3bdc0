"""The way to an OpenAI-compatible server: one request, one reply.

Every call passes the gateway, and every call, answered or not, becomes an `Attempt`. tenacity alone
repeats calls (openai's own retries are off), by the rules of `retry.py`. Errors of openai leave
this file as `TransportError` or `ServerRefusal`, by `servers.py`.
"""

import asyncio
import json
import time
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx2
import openai
from pydantic_core import to_json

from pipeline.calls.cost import cost_usd, worst_case
from pipeline.calls.gateway import CallEstimate, CallOutcome, Gateway
from pipeline.calls.journal import KeptAnswer, Question
from pipeline.errors import ReaderError, ServerRefusal, TransportError, UsageError
from pipeline.llm.completion import Completion, completion
from pipeline.llm.retry import StopRule, retrying
from pipeline.llm.servers import fold_message, translate_status
from pipeline.settings import DEFAULT_BASE_URL, LlmSettings
from pipeline.urls import basic_authorization, without_password
from schemas.reading import Attempt, AttemptOutcome

_USUAL_ANSWER = 1000  # tokens; a guess until answers have come
_SLOWLY = 0.05  # the part that each answer has in the mean of their lengths
_PRICED_TOGETHER = 256  # tokens


class Request(NamedTuple):
    """One question to a model.

    `tokens` is about how many `body` has, `room` how many the answer may have by it. Its answer is
    kept as that to `question`. `mode` is how the model is held to the schema.
    """

    body: dict[str, Any]
    tokens: int
    room: int
    question: Question
    mode: str = "strict"


class Reply(NamedTuple):
    """The calls that a request took; the last one brought the answer, unless there is an error.

    The error is a `TransportError` once the last allowed call has failed, a `ServerRefusal` where
    no call can succeed.
    """

    attempts: tuple[Attempt, ...]
    error: ReaderError | None = None


class Transport(Protocol):
    """Where a reader's questions go: to a server at once, or into a batch."""

    async def send(self, request: Request) -> Reply:
        """Get the reply to a request. Raises `Halted` where no further call may go out."""

    async def aclose(self) -> None:
        """Let go of what is held."""


class HttpTransport:
    """One server, one model. Close it when done, in the event loop that used it.

    Raises `UsageError` if the base URL is none.
    """

    def __init__(self, settings: LlmSettings, model: str, gateway: Gateway) -> None:
        self._settings = settings
        self._model = model
        self._gateway = gateway
        self._base_url = settings.base_url or DEFAULT_BASE_URL
        self._where = without_password(self._base_url)
        self._secret = settings.api_key.get_secret_value() if settings.api_key else ""
        parts = urlsplit(self._base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{self._where!r} is no base URL: it must start with http://")
        self._client: openai.AsyncOpenAI | None = None
        self._worst_cases: dict[tuple[int, int], float | None] = {}
        self._answer_tokens = float(min(_USUAL_ANSWER, settings.room))

    async def send(self, request: Request) -> Reply:
        """See `Transport`."""
        content = _encode(request.body)
        most = self._worst_case(request)
        attempts: list[Attempt] = []

        async def call() -> None:
            expected = CallEstimate(request.tokens + round(self._answer_tokens), most)
            await self._gateway.admit(expected)
            attempt, error = await self._call(content, expected, request.question)
            attempts.append(attempt.model_copy(update={"number": len(attempts) + 1}))
            if error is not None:
                raise error

        try:
            await retrying(StopRule(self._settings.transport_attempts), self._gateway.pause)(call)
        except ReaderError as error:
            return Reply(tuple(attempts), error)
        return Reply(tuple(attempts))

    async def aclose(self) -> None:
        """Close the connections; another call opens them again."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    def _worst_case(self, request: Request) -> float | None:
        """Give what a call may cost at most; to look up a price takes longer than to ask for it."""
        rounded = -(-request.tokens // _PRICED_TOGETHER) * _PRICED_TOGETHER
        if (rounded, request.room) not in self._worst_cases:
            self._worst_cases[rounded, request.room] = worst_case(
                self._model,
                self._base_url,
                self._settings.prices,
                input_tokens=rounded,
                room=request.room,
            )
        return self._worst_cases[rounded, request.room]

    async def _call(
        self, content: bytes, expected: CallEstimate, question: Question
    ) -> tuple[Attempt, ReaderError | None]:
        """Make one call, and have its answer kept before anybody sees it."""
        started = time.perf_counter()
        # Where the call is cancelled, nobody knows what became of it.
        outcome, answer = CallOutcome(lost=True), None
        try:
            read, headers = await self._post(content)
            attempt = self._record(read, time.perf_counter() - started)
            answer = KeptAnswer(question, attempt)
            outcome = CallOutcome(
                tokens=attempt.usage.tokens,
                usd=attempt.cost_usd,
                # What an answer without a count of its tokens has cost is not known.
                lost=attempt.cost_usd is None and expected.usd is not None,
                headers=headers,
            )
        except ReaderError as error:
            outcome = _outcome_of(error)
            return record_failure(error, time.perf_counter() - started), error
        else:
            return attempt, None
        finally:
            await self._gateway.settle(expected, outcome, answer)

    async def _post(self, content: bytes) -> tuple[Completion, dict[str, str]]:
        try:
            # The SDK's time limit counts from one piece of the answer to the next: without this
            # one, a server that drips would hold a document for ever.
            async with asyncio.timeout(self._settings.patience):
                # Not `chat.completions.create`, which takes 2 ms of CPU to re-type each message.
                response = await self._connect().post(
                    "/chat/completions", content=content, cast_to=httpx2.Response
                )
        except (openai.APIError, TimeoutError, UnicodeEncodeError) as error:
            raise self._translate(error) from error
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError) as error:
            raise self._no_completion() from error
        read = completion(body)
        if read is None:
            raise self._no_completion()
        return read, dict(response.headers)

    def _translate(self, error: Exception) -> ReaderError:
        if isinstance(error, openai.APIStatusError):
            return translate_status(error, self._where, self._model, self._secret)
        if isinstance(error, TimeoutError):
            return TransportError(
                f"no answer from {self._where} within {self._settings.patience:g} s",
                "no answer in time",
                lost=True,
            )
        if isinstance(error, openai.APIConnectionError):
            cause = fold_message(str(error.__cause__ or error), self._secret) or "connection lost"
            told = f"no answer from {self._where}: {cause}"
            return TransportError(told, "no connection", lost=_is_sent(error))
        if isinstance(error, UnicodeEncodeError):
            return ServerRefusal("the key holds characters that no key has", "key")
        return self._no_completion()

    def _no_completion(self) -> TransportError:
        return TransportError(
            f"{self._where} answered with something else than JSON of a chat completion; is it "
            "the base URL of an OpenAI-compatible server, with its /v1?",
            "no chat completion",
            lost=True,
        )

    def _connect(self) -> openai.AsyncOpenAI:
        if self._client is None:
            self._client = make_client(self._settings)
        return self._client

    def _record(self, read: Completion, seconds: float) -> Attempt:
        if read.output_tokens is not None:
            self._answer_tokens += _SLOWLY * (read.output_tokens - self._answer_tokens)
        return record_answer(self._settings, read).model_copy(update={"seconds": seconds})


def make_client(settings: LlmSettings) -> openai.AsyncOpenAI:
    """Make a client of the server of these settings, which repeats nothing by itself."""
    base_url = settings.base_url or DEFAULT_BASE_URL
    return openai.AsyncOpenAI(
        base_url=without_password(base_url),
        default_headers=basic_authorization(base_url),
        # A server of one's own needs no key, but the SDK does.
        api_key=settings.api_key.get_secret_value() if settings.api_key else "none",
        max_retries=0,
        timeout=settings.patience,
        http_client=openai.DefaultAioHttpClient(timeout=settings.patience),
    )


def record_answer(
    settings: LlmSettings, read: Completion, number: int = 1, *, batch: bool = False
) -> Attempt:
    """Record an answer, with what it cost; `batch` where the provider's batch price holds."""
    outcome = AttemptOutcome.CUT_OFF if read.cut else AttemptOutcome.ANSWERED
    return Attempt(
        number=number,
        outcome=AttemptOutcome.REFUSED if read.refusal else outcome,
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


def record_failure(error: ReaderError, seconds: float = 0.0, number: int = 1) -> Attempt:
    """Record a call that brought no answer."""
    outcome = AttemptOutcome.UNANSWERED if error.retryable else AttemptOutcome.REJECTED
    return Attempt(number=number, outcome=outcome, errors=(str(error),), seconds=seconds)


def _encode(body: dict[str, Any]) -> bytes:
    try:
        return to_json(body)
    except ValueError:  # lone surrogates, which only the slower way can escape
        return json.dumps(body).encode()


def _outcome_of(error: ReaderError) -> CallOutcome:
    if not isinstance(error, TransportError):
        return CallOutcome(usd=0.0)
    return CallOutcome(
        usd=None if error.lost else 0.0,
        throttled=error.throttled,
        retry_after=error.retry_after,
        lost=error.lost,
    )


def _is_sent(error: openai.APIConnectionError) -> bool:
    """Tell whether the request may have reached the server before the connection was lost."""
    return not isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
