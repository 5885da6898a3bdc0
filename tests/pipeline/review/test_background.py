"""What goes on behind the pages: decisions come into the database, the queue follows."""

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipeline.decisions.journal import decisions_path
from pipeline.review.background import Work, work_behind
from pipeline.review.context import Context
from pipeline.review.queue.index import QueueIndex, index_path
from pipeline.review.queue.query import parse_query
from pipeline.review.queue.search import find_rows
from pipeline.runs.deciding import Decisions
from pipeline.store import Store, new_run
from schemas.decision import Decision
from tests.decisions import a_decision, a_figure_at, at, decidable
from tests.processes import wait_until
from tests.readings import KEY, a_document, a_reading, a_report, put
from tests.review_server import context_for

DECIDED = "SELECT count(*) FROM decisions"


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Give a context over a database with a document to decide of."""
    impatient = classmethod(lambda cls, path: cls(path, patience=0.05))
    monkeypatch.setattr(Store, "for_questions", impatient)
    store = Store(tmp_path / "jornada.duckdb")
    store.prepare()
    report = a_report(a_figure_at(58610, "58 mil 610 consultas"))
    put(store, new_run(KEY), (decidable(), a_reading(decidable(), report=report)))
    return context_for(store.path)


def accepted() -> Decision:
    figure = a_figure_at(58610, "58 mil 610 consultas")
    return a_decision("accept", decidable(), span=at("58 mil 610"), figure=figure)


def is_reviewed(context: Context) -> bool:
    found = find_rows(QueueIndex(context.db), parse_query({"reviewed": "yes"}))
    return [row.document_id for row in found.rows] == [decidable().id]


def stored(context: Context) -> int:
    return int(Store(context.db).read(DECIDED).rows[0][0])


def test_what_a_killed_server_left_is_stored_at_the_next_start_and_the_queue_follows(
    context: Context,
) -> None:
    Decisions(context.db).record([accepted()])
    with work_behind(context):
        wait_until(lambda: is_reviewed(context), "the decision in the queue")
        assert stored(context) == 1
        new = a_document("Otro")
        put(Store(context.db), new_run(KEY), (new, a_reading(new)))
        wait_until(
            lambda: find_rows(QueueIndex(context.db), parse_query({"q": "otro"})).total == 1,
            "the new document in the queue",
        )
        index_path(context.db).unlink()
        wait_until(lambda: is_reviewed(context), "the queue, made anew")


def test_an_index_that_became_empty_is_made_anew_also_in_the_same_file(context: Context) -> None:
    # As where the file system gives a new file the number of one that was removed.
    work = Work(context.db)
    while work.follow():
        pass
    assert not work.follow()
    with closing(sqlite3.connect(index_path(context.db))) as con, con:
        con.executescript("DELETE FROM state; DELETE FROM pending; DELETE FROM entries;")
    assert work.follow()


@pytest.mark.slow
def test_a_database_without_documents_is_looked_at_until_it_is_known_to_have_none(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path / "empty.duckdb")
    store.prepare()
    work = Work(store.path)
    assert not work.follow()
    assert QueueIndex(store.path).tell_progress().is_done
    assert not work.follow()


def test_what_is_decided_while_a_run_has_the_database_is_stored_when_it_lets_go(
    context: Context,
) -> None:
    with work_behind(context):
        wait_until(lambda: QueueIndex(context.db).tell_progress().is_done, "the index")
        decisions = Decisions(context.db)
        decisions.record([accepted()])
        wait_until(lambda: is_reviewed(context), "the first decision")
        decisions.of(decidable().id)
        with duckdb.connect(context.db):  # to DuckDB, as another process
            decisions.record([accepted()])
            assert is_reviewed(context)
        wait_until(lambda: stored(context) == 2, "the second decision")


def test_what_cannot_be_stored_at_the_end_is_kept_and_said_in_one_line(
    context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions = Decisions(context.db)
    decisions.of(decidable().id)
    decisions.record([accepted()])
    with duckdb.connect(context.db), work_behind(context):
        pass
    (line,) = capsys.readouterr().err.splitlines()
    assert "has the database open" in line
    assert "what was decided is kept" in line
    assert decisions_path(context.db).exists()
    with work_behind(context):
        pass
    assert capsys.readouterr().err == ""
    assert stored(context) == 1
