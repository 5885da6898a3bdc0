"""The server: on this machine alone, for as long as a command has it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.errors import UsageError
from pipeline.review.guard import HEADERS, Guard

LOOPBACK = "127.0.0.1"
_LAST_SECONDS = 2
"""How long answers that are under way may take at the end."""


class _Protocol(H11Protocol):
    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it may repeat what was sent
        """Answer what is no HTTP as uvicorn does, with the headers that every answer has."""
        lines = [f"{name}: {value}" for name, value in HEADERS.items()]
        lines += ["content-type: text/plain", "content-length: 0", "connection: close"]
        head = "\r\n".join(["HTTP/1.1 400 Bad Request", *lines, "", ""])
        self.transport.write(head.encode())
        self.transport.close()


@contextmanager
def listen(port: int | None) -> Iterator[socket.socket]:
    """Listen on a port of this machine, any free one for None.

    Raises `UsageError` where the port cannot be had.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # A server that has just ended leaves its port taken for a minute otherwise.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port or 0))
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageError(
            f"--port {port}: cannot be had ({error.strerror}); name another, or leave it out"
        ) from error
    try:
        yield listener
    finally:
        listener.close()


@contextmanager
def serve(app: ASGIApp, token: str, listener: socket.socket) -> Iterator[str]:
    """Serve an app while the block runs; give the address that it is at, with its token.

    The server has a thread of its own, so that signals come to whoever waits in the block.
    """
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        Guard(app, token=token, port=port),
        http=_Protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), name="review server")
    thread.start()
    try:
        # What is sent before it runs waits in the listener.
        yield f"http://{LOOPBACK}:{port}/{token}/"
    finally:
        server.should_exit = True
        thread.join()
