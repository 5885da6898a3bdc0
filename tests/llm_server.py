"""A scripted server: real HTTP on loopback, one scripted reply a request, every request on record.

with serve(answer(text), failure(503, headers={"Retry-After": "0"})) as server:
    ...  # server.base_url, server.requests
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.http_server import serve_http

NEVER = 3600.0
"""A delay that lasts until the server ends."""


@dataclass(frozen=True)
class Reply:
    """What goes back for one request, after `delay` seconds.

    `drop` closes the connection after that many bytes of the body, although its whole length was
    announced; `drip` sends the body one byte at a time with that many seconds between.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    delay: float = 0.0
    drop: int | None = None
    drip: float | None = None


def completion(**changes: object) -> dict[str, Any]:
    """Build the JSON of a chat completion; `changes` replace its top-level keys."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [choice("{}")],
        "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
    } | changes


def choice(
    content: str | None, *, finish_reason: str = "stop", refusal: str | None = None
) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return {"index": 0, "finish_reason": finish_reason, "message": message}


def answer(
    content: str | None,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    **changes: object,
) -> Reply:
    """Answer as a model would, with `content` as its message."""
    choices = [choice(content, finish_reason=finish_reason, refusal=refusal)]
    body = json.dumps(completion(**{"choices": choices, **changes})).encode()
    return Reply(body)


def failure(
    status: int,
    message: str = "scripted",
    *,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Fail as an OpenAI-compatible server does."""
    body = json.dumps({"error": {"message": message, "type": "scripted", "code": code}}).encode()
    return Reply(body, status=status, headers=headers or {})


def page(status: int, html: str) -> Reply:
    """Answer with an HTML page, as a gateway does."""
    return Reply(html.encode(), status=status, content_type="text/html; charset=utf-8")


@dataclass
class LlmServer:
    """A running server. Replies come in the order of the script; after the last it fails."""

    script: list[Reply]
    base_url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def take(self, request: dict[str, Any], headers: dict[str, str]) -> Reply:
        """Record a request and give the reply that is due."""
        self.requests.append(request)
        self.headers.append(headers)
        return self.script.pop(0) if self.script else failure(418, "the script is over")

    def said(self, request: int) -> str:
        """Give the last message of the request with that number, counted from 0."""
        return str(self.requests[request]["messages"][-1]["content"])


@contextmanager
def serve(*script: Reply) -> Iterator[LlmServer]:
    """Run a scripted server while the block runs."""
    state = LlmServer(list(script))
    with serve_http(_handler(state)) as state.base_url:
        try:
            yield state
        finally:
            state.over.set()


def _handler(state: LlmServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            request = json.loads(self.rfile.read(length))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(state.take(request | {"path": self.path}, headers))

        def _send(self, reply: Reply) -> None:
            state.over.wait(reply.delay)
            try:
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(reply.body)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self._send_body(reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _send_body(self, reply: Reply) -> None:
            if reply.drip is not None:
                for byte in reply.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    state.over.wait(reply.drip)
                return
            self.wfile.write(reply.body[: reply.drop])
            if reply.drop is not None:
                self.wfile.flush()
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Keep quiet."""

    return Handler
