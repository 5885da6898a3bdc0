"""The provider's files and batches, over the wire.

Follows OpenAI's public API reference for `/v1/files` and `/v1/batches`, and takes nothing of it for
granted. The answers are read from their JSON: the SDK's own types hold whatever came. tenacity
alone repeats calls, and only where that can neither cost nor double anything; making a batch is not
among them (see `submission.py`).
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import openai
import tenacity

from pipeline.batch.spool import ENDPOINT
from pipeline.batch.status import (
    BatchStatus,
    parse_object,
    read_id,
    read_status,
    require,
    unreadable_answer,
)
from pipeline.calls.pauses import asked_pause
from pipeline.errors import ReaderError, ServerRefusal, StoreError, TransportError
from pipeline.llm.retry import WORTH_REPEATING, retrying
from pipeline.llm.servers import fold_message, read_error_status
from pipeline.llm.transport import make_client
from pipeline.settings import DEFAULT_BASE_URL, LlmSettings
from pipeline.urls import without_password

T = TypeVar("T")

METADATA_KEY = "jornada"
"""The name under which a batch of the provider has the ID that it has here."""
_PAGE = 100
_CHUNK = 1 << 18


class Provider:
    """One account at one server. Close it when done, in the event loop that used it.

    Every method raises `TransportError` where the server does not answer, `ServerRefusal` where
    asking again is no use.
    """

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings
        self._base_url = settings.base_url or DEFAULT_BASE_URL
        self.where = without_password(self._base_url)
        self.secret = settings.api_key.get_secret_value() if settings.api_key else ""
        self._client: openai.AsyncOpenAI | None = None

    async def upload(self, path: Path, name: str) -> str:
        """Upload a file of requests; give the ID that it has there."""

        async def send() -> str:
            with path.open("rb") as stream:
                file = (name, stream, "application/jsonl")
                sent = await self._connect().files.with_raw_response.create(
                    file=file, purpose="batch"
                )
            return read_id(parse_object(sent.http_response.content, self.where), "id", self.where)

        return await self._repeat(send)

    async def create(self, file: str, metadata: dict[str, str]) -> BatchStatus:
        """Make a batch of an uploaded file. Not repeated: the caller has to look for it first."""
        body = {
            "input_file_id": file,
            "endpoint": ENDPOINT,
            "completion_window": "24h",
            "metadata": metadata,
        }

        async def post() -> BatchStatus:
            response = await self._connect().post("/batches", body=body, cast_to=httpx2.Response)
            return read_status(parse_object(response.content, self.where), self.where)

        return await self._call(post)

    async def retrieve(self, batch: str) -> BatchStatus:
        """Ask what became of a batch."""
        return read_status(await self._get(f"/batches/{batch}"), self.where)

    async def find_batches(self, batch: str, since: datetime) -> list[BatchStatus]:
        """Look for batches that were made for one of ours, `since` then (UTC)."""
        earliest = since.timestamp()
        batches = []
        async for item in self._list("/batches", {}):
            created_at, metadata = item.get("created_at"), item.get("metadata")
            if isinstance(created_at, int | float) and created_at < earliest:
                break
            if isinstance(metadata, dict) and metadata.get(METADATA_KEY) == batch:
                batches.append(read_status(item, self.where))
        return batches

    async def find_uploads(self, names: set[str]) -> list[str]:
        """Look for uploaded files with these names; give their IDs."""
        return [
            read_id(item, "id", self.where)
            async for item in self._list("/files", {"purpose": "batch"})
            if str(item.get("filename")) in names
        ]

    async def delete(self, file: str) -> None:
        """Delete a file, as well as that can be done: what stays costs nothing."""

        async def send() -> bytes:
            response = await self._connect().delete(f"/files/{file}", cast_to=httpx2.Response)
            return bytes(response.content)

        with suppress(ReaderError):
            await self._call(send)

    async def fetch_size(self, file: str) -> int | None:
        """Ask how many bytes a file has; None where the server does not say."""
        size = (await self._get(f"/files/{file}")).get("bytes")
        return size if isinstance(size, int) and size > 0 else None

    async def lacks(self, file: str) -> bool:
        """Tell whether the server has a file no more."""
        try:
            await self.fetch_size(file)
        except NotFound:
            return True
        return False

    async def download(self, file: str, path: Path) -> int:
        """Write a file's content to disk as it comes; give its bytes."""

        async def fetch() -> int:
            size = 0
            files = self._connect().files.with_streaming_response
            async with files.content(file) as response:
                with _open_to_write(path) as stream:
                    async for chunk in response.iter_bytes(_CHUNK):
                        size += stream(chunk)
            return size

        return await self._repeat(fetch)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def _list(self, path: str, query: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Give all items of a list, the newest first, page by page."""
        after = None
        while True:
            parameters = {**query, "limit": _PAGE, **({"after": after} if after else {})}
            page = await self._get(path, parameters)
            items = require(page, "data", list, self.where)
            for item in items:
                if isinstance(item, dict):
                    yield item
            last = items[-1].get("id") if items and isinstance(items[-1], dict) else None
            if not page.get("has_more") or last in (None, after):
                return
            after = last

    async def _get(self, path: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
        async def get() -> dict[str, Any]:
            response = await self._connect().get(
                path, cast_to=httpx2.Response, options={"params": query or {}}
            )
            return parse_object(response.content, self.where)

        return await self._repeat(get)

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
            cause = fold_message(str(error.__cause__ or error), self.secret) or "connection lost"
            raise TransportError(f"no answer from {self.where}: {cause}", lost=True) from error
        except openai.APIError as error:
            raise unreadable_answer(self.where) from error
        except UnicodeEncodeError as error:
            raise ServerRefusal("the key holds characters that no key has", "key") from error

    def _connect(self) -> openai.AsyncOpenAI:
        if self._client is None:
            self._client = make_client(self._settings)
        return self._client

    def _translate(self, error: openai.APIStatusError) -> TransportError | ServerRefusal:
        status, reason = (
            error.status_code,
            fold_message(read_error_status(error).message, self.secret),
        )
        message = f"{self.where} answered {status}: {reason}"
        if error.code == "insufficient_quota":
            return ServerRefusal(f"{message}; the account has no credit left")
        if status in WORTH_REPEATING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return TransportError(
                message,
                retry_after=asked_pause(error.response.headers),
                throttled=status == HTTPStatus.TOO_MANY_REQUESTS,
            )
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return ServerRefusal(f"{message}; set OPENAI_API_KEY to a key that it takes")
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
            return NotFound(
                f"{message}; does this server have the Batch API (many have none), and is it the "
                "key of the account that submitted the batch?"
            )
        return (
            TooLarge(message)
            if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            else ServerRefusal(message)
        )


class NotFound(ServerRefusal):
    """The server has no such thing: a file, a batch, or the whole API."""


class TooLarge(ServerRefusal):
    """The server takes no file of that size."""


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
