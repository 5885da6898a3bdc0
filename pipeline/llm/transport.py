"""The way to an OpenAI-compatible server: one request, one reply.

Every call passes the gateway, and every call, answered or not, becomes an `Attempt`. tenacity alone
repeats calls (openai's own retries are off), by the rules of `retry.py`. Errors of openai leave
this file as `TransportError` or `ServerRefusal`, by `servers.py`.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx2
import openai
from pydantic_core import to_json

from pipeline.calls.cost import cost_usd, worst_case
from pipeline.calls.gateway import LONG_SECONDS, CallEstimate, CallOutcome, Gateway
from pipeline.calls.journal import KeptAnswer, Question
from pipeline.errors import ReaderError, ServerRefusal, TransportError, UsageError
from pipeline.llm.client import is_unsent, make_client
from pipeline.llm.completion import Completion, completion, hide_secrets
from pipeline.llm.model_list import read_models
from pipeline.llm.response_body import read_body
from pipeline.llm.retry import LATE, UNREADABLE, StopRule, retrying
from pipeline.llm.server_error import ServerError
from pipeline.llm.servers import (
    Asked,
    ErrorAnswer,
    fold_message,
    read_error_status,
    translate_error,
)
from pipeline.llm.token_counts import TokenCounts
from pipeline.redaction import redact
from pipeline.settings import LlmSettings
from pipeline.urls import without_password, without_query
from schemas.reading import Attempt, AttemptOutcome

_USUAL_ANSWER = 1000  # tokens; a guess until answers have come
_SLOWLY = 0.05  # the part that each answer has in the mean of their lengths
_PRICED_TOGETHER = 256  # tokens
_OWNER_SECONDS = 5.0


class Request(NamedTuple):
    """One question to a model.

    `tokens` is about how many `body` has, `room` how many the answer may have by it. Its answer is
    kept as that to `question`. `mode` is how the server is held to the schema, and `is_proven`
    whether answers have come in that mode.
    """

    body: dict[str, Any]
    tokens: int
    room: int
    question: Question
    mode: str = "strict"
    is_proven: bool = True


class Reply(NamedTuple):
    """The calls that a request took; the last one brought the answer, unless there is an error.

    The error is a `TransportError` once the last allowed call has failed, a `ServerRefusal` where
    no call can succeed. `room` is what the answer had of it, where that is known.
    """

    attempts: tuple[Attempt, ...]
    error: ReaderError | None = None
    room: int | None = None


class Transport(Protocol):
    """Where a reader's questions go: to a server at once, or into a batch."""

    async def send(self, request: Request) -> Reply:
        """Get the reply to a request. Raises `Halted` where no further call may go out."""

    async def find_owner(self) -> str | None:
        """Ask whose the model is; None if unknown."""

    async def aclose(self) -> None:
        """Let go of what is held."""


class RemoteTransport:
    """A transport that another process keeps: `ask` has a method of it carried out there."""

    METHODS = ("send", "find_owner")

    def __init__(self, ask: Callable[..., Awaitable[Any]]) -> None:
        self._ask = ask

    async def send(self, request: Request) -> Reply:
        """See `Transport`."""
        reply: Reply = await self._ask("send", request)
        return reply

    async def find_owner(self) -> str | None:
        """See `Transport`."""
        owner: str | None = await self._ask("find_owner")
        return owner

    async def aclose(self) -> None:
        """See `Transport`: it is closed there."""


