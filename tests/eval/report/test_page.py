import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from eval.report import number_format
from eval.report.comparison_sentence import describe_comparison
from eval.runs.comparison import Comparison
from eval.runs.reasks import FaultKind, ScoredAnswer
from eval.scoring.paired import Difference
from eval.scoring.ratio import Interval
from eval.scoring.score import MEASURES, score
from pipeline.pages.text import unpack, visible
from tests.eval.report.report_samples import (
    ABOUT,
    DIFFERENCE,
    HOSTILE,
    SCRIPT,
    bulletin,
    hostile_page,
    page_of,
    read,
    report_of,
    result,
    right,
    run_of,
    sample_page,
    spoilt,
)

Page = html.HtmlElement


@pytest.fixture(scope="module")
def sample() -> Page:
    return html.document_fromstring(sample_page())


@pytest.fixture(scope="module")
def hostile() -> Page:
    return html.document_fromstring(hostile_page())


def _texts(found: list[Page]) -> list[str]:
    return [" ".join(element.text_content().split()) for element in found]


def _table(page: Page, caption: str) -> list[list[str]]:
    (table,) = page.xpath(f"//table[contains(caption, '{caption}')]")
    return [_texts(row.xpath("./th|./td")) for row in table.xpath(".//tr")]


def _packed(page: Page, name: str) -> dict[str, object]:
    (script,) = page.xpath(f"//script[@id='{name}']")
    return unpack(script.text)


# What it says


def test_the_head_names_the_gold_the_day_and_the_prompts(sample: Page) -> None:
    (head,) = _texts(sample.xpath("//header"))
    assert "Eval of 3 variants on 9 gold bulletins" in head
    assert "eval/gold · 27 figures · 1 March 2024, 09:30 UTC · jornada 0.1.0" in head
    assert "quoted-v1 · some-model (llm, prompt 3c1d5e7f)" in head
    assert (
        "quoted-v1 · some-model and baseline are not told apart: strict F1 differs by −0." in head
    )
    assert "anchored-v1 failed on 1 of 9 bulletins: 11-jornada (no reading)." in head
    (about,) = _texts(sample.xpath("//section[@id='about']"))
    assert "99-sin-texto: no text found" in about


def test_scores_are_those_of_the_readings_and_the_undefined_is_a_dash(sample: Page) -> None:
    rows = {row[0]: row[1:] for row in _table(sample, "Accuracy")}
    # 23 of 27 right, 29 read: of each of two bulletins one of three, and four read.
    assert rows["baseline"] == [
        *("0.893", "0.821", "0.793", "0.852", "0.893", "–", "0.821"), *("0", "0", "9", "9", "27")
    ]  # fmt: skip
    assert rows["anchored-v1"][8] == "1"
    quotes = {row[0]: row[1:] for row in _table(sample, "Quotes of figures with right values")}
    assert quotes["baseline"] == ["0.893", "1.000", "20", "20", "25"]
    costs = {row[0]: row[1:] for row in _table(sample, "Cost and time")}
    assert costs["quoted-v1 · some-model"][:3] == ["18,000", "3,600", "$0.022"]
    repeats = _table(sample, "Repeats")
    assert [row[0] for row in repeats[1:]] == ["quoted-v1 · some-model"]


def test_answers_that_were_sent_back_are_shown_by_what_for() -> None:
    one = bulletin(12)
    strict = right(one).scores.measures["strict"]
    half = ScoredAnswer(strict._replace(right=1), frozenset({FaultKind.QUOTE}))
    answered = right(one)._replace(answers=(half, ScoredAnswer(strict, frozenset())))
    page = html.document_fromstring(page_of(result("one", answered)))
    _, anything, quote = _table(page, "Answers that were sent back")
    assert anything[1].startswith("anything (1 of 1 first answers, 0 of them needlessly")
    assert anything[2:] == quote[2:] == ["1", "1", "0", "0", "1.000"]
    assert quote[1] == "quote"


def test_nothing_read_and_nothing_to_read_is_a_dash_everywhere() -> None:
    one = bulletin(12)._replace(gold=report_of())
    silent = read(one)._replace(input_tokens=None, cost_usd=None, first_try=None)
    page = html.document_fromstring(page_of(result("silent", silent)))
    assert _table(page, "Accuracy")[1] == [
        "silent", *("–",) * 7, "0", "0", "1", "1", "0"
    ]  # fmt: skip
    assert _table(page, "Cost and time")[1][1:] == ["–", "200", "–", "1.5", "–", "–"]
    assert page.xpath("//caption[contains(., 'Quotes of figures')]") == []
    (strict,) = page.xpath("//table[@class='heat']//td[starts-with(@title, 'strict:')]")
    assert (strict.text_content(), strict.get("class")) == ("–", "none")
    assert "nothing to compare" in page.xpath("string(//header)")
    assert (
        page.xpath(
            "//section[@id='differences' or @id='trend' or @id='prompt-diffs' or @id='tradeoff']"
        )
        == []
    )


