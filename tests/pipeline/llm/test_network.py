"""Proxies and certificates of one's own, met for real: a proxy and a server of TLS on loopback."""

import json
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.command import Jornada, as_model
from tests.http_server import send_json, serve_http
from tests.processes import run_program

HOST = "models.example"
"""A server that only the proxy finds."""
PASSWORD = "pass-word"  # noqa: S105 - it must not come out
needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="there is no openssl to make a key with"
)
# The client's own way to a proxy with a password.
pytestmark = pytest.mark.filterwarnings(
    "ignore:(BasicAuth|The 'proxy_auth' parameter) is deprecated:DeprecationWarning"
)


class Answers(BaseHTTPRequestHandler):
    """A model of one name; a request of a proxy's client names the whole URL."""

    def do_GET(self) -> None:
        self.reply({"data": [{"id": "scripted"}]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(as_model(asked["messages"][-1]["content"]))

    def reply(self, body: object) -> None:
        send_json(self, body)

    def log_message(self, *_: object) -> None:
        pass


class Proxy(NamedTuple):
    """A proxy, with the requests that came to it: what was asked for, and as whom."""

    url: str
    asked: list[tuple[str, str | None]]


@contextmanager
def proxy(tunnel_to: int = 0) -> Iterator[Proxy]:
    """Run a proxy, which answers for any host itself, or leads a tunnel to that port."""
    asked: list[tuple[str, str | None]] = []

    class Handler(Answers):
        def reply(self, body: object) -> None:
            asked.append((self.path, self.headers.get("Proxy-Authorization")))
            super().reply(body)

        def do_CONNECT(self) -> None:
            asked.append((self.path, self.headers.get("Proxy-Authorization")))
            self.send_response(200)
            self.end_headers()
            with socket.create_connection(("127.0.0.1", tunnel_to)) as there:
                back = threading.Thread(target=pump, args=(there, self.connection), daemon=True)
                back.start()
                pump(self.connection, there)
                back.join()

    with serve_http(Handler) as url:
        yield Proxy(url.removesuffix("/v1").replace("//", f"//me:{PASSWORD}@"), asked)


def pump(one: socket.socket, other: socket.socket) -> None:
    """Carry over what comes, until one end is closed."""
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate that nobody has signed but its own key, beside it."""
    folder = tmp_path_factory.mktemp("tls")
    command = (
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-nodes", "-days", "2", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"),
        *("-keyout", str(folder / "key.pem"), "-out", str(folder / "house.pem")),
    )
    run_program(command)
    return folder / "house.pem"


@contextmanager
def serve_tls(certificate: Path) -> Iterator[int]:
    """Serve the model by TLS; give the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own
            with suppress(OSError), context.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client_address)

    with Server(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def asked(scheme: str) -> tuple[str, ...]:
    return "doctor", "--model", "scripted", "--base-url", f"{scheme}://{HOST}/v1"


def test_calls_go_through_a_proxy(here: Jornada) -> None:
    with proxy() as one:
        ran = here(*asked("http"), HTTP_PROXY=one.url)
    assert ran.returncode == 0, ran.stdout
    assert {path for path, _ in one.asked} == {
        f"http://{HOST}/v1/models",
        f"http://{HOST}/v1/chat/completions",
    }
    assert all(name is not None and name.startswith("Basic ") for _, name in one.asked)
    assert PASSWORD not in ran.stdout + ran.stderr


def test_a_host_that_needs_no_proxy_is_asked_without(here: Jornada) -> None:
    with serve_http(Answers) as url, proxy() as one:
        asked_there = ("doctor", "--model", "scripted", "--base-url", url)
        assert here(*asked_there, HTTP_PROXY=one.url, NO_PROXY="127.0.0.1").returncode == 0
        assert one.asked == []
        assert here(*asked_there, HTTP_PROXY=one.url, NO_PROXY="other.example").returncode == 0
        assert one.asked != []


@needs_openssl
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_of_the_house_are_trusted_through_a_proxy_too(
    here: Jornada, certificate: Path, tmp_path: Path, variable: str
) -> None:
    told = ("openssl", "x509", "-hash", "-noout", "-in", str(certificate))
    name = run_program(told).stdout.strip()
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / f"{name}.0").symlink_to(certificate)
    places = {"SSL_CERT_FILE": str(certificate), "SSL_CERT_DIR": str(tmp_path / "trusted")}
    nothing = dict.fromkeys(places, "")
    with serve_tls(certificate) as port, proxy(port) as one:
        trusting = nothing | {variable: places[variable]}
        ran = here(*asked("https"), HTTPS_PROXY=one.url, **trusting)
        assert ran.returncode == 0, ran.stdout
        assert {path for path, _ in one.asked} == {f"{HOST}:443"}
        doubting = here(*asked("https"), HTTPS_PROXY=one.url, **nothing)
    assert doubting.returncode == 1
    assert "certificate verify failed" in doubting.stdout
    assert PASSWORD not in doubting.stdout + doubting.stderr


def test_what_cannot_be_used_is_told_before_anybody_is_asked(here: Jornada) -> None:
    socks = here(*asked("https"), "--json", HTTPS_PROXY="socks5://127.0.0.1:1080")
    assert "SOCKS proxy is not supported" in json.loads(socks.stdout)["reader"]["said"]
    lacking = here(*asked("https"), "--json", SSL_CERT_FILE="nowhere.pem")
    assert "SSL_CERT_FILE names nowhere.pem" in json.loads(lacking.stdout)["reader"]["said"]
