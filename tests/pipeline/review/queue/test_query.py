"""What an address asks of the queue."""

import sqlite3
from contextlib import closing
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.queue.index import QueueIndex
from pipeline.review.queue.query import FILTERS, parse_query, split_words

NAMES = st.sampled_from([*FILTERS, "q", "page", "else"])
VALUES = st.one_of(
    st.text(max_size=30), st.sampled_from(["yes", "no", "error", "2022", "surgery", "²", "9" * 30])
)
ASKED = st.dictionaries(NAMES, VALUES, max_size=6)


@given(ASKED)
def test_an_address_says_the_same_when_it_is_written_again(asked: dict[str, str]) -> None:
    query = parse_query(asked)
    again = parse_query(dict(parse_qsl(query.at(query.page), keep_blank_values=True)))
    assert again == query
    assert query.page >= 1


@given(ASKED)
def test_whatever_is_asked_is_sql_that_can_be_run(asked: dict[str, str]) -> None:
    with closing(sqlite3.connect(":memory:")) as con:
        QueueIndex.make_tables(con, searches_texts=True)
        condition, parameters = parse_query(asked).condition(by_text=True)
        sql = f"SELECT id FROM entries WHERE {condition}"  # noqa: S608 - what is tested
        assert con.execute(sql, parameters).fetchall() == []


def test_words_are_split_as_the_index_splits_them() -> None:
    said = 'general_surgery "cirugía" OR NEAR(a) 58,610\x00 ñ-o\u0301 *'
    assert split_words(said) == ["general", "surgery", "cirugía", "OR", "NEAR", "a", "58", "610",
        "ñ", "o\u0301"]  # fmt: skip


def test_a_choice_that_there_is_not_finds_nothing_and_is_no_error() -> None:
    assert parse_query({"findings": "grave"}).condition(by_text=True) == ("TRUE AND FALSE", [])
