"""The report in a real browser."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.report.page import Content, render_page
from eval.runs.summary import summarise
from tests.browser import SCHEMES, Scheme, check_accessibility, expect, has_room, open_context
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

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

_LISTED = """() => !document.querySelector("#list[aria-busy]")
  && document.getElementById("found").textContent !== \"\""""
_TEXT = "#list details[open] .text"


def open_page(page: "Page", path: Path, width: int = 1200, scheme: Scheme = "light") -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(path.as_uri())
    page.wait_for_function(_LISTED)


def choose(page: "Page", control: str, value: str) -> None:
    """Set a control of the bulletins' list as a person would, and wait for the list."""
    chosen = page.locator(f"#{control}")
    if control == "words":
        chosen.fill(value)
    else:
        chosen.select_option(value)
    page.wait_for_function(_LISTED)


def texts(page: "Page", selector: str) -> list[str]:
    return page.locator(selector).all_text_contents()


def shown(page: "Page") -> list[str]:
    """Give the names of the bulletins that are listed, in their order."""
    return texts(page, "#list > details:not([hidden]) h3")


def unfold_all(page: "Page") -> None:
    """Open all bulletins, and all that is in them."""
    for selector in ("> details", "details details", "details details details"):
        unfold(page, f"#list {selector}")


def unfold(page: "Page", selector: str) -> None:
    """Open what can be opened, and wait until it is filled."""
    page.evaluate(
        "(selector) => document.querySelectorAll(selector).forEach((each) => each.open = true)",
        selector,
    )
    page.wait_for_function(
        """(selector) => !document.querySelector("details[aria-busy]")
          && [...document.querySelectorAll(selector)].every(
            (each) => !each.open || each.querySelector(".body").hasChildNodes())""",
        arg=selector,
    )


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
    """Two hundred bulletins of ordinary length by two variants; what is compared is left out."""
    bulletins = [
        bulletin(number, filler=" ".join(f" palabra{number * each % 977}" for each in range(150)))
        for number in range(11, 211)
    ]
    results = (result("a", *map(right, bulletins)), result("b", *map(spoilt, bulletins)))
    content = Content(results, list(map(summarise, results)), (), ABOUT, PROMPTS)
    path = tmp_path_factory.mktemp("report") / "many.html"
    path.write_text(render_page(content), "utf-8")
    return path


def _bulletin(number: int) -> str:
    return f"#list > details[data-number='{number}']"


# What it asks and runs


@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_nothing_is_asked_for_and_nothing_complains(
    name: str, page: "Page", request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(name)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, path)
    unfold_all(page)
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]


def test_a_bulletin_runs_no_script_and_brings_no_element(page: "Page", hostile: Path) -> None:
    open_page(page, hostile)
    unfold_all(page)
    assert page.evaluate("typeof window.injected") == "undefined"
    expect(page.locator("img, iframe, b.evil")).to_have_count(0)
    expect(page.locator("script:not([type])")).to_have_count(1)
    opened = texts(page, "#list")[0]
    # In the text, the quote, the prompt's end, the answer and what was told of it
    assert opened.count("<script>window.injected") > 8
    assert "\u202e" not in opened
    assert "�drawkcab�" in opened


def test_a_script_would_be_seen_by_these_tests(
    page: "Page", complaints: list[str], hostile: Path, tmp_path: Path
) -> None:
    path = tmp_path / "open.html"
    escaped = "&lt;script&gt;window.injected = 1&lt;/script&gt;"
    text = hostile.read_text("utf-8")
    assert escaped in text
    # Twice the same hole: held by the policy first, then with the policy taken out too.
    path.write_text(text.replace(escaped, "<script>window.injected = 1</script>"), "utf-8")
    open_page(page, path)
    assert page.evaluate("typeof window.injected") == "undefined"
    assert complaints != []
    complaints.clear()
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    path.write_text(policy.sub("", path.read_text("utf-8")), "utf-8")
    open_page(page, path)
    assert page.evaluate("window.injected") == 1


# Bulletins


