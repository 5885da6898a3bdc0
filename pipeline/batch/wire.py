"""Calls to a provider's Batch API, and what goes wrong with them.

tenacity alone repeats calls, and only where that can neither cost nor double anything. Errors of
openai leave this file as those of `pipeline.errors`, and as the kinds of them below.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin

import httpx2
import openai
import tenacity

from pipeline.batch.dialect import batch_url, names_endpoint, says_not_ready
from pipeline.batch.status import UnreadableAnswer, parse_json, unreadable_answer
from pipeline.calls.pauses import asked_pause
from pipeline.errors import ReaderError, ServerRefusal, StoreError, TransportError
from pipeline.llm.client import is_unsent, make_client
from pipeline.llm.retry import WORTH_REPEATING, retrying
from pipeline.llm.servers import fold_message, read_error_status
from pipeline.redaction import IsPublic, never, redact, redact_json
from pipeline.settings import LlmSettings
from pipeline.urls import stored_url

T = TypeVar("T")

_CHUNK = 1 << 18
_MAYBE_DONE = (
    *(HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.LOCKED),
    *(HTTPStatus.FAILED_DEPENDENCY, HTTPStatus.TOO_EARLY, 499),
)
"""Refusals that say nothing of whether the call did something before."""
_NO_SUCH_THING = (
    *(HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE),
    HTTPStatus.NOT_IMPLEMENTED,
)


class NotFound(ServerRefusal):
    """The server has no such thing: a file, a batch, or the whole API."""


class TooLarge(ServerRefusal):
    """The server takes no file of that size."""


class NotReady(ServerRefusal):
    """The server cannot make a batch of a file yet."""


class WrongEndpoint(ServerRefusal):
    """The server takes no requests to that URL."""


class Unclear(ReaderError):  # noqa: N818 - what the fate of a batch is
    """Whether a batch was made is not known: the answer was lost, or says nothing of it."""


class Unsent(TransportError):  # noqa: N818 - what the call is
    """The server could not be reached, and so has done nothing."""


class Wire:
    """The connection to one account. Close it when done, in the event loop that used it.

    `where` names the server, fit to be shown; `secrets` are what nothing that it gives may hold.
    """

    def __init__(self, settings: LlmSettings) -> None:
        url = batch_url(settings.url)
        self._settings = settings.model_copy(update={"base_url": url})
        self.where = stored_url(url)
        self.secrets = settings.secrets
        self._client: openai.AsyncOpenAI | None = None

    async def get(self, path: str, query: dict[str, Any] | None = None) -> object:
        """Get what JSON there is at a path."""

        async def send() -> object:
            response = await self._connect().get(
                path, cast_to=httpx2.Response, options={"params": query or {}}
            )
            return self.parse(response.content)

        return await self._repeat(send)

    def parse(self, content: bytes) -> object:
        """Parse an answer, without the secrets in it. Raises `UnreadableAnswer`."""
        try:
            return redact_json(parse_json(content, self.where), self.secrets)
        except RecursionError as error:
            raise unreadable_answer(self.where) from error

    async def upload(self, path: Path, name: str, purpose: str) -> bytes:
        """Upload a file of requests; give the answer as it came."""

        async def send() -> bytes:
            with path.open("rb") as stream:
                sent = await self._connect().files.with_raw_response.create(
                    file=(name, stream, "application/jsonl"),
                    purpose=purpose,  # type: ignore[arg-type]  # the SDK knows OpenAI's alone
                )
            return sent.http_response.content

        return await self._repeat(send)

    async def create_batch(self, body: dict[str, Any]) -> bytes:
        """Ask for a batch; give the answer as it came.

        Repeated only where nothing was made for sure: by a server that could not be reached, or
        has too many requests. Raises `Unclear` where a batch may have been made, `NotReady` and
        `WrongEndpoint` where the file is to wait, or to be written anew.
        """

        async def send() -> bytes:
            try:
                async with asyncio.timeout(self._settings.patience):
                    response = await self._connect().post(
                        "/batches", body=body, cast_to=httpx2.Response
                    )
            except openai.APIStatusError as error:
                raise self._translate_creation(error) from error
            except (openai.APIConnectionError, httpx2.HTTPError) as error:
                translated = self._translate_loss(error)
                if isinstance(translated, Unsent):
                    raise translated from error
                raise Unclear(str(translated)) from error
            except openai.APIError as error:
                raise Unclear(f"{self.where} answered with something unreadable") from error
            except TimeoutError as error:
                seconds = self._settings.patience
                raise Unclear(f"no answer from {self.where} within {seconds:g} s") from error
            return response.content

        return await self._repeat(send)

    async def delete(self, file: str) -> None:
        """Delete a file."""

        async def send() -> None:
            await self._connect().delete(f"/files/{file}", cast_to=httpx2.Response)

        await self._call(send)

    async def gives_out(self, file: str) -> bool:
        """Tell whether the content of a file can be had."""

        async def peek() -> bool:
            async with self._open(file):
                return True

        return await self._repeat(peek)

    async def download(self, file: str, path: Path, is_public: IsPublic = never) -> int:
        """Write a file's content to disk as it comes, without secrets; give the bytes that came.

        What `is_public` stays, see `redact`.
        """

        async def fetch() -> int:
            size = 0
            async with self._open(file) as chunks:
                with _open_to_write(path) as write:
                    async for lines in _whole_lines(chunks):
                        size += len(lines)
                        for line in lines.splitlines(keepends=True):
                            text = line.decode("utf-8", "surrogateescape")
                            kept = redact(text, self.secrets, is_public)
                            write(kept.encode("utf-8", "surrogateescape"))
            return size

        return await self._repeat(fetch)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    @asynccontextmanager
    async def _open(self, file: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open the content of a file, which may lie elsewhere: there the key does not go."""
        files = self._connect().files.with_streaming_response
        try:
            async with files.content(file) as response:
                yield response.iter_bytes(_CHUNK)
        except openai.APIStatusError as error:
            if not error.response.has_redirect_location:
                raise
            place = urljoin(str(error.request.url), error.response.headers["location"])
            async with (
                openai.DefaultAioHttpClient(timeout=self._settings.patience) as client,
                client.stream("GET", place) as found,
            ):
                if found.is_error:
                    told = f"{self.where} sends on to a place that answered {found.status_code}"
                    raise TransportError(told) from None
                yield found.aiter_bytes(_CHUNK)

    async def _repeat(self, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
        stop = tenacity.stop_after_attempt(max(1, self._settings.transport_attempts))
        return await retrying(stop)(self._call, call)

    async def _call(self, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Make one call, and translate what goes wrong."""
        try:
            return await call()
        except openai.APIStatusError as error:
            raise self._translate(error) from error
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            raise self._translate_loss(error) from error
        except openai.APIError as error:
            raise UnreadableAnswer(f"{self.where} answered with something unreadable") from error
        except UnicodeEncodeError as error:
            raise ServerRefusal("the key holds characters that no key has", "key") from error

    def _connect(self) -> openai.AsyncOpenAI:
        if self._client is None:
            self._client = make_client(self._settings)
        return self._client

    def _translate(self, error: openai.APIStatusError) -> TransportError | ServerRefusal:
        status, reason = (
            error.status_code,
            fold_message(read_error_status(error).message, self.secrets),
        )
        message = f"{self.where} answered {status}: {reason}"
        if error.code == "insufficient_quota":
            return ServerRefusal(f"{message}; the account has no credit left")
        if status in _NO_SUCH_THING:
            return NotFound(
                f"{message}; does this server have the Batch API (many have none), and is it the "
                "key of the account that submitted the batch?"
            )
        if status in WORTH_REPEATING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return TransportError(
                message,
                retry_after=asked_pause(error.response.headers),
                throttled=status == HTTPStatus.TOO_MANY_REQUESTS,
            )
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return ServerRefusal(f"{message}; set OPENAI_API_KEY to a key that it takes")
        return (
            TooLarge(message)
            if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            else ServerRefusal(message)
        )

    def _translate_creation(self, error: openai.APIStatusError) -> ReaderError:
        """Say what an error status means for a batch that was to be made."""
        status, said = error.status_code, f"{error.code or ''} {read_error_status(error).message}"
        translated = self._translate(error)
        is_a_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        if is_a_refusal and status != HTTPStatus.TOO_MANY_REQUESTS:
            if says_not_ready(said):
                return NotReady(str(translated))
            if names_endpoint(said) and not isinstance(translated, NotFound):
                return WrongEndpoint(str(translated))
        if not is_a_refusal or status in _MAYBE_DONE:
            return Unclear(str(translated))
        return translated

    def _translate_loss(self, error: Exception) -> TransportError:
        cause = fold_message(str(error.__cause__ or error), self.secrets) or "connection lost"
        message = f"no answer from {self.where}: {cause}"
        return Unsent(message) if is_unsent(error) else TransportError(message, lost=True)


async def _whole_lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give the same bytes, as they come, but no line in parts."""
    held: list[bytes] = []
    async for chunk in chunks:
        lines, end, begun = chunk.rpartition(b"\n")
        if end:
            yield b"".join((*held, lines, end))
            held.clear()
        held.append(begun)
    yield b"".join(held)


@contextmanager
def _open_to_write(path: Path) -> Iterator[Callable[[bytes], int]]:
    """Open a file to write to; what fails on this side is a `StoreError`."""

    def write(chunk: bytes) -> int:
        try:
            return stream.write(chunk)
        except OSError as error:
            raise _unwritable(path, error) from error

    try:
        stream = path.open("wb")
    except OSError as error:
        raise _unwritable(path, error) from error
    with stream:
        yield write


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path}: {error.strerror or error}")
