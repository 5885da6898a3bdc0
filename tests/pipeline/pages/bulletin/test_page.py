import re
from collections.abc import Iterator

import pytest
from lxml import html

from pipeline.checks import hidden_text
from pipeline.pages.bulletin.list_page import ListAbout, render_list
from pipeline.pages.bulletin.marks import Limits
from pipeline.pages.bulletin.page import render_bulletin
from pipeline.pages.bulletin.view import Bulletin, view_bulletin
from pipeline.pages.bulletin.wording import wording_of
from pipeline.words import Language
from schemas.document import Metadata
from schemas.report import JornadaReport
from tests.pipeline.pages.bulletin.samples import FINDINGS, REPORT, TEXT, document, hostile, sample

Page = html.HtmlElement
ES, EN = Language.SPANISH, Language.ENGLISH


def page_of(bulletin: Bulletin, language: Language = EN) -> Page:
    return html.document_fromstring(render_bulletin(bulletin, language))


def list_of(*bulletins: Bulletin, where: str | None = None, language: Language = EN) -> str:
    return "".join(render_list(ListAbout(len(bulletins), 8, where), bulletins, language))


def says(found: list[Page]) -> list[str]:
    return [" ".join(element.text_content().split()) for element in found]


def the_text(page: Page) -> str:
    (text,) = page.xpath("//div[@class='text']")
    for tag in text.xpath(".//a"):
        tag.drop_tree()
    return str(text.text_content())


@pytest.fixture(scope="module")
def english() -> Page:
    return page_of(sample())


def test_the_text_stands_whole_and_each_mark_ends_in_a_link_to_its_row(english: Page) -> None:
    assert the_text(page_of(sample())) == TEXT
    tags = english.xpath("//div[@class='text']//a")
    assert says(tags) == ["1", "2", "!1", "3", "×1", "4"]
    for tag in tags:
        (row,) = english.xpath(f"//*[@id='{tag.get('href')[1:]}']")
        assert row.get("href") == f"#{tag.get('id')}", "and the row's leads back"
        assert row.get("aria-label") == f"{tag.get('aria-label')}, in the text"


def test_every_address_within_the_page_is_there_once(english: Page) -> None:
    names = english.xpath("//@id")
    assert len(names) == len(set(names))
    assert {href[1:] for href in english.xpath("//a/@href")} <= set(names)
    two = html.document_fromstring(list_of(sample(), sample()))
    names = two.xpath("//@id")
    assert len(names) == len(set(names))
    assert {href[1:] for href in two.xpath("//a/@href")} <= set(names)


def test_figures_are_in_words_beside_their_codes(english: Page) -> None:
    rows = [says(row.xpath("./td")) for row in english.xpath("//table//tbody/tr")]
    assert rows == [
        [
            "1",
            "5,980",
            "surgeries: cataract, performed surgery · cataract 5 mil 980 consultas",
            "jornada 11 12–14 August 2022",
            "national",
        ],
        [
            "2 !1",
            "12,475",
            "all services, performed total 12 mil 475 acciones",
            "jornada 11 12–14 August 2022",
            "national",
        ],
        [
            "3 !1",
            "108.5 % of the goal",
            "all services, performed total 108.5% de lo pactado",
            "jornada 11 12–14 August 2022",
            "national",
        ],
        [
            "4",
            "≈ 90",
            "surgeries, planned surgery ✎ corrected by Ana, 1 March 2024 casi 90 cirugías",
            "other 12–14 August 2022",
            "Jalisco",
        ],
    ]


def test_spanish_readers_get_spanish_words() -> None:
    page = page_of(sample(), ES)
    assert page.get("lang") == "es"
    (first, *_, last) = [says(row.xpath("./td")) for row in page.xpath("//table//tbody/tr")]
    assert first[2].startswith("cirugías: catarata, realizado ")
    assert first[3:] == ["jornada 11 12 al 14 de agosto de 2022", "nacional"]
    assert "✎ corregida por Ana, 1 de marzo de 2024" in last[2]
    asides = page.xpath("//li[.//a[@id='a1']]")
    assert says(asides) == ["×1 3 días un lapso o una edad"]
    (finding,) = page.xpath("//li[.//a[@id='x1']]")
    assert "advertencia" in finding.text_content()
    assert says(finding.xpath("./span[@lang='en']")) == ["printed with two values same_fact"]


def test_the_number_itself_stands_out_within_the_words_of_its_figure(english: Page) -> None:
    numbers = english.xpath("//mark[contains(concat(' ', @class, ' '), ' n ')]/text()")
    # A finding begins within the second.
    assert numbers == ["5 mil 980", "12 ", "mil 475", "108.5%", "90"]


def test_a_finding_without_a_place_leads_nowhere(english: Page) -> None:
    (name,) = english.xpath("//*[@id='x2']")
    assert (name.tag, name.text_content()) == ("span", "!2")


