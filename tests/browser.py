"""A real browser: Chromium, driven by Playwright, that may talk to loopback and to nobody else.

A test takes the fixture `page`, or `context` for several windows, or `browser` for windows that
share nothing. Whatever a page complains of fails the test, unless the test takes it out of
`complaints` itself.
"""

import asyncio
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import pytest

from tests.processes import PATIENCE

if TYPE_CHECKING:  # tests without a browser need not wait for it
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        Dialog,
        Locator,
        LocatorAssertions,
        Page,
        Request,
    )

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
_HEIGHT = 900
_MILLISECONDS = PATIENCE * 1000 / 2
WIDTHS = (1280, 390)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@pytest.fixture(scope="session")
def _launched() -> Iterator["Browser"]:
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it takes half a second

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        with browser_at_rest():
            yield browser
        browser.close()


@pytest.fixture
def browser(_launched: "Browser") -> Iterator["Browser"]:
    """Give the one Chromium of this process.

    Playwright keeps its event loop running between calls, so that nothing else here could run one:
    it is taken for running during tests with a browser alone.
    """
    with _taken_for_running(_launched._loop):  # noqa: SLF001 - told nowhere else
        yield _launched


@contextmanager
def _taken_for_running(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    before = asyncio._get_running_loop()  # noqa: SLF001 - what makes loops sets it so
    asyncio._set_running_loop(loop)  # noqa: SLF001
    try:
        yield
    finally:
        asyncio._set_running_loop(before)  # noqa: SLF001


@contextmanager
def browser_at_rest() -> Iterator[None]:
    """Let the block run an event loop of its own, as `jornada_here` does; no page is used in it."""
    with _taken_for_running(None):
        yield


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Gather what pages complain of; what is left at the end of the test fails it."""
    gathered: list[str] = []
    yield gathered
    assert not gathered, "\n".join(gathered)


@pytest.fixture
def context(browser: "Browser", complaints: list[str]) -> Iterator["BrowserContext"]:
    """Give windows that share nothing with those of other tests."""
    with open_context(browser, complaints) as opened:
        yield opened


@pytest.fixture
def page(context: "BrowserContext") -> "Page":
    """Give one window, 1280 pixels wide and light."""
    return context.new_page()


@contextmanager
def open_context(
    browser: "Browser",
    complaints: list[str],
    *,
    width: int = WIDTHS[0],
    **options: Any,  # noqa: ANN401 - of Playwright
) -> Iterator["BrowserContext"]:
    """Open windows that share nothing with others, as two people have them."""
    viewport = {"width": width, "height": _HEIGHT}
    context = browser.new_context(**({"viewport": viewport, "color_scheme": "light"} | options))
    context.set_default_timeout(_MILLISECONDS)
    _watch(context, complaints)
    try:
        yield context
    finally:
        context.close()


def _watch(context: "BrowserContext", complaints: list[str]) -> None:
    def dismiss(dialog: "Dialog") -> None:
        complaints.append(f"dialog {dialog.type}: {dialog.message}")
        dialog.dismiss()

    def look_at(request: "Request") -> None:
        if not _is_own(request):
            complaints.append(f"request: {request.method} {request.url}")

    context.on("dialog", dismiss)
    context.on("request", look_at)
    context.on("weberror", lambda error: complaints.append(f"error: {error.error}"))
    context.on(
        "console",
        lambda said: (
            said.type in ("error", "warning", "assert")
            and complaints.append(f"console {said.type}: {said.text}")
        ),
    )


def _is_own(request: "Request") -> bool:
    url = urlsplit(request.url)
    if url.scheme == "file":  # a page that is a file asks for itself, and for nothing beside it
        return request.is_navigation_request()
    return url.scheme in ("data", "blob", "about") or url.hostname == "127.0.0.1"


def expect(what: "Locator") -> "LocatorAssertions":
    """Give assertions about what stands on a page, which wait until it is so."""
    from playwright.sync_api import expect  # noqa: PLC0415 - it takes half a second

    expect.set_options(timeout=_MILLISECONDS)
    return expect(what)


def comes(what: "Locator") -> None:
    """Wait for a page that shows it, and for its scripts: until then it takes no keys."""
    what.wait_for()
    what.page.wait_for_load_state()


def settle(page: "Page") -> None:
    """Wait until whatever the page has reported so far is among the complaints."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 0))")


def check_accessibility(
    page: "Page", *, without: Iterable[str] = (), only: Iterable[str] = ()
) -> None:
    """Fail where axe finds anything on the page, whatever its weight.

    `without` names rules to leave out, `only` the ones to keep to: in another scheme, colours.

    The page's own policy does not keep axe out: a debugger may evaluate scripts.
    """
    from axe_playwright_python.base import AXE_SCRIPT  # noqa: PLC0415 - as large

    if page.evaluate("typeof axe") == "undefined":  # half a megabyte, once for each page
        page.evaluate(AXE_SCRIPT)
    options: dict[str, object] = {
        "resultTypes": ["violations"],
        "rules": {rule: {"enabled": False} for rule in without},
    }
    if only:
        options["runOnly"] = list(only)
    found = page.evaluate(f"() => axe.run({json.dumps(options)})")
    assert found["passes"], "axe looked at nothing"
    violations = [
        f"{each['impact']} {each['id']}: {node['html']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
    assert not violations, "\n".join(violations)


def has_room(page: "Page") -> bool:
    """Say whether nothing on the page reaches over its right edge."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"))


def each_look(
    page: "Page", widths: Iterable[int] = WIDTHS, schemes: Iterable[Scheme] = SCHEMES
) -> Iterator[str]:
    """Show the page in each width and scheme, and name it, as "390-dark"."""
    for width in widths:
        for scheme in schemes:
            page.set_viewport_size({"width": width, "height": _HEIGHT})
            page.emulate_media(color_scheme=scheme)
            yield f"{width}-{scheme}"


def check_looks(page: "Page") -> None:
    """Fail where a look of the page lacks room, or axe finds anything in it.

    Schemes differ in colours alone: in the second, those are looked at and nothing else.
    """
    for look in each_look(page):
        assert has_room(page), look
        only = () if look.endswith(SCHEMES[0]) else ("color-contrast",)
        check_accessibility(page, only=only)


def take_screenshots(page: "Page", folder: Path, name: str) -> list[Path]:
    """Take the whole page in each look: `folder/NAME-390-dark.png` and so on."""
    paths = []
    for look in each_look(page):
        paths.append(folder / f"{name}-{look}.png")
        page.screenshot(path=paths[-1], full_page=True)
    return paths
