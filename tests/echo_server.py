"""A hostile server, which is a proxy too: it writes back all that it is sent, in many ways."""

import base64
import functools
import html
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import quote, unquote

from tests.command import as_model
from tests.http_server import serve_http
from tests.llm_server import choice, completion

WRITTEN: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "in JSON": json.dumps,
    "in JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "as repr": lambda text: repr(text.encode()),
    "as HTML": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 behind a letter": lambda text: base64.b64encode(b"a" + text.encode()).decode(),
    "in base64 behind two": lambda text: base64.b64encode(b"ab" + text.encode()).decode(),
    "in base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "in hex": lambda text: text.encode().hex(),
    "in capital hex": lambda text: text.encode().hex().upper(),
    "in hex with colons": lambda text: text.encode().hex(":"),
    "over two lines": lambda text: f"{text[:7]}\n   {text[7:]}",
    "with control characters": "\x00".join,
    "in capitals": str.upper,
}
"""Ways to write a text."""
_CREDENTIALS = re.compile("auth|key|token", re.IGNORECASE)
_SHORT = 8


BROKEN, INSIDE, REFUSED = range(3)
STATUSES = {"MALO": 400, "ROTO": 500, "CORTADO": BROKEN, "DENTRO": INSIDE, "NEGADO": REFUSED}
"""What a bulletin can ask for by "ESTADO MALO": an HTTP status, or an oddity."""


def find_written(secret: str, text: str) -> list[str]:
    """Name the ways in which a secret is written in a text."""
    # Of base64 the ends depend on what stands around.
    ways = {name: write(secret).strip('"') for name, write in WRITTEN.items()}
    sought = {name: it.strip("=")[2:-2] if "base64" in name else it for name, it in ways.items()}
    read = _ways_to_read(text)
    return [name for name, it in sought.items() if any(it in each for each in read)]


@functools.lru_cache(2)  # as one text is searched for many secrets
def _ways_to_read(text: str) -> tuple[str, ...]:
    bare = re.sub(r"[\s\x00-\x1f\x7f-\x9f]|\\[nrt0]|\\u00[01].|\\x[01].", "", text)
    return (text, bare, *(undo(bare) for undo in (unquote, html.unescape, _unescape)))


def _unescape(text: str) -> str:
    return re.sub(r"\\+u([0-9a-f]{4})|\\+(.)", lambda it: it[2] or chr(int(it[1], 16)), text)


def _status(text: str) -> int:
    return STATUSES[found[1]] if (found := re.search(r"ESTADO (\w+)", text)) else HTTPStatus.OK


@dataclass
class EchoServer:
    """The server; `watch` is called at each request to a model, `said` is all that was answered."""

    base_url: str = ""
    watch: Callable[[], None] = lambda: None
    lines: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def serve_echo() -> Iterator[EchoServer]:
    """Run it on loopback while the block runs."""
    state = EchoServer()

    class Handler(_Handler):
        server_state = state

    with serve_http(Handler) as state.base_url:
        yield state


class _Handler(BaseHTTPRequestHandler):
    server_state: EchoServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path = self.path.partition("?")[0]
        if path.endswith("/chat/completions"):
            self.server_state.watch()
            self._answer(json.loads(body))
        elif "gateway" in path:
            self._send({"error": {"message": self._echo()}}, 401)
        elif path.endswith("/files"):
            self.server_state.lines = re.findall(rb'^\{"custom_id".*$', body, re.MULTILINE)
            self._send({"id": "file-1", "bytes": 1, "status": "processed", "note": self._echo()})
        else:
            self._send({"id": "batch-1", "status": "validating", "note": self._echo()})

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.endswith("/content"):
            self._send(b"".join(map(self._line, self.server_state.lines)))
        elif "/batches/" in path:
            errors = {"data": [{"code": "odd", "message": self._echo()}]}
            done = {"status": "completed", "output_file_id": "file-2", "errors": errors}
            self._send({"id": "batch-1", "input_file_id": "file-1", **done})
        elif path.endswith("/models"):
            self._send({"data": [{"id": "scripted"}, {"id": self._echo()}]})
        else:
            self._send({"error": {"message": self._echo()}}, 404)

    def do_DELETE(self) -> None:
        self._send({"error": {"message": self._echo()}}, 500)

    def _answer(self, asked: Mapping[str, Any]) -> None:
        """Answer as the bulletin asks for, or well; a broken answer is no HTTP."""
        text = asked["messages"][-1]["content"]
        status = _status(text)
        if status == HTTPStatus.OK:
            self._send(self._completion(text))
        elif status == BROKEN:
            with suppress(OSError):
                self.wfile.write(f"HTTP/1.1 200 OK\r\nX {self._echo()[:4000]}\r\n\r\n".encode())
            self.close_connection = True
        elif status == INSIDE:
            self._send({"error": {"message": self._echo(), "code": self._echo()}})
        elif status == REFUSED:
            refused = choice(None, refusal=self._echo())
            self._send(completion(choices=[refused]))
        else:
            self._send({"error": {"message": self._echo(), "code": self._echo()}}, status)

    def _completion(self, text: str) -> dict[str, Any]:
        answered = as_model(text)
        message = answered["choices"][0]["message"]
        message["content"] = f"{self._echo()}\n```json\n{message['content']}\n```\n"
        return answered

    def _line(self, line: bytes) -> bytes:
        request = json.loads(line)
        text = request["body"]["messages"][-1]["content"]
        status, body = _status(text), self._completion(text)
        if status != HTTPStatus.OK:
            body = {"error": {"message": self._echo()}}
        told = {"custom_id": request["custom_id"], "note": self._echo()}
        return (
            json.dumps({**told, "response": {"status_code": status, "body": body}}).encode() + b"\n"
        )

    def _echo(self) -> str:
        """Write back what was sent, the header of a name and password undone too."""
        sent = [unquote(it) for it in re.findall("=([^&]*)", self.path)]
        for value in (it for name, it in self.headers.items() if _CREDENTIALS.search(name)):
            sent += [value, value.partition(" ")[2]]
            if value.startswith("Basic "):
                pair = base64.b64decode(value.removeprefix("Basic ")).decode()
                sent += [pair, *pair.split(":", 1)]
        sent = [text for text in (*sent, self.path) if len(text) > _SHORT]
        return " | ".join(write(text) for text in sent for write in WRITTEN.values())

    def _send(self, body: object, status: int = 200) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.server_state.said.append(data.decode())
        said = self.path.partition("?")[2] + str(self.headers.get("Authorization"))
        with suppress(OSError):
            self.send_response(status, f"odd {said}")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-RateLimit-Note", said)
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
