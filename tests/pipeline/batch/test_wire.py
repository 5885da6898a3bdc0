"""How the making of a batch can end: made, refused, or nobody knows."""

import asyncio
import json
from contextlib import aclosing
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import SecretStr

from pipeline.batch.provider import Provider
from pipeline.batch.status import BatchStatus
from pipeline.batch.wire import NotFound, NotReady, TooLarge, Unclear, Unsent, WrongEndpoint
from pipeline.errors import ReaderError, ServerRefusal, TransportError
from pipeline.llm import retry
from pipeline.settings import LlmSettings
from tests.http_server import serve_http
from tests.llm_server import NEVER, LlmServer, Reply, failure, page, serve

MADE = {"id": "batch_1", "status": "validating", "input_file_id": "file-1"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.001)


def create(base_url: str, *, patience: float = 30.0) -> BatchStatus:
    async def go() -> BatchStatus:
        settings = LlmSettings(base_url=base_url, transport_attempts=3, timeout_seconds=patience)
        async with aclosing(Provider(settings)) as provider:
            return await provider.create("file-1", "/v1/chat/completions", "abc")

    return asyncio.run(go())


def made(answer: object) -> Reply:
    return Reply(json.dumps(answer).encode(), status=201)


def refused(server: LlmServer) -> ReaderError:
    with pytest.raises(ReaderError) as error:
        create(server.base_url, patience=0.5)
    return error.value


def test_a_batch_is_asked_for_by_its_file_and_its_name_here() -> None:
    with serve(made(MADE)) as server:
        assert create(server.base_url).id == "batch_1"
    (request,) = server.requests
    assert request == {
        "path": "/v1/batches",
        "input_file_id": "file-1",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "metadata": {"jornada": "abc"},
    }


@pytest.mark.parametrize(
    "reply",
    [
        *(failure(status) for status in (500, 501, 502, 503, 504, 505, 520, 524, 529)),
        *(failure(status) for status in (408, 409, 423, 424, 425, 499)),
        Reply(status=307, headers={"Location": "/v1/elsewhere"}),
        Reply(status=302, headers={"Location": "/v1/elsewhere"}),
        Reply(b"", status=202),
        page(200, "<html>made</html>"),
        made({"ok": True}),
        made({"error": {"message": "slow down", "code": 429}}),
        Reply(json.dumps(MADE).encode(), drop=9),
        Reply(json.dumps(MADE).encode(), drop=0),
        Reply(json.dumps(MADE).encode(), delay=NEVER),
        Reply(json.dumps(MADE).encode(), drip=0.3),
    ],
)
def test_where_a_batch_may_have_been_made_it_is_not_asked_for_again(reply: Reply) -> None:
    with serve(reply, made(MADE)) as server:
        assert isinstance(refused(server), Unclear)
        assert len(server.requests) == 1


def test_an_error_in_the_place_of_a_batch_is_told_without_the_key() -> None:
    async def go(base_url: str) -> None:
        settings = LlmSettings(base_url=base_url, api_key=SecretStr("sk-secret"))
        async with aclosing(Provider(settings)) as provider:
            await provider.create("file-1", "/v1/chat/completions", "abc")

    error = {"error": {"message": "sk-secret may not do that"}}
    with serve(made(error)) as server, pytest.raises(Unclear, match="may not do that") as told:
        asyncio.run(go(server.base_url))
    assert "sk-secret" not in str(told.value)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (failure(400, "no such parameter"), ServerRefusal),
        (failure(401), ServerRefusal),
        (failure(402, "pay first"), ServerRefusal),
        (failure(403), ServerRefusal),
        (failure(404), NotFound),
        (failure(405), NotFound),
        (failure(413), TooLarge),
        (failure(422, "no"), ServerRefusal),
        (failure(400, "the file is still being processed"), NotReady),
        (failure(409, "the file is not ready"), NotReady),
        (failure(400, "Unsupported endpoint"), WrongEndpoint),
        (failure(429, "no credit", code="insufficient_quota"), ServerRefusal),
    ],
)
def test_a_refusal_says_that_nothing_was_made(reply: Reply, kind: type[ReaderError]) -> None:
    with serve(reply, made(MADE)) as server:
        assert type(refused(server)) is kind
        assert len(server.requests) == 1