class HttpTransport:
    """One server, one model. Close it when done, in the event loop that used it.

    Raises `UsageError` if the base URL is none.
    """

    def __init__(self, settings: LlmSettings, model: str, gateway: Gateway) -> None:
        self._settings = settings
        self._model = model
        self._gateway = gateway
        self._where = without_query(without_password(settings.url))
        self._secrets = settings.secrets
        parts = urlsplit(settings.url)
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
        patience = _Patience(self._gateway, self._where)

        async def call() -> None:
            expected = CallEstimate(request.tokens + round(self._answer_tokens), most)
            await self._gateway.admit(expected)
            attempt, error = await self._call(content, expected, request)
            attempts.append(attempt.model_copy(update={"number": len(attempts) + 1}))
            if error is not None:
                await patience.tell(error)
                raise error

        stop = StopRule(self._settings.transport_attempts, proven=request.is_proven)
        try:
            await retrying(stop, self._gateway.pause)(call)
        except ReaderError as error:
            return Reply(tuple(attempts), error)
        return Reply(tuple(attempts))

    async def find_owner(self) -> str | None:
        """Ask the server whose the model is, which tells servers of one's own; None if unknown.

        Costs nothing, and no failure of it counts.
        """
        try:
            async with asyncio.timeout(_OWNER_SECONDS):
                response = await self._connect().get("/models", cast_to=httpx2.Response)
        except (openai.APIError, httpx2.HTTPError, TimeoutError, UnicodeEncodeError):
            return None
        listed = read_models(response.content, response.headers.get("content-type", ""))
        own = next((one for one in listed if one.name == self._model), None)
        return own.owner if own else listed[0].owner if listed else None

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
                self._settings.url,
                self._settings.prices,
                input_tokens=rounded,
                room=request.room,
            )
        return self._worst_cases[rounded, request.room]

    async def _call(
        self, content: bytes, expected: CallEstimate, request: Request
    ) -> tuple[Attempt, ReaderError | None]:
        """Make one call, and have its answer kept before anybody sees it."""
        started = time.perf_counter()
        # Where the call is cancelled, nobody knows what became of it.
        outcome, answer = CallOutcome(lost=True), None
        try:
            read, headers = await self._post(content, request)
            if isinstance(read, ServerError):
                error = self._translate_answer(read, headers, request)
                attempt = record_failure(error, time.perf_counter() - started, 1)
                attempt = attempt.model_copy(update=count_answer(self._settings, read.counts))
                outcome = _outcome_of(error, attempt.cost_usd)
                return attempt, error
            attempt = self._record(read, request, time.perf_counter() - started)
            answer = KeptAnswer(request.question, attempt)
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

    async def _post(
        self, content: bytes, request: Request
    ) -> tuple[Completion | ServerError, dict[str, str]]:
        try:
            # The SDK's time limit counts from one piece of the answer to the next: without this
            # one, a server that drips would hold a document for ever.
            async with asyncio.timeout(self._settings.patience):
                # Not `chat.completions.create`, which takes 2 ms of CPU to re-type each message.
                response = await self._connect().post(
                    "/chat/completions", content=content, cast_to=httpx2.Response
                )
        except (openai.APIError, TimeoutError, UnicodeEncodeError) as error:
            raise self._translate(error, request) from error
        except Exception as error:
            said = fold_message(str(error), self._secrets)
            raise ReaderError(f"unexpected {type(error).__name__}: {said}") from error
        body = read_body(response.content, response.headers.get("content-type", ""))
        read = completion(body)
        if read is None:
            raise self._no_completion()
        headers = {name: redact(it, self._secrets) for name, it in response.headers.items()}
        if isinstance(read, Completion):
            # What stands in the question was no secret of the server's.
            read = hide_secrets(read, self._secrets, lambda it: it.encode() in content)
        return read, headers

    def _asked(self, request: Request) -> Asked:
        return Asked(
            self._where, self._model, self._secrets, request.room, tuple(self._settings.params)
        )

    def _translate_answer(
        self, error: ServerError, headers: Mapping[str, str], request: Request
    ) -> ReaderError:
        """Translate an error that came with status 200, which may have one of its own inside."""
        if error.status is None:
            said = fold_message(error.message, self._secrets)
            return TransportError(f"{self._where} {said}", UNREADABLE, lost=True)
        told = ErrorAnswer(
            error.status, error.message, error.code, headers, error.retry_after, inside=True
        )
        return translate_error(told, self._asked(request))

    def _translate(self, error: Exception, request: Request) -> ReaderError:
        if isinstance(error, openai.APIStatusError):
            return translate_error(read_error_status(error), self._asked(request))
        if isinstance(error, TimeoutError):
            return TransportError(
                f"no answer from {self._where} within {self._settings.patience:g} s; --timeout "
                "sets how long to wait",
                LATE,
                lost=True,
            )
        if isinstance(error, openai.APIConnectionError):
            cause = fold_message(str(error.__cause__ or error), self._secrets)
            told = f"no answer from {self._where}: {cause or 'connection lost'}"
            return TransportError(told, "no connection", lost=not is_unsent(error))
        if isinstance(error, UnicodeEncodeError):
            return ServerRefusal("the key or a header holds characters that none has", "key")
        return self._no_completion()

    def _no_completion(self) -> TransportError:
        return TransportError(
            f"{self._where} answered with something else than JSON of a chat completion; is it "
            "the base URL of an OpenAI-compatible server, with its /v1?",
            UNREADABLE,
            lost=True,
        )

    def _connect(self) -> openai.AsyncOpenAI:
        if self._client is None:
            self._client = make_client(self._settings)
        return self._client

    def _record(self, read: Completion, request: Request, seconds: float) -> Attempt:
        if read.output_tokens is not None:
            self._answer_tokens += _SLOWLY * (read.output_tokens - self._answer_tokens)
        about = {"seconds": seconds, "schema_mode": request.mode}
        return record_answer(self._settings, read).model_copy(update=about)


