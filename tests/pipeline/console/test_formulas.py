"""What a spreadsheet would take for a formula, whatever stands before its sign."""

import csv
import io
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.console.formulas import escape_formula

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫⁼⁺₌₊⩵"
QUOTES = "'\"`´‘’‚‛“”„‟«»‹›′″＇＂"
BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"


def _hidden() -> st.SearchStrategy[str]:
    unseen = "".join(
        sign
        for sign in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(sign)[0] in "ZCM" and not 0xE000 <= ord(sign) < 0xFDD0
    )
    hiding = unseen + QUOTES + BLANK_LETTERS
    # By their places: there are so many that to look at each, as `sampled_from` does, takes long.
    return st.text(st.integers(0, len(hiding) - 1).map(hiding.__getitem__), max_size=5)


BEFORE = st.deferred(_hidden)


@given(before=BEFORE, sign=st.sampled_from(SIGNS), rest=st.text())
def test_nothing_that_cannot_be_seen_hides_the_sign_of_a_formula(
    before: str, sign: str, rest: str
) -> None:
    text = before + sign + rest
    assert escape_formula(text) == f"'{text}"


@given(text=st.text())
def test_an_apostrophe_is_all_that_is_ever_added(text: str) -> None:
    assert escape_formula(text) in (text, f"'{text}")


@given(first=st.characters(categories=["L", "N"], exclude_characters=BLANK_LETTERS), rest=st.text())
def test_text_that_begins_with_a_letter_or_a_digit_is_left_as_it_is(first: str, rest: str) -> None:
    assert escape_formula(first + rest) == first + rest


@given(text=st.text())
def test_what_is_escaped_comes_back_from_csv_as_one_cell(text: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerow([escape_formula(text)])
    file.seek(0)
    assert list(csv.reader(file)) == [[escape_formula(text)]]


@pytest.mark.parametrize("text", ["", " ", "58 mil", "a=b", " ñ", "«más»", "(-5)", "¿=?", "n-1"])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert escape_formula(text) == text


@pytest.mark.parametrize("start", ["\t", "\r", "\n"])
def test_what_could_end_a_cell_before_it_begins_is_no_way_either(start: str) -> None:
    assert escape_formula(f"{start}a") == f"'{start}a"
