"""A review page served on loopback within a test, and requests that no browser would send."""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

from starlette.types import ASGIApp

from pipeline.review.app import make_app
from pipeline.review.context import Context
from pipeline.review.server import listen, serve
from pipeline.store import Store
from tests.processes import PATIENCE

TOKEN = "t0ken-of-this-test"  # noqa: S105 - it opens nothing


class Answer(NamedTuple):
    """An answer: its status, its headers by their names in small letters, and its body."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Read the body."""
        return json.loads(self.body)


class Served(NamedTuple):
    """A server's port, and the context that its pages work on."""

    port: int
    context: Context

    @property
    def host(self) -> str:
        """Give its own name, as a browser says it."""
        return f"127.0.0.1:{self.port}"

    def send(self, request: str | bytes) -> Answer:
        """Send a request as it is, `HOST` in it standing for its own name; it is the only one."""
        raw = request.encode() if isinstance(request, str) else request
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as plain:
            plain.sendall(raw.replace(b"HOST", self.host.encode()))
            with plain.makefile("rb") as stream:
                return _parse(stream.read())

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for what is at a path behind the token."""
        return self._ask("GET", path, None, headers or {})

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        """Send JSON to a path behind the token, as a script of the page would."""
        own = {"Origin": f"http://{self.host}", "Accept": "application/json"}
        return self._ask("POST", path, json.dumps(body), own | dict(headers or {}))

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, f"/{TOKEN}{path}", body, dict(headers))
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read().decode())
        finally:
            connection.close()


def context_for(db: Path, who: str = "ana") -> Context:
    """Give a context over a database."""
    return Context(Store.for_questions(db), db, who, TOKEN, db.with_name("gold"))


@contextmanager
def serve_review(context: Context, app: ASGIApp | None = None) -> Iterator[Served]:
    """Serve the pages over a database, or another app, behind the guard."""
    pages = app or make_app(context)
    with listen(None) as listener, serve(pages, context.token, listener):
        yield Served(listener.getsockname()[1], context)


def _parse(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return Answer(int(first.split()[1]) if first else 0, headers, body.decode())
