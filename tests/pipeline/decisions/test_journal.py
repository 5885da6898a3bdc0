"""Decisions on disk before they are acknowledged, whoever else writes there."""

import json
import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.decisions.journal import DecisionJournal, decisions_path
from pipeline.errors import StoreError
from tests.decisions import a_decision, at, decidable

DOCUMENT = decidable()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return decisions_path(tmp_path / "a.duckdb")


def keep_many(path: Path, who: str) -> None:
    journal = DecisionJournal(path)
    for number in range(20):
        journal.keep([a_decision("delete", DOCUMENT, number, who=who, span=at("320"))])


def test_decisions_are_kept_once_in_their_order_and_forgotten_by_their_id(path: Path) -> None:
    one, two = (a_decision("delete", DOCUMENT, span=at("320")) for _ in range(2))
    DecisionJournal(path).keep([one, two])
    DecisionJournal(path).keep([two.model_copy(update={"who": "EVA"}), one])
    journal = DecisionJournal(path)
    assert journal.list_kept() == journal.list_kept(DOCUMENT.id) == (one, two)
    assert journal.list_kept("another") == ()
    journal.forget([one.decision_id])
    assert journal.list_kept() == (two,)


def test_to_look_at_a_journal_makes_none(path: Path) -> None:
    assert DecisionJournal(path).list_kept() == ()
    assert not path.exists()


@pytest.mark.slow
def test_two_processes_write_at_the_same_time(path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    both = [spawn.Process(target=keep_many, args=(path, who)) for who in ("ANA", "EVA")]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    kept = DecisionJournal(path).list_kept()
    assert [process.exitcode for process in both] == [0, 0]
    for who in ("ANA", "EVA"):
        own = [one for one in kept if one.who == who]
        assert own == sorted(own, key=lambda one: one.decided_at)
        assert len(own) == 20


def test_a_damaged_journal_is_one_clear_line(path: Path) -> None:
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match=r"a\.duckdb\.decisions: is damaged; move it away") as told:
        DecisionJournal(path).keep([a_decision("delete", DOCUMENT, span=at("320"))])
    assert "\n" not in str(told.value)


def test_so_is_one_whose_rows_are_not_what_they_were(path: Path) -> None:
    journal = DecisionJournal(path)
    journal.keep([a_decision("delete", DOCUMENT, span=at("320"))])
    with closing(sqlite3.connect(path)) as con, con:
        con.execute("UPDATE decisions SET decision = ?", [json.dumps({"kind": "guess"})])
    with pytest.raises(StoreError, match="is damaged"):
        journal.list_kept()


def test_a_journal_of_a_newer_version_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer jornada"):
        DecisionJournal(path).list_kept()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    journal = DecisionJournal(tmp_path / "no" / "a.duckdb.decisions")
    with pytest.raises(StoreError, match="does not exist"):
        journal.keep([a_decision("delete", DOCUMENT, span=at("320"))])