def test_the_heat_map_has_a_number_in_each_cell_and_n_in_its_title(sample: Page) -> None:
    (table,) = sample.xpath("//table[@class='heat']")
    assert _texts(table.xpath(".//thead//th"))[1:] == list(MEASURES)
    for cell in table.xpath(".//td"):
        assert re.fullmatch(r"\d\.\d\d|–", cell.text_content())
        assert re.search(r"n = \d+ in the gold$", cell.get("title"))


def test_slices_show_f1_interval_and_n_for_each_variant(sample: Page) -> None:
    (noise,) = sample.xpath("//h3[@id='slice-noise']/..//table")
    rows = [_texts(row.xpath("./th|./td")) for row in noise.xpath(".//tbody/tr")]
    assert [row[0] for row in rows] == ["clean", "ocr"]
    assert all(
        re.fullmatch(r"\d\.\d{3} (\d\.\d{3} to \d\.\d{3} · )?n \d+", cell)
        for row in rows
        for cell in row[1:]
    )
    assert "to" in rows[0][1]


def test_the_page_begins_with_what_differs_in_the_prompts(sample: Page) -> None:
    first = sample.xpath("//main/section")[0]
    assert first.get("id") == "prompt-diffs"
    assert _texts(first.xpath(".//ins")) == ["+ Label each mark."]
    assert _texts(first.xpath(".//del")) == ["− Quote each figure."]
    assert _texts(first.xpath(".//h3")) == [DIFFERENCE.said]
    names = first.xpath(".//div[@class='name' or @class='place']")
    assert _texts(names) == ["--- quoted-v1", "+++ anchored-v1", "@@ -1,2 +1,2 @@"]


def test_each_prompt_is_shown_once_and_one_that_is_lost_says_so(sample: Page) -> None:
    prompts = sample.xpath("//section[@id='prompts']/details")
    assert [each.get("id") for each in prompts] == ["prompt-0", "prompt-1"]
    assert "Quote each figure." in prompts[0].text_content()
    lost = html.document_fromstring(page_of(result("one", right(bulletin(12)))))
    assert "Its text is not known any more" in lost.xpath("string(//section[@id='prompts'])")


def test_quality_is_drawn_against_cost_and_time_with_the_front(sample: Page) -> None:
    rows = _table(sample, "A dash is unknown, and counts as worse")
    assert rows[1] == ["1. baseline", "0.821", "$0.00", "1.5", "yes"]
    assert rows[2][2:4] == ["$0.0012", "1.5"]
    drawings = sample.xpath("//section[@id='tradeoff']//*[name()='svg']")
    assert len(drawings) == 2
    for each in drawings:
        numbers = each.xpath(".//*[name()='text'][@class]/text()")
        assert sorted(numbers) == ["1", "2", "3"]


def test_a_cost_that_one_variant_alone_has_is_not_drawn() -> None:
    unknown = right(bulletin(12))._replace(cost_usd=None)
    page = html.document_fromstring(page_of(result("one", unknown), result("two", unknown)))
    text = page.xpath("string(//section[@id='tradeoff'])")
    assert "Nothing to draw: it is known of no variant." in text
    assert len(page.xpath("//section[@id='tradeoff']//*[name()='svg']")) == 1


def test_earlier_runs_of_this_gold_are_a_trend_and_others_stand_apart(sample: Page) -> None:
    same = _table(sample, "Runs on the same gold")
    quoted = [row for row in same if row[0].startswith("quoted-v1 · some-model")]
    assert [row[1][:10] for row in quoted] == ["2024-03-09", "2024-03-08", "2024-03-06"]
    assert quoted[0][0] == "quoted-v1 · some-model (this eval)"
    assert [row[3:5] for row in quoted[1:]] == [["0.810", "0.760 to 0.830"], ["–", "–"]]
    (other,) = _table(sample, "Runs on other texts or labels")[1:]
    assert other[:1] + other[2:4] == ["quoted-v1 · some-model", "labels", "other"]


def test_runs_are_told_apart_by_the_hash_of_their_gold_not_by_its_folder() -> None:
    own = result("one", right(bulletin(12)))
    runs = (
        run_of(own, 9, 0.9, eval_run_id=own.run_id),
        run_of(own, 8, 0.8, gold_hash="labels that were changed since"),
    )
    page = html.document_fromstring(page_of(own, runs=runs))
    assert len(_table(page, "Runs on the same gold")) == 2
    assert len(_table(page, "Runs on other texts or labels")) == 2


