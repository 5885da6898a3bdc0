"""What the tests in a browser rely on: nothing that a page does goes unseen, and nothing stays."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import browser_at_rest, check_accessibility, has_room, settle, take_screenshots
from tests.http_server import serve_http
from tests.processes import Process, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

_HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>T</title><main><h1>T</h1>'
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"
_SCRIPTS = {
    "/v1/console.js": "console.error('said')",
    "/v1/error.js": "setTimeout(() => { throw new Error('thrown'); }, 0)",
    "/v1/dialog.js": "alert('shown')",
    "/v1/fetch.js": "fetch('http://example.org/away').catch(() => {})",
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        script = _SCRIPTS.get(path)
        body = script or f"{_HEAD}{query and f'<script src={query}></script>'}</main>"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        if "fetch" not in query:
            self.send_header("Content-Security-Policy", _POLICY)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with serve_http(_Handler) as url:
        yield url


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.js", "console error: said"),
        ("error.js", "error: thrown"),
        ("dialog.js", "dialog alert: shown"),
        ("fetch.js", "request: GET http://example.org/away"),
    ],
)
def test_what_a_page_complains_of_is_gathered(
    script: str, complaint: str, base: str, page: "Page", complaints: list[str]
) -> None:
    page.goto(f"{base}/page?{script}")
    settle(page)
    assert complaint in complaints
    complaints.clear()


def test_a_page_beside_a_file_is_a_complaint(
    page: "Page", tmp_path: Path, complaints: list[str]
) -> None:
    (tmp_path / "page.html").write_text(f"{_HEAD}<img alt='' src='beside.png'>", "utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    settle(page)
    assert f"request: GET {(tmp_path / 'beside.png').as_uri()}" in complaints
    complaints.clear()


def test_axe_looks_under_a_strict_policy(base: str, page: "Page") -> None:
    page.goto(f"{base}/page")
    check_accessibility(page)
    page.evaluate("() => document.querySelector('main').append(document.createElement('button'))")
    with pytest.raises(AssertionError, match="critical button-name"):
        check_accessibility(page)
    check_accessibility(page, without=["button-name"])


def test_looks_are_the_widths_and_schemes_that_they_say(
    base: str, page: "Page", tmp_path: Path
) -> None:
    page.goto(f"{base}/page")
    taken = take_screenshots(page, tmp_path, "t")
    assert [path.name for path in taken] == [
        *("t-1280-light.png", "t-1280-dark.png", "t-390-light.png", "t-390-dark.png")
    ]
    assert [int.from_bytes(path.read_bytes()[16:20]) for path in taken] == [1280, 1280, 390, 390]
    assert page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
    assert has_room(page)
    page.evaluate("() => document.querySelector('h1').append('x'.repeat(500))")
    assert not has_room(page)


def test_event_loops_run_beside_a_browser_and_after_it(base: str, page: "Page") -> None:
    async def answer() -> int:
        await asyncio.sleep(0)
        return 42

    page.goto(f"{base}/page")
    with browser_at_rest():
        assert asyncio.run(answer()) == 42
    assert page.title() == "T"


def test_after_a_browser_no_event_loop_is_running() -> None:
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


_OPEN = """
import os, pathlib, pytest
from tests.browser import _launched, browser, complaints, context, page
def test_it(page):
    print("a page stands", flush=True)
    if "STAY" in os.environ:
        page.wait_for_timeout(600_000)
"""


@pytest.mark.parametrize("end", ["finished", "killed"])
def test_no_process_stays(end: str, tmp_path: Path) -> None:
    (tmp_path / "test_open.py").write_text(_OPEN)
    # Chromium and Playwright's driver inherit the mark, by which they are found.
    mark = str(tmp_path)
    killed = end == "killed"
    env = {**os.environ, "MARK_OF_TEST": mark, **({"STAY": "1"} if killed else {})}
    command = [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", "--timeout=0"]
    root = Path(__file__).parents[1]
    with Process(
        [*command, f"--rootdir={tmp_path}", str(tmp_path)], cwd=root, env=env, stdout=-1
    ) as process:
        if killed:
            while "a page stands" not in (line := process.line()):
                assert line
            assert len(_marked(mark)) > 2
            process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
    if not killed:
        assert re.search(r"1 passed", out), out
    wait_until(lambda: not _marked(mark), "the end of all processes")


def _marked(mark: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"MARK_OF_TEST={mark}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found