def test_what_else_was_read_and_who_read_it_is_told(english: Page) -> None:
    said = " ".join(english.text_content().split())
    for words in (
        "Published: 15 August 2022 · Kind: results · Programme: Jornadas Nacionales",
        "11 · national · 12–14 August 2022 year inferred; the one this is about",
        "Urología surgeries",
        "HGZ 17 highlighted",
        "language model (llm), 1 March 2024, 09:30 UTC",
        "anchored-v2",
        "reviewed by people: 1",
    ):
        assert words in said


def test_folders_of_a_machine_are_told_to_nobody() -> None:
    for written in (render_bulletin(sample(), EN), list_of(sample())):
        assert "boletín 48.txt" in written
        assert not re.search("/home|ana/|secreto", written)


def test_words_that_a_reader_of_the_file_does_not_see_are_told_to_nobody() -> None:
    unseen = document().model_copy(
        update={"metadata": Metadata(format="docx", hidden_words=2, hidden_text="despido masivo")}
    )
    findings = tuple(hidden_text.check(unseen, REPORT))
    assert "despido masivo" in findings[0].message
    (told,) = says(page_of(sample(findings=findings)).xpath("//li[.//*[@id='x1']]"))
    assert told == ("!1 info 2 words that a reader does not see, left out of the text hidden_text")


@pytest.mark.parametrize("language", Language)
def test_a_bulletin_that_was_not_read_says_so_and_nothing_of_why(language: Language) -> None:
    failed = sample(report=None, findings=(), status="failed", error="http://10.0.0.5/v1: no")
    page = page_of(failed._replace(decided=()), language)
    said = says(page.xpath("//p[@class='verdict']"))
    assert said == [wording_of(language)("failed")]
    assert "10.0.0.5" not in html.tostring(page, encoding="unicode")
    assert the_text(page) == TEXT


def test_a_text_about_something_else_says_so() -> None:
    other = sample(report=REPORT.model_copy(update={"relevant": False, "figures": ()}))
    said = says(page_of(other).xpath("//p[@class='verdict']"))
    assert said == ["The text reports on no such health services."]


def test_more_than_can_be_shown_is_counted() -> None:
    view = view_bulletin(sample(), wording_of(EN), Limits(characters=30, rows=1))
    assert "".join(piece.text for piece in view.text.pieces) == TEXT[:30]
    assert view.text.hidden == len(TEXT) - 30
    assert (len(view.figures), view.hidden_figures, view.figure_count) == (1, 3, 4)
    assert (view.hidden_findings, view.worries) == (1, 1)


def test_figures_that_a_condition_chose_are_named() -> None:
    page = html.document_fromstring(
        list_of(sample()._replace(chosen=frozenset({2})), where="a < b")
    )
    assert "With figures that meet: a < b" in page.text_content()
    (chosen,) = page.xpath("//tr[@class='chosen']")
    assert "✓ chosen" in chosen.text_content()
    assert "Chosen by the condition: 1 of 4 figures." in page.text_content()
    (line,) = says(page.xpath("//summary/span"))
    assert line == "15 August 2022 · 1 / 4 figures · 1 finding · ✎ 1"


def test_bulletins_are_taken_one_after_the_other_as_the_page_is_written() -> None:
    taken = 0

    def bulletins() -> Iterator[Bulletin]:
        nonlocal taken
        for _ in range(50):
            taken += 1
            yield sample()

    parts = render_list(ListAbout(50, 200), bulletins(), EN)
    while "Suma IMSS" not in next(parts):
        assert taken < 3


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("form", ["one", "many"])
def test_whatever_a_bulletin_holds_becomes_text(form: str, language: Language) -> None:
    written = (
        render_bulletin(hostile(), language)
        if form == "one"
        else list_of(hostile(), where=hostile().document.text, language=language)
    )
    assert written.startswith("<!DOCTYPE html>")
    assert not re.search("[\x00-\x08\x0b-\x1f\u200b\u202a-\u202e]", written)
    page = html.document_fromstring(written)
    assert len(page.xpath("//script")) == 1
    assert page.xpath("//img|//iframe|//b[@class='evil']|//@onerror") == []
    assert [href for href in page.xpath("//@href") if not href.startswith(("#", "data:,"))] == []
    assert "{{ 7 * 7 }} {where}" in page.text_content(), "nor is it taken for a template"


def test_reports_of_any_shape_have_a_page() -> None:
    bare = JornadaReport(bulletin_kind=REPORT.bulletin_kind)
    page = page_of(sample(report=bare, findings=FINDINGS[1:])._replace(decided=(), sources=()))
    assert page.xpath("//table|//*[@class='names']") == []
    assert says(page.xpath("//h2")) == ["Text", "Figures 0", "Findings 1", "About this reading"]
