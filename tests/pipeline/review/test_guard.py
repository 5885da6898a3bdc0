"""Who gets an answer, and what every answer says to the browser."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pipeline.review.guard import HEADERS, MOST_BYTES
from tests.processes import wait_until
from tests.review_server import TOKEN, Served, context_for, serve_review

GET = f"GET /{TOKEN}/ HTTP/1.1\r\n"
POST = f"POST /{TOKEN}/ HTTP/1.1\r\n"
EMPTY = "Content-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve an app behind the guard that says what came to it."""

    async def tell(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"in: {len(await request.body())}")

    def fail(_: Request) -> PlainTextResponse:
        raise ValueError("<script>alert(1)</script>\x1b[31m")

    app = Starlette(
        routes=[
            Route(f"/{TOKEN}/", tell, methods=["GET", "POST"]),
            Route(f"/{TOKEN}/fails", fail),
        ]
    )
    context = context_for(Path(tmp_path_factory.mktemp("guard"), "none.duckdb"))
    with serve_review(context, app) as running:
        yield running


@pytest.mark.parametrize(
    "lines",
    [
        "Host: HOST\r\n",
        "Host: HOST\r\nOrigin: http://HOST\r\n",
        "Host: HOST\r\nSec-Fetch-Site: none\r\n",
        "Host: HOST\r\nSec-Fetch-Site: same-origin\r\n",
    ],
)
def test_who_was_given_the_address_is_let_in(served: Served, lines: str) -> None:
    answer = served.send(GET + lines + EMPTY)
    assert (answer.status, answer.body) == (200, "in: 0")


def test_localhost_is_a_name_of_this_machine_however_it_is_written(served: Served) -> None:
    for name in ("localhost", "LocalHost"):
        assert served.send(f"{GET}Host: {name}:{served.port}\r\n{EMPTY}").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:PORT",
        "127.0.0.1.evil.example:PORT",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1:PORT:PORT",
        "127.0.0.1.:PORT",
        "localhost.:PORT",
        "localhost.evil.example:PORT",
        "evil@127.0.0.1:PORT",
        "127.1:PORT",
        "2130706433:PORT",
        "0.0.0.0:PORT",
        "[::1]:PORT",
        "[::ffff:127.0.0.1]:PORT",
        "127.0.0.1:PORT, evil.example",
        "",
    ],
)
def test_other_names_that_lead_here_are_refused(served: Served, host: str) -> None:
    answer = served.send(f"{GET}Host: {host.replace('PORT', str(served.port))}\r\n{EMPTY}")
    assert (answer.status, answer.body) == (403, "Forbidden\n")


