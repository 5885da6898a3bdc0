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

from eval.report.page import Content, render_page
from eval.runs.summary import summarise
from tests.eval.report.report_samples import (
    ABOUT,
    PROMPTS,
    bulletin,
    hostile_page,
    result,
    right,
    sample_page,
    spoilt,
)
from tests.processes import PATIENCE, Process, wait_until

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


_LISTED = """!document.querySelector("#list[aria-busy]")
  && document.getElementById("found").textContent !== \"\""""
_TEXT = "document.querySelector('#list details[open] .text').textContent"


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
        self.wait(_LISTED)

    def wait(self, expression: str) -> None:
        wait_until(lambda: self.value(expression))

    def choose(self, control: str, value: str) -> None:
        """Set a control of the bulletins' list as a person would, and wait for the list."""
        self.value(f"""(() => {{
          const control = document.getElementById({json.dumps(control)});
          control.value = {json.dumps(value)};
          control.dispatchEvent(new Event("input", {{ bubbles: true }}));
        }})()""")
        self.wait(_LISTED)

    def texts(self, selector: str) -> list[str]:
        found = f"document.querySelectorAll({json.dumps(selector)})"
        return self.value(f"[...{found}].map((each) => each.textContent)")

    def shown(self) -> list[str]:
        """Give the names of the bulletins that are listed, in their order."""
        return self.texts("#list > details:not([hidden]) h3")

    def unfold_all(self) -> None:
        """Open all bulletins, and all that is in them."""
        for selector in ("details", "details details", "details details details"):
            self.unfold(f"#list > {selector}" if selector == "details" else f"#list {selector}")

    def unfold(self, selector: str) -> None:
        """Open what can be opened, and wait until it is filled."""
        chosen = f"[...document.querySelectorAll({json.dumps(selector)})]"
        self.value(f"{chosen}.forEach((each) => {{ each.open = true; }})")
        filled = "(each) => !each.open || each.querySelector('.body').hasChildNodes()"
        self.wait(f"{chosen}.every({filled})")
        self.wait("!document.querySelector('details[aria-busy]')")

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


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five hundred bulletins of ordinary length by two variants; what is compared is left out."""
    bulletins = [
        bulletin(number, filler=" ".join(f" palabra{number * each % 977}" for each in range(150)))
        for number in range(11, 511)
    ]
    results = (result("a", *map(right, bulletins)), result("b", *map(spoilt, bulletins)))
    content = Content(results, list(map(summarise, results)), (), ABOUT, PROMPTS)
    path = tmp_path_factory.mktemp("report") / "many.html"
    path.write_text(render_page(content), "utf-8")
    return path


def _bulletin(number: int) -> str:
    return f"#list > details[data-number='{number}']"


# What it asks and runs


@pytest.mark.parametrize("page", ["sample", "hostile"])
def test_nothing_is_asked_for_and_nothing_complains(
    page: str, browser: Browser, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(page)
    browser.open(path, 1200)
    browser.unfold_all()
    assert browser.of("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown") == []
    urls = [event["request"]["url"] for event in browser.of("Network.requestWillBeSent")]
    assert [url for url in urls if not url.startswith("data:")] == [path.as_uri()]


def test_a_bulletin_runs_no_script_and_brings_no_element(browser: Browser, hostile: Path) -> None:
    browser.open(hostile, 1200)
    browser.unfold_all()
    assert browser.value("typeof window.injected") == "undefined"
    assert browser.value("document.querySelectorAll('img, iframe, b.evil').length") == 0
    assert browser.value("document.querySelectorAll('script:not([type])').length") == 1
    opened = browser.value("document.querySelector('#list').textContent")
    # In the text, the quote, the prompt's end, the answer and what was told of it
    assert opened.count("<script>window.injected") > 8
    assert "\u202e" not in opened
    assert "�drawkcab�" in opened


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


# Bulletins


def test_the_greatest_loss_comes_first_and_orders_can_be_changed(
    browser: Browser, sample: Path
) -> None:
    browser.open(sample, 1200)
    browser.choose("variant", "2")
    names = [f"{number}-jornada" for number in range(11, 20)]
    # Of the first variant 18 and 19 are spoilt, of this one 11 failed: there it loses most.
    assert browser.shown() == [*names]
    assert "strict F1 1.000 → 0.000 (−1.000)" in browser.value(
        f'document.querySelector("{_bulletin(0)} .note").textContent'
    )
    browser.choose("variant", "0")
    browser.choose("order", "f1")
    assert browser.shown() == [*names[7:], *names[:7]]
    browser.choose("order", "name")
    assert browser.shown() == names
    browser.choose("variant", "1")
    browser.choose("order", "errors")
    assert len(browser.shown()) == 9


def test_bulletins_are_filtered_by_errors_labels_change_and_kind(
    browser: Browser, sample: Path
) -> None:
    browser.open(sample, 1200)
    browser.choose("variant", "2")
    for which, count in (
        ("partial", 1),
        ("omitted", 1),
        ("label place", 8),
        ("label period", 0),
        ("lost", 7),
        ("gained", 2),
        ("changed", 9),
        ("errors", 9),
    ):
        browser.choose("which", which)
        assert len(browser.shown()) == count, which
        assert browser.value("document.getElementById('found').textContent").startswith(f"{count} ")
    browser.choose("which", "errors")
    browser.choose("part", "noise: clean")
    assert browser.shown() == [f"{number}-jornada" for number in range(12, 20, 2)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("13-JORNADA", ["13-jornada"]),
        ("14 mil   610 cirugias", ["14-jornada"]),
        ("jornada nacional se", [f"{number}-jornada" for number in range(11, 20)]),
        ("dialysis", []),
        ("diálisis", []),
        ("nowhere", []),
    ],
)
def test_a_search_looks_into_names_texts_quotes_and_codes(
    words: str, found: list[str], browser: Browser, sample: Path
) -> None:
    browser.open(sample, 1200)
    browser.choose("order", "name")
    browser.choose("words", words)
    if words.startswith("di"):  # read where the gold has surgery, in what is spoilt
        assert set(browser.shown()) >= {"18-jornada", "19-jornada"}
    else:
        assert browser.shown() == found
    browser.choose("words", "")
    assert len(browser.shown()) == 9


def test_a_quote_of_a_confusion_leads_to_its_bulletin(browser: Browser, sample: Path) -> None:
    browser.open(sample, 1200)
    browser.value("document.querySelector('#confusions button[data-variant=\"2\"]').click()")
    browser.wait(_LISTED)
    assert browser.value("document.getElementById('variant').value") == "2"
    assert browser.shown() == ["12-jornada"]


def test_an_opened_bulletin_shows_text_figures_and_what_changed(
    browser: Browser, sample: Path
) -> None:
    browser.open(sample, 1200)
    browser.choose("variant", "2")
    browser.unfold(_bulletin(1))
    inner = f'document.querySelector("{_bulletin(1)}")'
    texts = browser.value(
        f"""[...{inner}.querySelectorAll('.sides .text')].map((each) => {{
          const copy = each.cloneNode(true);
          copy.querySelectorAll('b').forEach((tag) => tag.remove());
          return copy.textContent;
        }})"""
    )
    assert texts == [bulletin(12).document.text] * 2
    tags = [*("✓1", "✓2", "✓3"), *("≠1 place", "✗2", "✓3")]
    assert browser.texts(f"{_bulletin(1)} .sides b") == tags
    changes = browser.texts(f"{_bulletin(1)} table.figures tbody td:first-child")
    assert changes == ["↓ worse", "↔ other"]
    browser.unfold(f"{_bulletin(1)} details.part")
    assert browser.texts(f"{_bulletin(1)} details.part strong.diff")[0] == "national"


def test_another_variant_redraws_what_is_open(browser: Browser, sample: Path) -> None:
    browser.open(sample, 1200)
    browser.choose("variant", "2")
    browser.unfold(_bulletin(1))
    browser.choose("variant", "0")
    assert browser.value(f'document.querySelectorAll("{_bulletin(1)} .sides").length') == 0
    assert "✓1" in browser.value(_TEXT)


def test_of_repeats_the_worst_is_shown_and_any_can_be_chosen(
    browser: Browser, sample: Path
) -> None:
    browser.open(sample, 1200)
    browser.unfold(_bulletin(0))
    browser.unfold(f"{_bulletin(0)} details.part")
    select = f'document.querySelector("{_bulletin(0)} select")'
    labels = f"[...{select}.options].map((option) => option.textContent)"
    assert browser.value(labels) == ["repeat 1: strict F1 0.286", "repeat 2: strict F1 0.286"]
    browser.open(sample, 1200)
    browser.unfold(_bulletin(7))  # its second repeat is right
    browser.unfold(f"{_bulletin(7)} details.part")
    select = f'document.querySelector("{_bulletin(7)} select")'
    assert browser.value(f"{select}.value") == "0"
    browser.value(f"{select}.value = '1'; {select}.dispatchEvent(new Event('change'))")
    signs = f"[...{select}.closest('.body').querySelectorAll('.text b')].map((b) => b.textContent)"
    assert browser.value(signs) == ["✓1", "✓2", "✓3"]


def test_a_conversation_shows_what_was_asked_answered_and_told(
    browser: Browser, sample: Path
) -> None:
    browser.open(sample, 1200)
    browser.unfold(_bulletin(0))
    browser.unfold(f"{_bulletin(0)} details.part")
    browser.unfold(f"{_bulletin(0)} details.part details.part")
    said = browser.texts(f"{_bulletin(0)} details.part details.part")[0]
    for words in (
        "11 mil 610 cirugías",
        "Be exact.",
        "No answer came.",
        '{"figures": [first]}',
        "figures[0].quote: does not stand in the text",
        "The model was told this, and asked again.",
        "900 tokens in, 80 out · 1.3 s",
        '{"figures": [second]}',
    ):
        assert words in said
    browser.value(f"document.querySelector(\"{_bulletin(0)} a[href='#prompt-0']\").click()")
    assert browser.value("document.getElementById('prompt-0').open")


def test_everything_is_reached_by_keyboard(browser: Browser, sample: Path) -> None:
    browser.open(sample, 1200)
    browser.value("document.getElementById('words').focus()")
    reached = []
    for _ in range(6):
        for kind in ("keyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", windowsVirtualKeyCode=9)
        reached.append(browser.value("document.activeElement.id || document.activeElement.tagName"))
    assert reached[:4] == ["variant", "which", "part", "order"]
    assert reached[4] == "SUMMARY"
    for kind in ("keyDown", "keyUp"):
        browser.call(
            "Input.dispatchKeyEvent", type=kind, key="Enter", text="\r", windowsVirtualKeyCode=13
        )
    browser.wait("document.querySelector('#list > details[open] .text') !== null")


def test_five_hundred_bulletins_stay_small_and_none_is_left_out(many: Path) -> None:
    page = many.read_text("utf-8")
    assert len(page.encode()) < 3_000_000
    assert page.count('<details class="bulletin"') == page.count('id="body-') == 500


def test_five_hundred_bulletins_are_listed_searched_and_opened(
    browser: Browser, many: Path
) -> None:
    browser.open(many, 1200)
    assert len(browser.shown()) == 500
    browser.choose("words", "510 mil 610")
    assert browser.shown() == ["510-jornada"]
    browser.unfold(_bulletin(499))
    assert "510 mil 610" in browser.value(_TEXT)


def test_without_scripts_scores_are_listed_and_a_line_says_why_no_more(
    browser: Browser, sample: Path
) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.call("Page.navigate", url=sample.as_uri())
        browser.wait("document.querySelector('noscript p') !== null")
        assert "takes JavaScript" in browser.value("document.querySelector('noscript').textContent")
        assert browser.shown()[0] == "11-jornada"
        choices = "getComputedStyle(document.getElementById('choices'))"
        assert browser.value(f"{choices}.display") == "none"
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_a_browser_that_cannot_unpack_says_so(browser: Browser, sample: Path) -> None:
    script = browser.call(
        "Page.addScriptToEvaluateOnNewDocument", source="delete window.DecompressionStream;"
    )
    try:
        browser.open(sample, 1200)
        assert "takes one of 2023 or newer" in browser.texts("#found")[0]
        assert len(browser.shown()) == 9
    finally:
        browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script["identifier"])


# How it looks


@pytest.mark.parametrize("width", [360, 390, 800, 1200])
@pytest.mark.parametrize("page", ["sample", "hostile"])
def test_the_layout_does_not_overflow_at_any_width(
    page: str, width: int, browser: Browser, request: pytest.FixtureRequest
) -> None:
    browser.open(request.getfixturevalue(page), width)
    browser.value("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    browser.unfold_all()
    assert browser.value("window.innerWidth") == width
    assert browser.value("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(scheme: str, browser: Browser, sample: Path) -> None:
    browser.open(sample, 1200, scheme)
    browser.unfold_all()
    assert json.loads(browser.value(_CONTRASTS)) == {}


def test_light_and_dark_differ(browser: Browser, sample: Path) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    browser.open(sample, 1200, "light")
    light = browser.value(colour)
    browser.open(sample, 1200, "dark")
    assert browser.value(colour) != light


def test_an_opened_bulletin_is_printed_whole(browser: Browser, hostile: Path) -> None:
    browser.open(hostile, 400)
    browser.unfold("#list > details")
    hidden = """(function () {
      const text = document.querySelector("#list details[open] .text");
      return text.scrollHeight - text.clientHeight;
    })()"""
    assert browser.value(hidden) > 0
    browser.call("Emulation.setEmulatedMedia", media="print")
    printed = browser.value(hidden)
    browser.call("Emulation.setEmulatedMedia", media="")
    assert printed == 0
