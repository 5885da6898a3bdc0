"""The report says what the store holds, and nothing that is in it can do anything."""

import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from lxml import html

from pipeline.errors import SqlError
from pipeline.runs.deciding import Decisions
from pipeline.store import Store, database
from pipeline.words import Language
from schemas.decision import Decision, DecisionKind
from schemas.finding import Span
from schemas.report import Service
from tests.pipeline.pages.report.report_store import (
    IMAGE,
    SCRIPT,
    figure,
    fill,
    page_of,
    parse,
    put,
    section,
    words,
)

SECTIONS = (
    *("timeline", "services", "plans", "curves", "contradictions", "states", "quality", "quotes"),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return fill(tmp_path_factory.mktemp("report") / f"a{SCRIPT.replace('/', '')}.duckdb")


@pytest.fixture(scope="module")
def source(store: Store) -> str:
    return page_of(store)


@pytest.fixture(scope="module")
def page(source: str) -> html.HtmlElement:
    return parse(source)


def _rows(part: html.HtmlElement) -> list[list[str]]:
    return [[words(cell) for cell in row.xpath("th|td")] for row in part.xpath(".//tbody/tr")]


@pytest.mark.slow
def test_what_a_table_says_of_each_jornada_is_what_the_view_says(
    store: Store, page: html.HtmlElement
) -> None:
    asked = store.ask(
        """SELECT jornada, sum(value)::BIGINT FROM jornada_totals
        WHERE widest AND service = 'surgery' AND status = 'performed' AND unit = 'count'
        GROUP BY jornada, starts_on ORDER BY starts_on"""
    ).rows
    (heading,) = page.xpath("//h3[@id='service-surgery']/..")
    (first, *_) = heading.xpath(".//details")
    said = [
        (words(name), int(re.sub(r"\D", "", number)))
        for row in first.xpath(".//tbody/tr")
        for name, number in [(row.xpath("th")[0], row.xpath("string(td[1]/text())"))]
    ]
    assert said == asked
    assert len(asked) == 2


def test_a_number_that_stands_for_some_places_or_is_rounded_says_so(page: html.HtmlElement) -> None:
    text = words(section(page, "services"))
    assert "≈ 143" in text
    assert "at least, of 2 places" in text
    assert "also printed: 2,774 to 2,775" in text


def test_a_missing_edition_is_a_cross_and_no_zero(page: html.HtmlElement) -> None:
    rows = _rows(section(page, "timeline"))
    missing = [row for row in rows if "missing" in row[3]]
    assert [row[0].split("ª")[0] for row in missing] == ["1", "2", "3", "4", "5", "6", "7", "9"]
    assert {cell for row in missing for cell in (row[2], *row[4:])} == {"–"}


def test_plan_and_result_stand_beside_each_other(page: html.HtmlElement) -> None:
    (row,) = _rows(section(page, "plans"))
    assert row[0] == "surgeries"
    assert row[3] == "2,000"
    assert row[5].endswith("%")


def test_each_contradiction_has_both_quotes(page: html.HtmlElement) -> None:
    part = section(page, "contradictions")
    quotes = sorted(words(quote) for quote in part.xpath(".//q"))
    assert quotes == ["2 mil 774 cirugías", "2 mil 775 cirugías"]
    assert len(part.xpath(".//q")) == 2 * len(part.xpath(".//tbody/tr"))


def test_each_number_leads_to_the_words_that_say_it_and_these_lead_back(
    page: html.HtmlElement,
) -> None:
    numbers = page.xpath("//a[@class='number']")
    assert len(numbers) >= 8
    for number in numbers:
        (entry,) = page.xpath(f"//li[@id='{number.get('href')[1:]}']")
        (quote,) = entry.xpath(".//mark")
        assert words(quote) in words(entry)
        back = [link.get("href") for link in entry.xpath(".//a[@class='back']")]
        assert f"#{number.get('id')}" in back
    anchors = page.xpath("//@id")
    assert len(anchors) == len(set(anchors))
    assert {link[1:] for link in page.xpath("//a/@href")} <= set(anchors)


def test_the_quote_is_marked_within_its_sentence(page: html.HtmlElement) -> None:
    said = [words(entry) for entry in page.xpath("//p[@class='words'][mark='29 trasplantes']")]
    assert said
    assert said[0].startswith("Hubo 2 mil 774 cirugías")


def test_what_is_sure_doubtful_and_reviewed_is_counted(page: html.HtmlElement) -> None:
    (row,) = _rows(section(page, "quality"))
    assert [cell.split()[0] for cell in row[1:5]] == ["8", "7", "0", "1"]


def test_figures_of_a_state_are_in_its_tile_and_others_are_told_of(page: html.HtmlElement) -> None:
    part = section(page, "states")
    assert ["Jalisco", "1", "1"] in [row[:3] for row in _rows(part)]
    assert "7 figures in 3 bulletins lie in no state" in words(part)
    tiles = part.xpath(".//*[local-name()='svg']")[0]
    texts = tiles.xpath(".//*[local-name()='text']/text()")
    assert texts.count("–") == 31, "a state without figures has a dash, no 0"
    assert "0" not in texts


def test_it_loads_nothing_and_lets_nothing_but_its_own_script_run(
    source: str, page: html.HtmlElement
) -> None:
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[^']+'", policy)
    attributes = page.xpath("//@src | //@href | //@*[name()='xlink:href'] | //@srcset | //@action")
    assert all(value.startswith("#") or value == "data:," for value in attributes)
    assert not re.search(r"@import|url\((?!#)", source)
    assert page.xpath("//img | //iframe | //object | //embed | //form | //base") == []
    assert len(page.xpath("//script")) == 1
    drawn = {element.tag for drawing in page.xpath("//figure//svg") for element in drawing.iter()}
    assert drawn <= {"svg", "g", "path", "line", "rect", "text", "title", "desc"}
    assert not list(page.xpath("//@*[starts-with(name(), 'on')]"))


def test_what_was_made_to_do_harm_is_shown(source: str, page: html.HtmlElement) -> None:
    assert "\u202e" not in source
    text = page.text_content()
    for shown in (SCRIPT, IMAGE, "\ufffdgnorw"):
        assert shown in text
    (heading, *_) = page.xpath("//p[@class='about']")
    assert "a<script>" in words(heading)
    assert "somebody" not in source, "folders are nobody's business"


def test_each_drawing_says_what_it_is_and_has_a_table(page: html.HtmlElement) -> None:
    drawings = page.xpath("//figure//svg")
    assert len(drawings) >= 12
    for drawing in drawings:
        assert drawing.get("role") == "img"
        for anchor in drawing.get("aria-labelledby").split():
            assert words(page.get_element_by_id(anchor))
    for drawn in page.xpath("//figure"):
        assert drawn.xpath("following::details")


@pytest.mark.slow
def test_spanish_is_spanish_throughout(store: Store, page: html.HtmlElement) -> None:
    spanish = parse(page_of(store, Language.SPANISH))
    assert spanish.get("lang") == "es"
    assert "cirugías, en total, por jornada" in words(section(spanish, "services"))
    assert "5 de julio de 2022" in spanish.text_content()
    english_headings = {words(each) for each in page.xpath("//h1 | //h2 | //thead//th")}
    spanish_headings = {words(each) for each in spanish.xpath("//h1 | //h2 | //thead//th")}
    assert english_headings & spanish_headings == {"jornada", "jornadas"}


def test_a_condition_restricts_all_that_is_shown_and_one_state_of_the_database_is_asked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    connect = database.connect

    def count(path: Path, *about: object, **more: object) -> object:
        opened.append(path)
        return connect(path, *about, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "connect", count)
    restricted = parse(page_of(store, where="state = 'Jalisco' -- <b>"))
    assert opened == [store.path]
    assert words(restricted.xpath("//code")[0]) == "state = 'Jalisco' -- <b>"
    assert len(restricted.xpath("//ol[@class='quotes']/li")) == 1
    assert "2,774" not in restricted.text_content()
    rows = _rows(section(restricted, "services"))
    assert [row[0] for row in rows] == ["10ª nacional 2022"]


@pytest.mark.parametrize("where", [None, "FALSE"])
def test_of_nothing_each_part_says_so_in_a_sentence(
    where: str | None, store: Store, tmp_path: Path
) -> None:
    empty = Store(tmp_path / "empty.duckdb")
    empty.prepare()
    page = parse(page_of(store if where else empty, where=where))
    for name in SECTIONS:
        part = section(page, name)
        assert part.xpath(".//figure | .//table") == [], name
        assert part.xpath(".//p"), name
        assert part.xpath(".//ul[@class='key']") == [], name
    assert "There is no figure" in page.text_content() or "no figure yet" in page.text_content()


@pytest.mark.parametrize("where", ["nowhere = 1", "TRUE; DROP TABLE figures", "(("])
def test_a_condition_that_cannot_be_run_is_told_of(where: str, store: Store) -> None:
    with pytest.raises(SqlError, match="--where"):
        page_of(store, where=where)
    assert store.ask("SELECT count(*) FROM figures").rows == [(8,)]


def test_of_a_single_bulletin_all_parts_are_there(tmp_path: Path) -> None:
    single = Store(tmp_path / "single.duckdb")
    single.prepare()
    text = "Hubo 29 trasplantes."
    put(
        single,
        text,
        [figure(text, "29 trasplantes", 29, Service.TRANSPLANT)],
        edition=8,
        title="Una",
    )
    page = parse(page_of(single))
    assert "1 bulletin" in page.text_content()
    (link,) = section(page, "services").xpath(".//a[@class='number']")
    assert "29" in words(link)
    for name in SECTIONS:
        assert words(section(page, name)), name


@pytest.mark.slow
def test_what_a_person_decided_is_what_is_reported(store: Store, tmp_path: Path) -> None:
    reviewed = Store(shutil.copyfile(store.path, tmp_path / "reviewed.duckdb"))
    ((document, whole),) = reviewed.ask(
        "SELECT document_id, text FROM documents WHERE text LIKE '%29 trasplantes%'"
    ).rows
    right = figure(whole, "29 trasplantes", 29, Service.SURGERY)
    start = whole.index("29 ")
    decisions = Decisions(reviewed.path)
    decisions.record(
        [
            Decision(
                decision_id=f"{1:032x}",
                document_id=document,
                kind=DecisionKind.CHANGE,
                span=Span(start, start + 2),
                figure=right,
                who="Ana",
                decided_at=datetime(2026, 12, 1),  # noqa: DTZ001 - as the store's
            )
        ]
    )
    decisions.settle()
    page = parse(page_of(reviewed))
    (heading,) = page.xpath("//h3[@id='service-transplant']/..")
    assert heading.xpath(".//a[@class='number']") == []
    assert [_rows(section(page, "quality"))[0][-1].split()[0]] == ["1"]
