"""The report in a real browser, which is driven through pipes: no port is opened."""

import json
import os
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.eval.report.report_samples import hostile_page, sample_page
from tests.processes import PATIENCE, Process

pytestmark = pytest.mark.slow

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)
# Chromium takes commands on descriptor 3 and answers on 4, whatever the pipes are here.
_ON_3_AND_4 = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for wanted, end in zip((3, 4), ends):
    os.dup2(end, wanted)
os.execv(sys.argv[3], sys.argv[3:])
"""
_LINEAR = """(function (text) {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = text;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
})"""
_CONTRASTS = f"""(function () {{
  const linear = {_LINEAR};
  const light = (text) => {{
    const [r, g, b] = linear(text);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }};
  const ground = (element) => {{
    for (let each = element; each; each = each.parentElement) {{
      const colour = getComputedStyle(each).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }}
    return "white";
  }};
  document.querySelectorAll("details").forEach((each) => (each.open = true));
  const poor = {{}};
  for (const element of document.querySelectorAll("body *:not(svg *)")) {{
    if (![...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const ink = light(getComputedStyle(element).color), paper = light(ground(element));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < 4.5) poor[element.tagName + "." + element.className] = ratio;
  }}
  return JSON.stringify(poor);
}})()"""


class Browser:
    """A headless Chromium, one page in it, and everything that it reported."""

    def __init__(self, program: str, profile: Path) -> None:
        command_end, self._commands = os.pipe()
        self._answers, answer_end = os.pipe()
        self.process = Process(
            [
                sys.executable,
                "-c",
                _ON_3_AND_4,
                str(command_end),
                str(answer_end),
                program,
                *_FLAGS,
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            pass_fds=(command_end, answer_end),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(command_end)
        os.close(answer_end)
        self._unread = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []

    def attach(self) -> None:
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            assert select.select([self._answers], [], [], PATIENCE)[0], "the browser is stuck"
            chunk = os.read(self._answers, 1 << 20)
            assert chunk, "the browser has gone"
            self._unread += chunk
        message, _, self._unread = self._unread.partition(b"\0")
        return json.loads(message)

    def open(self, path: Path, width: int, scheme: str = "light") -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())

    def value(self, expression: str) -> Any:  # noqa: ANN401 - whatever a script gives
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def of(self, *methods: str) -> list[dict[str, Any]]:
        self.value("0")  # whatever was reported before this has then been read
        return [event["params"] for event in self.events if event.get("method") in methods]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        os.close(self._commands)
        os.close(self._answers)


@contextmanager
def running(profile: Path) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    browser = Browser(program, profile)
    try:
        browser.attach()
        yield browser
    finally:
        browser.close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "sample.html"
    path.write_text(sample_page(), "utf-8")
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "hostile.html"
    path.write_text(hostile_page(), "utf-8")
    return path


@pytest.mark.parametrize("page", ["sample", "hostile"])
def test_nothing_is_asked_for_and_nothing_complains(
    page: str, browser: Browser, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(page)
    browser.open(path, 1200)
    assert browser.of("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown") == []
    urls = [event["request"]["url"] for event in browser.of("Network.requestWillBeSent")]
    assert [url for url in urls if not url.startswith("data:")] == [path.as_uri()]


def test_a_bulletin_runs_no_script_and_brings_no_element(browser: Browser, hostile: Path) -> None:
    browser.open(hostile, 1200)
    assert browser.value("typeof window.injected") == "undefined"
    assert browser.value("document.querySelectorAll('script, img, iframe, b.evil').length") == 0
    assert "<script>window.injected" in browser.value("document.body.textContent")


def test_a_script_would_be_seen_by_these_tests(
    browser: Browser, hostile: Path, tmp_path: Path
) -> None:
    page = tmp_path / "open.html"
    escaped = "&lt;script&gt;window.injected = 1&lt;/script&gt;"
    text = hostile.read_text("utf-8")
    assert escaped in text
    # Twice the same hole: held by the policy first, then with the policy taken out too.
    page.write_text(text.replace(escaped, "<script>window.injected = 1</script>"), "utf-8")
    browser.open(page, 1200)
    assert browser.value("typeof window.injected") == "undefined"
    assert browser.of("Log.entryAdded") != []
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    page.write_text(policy.sub("", page.read_text("utf-8")), "utf-8")
    browser.open(page, 1200)
    assert browser.value("window.injected") == 1


@pytest.mark.parametrize("width", [360, 400, 800, 1200])
@pytest.mark.parametrize("page", ["sample", "hostile"])
def test_the_layout_does_not_overflow_at_any_width(
    page: str, width: int, browser: Browser, request: pytest.FixtureRequest
) -> None:
    browser.open(request.getfixturevalue(page), width)
    browser.value("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert browser.value("window.innerWidth") == width
    assert browser.value("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(scheme: str, browser: Browser, sample: Path) -> None:
    browser.open(sample, 1200, scheme)
    assert json.loads(browser.value(_CONTRASTS)) == {}


def test_light_and_dark_differ(browser: Browser, sample: Path) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    browser.open(sample, 1200, "light")
    light = browser.value(colour)
    browser.open(sample, 1200, "dark")
    assert browser.value(colour) != light


def test_an_opened_bulletin_is_printed_whole(browser: Browser, hostile: Path) -> None:
    browser.open(hostile, 400)
    hidden = """(function () {
      const text = document.querySelector("details[open] .text");
      return text.scrollHeight - text.clientHeight;
    })()"""
    assert browser.value(hidden) > 0
    browser.call("Emulation.setEmulatedMedia", media="print")
    printed = browser.value(hidden)
    browser.call("Emulation.setEmulatedMedia", media="")
    assert printed == 0
