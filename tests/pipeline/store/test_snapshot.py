"""Several questions about one state of the database."""

from pathlib import Path

import pytest

from pipeline.errors import SqlError, StoreError
from pipeline.store import QueryResult, Store
from pipeline.store.snapshot import CHOSEN, Snapshot
from tests.pipeline.pages.report.report_store import fill

VIEWS = (
    *("jornada_mentions", "known_jornadas", "prints", "totals", "jornada_totals"),
    *("plan_and_result", "series", "conflicts", "coverage"),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    # A name that has to be quoted.
    return fill(tmp_path_factory.mktemp("asked") / 'a "b".duckdb')


@pytest.mark.slow
def test_what_is_computed_once_is_what_the_view_says(store: Store) -> None:
    def ask(snapshot: Snapshot) -> dict[str, QueryResult]:
        return {view: snapshot.ask(f"FROM {view} ORDER BY ALL") for view in VIEWS}

    computed = store.ask_several(ask)
    with store.keep_open(read_only=True):
        asked = {view: store.read(f"FROM {view} ORDER BY ALL") for view in VIEWS}
    for view in VIEWS:
        assert asked[view].rows
        assert computed[view] == asked[view], view


def test_facts_are_the_same_and_whole_where_they_are_asked_for_whole(store: Store) -> None:
    def ask(snapshot: Snapshot) -> list[list[tuple[object, ...]]]:
        short = snapshot.ask("SELECT figure_id, value, quote FROM facts ORDER BY ALL").rows
        return [short, snapshot.ask(f"FROM {snapshot.whole_facts} ORDER BY ALL").rows]

    assert store.ask_several(ask) == [
        store.ask("SELECT figure_id, value, quote FROM facts ORDER BY ALL").rows,
        store.ask("FROM facts ORDER BY ALL").rows,
    ]


def test_nobody_writes_between_two_questions(store: Store) -> None:
    other = Store(store.path, patience=0)

    def ask(snapshot: Snapshot) -> int:
        with pytest.raises(StoreError):
            other.prepare()
        return len(snapshot.ask("FROM facts").rows)

    assert store.ask_several(ask) == 8
    other.prepare()


def test_figures_are_chosen_by_a_query_that_sees_all_columns(store: Store) -> None:
    query = "SELECT figure_id FROM facts WHERE context LIKE '%trasplantes%' AND value = 29"
    told = store.ask_several(
        lambda it: it.ask(f"FROM facts SEMI JOIN {CHOSEN} USING (figure_id) SELECT value").rows,
        chosen=query,
    )
    assert told == [(29.0,)]


def test_whoever_chooses_can_only_read_the_database(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for query in (
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP VIEW facts",
        "DROP VIEW facts",
        "FROM read_text('/etc/hostname')",
        "COPY facts TO 'out.csv'",
        "SELECT 1); COPY facts TO 'out.csv'; SELECT (1",
        "SET threads = 1",
        "",
    ):
        with pytest.raises(SqlError, match="--where"):
            store.ask_several(lambda it: it.ask("SELECT 1"), chosen=query, origin="--where")
        assert list(tmp_path.iterdir()) == [], query
    assert len(store.ask("FROM facts").rows) == 8
