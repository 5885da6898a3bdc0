"""What a person does from end to end: commands, a real server, a real browser."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import browser_at_rest, comes, expect, open_context, settle
from tests.command import jornada_here
from tests.pipeline.review.selection import select
from tests.review_client import Client
from tests.review_command import run_review

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[3] / "examples" / "bulletins"
FEW = ("42-nacional-6a-2022.md", "43-jalisco-2a-extraordinaria-2023.html")
SPOILT = """IMSS Colima hizo 120 cirugías en la Octava Jornada Nacional

Colima, Col., a 5 de julio de 2022. En la Octava Jornada Nacional, del 2 al 3 de julio de 2022, se
hicieron 102 cirugías, todas de los ojos, y se otorgaron 58 mil 610 consultas de Medicina Familiar.
También 64 personas hablaron con trabajadoras sociales.
"""


def run(folder: Path, *arguments: str) -> str:
    """Run `jornada ARGUMENTS...` in the folder, beside whatever has its database; give its output.

    To the server it is another process, which would take a second to start for itself alone.
    """
    with browser_at_rest():
        ran = jornada_here(folder)(*arguments)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a folder in which a few bulletins are read, one of which contradicts itself."""
    bulletins = tmp_path / "in"
    bulletins.mkdir()
    for name in FEW:
        (bulletins / name).write_bytes((EXAMPLES / name).read_bytes())
    (bulletins / "colima.txt").write_text(SPOILT, "utf-8")
    run(tmp_path, "extract", "in", "--reader", "baseline")
    return tmp_path


@pytest.fixture
def queue(folder: Path) -> Iterator[str]:
    """Serve the folder's database as ana; give the address of its queue."""
    with run_review(folder, "--as", "ana") as server:
        Client(server.url).wait_for_rows(3)
        yield server.url


def press(page: "Page", *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def open_worst(page: "Page", queue: str) -> None:
    """Go to the first document of the queue by keys."""
    page.goto(queue)
    press(page, "j", "Enter")
    page.wait_for_selector("[data-ready]")


def go_to(page: "Page", words: str) -> None:
    """Go by keys to the item whose words these are in."""
    for _ in range(40):
        if words in page.inner_text("#items [aria-current]"):
            return
        press(page, "j")
    raise AssertionError(f"{words} is not among the items")


def wait_for_left(page: "Page", told: str) -> None:
    page.locator("#counts", has_text=told).wait_for()


def save_as_gold(page: "Page") -> None:
    """Save as gold by keys, and come back."""
    press(page, "g")
    comes(page.get_by_role("heading", name="Save as gold"))
    expect(page.locator("[autofocus]")).to_be_focused()
    press(page, "Enter")
    comes(page.get_by_text("Saved:"))


def score(folder: Path) -> Any:  # noqa: ANN401 - any JSON
    """Score the baseline against what is saved, as the page says to."""
    (variant,) = json.loads(
        run(folder, "eval", "--gold", "gold", "--reader", "baseline", "--json")
    )["variants"]
    return variant["scores"]["strict"]


def test_a_person_corrects_the_worst_document_and_the_score_says_so(
    page: "Page", queue: str, folder: Path
) -> None:
    open_worst(page, queue)
    expect(page.locator("h1")).to_contain_text("120 cirugías", use_inner_text=True)
    press(page, "A")
    wait_for_left(page, "all decided")
    save_as_gold(page)
    before = score(folder)

    page.go_back()
    page.go_back()
    page.wait_for_selector("[data-ready]")
    go_to(page, "102 cirugías")
    press(page, "c")
    page.keyboard.type("oftalm")
    press(page, "Enter", "Enter")
    page.wait_for_selector("#items .is-changed")
    assert select(page, "64 pers", "sociales")
    press(page, "+")
    page.wait_for_selector("form.figure-form")
    page.keyboard.type("trabajo social")
    press(page, "Enter", "Enter")
    page.wait_for_selector("#items .is-added")
    press(page, "u")
    page.wait_for_selector("#items .is-added", state="detached")
    press(page, "r")
    page.wait_for_selector("#items .is-added")
    save_as_gold(page)
    after = score(folder)
    # What was accepted as it was read says that it was read well. Then one is wrong, one missing.
    assert (before["right"], before["read"], before["gold"]) == (3, 3, 3)
    assert (after["right"], after["read"], after["gold"]) == (2, 3, 4)
    told = run(
        folder,
        "query",
        "--json",
        "SELECT value, service, detail, decided, decided_by FROM current_figures "
        "WHERE decided IN ('changed', 'added') ORDER BY value",
    )
    assert [tuple(each.values()) for each in json.loads(told)] == [
        (64, "social_work", None, "added", "ana"),
        (102, "surgery", "ophthalmology", "changed", "ana"),
    ]
    settle(page)


def open_document(page: "Page", address: str, document_id: str) -> None:
    page.goto(f"{address}document/{document_id}")
    page.wait_for_selector("[data-ready]")


def test_two_people_at_two_servers_see_what_the_other_decides(
    browser: "Browser", complaints: list[str], folder: Path, queue: str
) -> None:
    with (
        run_review(folder, "--as", "luis") as second,
        open_context(browser, complaints) as ana,
        open_context(browser, complaints) as luis,
    ):
        told = run(
            folder,
            "query",
            "--json",
            "SELECT document_id FROM current_documents WHERE path LIKE '%colima%'",
        )
        document_id = json.loads(told)[0]["document_id"]
        one, twin, other = ana.new_page(), ana.new_page(), luis.new_page()
        for page, address in ((one, queue), (twin, queue), (other, second.url)):
            open_document(page, address, document_id)
        go_to(one, "102 cirugías")
        go_to(other, "58 mil 610")
        go_to(twin, "120 cirugías")
        press(one, "a")
        press(other, "a")
        press(twin, "d")
        for page in (one, twin, other):
            page.bring_to_front()
            page.locator(".is-accepted", has_text="ana").wait_for()
            page.locator(".is-accepted", has_text="luis").wait_for()
            wait_for_left(page, "2 figures, all decided")
        settle(one)
    with run_review(folder):  # what still waits is stored at the latest when one begins and ends
        pass
    told = run(
        folder,
        "query",
        "--json",
        "SELECT kind, who, count(*) FROM decisions GROUP BY ALL ORDER BY ALL",
    )
    assert [tuple(each.values()) for each in json.loads(told)] == [
        ("accept", "ana", 1),
        ("accept", "luis", 1),
        ("delete", "ana", 1),
    ]
