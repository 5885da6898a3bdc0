"""Answers that are on disk until their reading is stored."""

import os
import sqlite3
import sys
from pathlib import Path

import pytest

from pipeline.calls.journal import Journal, KeptAnswer, Question, journal_path
from pipeline.errors import StoreError
from schemas.reading import Attempt
from tests.processes import run_program


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return journal_path(tmp_path / "a.duckdb")


def an_answer(number: int = 1, document: str = "d", reading: str = "r", **raw: str) -> KeptAnswer:
    attempt = Attempt(number=number, outcome="answered", raw_answer=raw.get("raw"), seconds=0.25)
    return KeptAnswer(Question(document, "key", reading, number, f"question {number}"), attempt)


def test_answers_come_back_in_their_order_with_the_id_of_their_reading(path: Path) -> None:
    answers = [an_answer(number, raw=f"{{}} ñ \x00 {number}") for number in (2, 1, 3)]
    first = Journal(path)
    first.keep(answers)
    first.close()
    again = Journal(path)
    reading_id, kept = again.open_reading("d", "key")
    again.close()
    assert reading_id == "r"
    assert kept == tuple(sorted(answers, key=lambda one: one.question.number))


@pytest.mark.parametrize(("document", "key"), [("other", "key"), ("d", "other")])
def test_another_document_or_reader_begins_afresh(path: Path, document: str, key: str) -> None:
    journal = Journal(path)
    journal.keep([an_answer()])
    opened, other = (journal.open_reading(document, key) for _ in range(2))
    journal.close()
    assert opened.answers == ()
    assert len({opened.reading_id, other.reading_id, "r"}) == 3


def test_an_answer_kept_twice_is_there_once(path: Path) -> None:
    journal = Journal(path)
    journal.keep([an_answer(raw="old")])
    journal.keep([an_answer(raw="new")])
    (kept,) = journal.open_reading("d", "key").answers
    journal.close()
    assert kept.attempt.raw_answer == "new"


def test_what_is_stored_is_forgotten_and_the_rest_is_not(path: Path) -> None:
    journal = Journal(path)
    journal.keep([an_answer(1), an_answer(2), an_answer(1, "e", "s")])
    assert sorted(journal.list_unfinished()) == ["r", "s"]
    journal.forget(["r", "unknown"])
    assert journal.list_unfinished() == ("s",)
    assert journal.open_reading("d", "key").answers == ()
    journal.close()
    assert path.exists()


def test_a_journal_that_holds_nothing_is_removed_and_one_that_does_is_not(path: Path) -> None:
    journal = Journal(path)
    journal.keep([an_answer()])
    journal.close()
    assert path.exists()
    journal = Journal(path)
    journal.forget(["r"])
    journal.close()
    assert list(path.parent.iterdir()) == []


def test_all_answers_of_a_batch_are_kept_or_none(path: Path) -> None:
    journal = Journal(path)
    question = an_answer(2).question._replace(hash=None)  # type: ignore[arg-type]
    broken = an_answer(2)._replace(question=question)
    with pytest.raises(StoreError):
        journal.keep([an_answer(1), broken])
    assert journal.open_reading("d", "key").answers == ()
    journal.close()


def test_an_answer_is_on_disk_once_it_is_kept_whoever_dies_then(path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from pipeline.calls.journal import KeptAnswer, Journal, Question
from schemas.reading import Attempt
attempt = Attempt(number=1, outcome="answered", raw_answer="paid for", seconds=0.1)
Journal(Path({str(path)!r})).keep([KeptAnswer(Question("d", "key", "r", 1, "q"), attempt)])
os.kill(os.getpid(), signal.SIGKILL)
"""
    ran = run_program([sys.executable, "-c", script], check=False)
    assert ran.returncode == -9
    journal = Journal(path)
    reading_id, (kept,) = journal.open_reading("d", "key")
    journal.close()
    assert (reading_id, kept.attempt.raw_answer) == ("r", "paid for")


def test_a_damaged_journal_is_one_line_and_left_as_it_is(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="is damaged; move it away") as caught:
        Journal(path)
    assert str(path) in str(caught.value)
    assert path.read_bytes().startswith(b"no database")


def test_a_journal_of_a_newer_version_is_left_alone(path: Path) -> None:
    con = sqlite3.connect(path)
    con.execute("PRAGMA user_version = 99")
    con.execute("CREATE TABLE unknown (x)")
    con.commit()
    con.close()
    with pytest.raises(StoreError, match="newer jornada"):
        Journal(path)


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        Journal(tmp_path / "no" / "where")


@pytest.mark.skipif(os.geteuid() == 0, reason="to root, no folder is read-only")
def test_a_read_only_folder_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            Journal(tmp_path / "a.journal")
    finally:
        tmp_path.chmod(0o700)
