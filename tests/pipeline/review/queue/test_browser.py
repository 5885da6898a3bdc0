"""The queue in a real browser: by keyboard, in each look, and without scripts."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from pipeline.review.background import work_behind
from pipeline.review.queue.index import QueueIndex
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Source
from tests.browser import check_looks, expect, open_context
from tests.processes import wait_until
from tests.readings import KEY, a_document, a_reading
from tests.review_server import TOKEN, Served, context_for, serve_review

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    store = Store(tmp_path_factory.mktemp("queue") / "jornada.duckdb")
    store.prepare()
    documents = [a_document(f"Boletín {number} de cirugías") for number in range(60)]
    broken = Sighting(Source(path="/b/scan.pdf"), None, "failed", "page 1 is a picture")
    entries = [Entry(each, a_reading(each), now()) for each in documents]
    store.append(new_run(KEY), entries, [broken])
    context = context_for(store.path)
    with work_behind(context), serve_review(context) as running:
        wait_until(lambda: QueueIndex(store.path).tell_progress().is_done, "the index")
        yield running


def address(served: Served, path: str = "/") -> str:
    return f"http://{served.host}/{TOKEN}{path}"


def test_the_keyboard_goes_through_rows_and_pages_searches_and_opens(
    page: "Page", served: Served, complaints: list[str]
) -> None:
    page.goto(address(served))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    expect(page.locator("a.row").nth(0)).to_be_focused()  # the file before it opens nothing
    page.keyboard.press("n")
    page.wait_for_url("**/?page=2")  # and for its scripts, as for all that comes by a new address
    page.keyboard.press("n")
    expect(page.locator("#announce")).to_have_text("This is the last page.", use_inner_text=True)
    page.keyboard.press("p")
    page.wait_for_url(re.compile(r"/\?$|/$"))
    page.keyboard.press("/")
    page.keyboard.type("boletin 7 jj?")
    expect(page.locator("#q")).to_have_value("boletin 7 jj?")
    page.locator("#q").fill("boletin 7")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=boletin+7")  # and no filter that nobody chose
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/document/**")
    complaints[:] = [each for each in complaints if "404" not in each]  # its page is another's


def test_the_sheet_of_keys_opens_and_closes_and_keeps_other_keys_from_the_page(
    page: "Page", served: Served
) -> None:
    page.goto(address(served))
    page.keyboard.press("?")
    sheet = page.locator("#keys")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("next page", use_inner_text=True)
    page.keyboard.press("n")
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()
    assert page.url == address(served)
    page.get_by_role("button", name="Keys").click()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_every_look_has_room_and_can_be_read(page: "Page", served: Served) -> None:
    page.goto(address(served, "/?findings=warning&q=cirugias"))
    check_looks(page)


def test_without_scripts_links_and_forms_do_it(
    browser: "Browser", served: Served, complaints: list[str]
) -> None:
    with open_context(browser, complaints, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address(served))
        page.get_by_role("link", name="Next").first.click()
        page.wait_for_url("**/?page=2")
        page.get_by_text("Filters").click()
        page.get_by_label("Reading").select_option("unreadable")
        page.get_by_role("button", name="Show").click()
        page.wait_for_url("**state=unreadable*")
        page.get_by_text("1 to 1 of 1 document,").first.wait_for()
