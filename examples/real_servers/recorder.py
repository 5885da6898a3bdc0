"""Stands between a client and a server, and keeps what each said.

What a server was really sent, and what it really answered, is seen on the wire: what the client
says of itself proves nothing.
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, NamedTuple

from aiohttp import ClientError, ClientSession, ClientTimeout, web

_PATIENCE_SECONDS = 60.0
_LONGEST_CALL_SECONDS = 1800.0
_LARGEST_BODY = 1 << 30
_OF_ONE_HOP = frozenset(
    {"connection", "content-encoding", "content-length", "host", "keep-alive", "transfer-encoding"}
)


class Exchange(NamedTuple):
    """One request and its answer; `status` is None where the connection broke before there was one.

    Header names are in small letters.
    """

    method: str
    path: str
    asked: bytes
    status: int | None = None
    headers: Mapping[str, str] = {}
    answered: bytes = b""


class Recorder(NamedTuple):
    """`url` is where to ask in the server's place; `exchanges` grows with every answer."""

    url: str
    exchanges: list[Exchange]


@contextmanager
def recording(server: str) -> Iterator[Recorder]:
    """Pass on to `server`, a URL without a path, while the block runs."""
    exchanges: list[Exchange] = []
    stop = asyncio.Event()
    started: Future[tuple[int, asyncio.AbstractEventLoop]] = Future()

    async def forward(request: web.Request) -> web.StreamResponse:
        asked = await request.read()
        headers = {n: v for n, v in request.headers.items() if n.lower() not in _OF_ONE_HOP}
        begun = Exchange(request.method, request.raw_path, asked)
        sent = request.app[_SESSION].request(
            request.method,
            f"{server}{request.raw_path}",
            data=asked or None,
            headers=headers,
            allow_redirects=False,
        )
        try:
            async with sent as answer:
                body = await answer.read()
        except (ClientError, OSError):
            exchanges.append(begun)
            if request.transport:
                request.transport.abort()
            return web.Response(status=502)
        kept = {n: v for n, v in answer.headers.items() if n.lower() not in _OF_ONE_HOP}
        exchanges.append(
            begun._replace(
                status=answer.status,
                headers={name.lower(): value for name, value in kept.items()},
                answered=body,
            )
        )
        return web.Response(body=body, status=answer.status, headers=kept)

    async def serve() -> None:
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", forward)
        timeout = ClientTimeout(total=_LONGEST_CALL_SECONDS)
        async with ClientSession(timeout=timeout) as session:
            app[_SESSION] = session
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            started.set_result((runner.addresses[0][1], asyncio.get_running_loop()))
            await stop.wait()
            await runner.cleanup()

    thread = threading.Thread(target=_run, args=(serve(), started), name="recorder", daemon=True)
    thread.start()
    port, loop = started.result(_PATIENCE_SECONDS)
    try:
        yield Recorder(f"http://127.0.0.1:{port}", exchanges)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(_PATIENCE_SECONDS)


_SESSION = web.AppKey("session", ClientSession)


def _run(serve: Any, started: Future[Any]) -> None:  # noqa: ANN401 - a coroutine of no result
    try:
        asyncio.run(serve)
    except BaseException as failure:
        if started.done():
            raise
        started.set_exception(failure)
