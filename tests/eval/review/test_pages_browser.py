"""Gold made in a real browser: settled by keys, saved, and put in doubt."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.labels import gold
from eval.labels.gold import load_gold
from pipeline.documents import read_all
from pipeline.store import Store, new_run
from schemas.reading import ReaderKey
from schemas.report import Status
from tests.browser import check_looks, comes, expect
from tests.eval.review.pages import Pages, decide, document_ids, fetch_read, read_here, served
from tests.eval.review.settle.test_page import BULLETIN, label
from tests.readings import a_reading, put

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    """Serve one bulletin that two people labelled apart, and two readers read as each of them."""
    monkeypatch.setattr(gold, "read_all", read_all)
    with served(read_here(tmp_path, a=BULLETIN), tmp_path / "gold") as pages:
        pages.documents = document_ids(pages.db)
        label(pages, "ana")
        label(pages, "luis", status=Status.PLANNED)
        yield pages


def look_good(page: "Page") -> None:
    """Hold a page to what all of them keep: readable by anybody, and on a phone."""
    check_looks(page)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_differences_are_settled_by_keys_and_saved_as_gold_and_then_doubted(
    pages: Pages, page: "Page"
) -> None:
    document_id = pages.documents["a"]
    page.goto(pages.address + "settle")
    look_good(page)
    page.get_by_role("link", name="ana and luis: 1 difference").click()
    comes(page.get_by_text("Take what both say alike"))
    look_good(page)
    page.keyboard.press("n")
    page.keyboard.press("2")
    comes(page.get_by_text("Settled by eva: as luis"))
    page.keyboard.press("u")
    comes(page.get_by_text("1 of them not settled"))
    page.keyboard.press("1")  # the row has kept the focus
    comes(page.get_by_text("Settled by eva: as ana"))
    page.keyboard.press("a")
    # That none is left is said already: the button goes with the page before.
    page.get_by_role("button", name="Take what both say alike").wait_for(state="detached")
    comes(page.get_by_text("0 of them not settled"))
    look_good(page)
    page.keyboard.press("g")
    comes(page.get_by_role("heading", name="Save as gold"))
    look_good(page)
    page.reload()
    expect(page.locator("[autofocus]")).to_be_focused()
    page.keyboard.press("Enter")
    comes(page.get_by_text(re.compile(f"Saved: {pages.gold}/a.gold.json")))
    look_good(page)
    (bulletin,) = load_gold(pages.gold)
    _, _, read = fetch_read(pages.db, document_id)
    assert bulletin.gold.figures == read.figures

    other = read.figures[0].model_copy(update={"status": Status.PLANNED})
    report = read.model_copy(update={"figures": (other, *read.figures[1:])})
    for prompt in ("one", "two"):
        key = ReaderKey(reader="llm", model="m", prompt=prompt, prompt_hash=prompt, schema_hash="s")
        document = bulletin.document
        put(Store(pages.db), new_run(key), (document, a_reading(document, report=report, key=key)))
    page.goto(pages.address + "doubts")
    look_good(page)
    page.keyboard.press("n")
    page.keyboard.press("2")
    comes(page.get_by_text("No labels of"))
    assert load_gold(pages.gold)[0].gold.figures == report.figures
    page.keyboard.press("?")
    comes(page.get_by_role("dialog").get_by_text("accept what the readers say"))


def test_a_file_that_says_otherwise_is_replaced_by_a_second_yes(pages: Pages, page: "Page") -> None:
    document_id = pages.documents["a"]
    page.goto(f"{pages.address}gold/{document_id}")
    look_good(page)
    page.get_by_role("button", name="Save as it is, unfinished").click()
    comes(page.get_by_text("It is no gold yet"))
    decide(pages.db, document_id, "change", field="title", value="Otro título")
    page.reload()
    comes(page.get_by_role("heading", name="What the file says that is there"))
    page.get_by_text("Line by line").click()
    look_good(page)
    page.get_by_role("button", name="Replace the file, unfinished").click()
    comes(page.get_by_text("It is no gold yet"))
    assert "Otro título" in (pages.gold / "a.gold.json").read_text("utf-8")