def test_confusions_show_what_a_label_was_read_for_and_quotes(sample: Page) -> None:
    rows = _table(sample, "Labels that anchored-v1 took for others")
    assert rows[1][:4] == ["place", "national", "Puebla", "8"]
    kinds = {row[0]: row[1:] for row in _table(sample, "Kinds of error, in figures")}
    assert kinds["omitted"] == ["2", "12", "3", "yes"]
    assert kinds["wrong place"] == ["0", "0", "8", "no"]
    (button, *_) = sample.xpath("//section[@id='confusions']//button[@data-variant='2']")
    assert button.get("data-quote") == "12 mil 610 cirugías"


def test_every_bulletin_is_listed_with_all_scores_and_has_its_data(sample: Page) -> None:
    listed = sample.xpath("//div[@id='list']/details")
    assert _texts(listed)[7:] == [
        "18-jornada strict F1 0.286 · 0.615 · 0.667",
        "19-jornada strict F1 0.286 · 0.615 · 0.667",
    ]
    assert [each.get("data-number") for each in listed] == [str(number) for number in range(9)]
    assert [line["stem"] for line in _packed(sample, "index")["bulletins"]] == [
        f"{number}-jornada" for number in range(11, 20)
    ]
    for number in range(9):
        assert _packed(sample, f"body-{number}")["text"] == bulletin(number + 11).document.text
        assert len(_packed(sample, f"talk-{number}")) == 3


# Safety


def test_a_bulletin_brings_no_element_no_attribute_and_no_template(hostile: Page) -> None:
    assert hostile.xpath("//img|//iframe|//b[@class='evil']|//comment()") == []
    scripts = hostile.xpath("//script[not(@type)]")
    assert [each.text.split()[0] for each in scripts] == ['"use']
    data = hostile.xpath("//script[@type]")
    assert {each.get("type") for each in data} == {"text/x-packed-json"}
    assert all(re.fullmatch(r"[A-Za-z0-9+/=]+", each.text) for each in data)
    assert {name for element in hostile.iter() for name in element.keys()} <= {  # noqa: SIM118
        *("aria-hidden", "aria-label", "aria-labelledby", "autocomplete", "charset", "class"),
        *("content", "cx", "cy", "data-label", "data-number", "data-quote", "data-variant", "dy"),
        *("height", "hidden", "href", "http-equiv", "id", "lang", "name", "open"),
        *("placeholder", "r", "rel", "role", "scope", "selected", "spellcheck", "style"),
        *(
            "tabindex",
            "text-anchor",
            "title",
            "transform",
            "type",
            "value",
            "width",
            "x",
            "x1",
            "x2",
            "y",
        ),
        *("y1", "y2"),
    }
    text = hostile.text_content()
    assert SCRIPT in text
    assert "{{ 7 * 7 }} {% raw %}" in text
    for place in ("prompt-diffs", "scores", "trend", "confusions", "bulletins", "prompts", "about"):
        assert SCRIPT in hostile.xpath(f"string(//section[@id='{place}'])"), place


def test_no_character_can_turn_the_direction_or_hide(hostile: Page) -> None:
    written = hostile_page()
    for char in "\x00\x07\x1b\u202e\u202c\u200b\ufeff":
        assert char in HOSTILE
        assert char not in written
    assert "␀␇␛[31m �drawkcab�" in hostile.text_content()


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec=None), max_size=80))
def test_any_text_stands_in_the_page_as_it_is(before: str) -> None:
    one = spoilt(bulletin(12, before + " "))
    page = html.document_fromstring(page_of(result(before or "x", one)))
    assert _packed(page, "body-0")["text"] == visible(one.bulletin.document.text)
    assert visible(before or "x") in page.xpath("string(//title)")


def test_the_page_needs_nothing_from_elsewhere_and_forbids_it() -> None:
    written = sample_page()
    page = html.document_fromstring(written)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    sources = dict(each.split(" ", 1) for each in policy.split("; "))
    assert sources.pop("script-src").startswith("'sha256-")
    assert sources == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert [link for link in page.xpath("//@href|//@src") if link[0] != "#"] == ["data:,"]
    assert not re.search(r"url\(|@import|https?://", written)
    assert written.startswith("<!DOCTYPE html>")


# For everyone


def test_headings_are_in_order_and_links_lead_somewhere(sample: Page) -> None:
    levels = [int(heading.tag[1]) for heading in sample.xpath("//h1|//h2|//h3|//h4|//h5")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = sample.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in sample.xpath("//a/@href")} <= set(ids)