class _Patience:
    """Tells, once, of a server that has had too many requests for long."""

    def __init__(self, gateway: Gateway, where: str) -> None:
        self._gateway = gateway
        self._where = where
        self._since: float | None = None

    async def tell(self, error: ReaderError) -> None:
        now = time.monotonic()
        if not isinstance(error, TransportError) or not error.throttled:
            return
        self._since = now if self._since is None else self._since
        if now - self._since > LONG_SECONDS:
            await self._gateway.note(
                f"{self._where} has answered 429 for over a minute; still trying"
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
        seconds=0.0,
        **count_answer(settings, read, batch=batch),
    )


def count_answer(
    settings: LlmSettings, counted: Completion | TokenCounts, *, batch: bool = False
) -> dict[str, Any]:
    """Give the tokens of an answer, and what they cost, as an `Attempt` has them."""
    return {
        "input_tokens": counted.input_tokens,
        "output_tokens": counted.output_tokens,
        "thought_tokens": counted.thought_tokens,
        "cached_tokens": counted.cached_tokens,
        "cost_usd": cost_usd(
            settings.model or "",
            settings.url,
            settings.prices,
            input_tokens=counted.input_tokens,
            output_tokens=counted.output_tokens,
            cached_tokens=counted.cached_tokens,
            cache_written_tokens=counted.cache_written_tokens,
            batch=batch,
        ),
    }


def record_failure(error: ReaderError, seconds: float = 0.0, number: int = 1) -> Attempt:
    """Record a call that brought no answer."""
    outcome = AttemptOutcome.UNANSWERED if error.retryable else AttemptOutcome.REJECTED
    return Attempt(number=number, outcome=outcome, errors=(str(error),), seconds=seconds)


def _encode(body: dict[str, Any]) -> bytes:
    try:
        return to_json(body)
    except ValueError:  # lone surrogates, which only the slower way can escape
        return json.dumps(body).encode()


def _outcome_of(error: ReaderError, usd: float | None = None) -> CallOutcome:
    """Tell how a call ended that brought no answer; `usd` is what it cost all the same."""
    if not isinstance(error, TransportError):
        return CallOutcome(usd=usd or 0.0)
    return CallOutcome(
        usd=usd if usd is not None or error.lost else 0.0,
        throttled=error.throttled,
        retry_after=error.retry_after,
        lost=error.lost and usd is None,
    )
