"""The comparison and the source in a real browser: by keys, and looked at by axe."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import check_looks, comes, expect, settle
from tests.pipeline.documents.test_pdf import pdf
from tests.pipeline.review.compare.test_page import TEXT, two
from tests.pipeline.review.source.test_page import PAGES, store_file
from tests.readings import a_document
from tests.review_server import TOKEN, Served

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.slow


def address(served: Served, path: str) -> str:
    return f"http://{served.host}/{TOKEN}{path}"


def test_differences_are_walked_and_taken_by_keys(
    served: Served, page: "Page", complaints: list[str]
) -> None:
    document = a_document(TEXT)
    two(served, document)
    sent: list[dict[str, object]] = []

    def answer(route: "Route") -> None:
        sent.extend(route.request.post_data_json["decisions"])
        if len(sent) == 1:  # the server is lost once
            route.abort()
        else:
            route.fulfill(json={"state": {}, "refused": []})

    page.route("**/decisions", answer)
    page.goto(address(served, f"/compare/{document.id}"))
    rows = page.locator("[data-differs]")
    page.keyboard.press("n")
    page.keyboard.press("1")
    rows.nth(0).get_by_text("Not decided").wait_for()
    page.keyboard.press("1")
    rows.nth(0).get_by_text("Decided as A has it").wait_for()
    page.keyboard.press("n")
    page.keyboard.press("2")
    rows.nth(1).get_by_text("Decided as B has it").wait_for()
    page.keyboard.press("u")
    rows.nth(1).get_by_text("Undone").wait_for()
    settle(page)
    (lost,) = complaints
    assert "ERR_FAILED" in lost
    complaints.clear()
    kinds = [each["kind"] for each in sent]
    assert kinds == ["change", "change", "accept", "undo"]
    ids = [each["decision_id"] for each in sent]
    assert ids[0] == ids[1]
    assert sent[3]["undoes"] == ids[2]
    page.keyboard.press("p")
    page.keyboard.press("t")
    expect(page.locator("#text-1")).to_be_focused()


def test_pages_are_turned_by_keys(served: Served, page: "Page", tmp_path: Path) -> None:
    document = store_file(served, tmp_path / "a.pdf", pdf(PAGES))
    page.goto(address(served, f"/source/{document.id}"))
    page.keyboard.press("ArrowRight")
    comes(page.get_by_role("heading", name="Page 2 of 2"))
    page.locator(".sheet g[data-number='3'] .numeral").click()
    comes(page.get_by_role("link", name="4,278").and_(page.locator("[aria-current]")))
    page.keyboard.press("ArrowLeft")
    page.get_by_role("heading", name="Page 1 of 2").wait_for()
    # The page's policy lets no text run as a script, so that nothing can be waited for by one.
    expect(page.locator(".sheet img")).to_have_js_property("naturalWidth", 2 * 792)


def test_both_are_fit_for_everybody(served: Served, page: "Page", tmp_path: Path) -> None:
    compared = a_document(TEXT)
    two(served, compared)
    shown = store_file(served, tmp_path / "a.pdf", pdf(PAGES))
    at = shown.text.index("4 mil")
    for path in (f"/compare/{compared.id}", f"/source/{shown.id}?at={at}"):
        page.goto(address(served, path))
        check_looks(page)
