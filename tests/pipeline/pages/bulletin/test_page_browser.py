"""Pages of bulletins in a real browser."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.pages.bulletin.list_page import ListAbout, render_list
from pipeline.pages.bulletin.page import render_bulletin
from pipeline.words import Language
from tests.browser import check_looks, expect, open_context, settle
from tests.pipeline.pages.bulletin.samples import hostile, sample

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

_LIT = "() => [...document.querySelectorAll('.lit')].map((each) => each.tagName)"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name, bulletin in (("one", sample()), ("hostile", hostile())):
        (folder / f"{name}.html").write_text(render_bulletin(bulletin, Language.SPANISH), "utf-8")
    bulletins = (sample(), hostile(), sample(status="partial")._replace(decided=()))
    parts = render_list(ListAbout(3, 9, "a < b"), bulletins, Language.ENGLISH)
    (folder / "many.html").write_text("".join(parts), "utf-8")
    return folder


def _open(page: "Page", path: Path) -> None:
    page.goto(path.as_uri())
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => one.open = true)")


@pytest.mark.parametrize("name", ["one", "hostile", "many"])
def test_a_page_fits_is_accessible_and_runs_nothing_but_its_own(
    name: str, page: "Page", pages: Path
) -> None:
    _open(page, pages / f"{name}.html")
    check_looks(page)
    assert page.evaluate("() => typeof window.injected") == "undefined"
    settle(page)


def test_the_pointer_and_the_keyboard_light_up_words_and_row(page: "Page", pages: Path) -> None:
    _open(page, pages / "one.html")
    page.hover("tr[data-of='f1'] .value")
    assert page.evaluate(_LIT) == ["MARK", "MARK", "TR"], "a number is set off in its words"
    page.focus("#f1")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#f2")).to_be_focused()
    assert page.evaluate(_LIT) == ["MARK", "MARK", "MARK", "TR"], "and a finding cuts them anew"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#f1")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**#t-f1")


def test_many_are_searched_without_accents_filtered_and_opened(page: "Page", pages: Path) -> None:
    page.goto((pages / "many.html").as_uri())
    shown = page.locator("details.bulletin:visible")
    expect(shown).to_have_count(3)
    page.fill("#words", "MUYLARGOmuylargo")
    expect(shown).to_have_count(1)
    expect(page.locator("#found")).to_have_text("1 / 3 bulletins", use_inner_text=True)
    page.fill("#words", "jornada 11 12–14 august cirugias nandu")
    expect(shown).to_have_count(0)
    page.fill("#words", "casi 90 cirugias. 😀 nandu")
    expect(shown).to_have_count(2)
    page.select_option("#which", "partial")
    expect(shown).to_have_count(1)
    page.click("#open-all")
    expect(page.locator("details[open]")).to_have_count(1)
    page.fill("#words", "")
    page.select_option("#which", "reviewed")
    expect(shown).to_have_count(2)


def test_without_scripts_all_is_there(
    browser: "Browser", complaints: list[str], pages: Path
) -> None:
    with open_context(browser, complaints, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((pages / "many.html").as_uri())
        expect(page.locator("#choices")).to_be_hidden()
        page.locator("summary").first.click()
        page.locator("#b1-f1").click()
        page.wait_for_url("**#b1-t-f1")
        expect(page.locator("details[open] .text")).to_be_visible()
    complaints.clear()  # of the script that did not run


def test_the_text_is_printed_whole(page: "Page", pages: Path) -> None:
    page.set_viewport_size({"width": 700, "height": 300})
    page.goto((pages / "hostile.html").as_uri())
    page.emulate_media(media="print")
    text = page.locator(".text")
    assert text.evaluate("(text) => text.scrollHeight <= text.clientHeight")
