"""An HTTP server of a test's own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.processes import PATIENCE


def send_json(handler: BaseHTTPRequestHandler, body: object, status: int = 200) -> None:
    """Answer in JSON; whoever asked may have been killed, which some tests are about."""
    data = json.dumps(body).encode()
    with suppress(OSError):
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)


@contextmanager
def serve_http(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on loopback, in threads, while the block runs; give the base URL of its API.

    A request that hangs keeps nobody waiting at the end.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()
