"""Where words stand in a text."""

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quotes import locate
from schemas.finding import Span


def test_a_quote_is_found_at_every_place_it_stands_at() -> None:
    assert locate("10 aquí y 10 allá", "10") == (Span(0, 2), Span(10, 12))


def test_white_space_quotation_marks_and_line_end_hyphens_are_folded() -> None:
    text = "58 mil\n610 con-\n  sultas “de fin”"
    assert locate(text, '58 mil 610 consultas "de fin"') == (Span(0, len(text)),)


def test_a_quote_that_was_taken_before_its_words_were_put_together_is_found() -> None:
    text = "85 cirugías\nde atención médico-quirúrgica"
    assert locate(text, "85 ciru-\ngías de atención médico-\nquirúrgica") == (Span(0, len(text)),)
    assert locate("de 10 12", "10-\n12") == ()


@pytest.mark.parametrize("of_text", ["NFC", "NFD"])
@pytest.mark.parametrize("of_quote", ["NFC", "NFD"])
def test_accents_are_found_however_they_are_written(
    of_text: Literal["NFC", "NFD"], of_quote: Literal["NFC", "NFD"]
) -> None:
    text = unicodedata.normalize(of_text, "Hubo 12 cirugías de oído.")
    (span,) = locate(text, unicodedata.normalize(of_quote, "12 cirugías\nde oído"))
    assert unicodedata.normalize("NFC", text[slice(*span)]) == "12 cirugías de oído"
    assert locate(text, "12 cirugias de oído") == ()


def test_a_verbatim_place_is_preferred_to_a_folded_one() -> None:
    assert locate("5\nmil y 5 mil", "5 mil") == (Span(8, 13),)


@pytest.mark.parametrize("quote", ["58 mil 611", "58mil 610", "5 8 mil 610", "", " \n"])
def test_digits_are_never_folded(quote: str) -> None:
    assert locate("58 mil 610", quote) == ()


# A hyphen at a line's end parts a word, or not: see above.
WORDS = st.text("aáñüZ7½ª“'%.-", min_size=1, max_size=5).filter(
    lambda word: word.strip("-.") and not word.endswith("-")
)
GAPS = st.sampled_from([" ", "\n", "\t ", "\n\n"])
FORMS = st.sampled_from(["NFC", "NFD"])


@given(st.lists(st.tuples(WORDS, GAPS, GAPS), min_size=1, max_size=6), FORMS, FORMS)
def test_words_are_found_whatever_parts_them_and_however_their_accents_are_written(
    words: list[tuple[str, str, str]],
    of_text: Literal["NFC", "NFD"],
    of_quote: Literal["NFC", "NFD"],
) -> None:
    text = unicodedata.normalize(of_text, "".join(gap + word for word, gap, _ in words))
    quote = unicodedata.normalize(of_quote, "".join(gap + word for word, _, gap in words).strip())
    assert locate(f"Hubo {text} y más", quote.replace("“", '"'))
