"""Who is let in: a browser on this machine that was given the address, and nobody else.

Any page that a browser shows can send requests to this machine, by a name that leads here if need
be; so the name that was asked for, the page that asks and the token are looked at before anything
else is. What a page may load, and who may frame it, is said with each answer.
"""

import secrets
from collections.abc import Iterable
from http import HTTPStatus

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.console.terminal import tell

MOST_BYTES = 1_000_000
"""Of the body of a request."""
_MOST_DRAINED = 16 * MOST_BYTES
"""What is read of one that is too large: who is cut off while sending does not hear why."""
OWN_HEADER = "x-jornada-review"
"""What scripts may send in place of an Origin: no page of others can, without being asked first."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_HARMLESS = ("GET", "HEAD")
_NAMES = ("127.0.0.1", "localhost")


class Guard:
    """Passes to an app what may come in, and gives what goes out the headers that hold browsers."""

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = {f"{name}:{port}" for name in _NAMES}
        self._origins = {f"http://{host}" for host in self._hosts}
        if port == _HTTP_PORT:  # which browsers leave out
            self._hosts |= set(_NAMES)
            self._origins |= {f"http://{name}" for name in _NAMES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        outgoing = _Outgoing(send)
        try:
            await self._answer(scope, receive, outgoing)
        except Exception as error:  # noqa: BLE001 - nothing may end the server, or be a traceback
            if not outgoing.has_begun:
                failed = HTTPStatus.INTERNAL_SERVER_ERROR
                await _refuse(failed, scope, receive, outgoing)
            tell_unexpected(error)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_let_in(scope):
            await _refuse(HTTPStatus.FORBIDDEN, scope, receive, send)
            return
        if scope["method"] not in _HARMLESS:
            body = await _read_body(receive)
            if body is None:
                await _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, scope, receive, send)
                return
            receive = _Replay(body, receive)
        await self._app(scope, receive, send)

    def _is_let_in(self, scope: Scope) -> bool:
        said = _Headers(scope["headers"])
        hosts, origins, sites = said.all("host"), said.all("origin"), said.all("sec-fetch-site")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return False
        if any(site not in ("same-origin", "none") for site in sites):
            return False
        # A form of a page that sends no referrer has the origin "null"; so does a frame that others
        # lock away, but that is of another site.
        own = {*self._origins, "null"} if sites == ["same-origin"] else self._origins
        if len(origins) > 1 or any(origin not in own for origin in origins):
            return False
        is_harmless = scope["method"] in _HARMLESS
        if not is_harmless and not origins and not said.all(OWN_HEADER):
            return False
        return self._has_token(scope["path"])

    def _has_token(self, path: str) -> bool:
        root, _, rest = path.partition("/")
        given = rest.partition("/")[0].encode(errors="replace")
        return secrets.compare_digest(given, self._token) and root == ""


def tell_unexpected(error: Exception) -> None:
    """Say on the terminal, in one line, what nobody foresaw."""
    tell(f"unexpected {type(error).__name__} while a page was made: {error}")


_HTTP_PORT = 80


class _Headers:
    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self._pairs = tuple(pairs)

    def all(self, name: str) -> list[str]:
        wanted = name.encode()
        return [value.decode("latin-1") for key, value in self._pairs if key.lower() == wanted]


class _Outgoing:
    """Sends on, with the headers."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            others = [pair for pair in message["headers"] if pair[0].decode() not in HEADERS]
            message = {**message, "headers": [*others, *_HEADERS]}
        await self._send(message)


class _Replay:
    """Gives a body that was read already, and then what comes after it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


async def _read_body(receive: Receive) -> bytes | None:
    """Read a body, None where it is too large, however it comes."""
    body, size = bytearray(), 0
    while size <= _MOST_DRAINED:
        message = await receive()
        came = message.get("body", b"")
        size += len(came)
        if size <= MOST_BYTES:
            body += came
        if not message.get("more_body"):
            break
    return bytes(body) if size <= MOST_BYTES else None


async def _refuse(status: HTTPStatus, scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(f"{status.phrase}\n", int(status))(scope, receive, send)