def test_the_greatest_loss_comes_first_and_orders_can_be_changed(
    page: "Page", sample: Path
) -> None:
    open_page(page, sample)
    choose(page, "variant", "2")
    names = [f"{number}-jornada" for number in range(11, 20)]
    # Of the first variant 18 and 19 are spoilt, of this one 11 failed: there it loses most.
    assert shown(page) == [*names]
    assert "strict F1 1.000 → 0.000 (−1.000)" in texts(page, f"{_bulletin(0)} .note")[0]
    choose(page, "variant", "0")
    choose(page, "order", "f1")
    assert shown(page) == [*names[7:], *names[:7]]
    choose(page, "order", "name")
    assert shown(page) == names
    choose(page, "variant", "1")
    choose(page, "order", "errors")
    assert len(shown(page)) == 9


def test_bulletins_are_filtered_by_errors_labels_change_and_kind(
    page: "Page", sample: Path
) -> None:
    open_page(page, sample)
    choose(page, "variant", "2")
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
        choose(page, "which", which)
        assert len(shown(page)) == count, which
        assert texts(page, "#found")[0].startswith(f"{count} ")
    choose(page, "which", "errors")
    choose(page, "part", "noise: clean")
    assert shown(page) == [f"{number}-jornada" for number in range(12, 20, 2)]


def test_a_search_looks_into_names_texts_quotes_and_codes(page: "Page", sample: Path) -> None:
    open_page(page, sample)
    choose(page, "order", "name")
    everything = shown(page)
    assert len(everything) == 9
    for words, found in {
        "13-JORNADA": ["13-jornada"],
        "14 mil   610 cirugias": ["14-jornada"],
        "jornada nacional se": everything,
        "nowhere": [],
        "": everything,
    }.items():
        choose(page, "words", words)
        assert shown(page) == found, words
    for code in ("dialysis", "diálisis"):  # read where the gold has surgery, in what is spoilt
        choose(page, "words", code)
        assert set(shown(page)) >= {"18-jornada", "19-jornada"}, code


def test_a_quote_of_a_confusion_leads_to_its_bulletin(page: "Page", sample: Path) -> None:
    open_page(page, sample)
    page.locator('#confusions button[data-variant="2"]').first.dispatch_event("click")
    page.wait_for_function(_LISTED)
    expect(page.locator("#variant")).to_have_value("2")
    assert shown(page) == ["12-jornada"]


def test_an_opened_bulletin_shows_text_figures_and_what_changed(page: "Page", sample: Path) -> None:
    open_page(page, sample)
    choose(page, "variant", "2")
    unfold(page, _bulletin(1))
    sides = page.locator(f"{_bulletin(1)} .sides .text").evaluate_all(
        """(sides) => sides.map((each) => {
          const copy = each.cloneNode(true);
          copy.querySelectorAll("b").forEach((tag) => tag.remove());
          return copy.textContent;
        })"""
    )
    assert sides == [bulletin(12).document.text] * 2
    tags = [*("✓1", "✓2", "✓3"), *("≠1 place", "✗2", "✓3")]
    assert texts(page, f"{_bulletin(1)} .sides b") == tags
    changes = texts(page, f"{_bulletin(1)} table.figures tbody td:first-child")
    assert changes == ["↓ worse", "↔ other"]
    unfold(page, f"{_bulletin(1)} details.part")
    assert texts(page, f"{_bulletin(1)} details.part strong.diff")[0] == "national"


def test_another_variant_redraws_what_is_open(page: "Page", sample: Path) -> None:
    open_page(page, sample)
    choose(page, "variant", "2")
    unfold(page, _bulletin(1))
    choose(page, "variant", "0")
    expect(page.locator(f"{_bulletin(1)} .sides")).to_have_count(0)
    assert "✓1" in texts(page, _TEXT)[0]


