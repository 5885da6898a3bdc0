"""The document page in a real browser: what a person does with keys and the pointer."""

import re
import uuid
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.runs.deciding import Decisions
from schemas.document import Document
from schemas.finding import Finding, Severity, Span
from tests.browser import check_looks, expect
from tests.pipeline.review.selection import select
from tests.review_server import TOKEN, Served
from tests.reviewed import BULLETIN, a_bulletin, read_by_rules, store_reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route

pytestmark = pytest.mark.slow


def open_document(page: "Page", served: Served, document: Document) -> None:
    page.goto(f"http://{served.host}/{TOKEN}/document/{document.id}")
    page.wait_for_selector("[data-ready]")


def figure(page: "Page", words: str) -> str:
    """Give the selector of a figure's card by words of its quote."""
    found = page.locator("#items .figure", has=page.locator("q", has_text=words))
    return f"[id='{found.get_attribute('id')}']"


def wait_for_accepted(page: "Page", number: int) -> None:
    expect(page.locator("#items .is-accepted")).to_have_count(number)


def kept(db: Path, document: Document) -> list[str]:
    return [one.kind.value for one in Decisions(db).of(document.id)]


def press(page: "Page", *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_figures_are_accepted_one_after_the_other_by_one_key(
    page: "Page", served: Served, db: Path, document: Document
) -> None:
    open_document(page, served, document)
    total = page.locator("#items .figure").count()
    first = page.locator("#items [aria-current]").get_attribute("id")
    press(page, "a")
    page.wait_for_selector(f"[id='{first}'] .is-accepted")
    expect(page.locator(f"#items [aria-current]:not([id='{first}'])")).to_have_count(1)
    press(page, "a", "A")
    wait_for_accepted(page, total)
    expect(page.locator("#counts")).to_contain_text("all decided", use_inner_text=True)
    assert kept(db, document) == ["accept"] * total
    press(page, "u")  # all of one act, and no more
    wait_for_accepted(page, 2)


def test_a_label_is_changed_by_keyboard_alone_and_undone_and_redone(
    page: "Page", served: Served, document: Document
) -> None:
    open_document(page, served, document)
    card = figure(page, "320 cirugías")
    while page.locator("#items [aria-current]").get_attribute("id") not in card:
        press(page, "j")
    press(page, "s")
    page.keyboard.type("tamiz")  # Spanish, of the words of screening
    press(page, "Control+a")
    page.keyboard.type("trasplantes")
    press(page, "Enter", "Tab")
    page.keyboard.type("riñon")
    press(page, "Enter")
    expect(page.locator("[name=service]")).to_have_value("transplant")
    expect(page.locator("[name=detail]")).to_have_value("kidney")
    press(page, "Enter")
    page.wait_for_selector(f"{card} .is-changed")
    expect(page.locator(f"{card} .head")).to_contain_text(
        "transplant trasplantes", use_inner_text=True
    )
    expect(page.locator(card)).to_be_focused()
    press(page, "u")
    page.wait_for_selector(f"{card} .is-changed", state="detached")
    expect(page.locator(f"{card} .head")).to_contain_text("surgery", use_inner_text=True)
    press(page, "r")
    page.wait_for_selector(f"{card} .is-changed")
    press(page, "Control+z")
    page.wait_for_selector(f"{card} .is-changed", state="detached")


def test_kinds_of_another_service_do_not_stay_in_the_form(
    page: "Page", served: Served, document: Document
) -> None:
    open_document(page, served, document)
    while page.locator("#items [aria-current]").get_attribute("id") not in figure(
        page, "320 cirugías"
    ):
        press(page, "j")
    press(page, "s", "Control+a")
    page.keyboard.type("trasplantes")
    press(page, "Enter", "Tab")
    page.keyboard.type("riñon")
    press(page, "Enter", "Shift+Tab", "Control+a")
    page.keyboard.type("detecciones")
    press(page, "Enter")
    expect(page.locator("[name=service]")).to_have_value("screening")
    expect(page.locator("[name=detail]")).to_have_value("")
    press(page, "Escape")


def test_labels_that_are_kept_as_they_stand_are_accepted_not_changed(
    page: "Page", served: Served, db: Path, document: Document
) -> None:
    open_document(page, served, document)
    first = page.locator("#items [aria-current]").get_attribute("id")
    press(page, "e")
    page.wait_for_selector("form.figure-form")
    press(page, "Enter")
    page.wait_for_selector(f"[id='{first}'] .is-accepted")
    assert kept(db, document) == ["accept"]


def test_a_fault_of_what_was_tried_goes_when_something_else_succeeds(
    page: "Page", served: Served, document: Document
) -> None:
    open_document(page, served, document)
    assert select(page, "ofreció", "ofreció") == "ofreció"
    press(page, "+")
    page.wait_for_selector("#notices .is-fault")
    expect(page.locator("#notices")).to_contain_text(
        "No number that could be a figure", use_inner_text=True
    )
    press(page, "a")
    page.wait_for_selector("#items .is-accepted")
    expect(page.locator("#notices .is-fault")).to_have_count(0)


def test_a_wrong_code_is_not_sent_and_leaving_changes_nothing(
    page: "Page", served: Served, db: Path, document: Document
) -> None:
    open_document(page, served, document)
    press(page, "s")
    page.fill("[name=service]", "magic")
    press(page, "Enter")
    expect(page.locator("form .fault")).to_contain_text(
        "“magic” is no service", use_inner_text=True
    )
    press(page, "Escape")
    page.wait_for_selector("form.figure-form", state="detached")
    assert kept(db, document) == []
    expect(page.locator("#items .figure:focus")).to_have_count(1)


def test_keys_are_letters_where_one_writes(
    page: "Page", served: Served, db: Path, document: Document
) -> None:
    open_document(page, served, document)
    press(page, "l")
    page.fill("[name=place]", "")
    page.keyboard.type("aAdu+n")
    expect(page.locator("[name=place]")).to_have_value("aAdu+n")
    assert kept(db, document) == []


def test_a_figure_is_made_of_what_is_selected_in_the_text(
    page: "Page", served: Served, db: Path, document: Document
) -> None:
    open_document(page, served, document)
    # Behind letters that are two halves in the browser, and one character here.
    assert select(page, "ofreció", "días") == "ofreció en 3 días"
    press(page, "+")
    page.wait_for_selector("form.figure-form")
    expect(page.locator("form q")).to_have_text("3 días", use_inner_text=True)
    page.keyboard.type("personal")
    press(page, "Enter", "Enter")
    page.wait_for_selector("#items .is-added")
    (made,) = Decisions(db).of(document.id)
    assert made.span is not None
    assert made.figure is not None
    assert document.text[slice(*made.span)] == "3"
    assert (made.figure.quote, made.figure.service) == ("3 días", "staff")


def test_print_that_can_be_read_in_several_ways_offers_just_those(
    page: "Page", served: Served, document: Document
) -> None:
    open_document(page, served, document)
    card = figure(page, "64, 255")
    page.click(f"{card} .head")
    press(page, "v")
    page.wait_for_selector("[name=value]")
    options = ["64,255 “64, 255”", "64 “64”", "255 “255”"]
    expect(page.locator("[name=value] option")).to_have_text(options)
    page.select_option("[name=value]", label=options[2])
    expect(page.locator("form q")).to_have_text(re.compile("^255 detecciones"))
    page.click("form button.main")
    page.wait_for_selector("#items .is-changed")
    expect(page.locator("#items li", has=page.locator(".is-changed"))).to_contain_text("255")


def test_numbers_that_are_none_are_reached_by_key_and_become_figures(
    page: "Page", served: Served, document: Document
) -> None:
    open_document(page, served, document)
    press(page, "n")
    expect(page.locator("#items .none[aria-current]")).to_have_count(1)
    press(page, "+")
    page.wait_for_selector("form.figure-form")
    expect(page.locator("form.figure-form [name=service]")).to_be_focused()


def test_a_number_that_is_no_item_is_had_by_key(
    page: "Page", served: Served, document: Document
) -> None:
    open_document(page, served, document)
    page.click(figure(page, "58 mil 610"))
    press(page, "m")
    page.wait_for_selector("form.figure-form")
    expect(page.locator("[name=value] option", has_text="2,022 “2022”")).to_have_count(1)
    offered = page.locator("[name=value] option").all_inner_texts()
    assert not [one for one in offered if "610" in one], "it is a figure already"


def test_the_source_is_opened_where_the_current_figure_stands(
    page: "Page", served: Served, document: Document
) -> None:
    open_document(page, served, document)
    page.click(figure(page, "320"))
    at = document.text.index("320")
    link = page.locator("a[data-way=source]")
    expect(link).to_have_attribute("href", re.compile(rf"/source/{document.id}\?at={at}$"))
    page.goto(f"http://{served.host}/{TOKEN}/document/{document.id}?at={at}")
    page.wait_for_selector("[data-ready]")
    expect(page.locator("#items [aria-current] .value")).to_contain_text("320", use_inner_text=True)


def test_nothing_is_offered_to_accept_where_nothing_is_left(
    page: "Page", served: Served, document: Document
) -> None:
    open_document(page, served, document)
    expect(page.locator("#accept-all")).to_be_enabled()
    press(page, "A")
    wait_for_accepted(page, page.locator("#items .figure").count())
    expect(page.locator("#accept-all")).to_be_disabled()
    press(page, "u")
    page.wait_for_selector("#accept-all:enabled")


def test_what_is_decided_without_a_connection_waits_and_is_sent_once(
    context: "BrowserContext",
    complaints: list[str],
    served: Served,
    db: Path,
    document: Document,
) -> None:
    page = context.new_page()
    open_document(page, served, document)
    lost: list[str] = []

    def lose(route: "Route") -> None:
        if lost == [] or lost[-1] != "back":
            lost.append(route.request.post_data or "")
            if len(lost) == 1:  # the answer is lost, but not the question
                route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/decisions*", lose)
    press(page, "a", "a")
    page.wait_for_selector(".is-unsent")
    expect(page.locator(".is-unsent")).to_contain_text(
        "2 decisions are not sent yet", use_inner_text=True
    )
    assert len(page.evaluate("Object.values(sessionStorage)[0]")) > 100
    lost.append("back")
    page.click("text=Try again now")
    page.wait_for_selector(".is-unsent", state="detached")
    assert kept(db, document) == ["accept", "accept"]
    wait_for_accepted(page, 2)
    complaints[:] = [one for one in complaints if "ERR_FAILED" not in one]


def test_unsent_decisions_outlive_a_reload_of_which_the_page_warns(
    browser: "Browser", served: Served, db: Path, document: Document
) -> None:
    with closing(browser.new_context()) as context:
        page = context.new_page()
        warnings: list[str] = []

        def leave(dialog: "Dialog") -> None:
            warnings.append(dialog.type)
            dialog.accept()

        page.on("dialog", leave)
        open_document(page, served, document)
        page.route("**/decisions*", lambda route: route.abort())
        press(page, "a")
        page.wait_for_selector(".is-unsent")
        page.unroute("**/decisions*")
        page.reload()
        page.wait_for_selector("#items .is-accepted")
        assert warnings == ["beforeunload"]
    assert kept(db, document) == ["accept"]


def test_two_windows_see_what_the_other_decides(
    context: "BrowserContext", served: Served, document: Document
) -> None:
    one, other = context.new_page(), context.new_page()
    open_document(one, served, document)
    open_document(other, served, document)
    one.bring_to_front()
    card = figure(one, "320 cirugías")
    one.click(f"{card} >> text=Accept")
    one.wait_for_selector(f"{card} .is-accepted")
    other.bring_to_front()
    other.wait_for_selector(f"{card} .is-accepted")
    expect(other.locator("#notices")).to_contain_text("decided elsewhere", use_inner_text=True)
    # What one of them has not seen yet is not lost by what it decides.
    other.click(f"{figure(other, '58 mil 610')} >> text=Accept")
    wait_for_accepted(other, 2)


def test_the_report_is_changed_row_by_row(page: "Page", served: Served, document: Document) -> None:
    open_document(page, served, document)
    press(page, "i")
    page.click("[aria-label='Change jornadas']")
    page.fill("#fields fieldset input >> nth=0", "9")
    press(page, "Enter")
    page.wait_for_selector("dd.of-jornadas .is-changed")
    expect(page.locator("dd.of-jornadas")).to_contain_text("edition 9", use_inner_text=True)
    page.click("[aria-label='Accept title']")
    page.wait_for_selector("dd.of-title .is-accepted")


def test_pointing_at_one_shows_the_other_and_findings_lead_to_their_words(
    page: "Page", served: Served, db: Path
) -> None:
    document = a_bulletin(f"{BULLETIN}\nFolio {uuid.uuid4().hex}.")
    at = document.text.index("320")
    odd = Finding(check="sums", severity=Severity.WARNING, message="odd", span=Span(at, at + 3))
    reading = read_by_rules(document)
    store_reading(db, document, reading.model_copy(update={"findings": (odd,)}))
    open_document(page, served, document)
    page.hover("#text .valued >> nth=1")
    expect(page.locator("#items .hover")).to_have_count(1)
    page.hover("#items .figure >> nth=0")
    expect(page.locator("#text .hover").first).to_be_visible()
    page.click("#text .valued >> nth=1")
    expect(page.locator("#items [aria-current] .no")).to_have_text("2")
    press(page, "f")
    expect(page.locator("#text .shown")).to_have_text("320")
    expect(page.locator("#items [aria-current] q")).to_have_text(re.compile("^320"))


def test_hostile_words_are_shown_and_do_nothing(page: "Page", served: Served, db: Path) -> None:
    hostile = f'"><img src=x onerror=alert(1)> <script>alert(1)</script> {uuid.uuid4().hex}'
    document = a_bulletin(f"{hostile}\nDieron 300 consultas y 20 cirugías.", title=hostile)
    reading = read_by_rules(document)
    assert reading.report is not None
    figures = tuple(one.model_copy(update={"place": hostile}) for one in reading.report.figures)
    odd = Finding(check=hostile, severity=Severity.ERROR, message=hostile)
    report = reading.report.model_copy(update={"figures": figures, "programme": hostile})
    store_reading(db, document, reading.model_copy(update={"report": report, "findings": (odd,)}))
    open_document(page, served, document)
    press(page, "i", "h", "l")
    expect(page.locator("[name=place]")).to_have_value(
        re.compile(r"onerror=alert\(1\)>", re.IGNORECASE)
    )
    press(page, "Escape")
    expect(page.locator("#document :is(script, img)")).to_have_count(0)
    for place in ("h1", "#text", "#items", "#findings", "#fields"):
        assert "onerror=alert" in (page.locator(place).text_content() or "").casefold()


def test_a_long_text_is_turned_over_by_key(page: "Page", served: Served, db: Path) -> None:
    text = "".join(f"En la semana dieron {n} consultas en Puebla.\n" for n in range(1000, 2500))
    document = store_reading(db, a_bulletin(text + uuid.uuid4().hex))
    open_document(page, served, document)
    expect(page.locator("#windows")).to_contain_text("part 1 of", use_inner_text=True)
    press(page, "w")
    page.wait_for_selector("text=part 2 of")
    expect(page.locator("#text")).not_to_contain_text("1000 consultas", use_inner_text=True)
    press(page, "a")
    page.wait_for_selector("#items .is-accepted")
    (kept_one,) = Decisions(db).of(document.id)
    assert kept_one.span is not None
    assert kept_one.span.start > 10_000


def test_the_page_has_room_and_is_accessible_in_every_look(
    page: "Page", served: Served, document: Document
) -> None:
    open_document(page, served, document)
    press(page, "i", "a")
    page.wait_for_selector("#items .is-accepted")
    press(page, "s")
    page.fill("[name=service]", "c")
    check_looks(page)


def test_labels_that_are_given_apart_are_accessible_in_every_look(
    page: "Page", served: Served, document: Document
) -> None:
    page.goto(f"http://{served.host}/{TOKEN}/document/{document.id}?apart=1&who=eva")
    page.wait_for_selector("[data-ready]")
    expect(page.locator("#items .figure")).to_have_count(0)
    press(page, "n", "+")
    page.wait_for_selector("form.figure-form")
    check_looks(page)
    page.keyboard.press("Escape")
    press(page, "?")
    expect(page.locator("#keys")).not_to_contain_text("save as gold", use_inner_text=True)
