"""The provider's files and batches, as a job has need of them.

Follows OpenAI's public API reference for `/v1/files` and `/v1/batches`, and takes nothing of it for
granted: routes may be missing, and lists may show less than was made.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.batch.dialect import PURPOSES
from pipeline.batch.listing import Walk
from pipeline.batch.status import (
    METADATA_KEY,
    BatchStatus,
    FileStatus,
    UnreadableAnswer,
    id_of,
    is_made_of,
    read_file,
    read_status,
    says_whose,
)
from pipeline.batch.wire import NotFound, Unclear, Wire
from pipeline.errors import ReaderError, ServerRefusal
from pipeline.redaction import IsPublic, never
from pipeline.settings import LlmSettings

_PAGE = 100
_MOST_UNNAMED = 50  # batches of a list that are asked about one by one


class Search(NamedTuple):
    """What came of looking for a batch; `is_sure`: where none was found, there is none."""

    found: BatchStatus | None
    is_sure: bool


class Provider:
    """One account at one server. Close it when done, in the event loop that used it.

    Every method raises `TransportError` where the server does not answer, `ServerRefusal` where
    asking again is no use.
    """

    def __init__(self, settings: LlmSettings) -> None:
        self._wire = Wire(settings)
        self.where = self._wire.where
        self._purpose = PURPOSES[0]
        self._takes_metadata = True

    async def upload(self, path: Path, name: str) -> FileStatus:
        """Upload a file of requests.

        An answer that cannot be read is not asked for again: the file is looked for by its name.
        """
        try:
            content = await self._wire.upload(path, name, self._purpose)
        except ServerRefusal as error:
            if self._purpose == PURPOSES[1] or "purpose" not in str(error):
                raise
            self._purpose = PURPOSES[1]
            content = await self._wire.upload(path, name, self._purpose)
        try:
            return read_file(self._wire.parse(content), self.where)
        except UnreadableAnswer as error:
            with suppress(ReaderError):
                if found := await self.find_uploads({name}):
                    return FileStatus(found[0], None, is_pending=False)
            raise ServerRefusal(f"a file was uploaded, and cannot be found: {error}") from error

    async def create(self, file: str, endpoint: str, batch: str) -> BatchStatus:
        """Make a batch of an uploaded file, for one of ours; see `Wire.create_batch`."""
        body = {"input_file_id": file, "endpoint": endpoint, "completion_window": "24h"}
        metadata = {"metadata": {METADATA_KEY: batch}} if self._takes_metadata else {}
        try:
            content = await self._wire.create_batch({**body, **metadata})
        except ServerRefusal as error:
            if not metadata or "metadata" not in str(error):
                raise
            self._takes_metadata = False
            content = await self._wire.create_batch(body)
        try:
            return read_status(self._wire.parse(content), self.where)
        except UnreadableAnswer as error:
            raise Unclear(str(error)) from error

    async def retrieve(self, batch: str) -> BatchStatus:
        """Ask what became of a batch."""
        answer = await self._wire.get(f"/batches/{batch}")
        return read_status(answer, self.where, batch)

    async def find_batch(
        self, file: str, batch: str, since: datetime, but: Collection[str]
    ) -> Search:
        """Look for a batch that was made of a file, for one of ours, `since` then (UTC).

        Left out are those with the IDs of `but`.
        """
        walk = self._list("/batches", {}, since.timestamp())
        unnamed: list[str] = []
        async for item in walk:
            name = id_of(item)
            if name is None or name in but:
                continue
            if is_made_of(item, file, batch):
                return Search(read_status(item, self.where), is_sure=True)
            if not says_whose(item):
                unnamed.append(name)
        for name in unnamed[:_MOST_UNNAMED]:
            status = await self.retrieve(name)
            if file == status.input_file or batch == status.batch:
                return Search(status, is_sure=True)
            if status.input_file is None and status.batch is None:
                return Search(None, is_sure=False)
        return Search(None, walk.is_whole and len(unnamed) <= _MOST_UNNAMED)

    async def find_uploads(self, names: Collection[str]) -> list[str]:
        """Look for uploaded files with these names; give their IDs, the newest first."""
        return [
            name
            async for item in self._list("/files", {"purpose": self._purpose})
            if str(item.get("filename")) in names and (name := id_of(item)) is not None
        ]

    async def delete(self, file: str) -> None:
        """Delete a file, as well as that can be done: what stays costs nothing."""
        with suppress(ReaderError):
            await self._wire.delete(file)

    async def fetch_file(self, file: str) -> FileStatus | None:
        """Ask about a file; None where nothing is told of it, for whatever reason."""
        with suppress(ReaderError):
            return read_file(await self._wire.get(f"/files/{file}"), self.where)
        return None

    async def lacks(self, file: str) -> bool:
        """Tell whether the server has a file no more: it neither tells of it nor gives it out."""
        if await self.fetch_file(file) is not None:
            return False
        try:
            return not await self._wire.gives_out(file)
        except NotFound:
            return True
        except ServerRefusal:
            return False  # some give out no files of requests

    async def knows(self, file: str) -> bool:
        """Tell whether the server tells of a file, or lists it: whether the account is the same."""
        if await self.fetch_file(file) is not None:
            return True
        with suppress(NotFound):
            async for item in self._list("/files", {}):
                if id_of(item) == file:
                    return True
        return False

    async def download(self, file: str, path: Path, is_public: IsPublic = never) -> int:
        """Write a file's content to disk as it comes; see `Wire.download`."""
        return await self._wire.download(file, path, is_public)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()

    def _list(self, path: str, query: dict[str, Any], since: float = 0.0) -> Walk:
        """Walk over the items of a list; a server that knows no pages is asked for all at once."""

        async def fetch(after: str | None) -> object:
            pages = {"limit": _PAGE, **({"after": after} if after else {})}
            try:
                return await self._wire.get(path, {**query, **pages})
            except ServerRefusal as error:
                if after is not None or isinstance(error, NotFound):
                    raise
                return await self._wire.get(path)

        return Walk(fetch, self.where, since)
