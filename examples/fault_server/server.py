"""The server: where requests go, and how it is run."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from examples.fault_server.answers import error
from examples.fault_server.batches import Batches
from examples.fault_server.chat import Chat, Reply
from examples.fault_server.files import sent
from examples.fault_server.options import Options
from examples.scripted_server import Refused

WHAT = "no model: it answers what the baseline reader reads, and fails as it is told to"
_BACKLOG = 2048
_PATIENCE_SECONDS = 60.0


class FaultServer:
    """All that a running server holds."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.chat = Chat(options)
        self.batches = Batches(self.chat)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Send a request where it belongs."""
        path = request.path.rstrip("/")
        if path == "/v1/chat/completions" and request.method == "POST":
            return await self.chat.respond(request)
        if path in ("/log", "/log/reset"):
            return self._log(request)
        try:
            return await self._other(request, path.split("/")[1:])
        except Refused as no:
            return _failed(Reply(error(str(no)), no.status))

    async def _other(self, request: web.BaseRequest, path: list[str]) -> web.StreamResponse:
        self.chat.ledger.others += 1
        if (refused := self.chat.refused()) is not None:
            return _failed(refused)
        match path:
            case ["v1", "files", *rest]:
                return await self.batches.files.respond(request, rest)
            case ["v1", "batches", *rest]:
                return await self.batches.respond(request, rest)
            case [] | ["v1", "models"]:
                model = {"id": self.options.model, "object": "model", "created": 0}
                return sent({"object": "list", "data": [{**model, "owned_by": WHAT}]})
        raise Refused(404, f"nothing at {request.method} {request.path}")

    def _log(self, request: web.BaseRequest) -> web.Response:
        if request.method == "POST":
            self.chat.forget()
        return sent(self.chat.ledger.told())


def _failed(reply: Reply) -> web.Response:
    return web.Response(body=reply.body, status=reply.status, content_type=reply.content_type)


@contextlib.asynccontextmanager
async def listening(server: FaultServer, port: int) -> Any:  # noqa: ANN401 - an async iterator
    """Listen on loopback while the block runs; gives the port."""
    told = web.Server(server.handle, handler_cancellation=True, access_log=None)
    runner = web.ServerRunner(told, shutdown_timeout=0.2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=_BACKLOG)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await server.batches.aclose()
        await runner.cleanup()
        server.chat.ledger.close()


@dataclass
class Serving:
    """A server that runs in a thread of this process."""

    server: FaultServer
    base_url: str
    loop: asyncio.AbstractEventLoop

    def log(self) -> dict[str, Any]:
        """Give what `GET /log` gives."""
        told: dict[str, Any] = self._there(self.server.chat.ledger.told)
        return told

    def reset(self) -> None:
        """Forget what was done so far."""
        self._there(self.server.chat.forget)

    def _there(self, call: Any) -> Any:  # noqa: ANN401 - whatever is called
        async def run() -> Any:  # noqa: ANN401 - the same
            return call()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(_PATIENCE_SECONDS)


@contextlib.contextmanager
def serving(options: Options | None = None, port: int = 0) -> Iterator[Serving]:
    """Serve on loopback while the block runs, in a thread; port 0 takes a free one."""
    started: Future[Serving] = Future()
    stop = asyncio.Event()

    async def serve() -> None:
        server = FaultServer(options or Options())
        async with listening(server, port) as taken:
            base_url = f"http://127.0.0.1:{taken}/v1"
            started.set_result(Serving(server, base_url, asyncio.get_running_loop()))
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as failure:
            if started.done():
                raise
            started.set_exception(failure)

    thread = threading.Thread(target=run, name="fault-server", daemon=True)
    thread.start()
    running = started.result(_PATIENCE_SECONDS)
    try:
        yield running
    finally:
        running.loop.call_soon_threadsafe(stop.set)
        thread.join(_PATIENCE_SECONDS)
        if thread.is_alive():
            raise TimeoutError("the fault server does not stop")
