import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from eval.report import number_format
from eval.report.comparison_sentence import describe_comparison
from eval.report.page import make_axis, visible
from eval.report.page_bulletins import (
    MOST_PAIRS,
    WORST,
    pick_differing,
    pick_worst,
    text_limit,
    view_bulletin,
    view_pair,
)
from eval.runs.comparison import Comparison
from eval.runs.reasks import FaultKind, ScoredAnswer
from eval.scoring.paired import Difference
from eval.scoring.ratio import Interval
from eval.scoring.score import MEASURES, score
from schemas.report import Service
from tests.eval.report.report_samples import (
    ABOUT,
    HOSTILE,
    SCRIPT,
    bulletin,
    hostile_page,
    mistaken,
    page_of,
    read,
    report_of,
    result,
    right,
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


# What it says


def test_the_head_names_the_gold_the_day_and_the_prompts(sample: Page) -> None:
    (head,) = _texts(sample.xpath("//header"))
    assert "Eval of 3 variants on 9 gold bulletins" in head
    assert "eval/gold · 27 figures · 1 March 2024, 09:30 UTC · jornada 0.1.0" in head
    assert "quoted-v1 · some-model (llm, prompt 3c1d5e7f)" in head
    assert (
        "quoted-v1 · some-model and baseline are not told apart: strict F1 differs by −0." in head
    )
    (about,) = _texts(sample.xpath("//section[@id='about']"))
    assert "99-sin-texto: no text found" in about


def test_scores_are_those_of_the_readings_and_the_undefined_is_a_dash(sample: Page) -> None:
    rows = {row[0]: row[1:] for row in _table(sample, "Accuracy")}
    # 23 of 27 right, 29 read: of each of two bulletins one of three, and four read.
    assert rows["baseline"] == [
        *("0.893", "0.821", "0.793", "0.852", "0.893", "–", "0.821"), *("0", "0", "9", "9", "27")
    ]  # fmt: skip
    assert rows["anchored-v1"][8] == "1"
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
    (strict,) = page.xpath("//table[@class='heat']//td[starts-with(@title, 'strict:')]")
    assert (strict.text_content(), strict.get("class")) == ("–", "none")
    assert "nothing to compare" in page.xpath("string(//header)")
    assert page.xpath("//section[@id='sides' or @id='differences']") == []


def test_the_heat_map_has_a_number_in_each_cell_and_n_in_its_title(sample: Page) -> None:
    (table,) = sample.xpath("//table[@class='heat']")
    assert _texts(table.xpath(".//thead//th"))[1:] == list(MEASURES)
    for cell in table.xpath(".//td"):
        assert re.fullmatch(r"\d\.\d\d|–", cell.text_content())
        assert re.search(r"n = \d+ in the gold$", cell.get("title"))


def test_slices_show_f1_and_n_for_each_variant(sample: Page) -> None:
    (noise,) = sample.xpath("//h3[@id='slice-noise']/..//table")
    rows = [_texts(row.xpath("./th|./td")) for row in noise.xpath(".//tbody/tr")]
    assert [row[0] for row in rows] == ["clean", "ocr"]
    assert all(re.fullmatch(r"\d\.\d{3} n \d+", cell) for row in rows for cell in row[1:])


def test_every_outcome_has_a_sign_beside_its_colour(sample: Page) -> None:
    tags = sample.xpath("//mark/b")
    assert {tag.text_content()[0] for tag in tags} == set("✓≠✗−+?")
    labels = {tag.text_content().partition(" ")[2] for tag in tags if "≠" in tag.text_content()}
    assert labels == {"period, edition", "place"}


def test_the_shown_text_without_the_tags_is_the_bulletin(sample: Page) -> None:
    texts = {bulletin(number).document.text for number in range(11, 20)}
    found = sample.xpath("//div[@class='text']")
    assert len(found) > 20
    for each in found:
        parts = each.xpath(".//text()[not(parent::b)]")
        assert "".join(parts) in texts


def test_labels_that_differ_are_emphasised_on_both_sides(sample: Page) -> None:
    rows = sample.xpath("//section[@id='worst']//tr[td[contains(., 'period, edition')]]")
    gold, was_read = rows[0].xpath("./td")[3:]
    assert _texts(gold.xpath(".//strong")) == ["jornada", "edition 4"]
    assert _texts(was_read.xpath(".//strong")) == ["other", "edition unknown"]


# Which bulletins


def test_codes_are_named_in_spanish_and_english(sample: Page) -> None:
    (named, *_) = sample.xpath("//section[@id='worst']//td//span[@title][text()='surgery']")
    assert named.get("title") == "cirugías / surgeries"


def test_the_worst_come_first_and_those_without_an_error_are_left_out() -> None:
    bulletins = [bulletin(number) for number in range(11, 30)]
    failed = read(bulletins[3], failed=True)
    found = pick_worst(
        result("one", right(bulletins[0]), spoilt(bulletins[1]), failed, mistaken(bulletins[2]))
    )
    assert [each.bulletin.stem for each in found] == ["14-jornada", "12-jornada", "13-jornada"]
    assert len(pick_worst(result("all", *map(spoilt, bulletins)))) == WORST


def test_of_repeats_the_worst_is_shown() -> None:
    one = bulletin(12)
    (found,) = pick_worst(result("one", right(one), spoilt(one, 2), repeats=2))
    assert found.repeat == 2


def test_only_bulletins_read_differently_stand_side_by_side_the_greatest_loss_first() -> None:
    one, two, three = (bulletin(number) for number in (12, 13, 14))
    before = result("a", right(one), right(two), spoilt(three))
    after = result("b", right(one), spoilt(two), right(three))
    assert [pair[0].bulletin.stem for pair in pick_differing(before, after)] == [
        "13-jornada",
        "14-jornada",
    ]


def test_figures_get_better_or_worse_and_backwards_it_is_the_other_way_round() -> None:
    one = bulletin(12)
    worse = view_pair(right(one), spoilt(one), 1000)
    better = view_pair(spoilt(one), right(one), 1000)
    assert (worse.count("better"), worse.count("worse")) == (0, 4)
    assert (better.count("better"), better.count("worse")) == (4, 0)
    assert [change.after for change in better.changes if change.before is None] == []


def test_a_change_is_better_if_the_figure_became_strictly_right() -> None:
    one = bulletin(12)
    first = one.gold.figures[0]
    strictly = read(one, first.model_copy(update={"service": Service.OTHER}))
    loosely = read(one, first.model_copy(update={"place": "Puebla", "approximate": True}))
    for before, after, said in (
        (strictly, loosely, "better"),
        (loosely, strictly, "worse"),
        (read(one), strictly, "other"),
        (read(one, first), loosely, "other"),
    ):
        (change,) = view_pair(before, after, 1000).changes
        assert change.direction == said
    assert [row.strict for row in view_bulletin(strictly, 1000).rows] == [False] * 3
    assert [row.strict for row in view_bulletin(loosely, 1000).rows] == [True, False, False]


# Size


def test_a_long_text_is_cut_and_says_so() -> None:
    one = spoilt(bulletin(12, filler=" palabra" * 4000))
    page = page_of(result("one", one))
    assert "12,1" in html.document_fromstring(page).xpath("string(//p[contains(., 'Cut here')])")
    cut = view_bulletin(one, 50)
    assert sum(len(piece.text) for piece in cut.pieces) == 50
    assert cut.hidden == cut.length - 50
    assert len(cut.rows) == len(one.scores.verdicts)


@pytest.mark.slow
def test_fifty_long_bulletins_and_three_variants_stay_small() -> None:
    bulletins = [bulletin(number, filler=" palabra" * 2500) for number in range(11, 61)]
    page = page_of(
        result("a", *map(right, bulletins)),
        result("b", *map(spoilt, bulletins)),
        result("c", *map(mistaken, bulletins)),
    )
    assert len(page.encode()) < 3_000_000
    assert page.count("<h4>") == 2 * MOST_PAIRS + 2 * WORST


def test_many_texts_are_cut_shorter_than_few_but_never_to_nothing() -> None:
    assert text_limit(1) == text_limit(0) == 20_000
    assert 1_500 < text_limit(250) < 20_000
    assert text_limit(10**6) == 1_500


def test_a_reading_of_thousands_of_figures_says_how_many_are_left_out() -> None:
    one = bulletin(12)
    figures = one.gold.figures * 400
    page = html.document_fromstring(page_of(result("one", read(one, *figures))))
    assert "1,000 more figures are not shown." in page.text_content()


# Safety


def test_a_bulletin_brings_no_element_no_attribute_and_no_template(hostile: Page) -> None:
    assert hostile.xpath("//script|//img|//iframe|//b[@class='evil']|//comment()") == []
    assert {name for element in hostile.iter() for name in element.keys()} <= {  # noqa: SIM118
        *("aria-hidden", "aria-label", "aria-labelledby", "charset", "class", "content"),
        *("cx", "cy", "data-label", "height", "href", "http-equiv", "id", "lang", "name"),
        *("open", "r", "rel", "role", "scope", "style", "tabindex", "text-anchor", "title"),
        *("width", "x", "x1", "x2", "y", "y1", "y2"),
    }
    text = hostile.text_content()
    assert SCRIPT in text
    assert "{{ 7 * 7 }} {% raw %}" in text


def test_no_character_can_turn_the_direction_or_hide(hostile: Page) -> None:
    written = hostile_page()
    for char in "\x00\x07\x1b\u202e\u202c\u200b\ufeff":
        assert char in HOSTILE
        assert char not in written
    assert "␀␇␛[31m �drawkcab�" in hostile.text_content()


@given(st.text(st.characters(codec=None), max_size=60))
def test_visible_keeps_the_length_and_can_be_written(text: str) -> None:
    found = visible(text)
    assert len(found) == len(text)
    found.encode("utf-8")
    assert visible(found) == found


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec=None), max_size=80))
def test_any_text_stands_in_the_page_as_it_is(before: str) -> None:
    one = spoilt(bulletin(12, before + " "))
    page = html.document_fromstring(page_of(result(before or "x", one)))
    (found,) = page.xpath("//div[@class='text']")
    assert "".join(found.xpath(".//text()[not(parent::b)]")) == visible(one.bulletin.document.text)


def test_the_page_needs_nothing_from_elsewhere_and_forbids_it() -> None:
    written = sample_page()
    page = html.document_fromstring(written)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
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


def test_tables_have_headers_with_a_scope_and_texts_a_language(sample: Page) -> None:
    assert sample.get("lang") == "en"
    assert sample.xpath("//th[not(@scope)]") == []
    assert sample.xpath("//table[not(caption) and not(ancestor::div[@class='slices'])]") == []
    assert set(sample.xpath("//div[@class='text']/@lang|//q/@lang")) == {"es"}
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


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=6))
def test_an_axis_holds_all_values_on_few_round_ticks(values: list[float]) -> None:
    scale = make_axis(values)
    assert 2 <= len(scale.ticks) <= 9
    assert scale.ticks[0] <= min(values) + 1e-9
    assert scale.ticks[-1] >= max(values) - 1e-9
    assert list(scale.ticks) == sorted(set(scale.ticks))
    assert all(0 <= float(scale.at(value)[:-1]) <= 100 for value in values)


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
    assert "No bulletin has an error." in page.text_content()
    assert score(one.report, one.bulletin.gold, one.bulletin.document.text) == one.scores
