"""The way to an OpenAI-compatible server: calls that are repeated where that helps, and recorded.

tenacity alone repeats calls (openai's own retries are off), and only where the server may answer
the next time. Every call, answered or not, becomes an `Attempt` at once. Errors of openai leave
this file as `TransportError` or `ServerRefusal`, in one line, without the key.
"""

import asyncio
import base64
import json
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import openai
import tenacity
from openai.types.chat import ChatCompletion

from pipeline.errors import ServerRefusal, TransportError, UsageError
from pipeline.readers.cost import cost_usd
from pipeline.settings import LlmSettings
from schemas.reading import Attempt

DEFAULT_BASE_URL = "https://api.openai.com/v1"
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0
UNPAID = ("unanswered", "rejected")
"""Outcomes of calls that brought no answer, and so took no tokens."""
_WORTH_REPEATING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_LONGEST_MESSAGE = 300
_NO_SCHEMA = re.compile(r"response_format|json_schema", re.IGNORECASE)
_TOO_LONG = re.compile(
    r"context.{0,20}(?:length|size|window)|too (?:long|many tokens)", re.IGNORECASE
)


class SchemaNotSupported(ServerRefusal):
    """The server does not know `response_format: json_schema`."""


class ChatServer:
    """One server, one model. Close it when done, in the event loop that used it.

    Raises `UsageError` if the base URL is none.
    """

    def __init__(self, settings: LlmSettings, model: str) -> None:
        self._settings = settings
        self._model = model
        self._base_url = settings.base_url or DEFAULT_BASE_URL
        parts = urlsplit(self._base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                f"{_shown(self._base_url)!r} is no base URL: it must start with http://"
            )
        self._client: openai.AsyncOpenAI | None = None
        # Older compatible servers know only the first name, newer models of OpenAI only the second.
        self._room_name = "max_tokens" if settings.base_url else "max_completion_tokens"

    async def complete(
        self, request: dict[str, Any], max_tokens: int, attempts: list[Attempt]
    ) -> ChatCompletion:
        """Make one chat completion, adding each call that it took to `attempts`.

        Raises `TransportError` once the last allowed call has failed, and `ServerRefusal` where no
        call can succeed or the model declined to answer.
        """
        sized = {**request, self._room_name: max_tokens}
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(TransportError),
            stop=tenacity.stop_after_attempt(max(1, self._settings.transport_attempts)),
            wait=wait,
            reraise=True,
        )
        completion: ChatCompletion = await retrying(self._call, sized, attempts)
        return completion

    async def aclose(self) -> None:
        """Close the connections; another call opens them again."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def _call(self, request: dict[str, Any], attempts: list[Attempt]) -> ChatCompletion:
        started = time.perf_counter()
        number = len(attempts) + 1
        try:
            completion = await self._answer(request)
        except (TransportError, ServerRefusal) as error:
            attempts.append(
                Attempt(
                    number=number,
                    outcome=UNPAID[0] if error.retryable else UNPAID[1],
                    errors=(str(error),),
                    seconds=time.perf_counter() - started,
                )
            )
            raise
        attempts.append(self._recorded(completion, number, time.perf_counter() - started))
        if (refusal := _refusal(completion)) is not None:
            attempts[-1] = attempts[-1].model_copy(
                update={"outcome": "refused", "errors": (refusal,)}
            )
            raise ServerRefusal(f"the model refused to answer: {refusal}")
        return completion

    async def _answer(self, request: dict[str, Any]) -> ChatCompletion:
        try:
            # The SDK's time limit counts from one piece of the answer to the next: without this
            # one, a server that drips would hold a document for ever.
            async with asyncio.timeout(self._settings.timeout_seconds):
                # Not `chat.completions.create`, which takes 2 ms of CPU to re-type each message.
                completion = await self._connected().post(
                    "/chat/completions", body=request, cast_to=ChatCompletion
                )
        except openai.APIStatusError as error:
            raise self._translated(error) from error
        except TimeoutError as error:
            raise TransportError(
                f"no answer from {self._where} within {self._settings.timeout_seconds:g} s"
            ) from error
        except openai.APIConnectionError as error:
            cause = self._one_line(str(error.__cause__ or error)) or "connection lost"
            raise TransportError(f"no answer from {self._where}: {cause}") from error
        except (openai.APIError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise TransportError(f"{self._where} answered with something else than JSON") from error
        if not isinstance(completion, ChatCompletion):
            raise TransportError(
                f"{self._where} answered with something else than JSON; is it the base URL of an "
                "OpenAI-compatible server, with its /v1?"
            )
        if _readable(completion):
            message = completion.choices[0].message
            message.content = _storable(message.content or "")
        else:
            completion.choices = []
        return completion

    def _connected(self) -> openai.AsyncOpenAI:
        if self._client is None:
            key = self._settings.api_key
            self._client = openai.AsyncOpenAI(
                base_url=_shown(self._base_url),
                default_headers=_basic_authorization(self._base_url),
                # A server of one's own needs no key, but the SDK does.
                api_key=key.get_secret_value() if key else "none",
                max_retries=0,
                timeout=self._settings.timeout_seconds,
                http_client=openai.DefaultAioHttpClient(timeout=self._settings.timeout_seconds),
            )
        return self._client

    def _recorded(self, completion: ChatCompletion, number: int, seconds: float) -> Attempt:
        usage = completion.usage
        input_tokens = _count(usage, "prompt_tokens")
        output_tokens = _count(usage, "completion_tokens")
        cached = _count(getattr(usage, "prompt_tokens_details", None), "cached_tokens")
        return Attempt(
            number=number,
            outcome="answered",
            raw_answer=completion.choices[0].message.content if completion.choices else None,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            cost_usd=cost_usd(
                self._model,
                self._base_url,
                input_tokens=input_tokens,
                output_tokens=output_tokens,
                cached_tokens=cached,
            ),
            seconds=seconds,
        )

    @property
    def _where(self) -> str:
        return _shown(self._base_url)

    def _translated(self, error: openai.APIStatusError) -> TransportError | ServerRefusal:
        status, said = error.status_code, self._one_line(_message_of(error))
        answer = f"{self._where} answered {status}: {said}"
        if (hint := self._hopeless(error)) is not None:
            return ServerRefusal(f"{answer}; {hint}", stops_run=True)
        if status in _WORTH_REPEATING:
            return TransportError(answer, _retry_after(error.response.headers.get("retry-after")))
        if _NO_SCHEMA.search(said):
            return SchemaNotSupported(answer)
        if _TOO_LONG.search(said):
            return ServerRefusal(f"{answer}; the bulletin is too long for the model")
        return ServerRefusal(answer)

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
        hidden = _storable(message.replace(key, "***") if key else message)
        plain = " ".join(re.sub(r"<[^>]*>", " ", hidden).split())
        return plain if len(plain) <= _LONGEST_MESSAGE else f"{plain[:_LONGEST_MESSAGE]}..."


def wait(state: tenacity.RetryCallState) -> float:
    """Give the seconds to wait: what the server asks for, else a growing, jittered time."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransportError) else None
    backoff = tenacity.wait_random_exponential(multiplier=FIRST_WAIT_SECONDS, max=30.0)(state)
    return min(backoff if asked is None else asked, LONGEST_WAIT_SECONDS)


def _retry_after(header: str | None) -> float | None:
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


def _shown(url: str) -> str:
    """Give the URL without the name and password that it may hold."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _basic_authorization(url: str) -> dict[str, str]:
    """Turn a name and password in the URL into the header that sends them in place of the key."""
    parts = urlsplit(url)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _message_of(error: openai.APIStatusError) -> str:
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return str(body or error.response.reason_phrase or "no reason given")


def _readable(completion: ChatCompletion) -> bool:
    """Tell whether there is a message: the SDK checks nothing of what a server sends."""
    choices = getattr(completion, "choices", None)
    choice = choices[0] if choices and isinstance(choices, list) else None
    message = getattr(choice, "message", None)
    return isinstance(getattr(message, "content", 0), str | None)


def _storable(text: str) -> str:
    """Replace the halves of characters that JSON can escape but no encoding can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _count(usage: object, name: str) -> int | None:
    count = getattr(usage, name, None)
    return count if isinstance(count, int) and count >= 0 else None


def _refusal(completion: ChatCompletion) -> str | None:
    if not completion.choices:
        return None
    choice = completion.choices[0]
    if choice.message.refusal:
        return _storable(str(choice.message.refusal))
    return "its content filter stepped in" if choice.finish_reason == "content_filter" else None