def test_tables_have_headers_with_a_scope_and_quotes_a_language(sample: Page) -> None:
    assert sample.get("lang") == "en"
    assert sample.xpath("//th[not(@scope)]") == []
    assert sample.xpath("//table[not(caption) and not(ancestor::div[@class='slices'])]") == []
    assert set(sample.xpath("//q/@lang")) == {"es"}
    assert sample.xpath("//svg[not(@aria-label) and not(@aria-hidden)]") == []


# The sentence


def _compared(
    estimate: float | None,
    interval: Interval | None,
    p: float | None,
    more: int | None = None,
    *,
    least: float | None = None,
    compared: int = 1,
    reposts: int = 0,
) -> Comparison:
    error = None if least is None else Interval(0.3 * least, 0.45 * least)
    found = Difference(estimate, interval, p, 50, more, least, error, reposts)
    return Comparison("b", "a", {"strict": found}, compared)


@pytest.mark.parametrize(
    ("comparison", "said"),
    [
        (
            _compared(0.031, Interval(0.004, 0.058), 0.03, 0),
            "b beats a by 0.031 strict F1 (95 % interval +0.004 to +0.058, p 0.030, 50 bulletins).",
        ),
        (
            _compared(-0.031, Interval(-0.058, -0.004), 0.0001, 0),
            (
                "b is worse than a by 0.031 strict F1 "
                "(95 % interval −0.058 to −0.004, p < 0.001, 50 bulletins)."
            ),
        ),
        (
            _compared(0.01, Interval(-0.01, 0.03), 0.4, 343, least=0.028),
            (
                "b and a are not told apart: strict F1 differs by +0.010 (95 % interval "
                "−0.010 to +0.030, p 0.40, 50 bulletins); about 230 to 580 more gold bulletins "
                "would show a difference of this size, these show one of 0.028."
            ),
        ),
        (
            _compared(0.031, Interval(-0.001, 0.063), 0.06, compared=4),
            (
                "b and a are not told apart: strict F1 differs by +0.031 (95 % interval "
                "−0.001 to +0.063, p 0.06, both for 4 variants at once, 50 bulletins)."
            ),
        ),
        (
            _compared(0.031, Interval(0.004, 0.058), 0.03, 0, reposts=3),
            (
                "b beats a by 0.031 strict F1 (95 % interval +0.004 to +0.058, p 0.030, "
                "50 bulletins of 47 releases)."
            ),
        ),
        (
            _compared(0.0, Interval(0, 0), 1.0),
            (
                "b and a have the same strict score on all 50 bulletins: up to 5.8 % of such "
                "bulletins may still differ (95 % sure)."
            ),
        ),
        (
            _compared(0.0, Interval(0, 0), 1.0, reposts=40),
            (
                "b and a have the same strict score on all 10 releases of 50 bulletins: up to 26 % "
                "of such bulletins may still differ (95 % sure)."
            ),
        ),
        (
            _compared(0.1, None, 0.5),
            (
                "b and a are not told apart: strict F1 differs by +0.100 on 50 bulletins, too few "
                "or too like to say how sure that is."
            ),
        ),
        (
            _compared(None, None, None),
            "b and a cannot be compared: strict F1 is undefined for one of them.",
        ),
    ],
)
def test_the_sentence_says_what_is_known_and_no_more(comparison: Comparison, said: str) -> None:
    assert describe_comparison(comparison) == said


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (0.0, "$0.00"), (0.000034, "$0.000034"), (0.5, "$0.50"), (1234.5, "$1,234.50")],
)
def test_money_keeps_two_digits_that_matter(value: float | None, shown: str) -> None:
    assert number_format.format_money(value) == shown


def test_numbers_too_long_to_read_are_shown_by_their_size() -> None:
    assert number_format.format_count(58610) == "58,610"
    assert number_format.format_count(71.2) == "71.2"
    assert number_format.format_count(10**200) == "1e+200"
    assert (
        number_format.format_count(None)
        == number_format.format_difference(None)
        == number_format.format_average(None)
        == "–"
    )
    assert number_format.format_difference(-0.0001) == "0.000"


def test_about_can_go_without_anything_left_out() -> None:
    one = right(bulletin(12))
    page = html.document_fromstring(page_of(result("one", one), about=ABOUT._replace(excluded=())))
    assert page.xpath("string(//dt[.='Left out']/following-sibling::dd[1])").strip() == "none"
    assert score(one.report, one.bulletin.gold, one.bulletin.document.text) == one.scores
