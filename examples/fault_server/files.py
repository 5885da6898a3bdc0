"""Files of the Batch API: uploaded, listed, downloaded and deleted, all in memory."""

import time
import uuid
import warnings
from typing import Any

from aiohttp import BodyPartReader, web
from pydantic_core import to_json

from examples.fault_server.answers import error
from examples.fault_server.chat import Reply, broken_off
from examples.fault_server.options import Options, Trouble
from examples.scripted_server import Refused

_MOST_LISTED = 10_000


class Files:
    """All files, by ID. `troubles` are those that are still to come."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.troubles = list(options.batch_trouble)
        self._told: dict[str, dict[str, Any]] = {}
        self._contents: dict[str, bytes] = {}
        self._began: dict[str, float] = {}

    def trouble(self, *kinds: Trouble) -> Trouble | None:
        """Take the next trouble of these kinds off the list."""
        for kind in self.troubles:
            if kind in kinds:
                self.troubles.remove(kind)
                return kind
        return None

    def add(self, name: str, content: bytes, purpose: str) -> dict[str, Any]:
        """Keep a file, and say what the API says of it."""
        told: dict[str, Any] = {
            "id": f"file-{uuid.uuid4().hex}",
            "object": "file",
            "bytes": len(content),
            "created_at": int(time.time()),
            "filename": name,
            "purpose": purpose,
            "status": "processed",
            "expires_at": None,
        }
        self._told[str(told["id"])] = told
        self._contents[str(told["id"])] = content
        self._began[str(told["id"])] = time.monotonic()
        self.is_pending(str(told["id"]))
        return told

    def is_pending(self, file: str) -> bool:
        """Tell whether no batch can be made of a file yet."""
        told = self._of(file)
        seconds = self.options.batch_pending if "pending" in self.options.batch_manners else 0.0
        is_new = time.monotonic() < self._began[file] + seconds
        told["status"] = "pending" if is_new and told["purpose"] == "batch" else "processed"
        return told["status"] == "pending"

    def content(self, file: str) -> bytes:
        """Give a file's bytes. Raises `Refused`."""
        self._of(file)
        return self._contents[file]

    def _of(self, file: str) -> dict[str, Any]:
        if file not in self._told:
            raise Refused(404, f"No such File object: {file}")
        return self._told[file]

    async def respond(self, request: web.BaseRequest, rest: list[str]) -> web.StreamResponse:
        """Answer a request to /v1/files/...; `rest` is the path behind it. Raises `Refused`."""
        match request.method, rest:
            case "POST", []:
                return sent(await self._upload(request))
            case "GET", []:
                return sent(self._listed(request))
            case "GET", [file]:
                if "no-file" in self.options.batch_manners:
                    raise Refused(405, "single files are not told of")
                self.is_pending(file)
                return sent(self._of(file))
            case "GET", [file, "content"]:
                return await self._download(request, file)
            case "DELETE", [file]:
                self._of(file)
                del self._told[file], self._contents[file]
                return sent({"id": file, "object": "file", "deleted": True})
        raise Refused(404, f"nothing at {request.method} {request.path}")

    async def _upload(self, request: web.BaseRequest) -> dict[str, Any]:
        if not request.content_type.startswith("multipart/"):
            raise Refused(400, "a file comes as multipart/form-data")
        # aiohttp's reader of parts calls what aiohttp deprecates, when a boundary comes early.
        warnings.filterwarnings("ignore", r"unread_data\(\)", DeprecationWarning)
        name, content, purpose = "", None, ""
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise Refused(400, "parts of parts are not taken")
            if part.name == "file":
                name, content = part.filename or "file", await self._read(part)
            elif part.name == "purpose":
                purpose = (await part.read()).decode()
            else:
                await part.read()
        if content is None or not purpose:
            raise Refused(400, "'file' and 'purpose' are required")
        if purpose != "batch":
            raise Refused(400, f"files are for batches here, not for {purpose!r}")
        return self.add(name, content, purpose)

    async def _read(self, part: BodyPartReader) -> bytes:
        content = bytearray()
        while chunk := await part.read_chunk(1 << 16):
            content += chunk
            if len(content) > self.options.batch_max_bytes:
                raise Refused(413, f"a file may have {self.options.batch_max_bytes} bytes at most")
        return bytes(content)

    def _listed(self, request: web.BaseRequest) -> dict[str, Any]:
        purpose = request.query.get("purpose")
        newest = [one for one in self._told.values() if purpose in (None, one["purpose"])][::-1]
        if request.query.get("order") == "asc":
            newest.reverse()
        return page(request, newest, _MOST_LISTED)

    async def _download(self, request: web.BaseRequest, file: str) -> web.StreamResponse:
        content = self.content(file)
        reply = Reply(content, content_type="application/octet-stream")
        if self._told[file]["purpose"] == "batch_output":
            if "gone" in self.options.batch_manners:
                raise Refused(404, f"No such File object: {file}")
            match self.trouble("content", "truncate", "short"):
                case "content":
                    told = error("the server had an error", None, "server_error")
                    return web.Response(body=told, status=500, content_type="application/json")
                case "truncate":
                    return await broken_off(request, reply)
                case "short":
                    content = content[: len(content) // 2]
        return web.Response(body=content, content_type=reply.content_type)


def sent(told: object) -> web.Response:
    """Send JSON."""
    return web.Response(body=to_json(told), content_type="application/json")


def page(request: web.BaseRequest, newest: list[dict[str, Any]], usual: int) -> dict[str, Any]:
    """Give one page of a list: what stands behind `after`, as many as `limit`. Raises `Refused`."""
    limit = request.query.get("limit", str(usual))
    if not limit.isdecimal() or not 1 <= int(limit) <= usual:
        raise Refused(400, f"'limit' is a number from 1 to {usual}")
    begin = 0
    if after := request.query.get("after"):
        places = [number for number, one in enumerate(newest, 1) if one["id"] == after]
        if not places:
            raise Refused(400, f"nothing has the ID {after!r}")
        begin = places[0]
    shown = newest[begin : begin + int(limit)]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": begin + len(shown) < len(newest),
    }