def test_a_server_with_too_many_requests_is_asked_again() -> None:
    busy = failure(429, headers={"Retry-After": "0"})
    with serve(busy, made(MADE)) as server:
        assert create(server.base_url).id == "batch_1"
    with serve(busy, busy, busy) as server:
        error = refused(server)
        assert isinstance(error, TransportError)
        assert error.throttled


def test_a_server_that_cannot_be_reached_has_made_nothing() -> None:
    with pytest.raises(Unsent):
        create("http://127.0.0.1:9/v1")


def test_a_server_that_takes_no_metadata_is_asked_without() -> None:
    with serve(failure(400, "unknown field: metadata"), made(MADE)) as server:
        assert create(server.base_url).id == "batch_1"
    assert "metadata" not in server.requests[1]


def test_a_server_that_refuses_a_batch_with_and_without_metadata_is_asked_twice() -> None:
    no = failure(400, "unknown field: metadata")
    with serve(no, no) as server:
        assert isinstance(refused(server), ServerRefusal)
        assert len(server.requests) == 2


class Store(BaseHTTPRequestHandler):
    """A server that keeps the content of files elsewhere, and notes who asked with what key."""

    asked: ClassVar[list[tuple[str, str | None]]] = []
    elsewhere = ""

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization")))
        moved = self.path.endswith("/content")
        self.send_response(302 if moved else 200 if self.path == "/v1/kept" else 403)
        if moved:
            self.send_header("Location", self.elsewhere)
        body = b"" if moved else b"results"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Keep quiet."""


@pytest.mark.parametrize("kept", ["kept", "closed?signature=secret"])
def test_content_that_lies_elsewhere_is_had_without_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    async def go(base_url: str) -> int:
        settings = LlmSettings(base_url=base_url, api_key=SecretStr("sk-1"), transport_attempts=1)
        async with aclosing(Provider(settings)) as provider:
            return await provider.download("file-1", tmp_path / "file")

    monkeypatch.setattr(Store, "asked", [])
    with serve_http(Store) as base_url, serve_http(Store) as elsewhere:
        monkeypatch.setattr(Store, "elsewhere", f"{elsewhere}/{kept}")
        if kept == "kept":
            assert asyncio.run(go(base_url)) == 7
            assert (tmp_path / "file").read_bytes() == b"results"
        else:
            with pytest.raises(ReaderError, match="403") as error:
                asyncio.run(go(base_url))
            assert "signature" not in str(error.value)
    assert Store.asked == [("/v1/files/file-1/content", "Bearer sk-1"), (f"/v1/{kept}", None)]


class Echo(BaseHTTPRequestHandler):
    """Gives out lines of results that hold the key, and words of the bulletin."""

    def do_GET(self) -> None:
        key = str(self.headers["Authorization"]).removeprefix("Bearer ")
        body = f'{{"a": "{key}"}}\n{{"b": "{key.encode().hex()} secret-word"}}\n{key}'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def test_results_come_to_disk_without_secrets(tmp_path: Path) -> None:
    async def go(base_url: str) -> int:
        key, word = SecretStr("sk-1234567"), SecretStr("secret-word")
        settings = LlmSettings(base_url=base_url, api_key=key, other_secrets=(word,))
        async with aclosing(Provider(settings)) as provider:
            return await provider.download("file-1", tmp_path / "file", "secret-word".__eq__)

    with serve_http(Echo) as base_url:
        size = asyncio.run(go(base_url))
    assert (tmp_path / "file").read_text() == '{"a": "***"}\n{"b": "*** secret-word"}\n***'
    assert size == len('{"a": "sk-1234567"}\n{"b": " secret-word"}\nsk-1234567') + 20
