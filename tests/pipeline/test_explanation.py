"""How a sentence is read: what is known in it, and the words on which each number turns."""

import pytest

from pipeline.documents import document_from
from pipeline.explanation import FUTURE, PAST, UNIT, Decider, Explanation, explain
from pipeline.rules.reader import read_report
from pipeline.rules.vocabulary import Phrase, Role
from schemas.document import Metadata
from schemas.report import Service

SENTENCE = (
    "En Sonora se otorgaron más de 58 mil 610 consultas y se prevén 40 cirugías de hernia, "
    "para quienes tienen de 20 a 59 años."
)


def explained(text: str) -> Explanation:
    return explain(document_from(text, Metadata(format="txt")))


@pytest.fixture(scope="module")
def whole() -> Explanation:
    return explained(SENTENCE)


def deciders(whole: Explanation, printed: str) -> dict[str, Decider]:
    (number,) = [one for one in whole.numbers if one.numeral.raw == printed]
    return {one.words: one for one in number.deciders}


def test_every_word_that_is_known_tells_where_it_stands(whole: Explanation) -> None:
    for one in whole.known:
        assert SENTENCE[one.start : one.end] == one.words
    hernia = next(one for one in whole.known if one.words == "hernia")
    assert (hernia.role, hernia.meaning) == (Role.HEAD, "surgery: hernia")
    assert hernia.source == (Phrase("services.surgery.named.hernia", "hernia"),)
    assert [one.start for one in whole.known] == sorted(one.start for one in whole.known)


def test_each_number_is_a_figure_or_has_a_reason(whole: Explanation) -> None:
    assert [(one.numeral.value, one.reason) for one in whole.numbers] == [
        (58610, ""),
        (40, ""),
        (20, "a length of time or an age"),
        (59, "a length of time or an age"),
    ]
    assert all(one.figure or one.reason for one in whole.numbers)


def test_the_words_that_decide_are_those_without_which_it_is_read_otherwise(
    whole: Explanation,
) -> None:
    found = deciders(whole, "58 mil 610")
    assert found["más"].otherwise == ("approximate: no",)
    assert found["Sonora"].otherwise == ("place: national",)
    assert found["consultas"].otherwise == ("set aside: its own noun is no service",)
    assert "hernia" not in found
    assert deciders(whole, "40")["hernia"].otherwise == ("detail: other",)


def test_words_that_overlap_are_left_out_together(whole: Explanation) -> None:
    # A phrase and a verb in the past, each of which is enough.
    found = deciders(whole, "58 mil 610")["otorgaron"]
    assert found.otherwise == ("status: planned",)
    planned = deciders(whole, "40")["prevén"]
    assert planned.otherwise == ("status: performed",)
    assert {phrase.where for phrase in planned.phrases} <= {
        "status.planned_before",
        "verbs.foreseeing",
    }


def test_verbs_and_units_are_known_by_their_form() -> None:
    found = explained("Cosieron 40 cirugías en el HGZ 1 y coserán 50 en el HGZ 2.")
    forms = {one.words: one.role for one in found.known if not one.source}
    assert forms["Cosieron"] == PAST
    assert forms["coserán"] == FUTURE
    assert forms["HGZ 1"] == UNIT
    assert deciders(found, "50")["coserán"] == Decider(
        35, 42, "coserán", (), ("status: performed",)
    )


def test_print_that_can_be_read_in_two_ways_says_so() -> None:
    (number,) = explained("Hubo 64, 255 estudios.").numbers
    assert number.numeral.value == 64255
    assert number.others == ((64, 255),)


def test_dates_are_no_figures_by_their_form_and_articles_say_nothing() -> None:
    found = explained("El 5 de mayo de 2023 se dio una cita y 30 consultas.")
    assert [one.reason for one in found.numbers] == ["by its form: date", "by its form: year", ""]


def test_the_vocabulary_is_afterwards_what_it_was(whole: Explanation) -> None:
    document = document_from(SENTENCE, Metadata(format="txt"))
    report = read_report(document)
    assert [one.service for one in report.figures] == [Service.CONSULTATION, Service.SURGERY]
    assert [one.figure for one in whole.numbers if one.figure] == list(report.figures)