@pytest.mark.parametrize(
    "request_",
    [
        f"GET /{TOKEN}/ HTTP/1.1\r\nConnection: close\r\n\r\n",
        f"{GET}Host: HOST\r\nHost: evil.example\r\n{EMPTY}",
        f"{GET}Host: HOST\r\nHost: HOST\r\n{EMPTY}",
        f"{GET}Host : HOST\r\n{EMPTY}",
        f"GET /{TOKEN}/ nothing\r\n\r\n",
        "\x00\x01\x02\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_with_the_same_headers(served: Served, request_: str) -> None:
    answer = served.send(request_)
    assert (answer.status, answer.body) == (400, "")
    assert (
        answer.headers.items() >= {name: value.lower() for name, value in HEADERS.items()}.items()
    )


def test_a_request_of_the_oldest_kind_without_a_host_is_refused(served: Served) -> None:
    assert served.send(f"GET /{TOKEN}/ HTTP/1.0\r\n\r\n").status == 403


@pytest.mark.parametrize(
    "target",
    [
        f"http://evil.example/{TOKEN}/",
        f"http://HOST/{TOKEN}/",
        "/",
        "/favicon.ico",
        f"//{TOKEN}/",
        f"/x/../{TOKEN}/",
        f"/{TOKEN[:-1]}/",
        f"/{TOKEN}x/",
        f"/{TOKEN.upper()}/",
        "/%ff%00%e2%80%ae/",
        f"/?{TOKEN}",
    ],
)
def test_without_the_token_there_is_nothing(served: Served, target: str) -> None:
    answer = served.send(f"GET {target} HTTP/1.1\r\nHost: HOST\r\n{EMPTY}")
    assert (answer.status, answer.body) == (403, "Forbidden\n")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "lines",
    [
        "Origin: http://evil.example\r\n",
        "Origin: https://HOST\r\n",
        "Origin: http://127.0.0.1:1\r\n",
        "Origin: http://HOST.evil.example\r\n",
        "Origin: null\r\n",
        "Origin: null\r\nSec-Fetch-Site: cross-site\r\n",
        "Origin: \r\n",
        "Origin: http://HOST\r\nOrigin: http://evil.example\r\n",
        "Origin: http://HOST\r\nSec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
        "Sec-Fetch-Site: cross-site\r\nX-Jornada-Review: 1\r\n",
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n",
    ],
)
def test_pages_of_others_are_refused(served: Served, method: str, lines: str) -> None:
    answer = served.send(f"{method} /{TOKEN}/ HTTP/1.1\r\nHost: HOST\r\n{lines}{EMPTY}")
    assert (answer.status, answer.body) == (403, "Forbidden\n")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("", 403),
        ("Sec-Fetch-Site: none\r\n", 403),
        ("X-Jornada-Review: 1\r\n", 200),
        ("Origin: http://HOST\r\n", 200),
        # So a form comes from a page that sends no referrer.
        ("Origin: null\r\nSec-Fetch-Site: same-origin\r\n", 200),
    ],
)
def test_what_changes_something_says_where_it_comes_from(
    served: Served, lines: str, status: int
) -> None:
    assert served.send(f"{POST}Host: HOST\r\n{lines}{EMPTY}").status == status


def test_a_body_is_bounded_however_it_comes(served: Served) -> None:
    head = f"{POST}Host: HOST\r\nX-Jornada-Review: 1\r\nConnection: close\r\n"
    most, more = b"x" * MOST_BYTES, b"x" * (MOST_BYTES + 1)

    def whole(body: bytes) -> bytes:
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def in_parts(body: bytes) -> bytes:
        half = len(body) // 2
        parts = b"".join(b"%x\r\n%s\r\n" % (len(it), it) for it in (body[:half], body[half:]))
        return f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + parts + b"0\r\n\r\n"

    for write in (whole, in_parts):
        assert served.send(write(most)).body == f"in: {MOST_BYTES}"
        assert served.send(write(more)).status == 413


def test_every_answer_holds_the_browser_and_none_lets_others_read(served: Served) -> None:
    expected = {name: value.lower() for name, value in HEADERS.items()}
    for path, status in ((f"/{TOKEN}/", 200), ("/", 403), (f"/{TOKEN}/fails", 500), ("*", 403)):
        answer = served.send(f"GET {path} HTTP/1.1\r\nHost: HOST\r\n{EMPTY}")
        assert answer.status == status
        assert answer.headers.items() >= expected.items()
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "server" not in answer.headers
    asked = served.send(
        f"OPTIONS /{TOKEN}/ HTTP/1.1\r\nHost: HOST\r\nOrigin: http://evil.example\r\n"
        f"Access-Control-Request-Method: POST\r\n{EMPTY}"
    )
    assert asked.status == 403
    assert not [name for name in asked.headers if name.startswith("access-control")]


def test_no_answer_to_others_tells_the_token(served: Served) -> None:
    answer = served.send(f"GET /{TOKEN[:5]}/ HTTP/1.1\r\nHost: HOST\r\n{EMPTY}")
    assert TOKEN not in json.dumps(answer)


def test_what_fails_is_one_line_here_and_no_word_there(
    served: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = served.get("/fails")
    assert (answer.status, "script" in answer.body) == (500, False)
    # It is said when the answer is out.
    out, err = wait_until(lambda: any(said := capfd.readouterr()) and said, "the line")
    assert out == ""
    assert err == (
        "unexpected ValueError while a page was made: <script>alert(1)</script>\ufffd[31m\n"
    )
