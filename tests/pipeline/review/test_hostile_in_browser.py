"""Bulletins, file names and a model that mean harm, on every page there is: nothing happens."""

import json
import re
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browser import browser_at_rest, settle
from tests.command import Ran, jornada_here, right_answer
from tests.llm_server import answer, serve
from tests.review_client import Client
from tests.review_command import run_review

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

EVIL = (
    '"><img src=http://example.invalid/x onerror=alert(1)><script>alert(2)</script> '
    "=HYPERLINK(1) \x1b[31m \u202edrawkcab\u202c {{ 7 * 7 }}"
)
NAME = '=cmd"><img src=x onerror=alert(3)>\x1b[31m\u202e.txt'
TEXT = f"{EVIL}\n\nEn {EVIL} se otorgaron 300 consultas en la jornada.\n"


def test_nothing_that_bulletins_or_models_say_does_anything_on_any_page(
    page: "Page", tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / NAME).write_text(TEXT, "utf-8")
    here = jornada_here(tmp_path)

    def jornada(*arguments: str) -> Ran:
        with browser_at_rest():
            return here(*arguments)

    assert jornada("extract", "in", "--reader", "baseline").returncode == 0
    said = json.loads(right_answer(TEXT, form="quoted"))
    said["title"], said["programme"] = EVIL, EVIL
    said["figures"][0]["place"] = EVIL
    with serve(*[answer(json.dumps(said))] * 9) as server:
        asked = ("--base-url", server.base_url, "--model", "<b>m</b>", "--prompt", "quoted-v2")
        assert jornada("extract", "in", "--reader", "llm", *asked).returncode in (0, 1)
    files = ("report.html", "show.html", "export.html")
    for command in (
        ("report", "--to", files[0]),
        ("show", "=cmd", "--html", files[1]),
        ("export", "--to", files[2]),
    ):
        ran = jornada(*command)
        assert ran.returncode == 0, ran.stderr
        assert "\x1b" not in ran.stdout + ran.stderr
    with run_review(tmp_path, "--as", EVIL[:20]) as server:
        Client(server.url).wait_for_rows(1)
        ran = jornada("query", "--json", "SELECT document_id FROM documents")
        one = json.loads(ran.stdout)[0]["document_id"]
        paths = [f"{kind}/{one}" for kind in ("document", "compare", "source", "gold", "apart")]
        own = [server.url + path for path in ("", "?q=consultas", "settle", "doubts", *paths)]
        for address in (*own, *((tmp_path / name).as_uri() for name in files)):
            page.goto(address)
            if "/document/" in address:  # its script fetches what it shows
                page.wait_for_selector("[data-ready]")
            assert page.locator("img[src*=example], img[src=x]").count() == 0, address
            words = page.locator("body").text_content() or ""
            if not re.search(
                "/compare/|/apart/|q=|settle|doubts|report.html", address
            ):  # those show no text
                assert "onerror=alert" in words, address
            assert "\u202e" not in words, address
            settle(page)
        refuses_others(server.url)


def refuses_others(address: str) -> None:
    """Hold the server to answering nobody but its own pages."""
    parts = urlsplit(address)
    own = {"Host": parts.netloc, "Origin": f"http://{parts.netloc}"}
    for path, changed in (
        ("/", {}),
        ("/x" + parts.path[2:], {}),
        (parts.path, {"Host": "example.org"}),
        (parts.path, {"Origin": "http://example.org"}),
        (parts.path, {"Sec-Fetch-Site": "cross-site"}),
    ):
        for method in ("GET", "POST"):
            connection = HTTPConnection(parts.netloc, timeout=60)
            connection.request(method, path, headers=own | changed)
            assert connection.getresponse().status == 403, (method, path, changed)
            connection.close()
