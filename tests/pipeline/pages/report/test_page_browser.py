"""The report in a browser, as people look at it and print it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import browser_at_rest, check_looks, each_look, expect, has_room, settle
from tests.pipeline.pages.report.report_store import fill, page_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    with browser_at_rest():
        path = folder / "report.html"
        path.write_text(page_of(fill(folder / "a.duckdb")), "utf-8")
    return path


def test_it_is_accessible_and_fits_in_each_look(page: "Page", report: Path) -> None:
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    check_looks(page)
    for look in each_look(page):
        shown = page.locator("figure svg:visible")
        assert shown.count() * 2 == page.locator("figure svg").count(), look
    settle(page)


def test_colours_of_drawings_follow_the_scheme(page: "Page", report: Path) -> None:
    page.goto(report.as_uri())
    colour = """() => {
        const text = document.querySelector("#main .wide svg text");
        return [getComputedStyle(text).fill, getComputedStyle(document.body).color];
    }"""
    seen = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen.append(page.evaluate(colour))
    (light, _), (dark, _) = seen
    assert light != dark


def test_a_number_leads_to_its_words_and_back_into_a_folded_table(
    page: "Page", report: Path
) -> None:
    page.goto(report.as_uri())
    table = page.locator("section[aria-labelledby=plans] details")
    table.locator("summary").click()
    number = table.locator("a.number").first
    anchor, target = number.get_attribute("id"), number.get_attribute("href")
    number.click()
    expect(page.locator(f"{target} mark")).to_be_visible()
    page.wait_for_url(f"**{target}")
    table.locator("summary").click()
    page.locator(f"{target} a.back[href='#{anchor}']").click()
    expect(page.locator(f"[id='{anchor}']")).to_be_visible()


def test_all_is_printed_and_stays_folded_on_the_screen(page: "Page", report: Path) -> None:
    page.goto(report.as_uri())
    open_now = "() => document.querySelectorAll('details[open]').length"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(open_now) == page.locator("details").count()
    page.emulate_media(media="print")
    # The width of a page of A4 between its margins, in CSS pixels.
    page.set_viewport_size({"width": 695, "height": 1000})
    assert has_room(page)
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(open_now) == 0