def test_of_repeats_the_worst_is_shown_and_any_can_be_chosen(page: "Page", sample: Path) -> None:
    open_page(page, sample)
    unfold(page, _bulletin(0))
    unfold(page, f"{_bulletin(0)} details.part")
    labels = ["repeat 1: strict F1 0.286", "repeat 2: strict F1 0.286"]
    assert texts(page, f"{_bulletin(0)} select option") == labels
    unfold(page, _bulletin(7))  # its second repeat is right
    unfold(page, f"{_bulletin(7)} details.part")
    part = page.locator(f"{_bulletin(7)} .body", has=page.locator("select")).last
    repeat = part.locator("select")
    assert repeat.input_value() == "0"
    repeat.select_option("1")
    expect(part.locator(".text b")).to_have_text(["✓1", "✓2", "✓3"])


def test_a_conversation_shows_what_was_asked_answered_and_told(page: "Page", sample: Path) -> None:
    open_page(page, sample)
    unfold(page, _bulletin(0))
    unfold(page, f"{_bulletin(0)} details.part")
    unfold(page, f"{_bulletin(0)} details.part details.part")
    said = texts(page, f"{_bulletin(0)} details.part details.part")[0]
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
    page.locator(f"{_bulletin(0)} a[href='#prompt-0']").first.click()
    expect(page.locator("#prompt-0[open]")).to_have_count(1)


def test_everything_is_reached_by_keyboard(page: "Page", sample: Path) -> None:
    open_page(page, sample)
    page.locator("#words").focus()
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert reached == ["variant", "which", "part", "order", "SUMMARY"]
    page.keyboard.press("Enter")
    page.wait_for_selector(_TEXT)


def test_many_bulletins_stay_small_and_none_is_left_out(many: Path) -> None:
    page = many.read_text("utf-8")
    assert len(page.encode()) < 200 * 6_000
    assert page.count('<details class="bulletin"') == page.count('id="body-') == 200


def test_many_bulletins_are_listed_searched_and_opened(page: "Page", many: Path) -> None:
    open_page(page, many)
    assert len(shown(page)) == 200
    choose(page, "words", "210 mil 610")
    assert shown(page) == ["210-jornada"]
    unfold(page, _bulletin(199))
    assert "210 mil 610" in texts(page, _TEXT)[0]


def test_without_scripts_scores_are_listed_and_a_line_says_why_no_more(
    browser: "Browser", complaints: list[str], sample: Path
) -> None:
    with open_context(browser, complaints, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(sample.as_uri())
        expect(page.locator("noscript p").first).to_contain_text(
            "takes JavaScript", use_inner_text=True
        )
        assert shown(page)[0] == "11-jornada"
        expect(page.locator("#choices")).to_be_hidden()


def test_a_browser_that_cannot_unpack_says_so(page: "Page", sample: Path) -> None:
    page.add_init_script("delete window.DecompressionStream;")
    open_page(page, sample)
    assert "takes one of 2023 or newer" in texts(page, "#found")[0]
    assert len(shown(page)) == 9


# How it looks


@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_the_layout_does_not_overflow_at_any_width(
    name: str, page: "Page", request: pytest.FixtureRequest
) -> None:
    open_page(page, request.getfixturevalue(name))
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    unfold_all(page)
    for width in (1200, 800, 390, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert has_room(page), width


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_has_enough_contrast_and_everything_its_name(
    scheme: Scheme, page: "Page", sample: Path
) -> None:
    open_page(page, sample, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    # One bulletin with all that is in it: the others have the same. In them headings skip a level,
    # and regions share their names.
    choose(page, "words", "11 mil 610")
    for selector in ("", "details", "details details"):
        unfold(page, f"{_bulletin(0)} {selector}")
    only = ("color-contrast",) if scheme == "dark" else ()
    check_accessibility(page, without=("heading-order", "landmark-unique"), only=only)


def test_light_and_dark_differ(page: "Page", sample: Path) -> None:
    colours = []
    open_page(page, sample)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours[0] != colours[1]


def test_an_opened_bulletin_is_printed_whole(page: "Page", hostile: Path) -> None:
    open_page(page, hostile, 400)
    unfold(page, "#list > details")
    text = page.locator(_TEXT).first
    hidden = "(text) => text.scrollHeight - text.clientHeight"
    assert text.evaluate(hidden) > 0
    page.emulate_media(media="print")
    assert text.evaluate(hidden) == 0
