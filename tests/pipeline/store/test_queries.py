"""What somebody's query can do: read the database, and nothing else."""

from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import SqlError
from pipeline.store import Store, database

WRITE_TO = (
    "out.csv",
    "a.duckdb",
    "a.duckdb.wal",
    "a.duckdb.tmp/out.csv",
    "a.duckdb.tmp/../out.csv",
    "/dev/stdout",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("asked")
    (made / "secret.csv").write_text("a,b\n1,2\n")
    (made / "a.duckdb.tmp").mkdir()
    Store(made / "a.duckdb").prepare()
    return made


@pytest.fixture
def store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(folder)
    return Store(folder / "a.duckdb")


def what_is_there(folder: Path) -> dict[str, str]:
    """Give the sum of each file by its name."""
    return {
        str(path): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    "sql",
    [
        *(f"COPY figures TO '{to}'" for to in WRITE_TO),
        *(f"COPY figures TO '{to}' (FORMAT csv, USE_TMP_FILE false)" for to in WRITE_TO),
        *(f"EXPLAIN ANALYZE COPY (SELECT 1) TO '{to}'" for to in WRITE_TO),
        *(f"COPY (PIVOT codes ON service USING count(*)) TO '{to}'" for to in WRITE_TO),
        "SELECT 1; COPY figures TO 'out.csv'",
        "SELECT 1); COPY figures TO 'out.csv'; SELECT (1",
        "PIVOT codes ON service USING count(*)); COPY figures TO 'out.csv'; FROM (FROM codes",
        "EXPORT DATABASE 'exported'",
        "IMPORT DATABASE 'exported'",
        "ATTACH 'other.duckdb'",
        "ATTACH ':memory:' AS other",
        "ATTACH 'a.duckdb' AS again (READ_ONLY)",
        "DETACH a",
        "USE memory",
        "INSTALL httpfs",
        "FORCE INSTALL httpfs",
        "LOAD httpfs",
        "LOAD 'evil.duckdb_extension'",
        "UPDATE EXTENSIONS",
        "CREATE SECRET (TYPE s3)",
        "CREATE TABLE t (a INTEGER)",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE TEMP MACRO f(x) AS x",
        "INSERT INTO figures (document_id) VALUES ('x')",
        "WITH x AS (INSERT INTO figures (document_id) VALUES ('x') RETURNING *) FROM x",
        "UPDATE figures SET value = 1",
        "DELETE FROM figures",
        "TRUNCATE figures",
        "DROP TABLE figures",
        "ALTER TABLE figures ADD COLUMN a INTEGER",
        "COMMENT ON TABLE figures IS 'x'",
        "COPY figures FROM 'secret.csv'",
        "SET threads = 1",
        "SET VARIABLE a = 1",
        "RESET threads",
        "PRAGMA threads = 1",
        "PRAGMA enable_profiling",
        "PRAGMA profiling_output = 'profile.json'",
        "CALL enable_logging(storage = 'file', storage_path = 'logs')",
        "FROM enable_logging(storage = 'file', storage_path = 'logs')",
        "CHECKPOINT",
        "FORCE CHECKPOINT",
        "FROM force_checkpoint()",
        "VACUUM",
        "BEGIN",
        "PREPARE q AS SELECT 1",
        "FROM query('COPY figures TO ''out.csv''')",
        "FROM read_csv('secret.csv')",
        "FROM read_text('/etc/passwd')",
        "FROM read_blob('a.duckdb.tmp/../secret.csv')",
        "FROM read_json('secret.csv')",
        "FROM sniff_csv('secret.csv')",
        "FROM glob('*')",
        "FROM 'secret.csv'",
        "FROM 'https://example.org/a.parquet'",
        "FROM origin",
    ],
)
def test_a_query_can_only_read_the_database(store: Store, folder: Path, sql: str) -> None:
    before = what_is_there(folder)
    for ask in (store.ask, store.ask_table):
        with pytest.raises(SqlError, match=r"^--sql: [^\n]+$"):
            ask(sql, origin="--sql")
    assert what_is_there(folder) == before


@pytest.mark.parametrize("sql", ["COPY codes TO 'out.csv'", "FROM read_csv('secret.csv')"])
def test_a_refusal_says_what_to_do_instead(store: Store, sql: str) -> None:
    with pytest.raises(SqlError, match="`jornada export` writes what a query gives to a file"):
        store.ask(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT service FROM codes;",
        "-- what\nFROM codes -- of it\n;\n",
        "WITH a AS (FROM codes) FROM a ORDER BY ALL",
        "VALUES (1)",
        "SHOW TABLES",
        "DESCRIBE codes",
        "SUMMARIZE codes",
        "PIVOT codes ON service USING count(*)",
        "PIVOT codes ON service USING count(*);",
        "WITH a AS (PIVOT codes ON service USING count(*)) FROM a",
        "FROM duckdb_columns()",
    ],
)
def test_every_kind_of_query_is_answered(store: Store, sql: str) -> None:
    assert store.ask(sql).rows
    assert store.ask_table(sql).num_rows


def test_columns_of_one_name_are_told_apart_in_arrow_tables_too(store: Store) -> None:
    sql = "SELECT 1 AS a, 2 AS a"
    assert store.ask(sql).columns == ("a", "a_2")
    assert store.ask_table(sql).to_pylist() == [{"a": 1, "a_2": 2}]


def test_a_database_of_any_name_is_asked(tmp_path: Path) -> None:
    store = Store(tmp_path / "a b?#'.duckdb")
    store.prepare()
    assert store.ask("SELECT 1 AS a").rows == [(1,)]


def test_a_mistake_is_pointed_at(store: Store) -> None:
    for ask in (store.ask, store.ask_table):
        with pytest.raises(SqlError, match="servce") as caught:
            ask("SELECT service,\n  servce\nFROM codes")
        line, mark = caught.value.pointer
        assert line.startswith("LINE 2: ")
        assert line[mark.index("^") : mark.rindex("^") + 1] == "servce"


def test_what_memory_cannot_hold_is_sorted_on_disk(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.duckdb", memory_megabytes=100)
    store.prepare()
    # So far down that the whole has to be sorted, not only its first rows.
    sql = """SELECT (range * 7919) % 1_000_003 || repeat('x', 200) AS text FROM range(1_000_000)
        ORDER BY text OFFSET 999_990"""
    in_memory = {"memory_limit": "100MB", "temp_directory": ""}
    with (
        duckdb.connect(config=in_memory) as con,
        pytest.raises(duckdb.OutOfMemoryException),
    ):
        con.execute(sql).fetchall()
    assert len(store.ask(sql).rows) == 10


def test_a_question_gets_more_memory_where_little_is_not_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(tmp_path / "a.duckdb").prepare()
    monkeypatch.setattr(database, "_QUESTION_MEGABYTES", 20)
    store = Store.for_questions(tmp_path / "a.duckdb")
    sql = "SELECT len(list(repeat('x', 1000) || range)) AS n FROM range(50_000)"
    assert store.ask(sql).rows == [(50_000,)]
    assert store.ask_table(sql).num_rows == 1


def test_what_no_memory_holds_is_one_line_without_settings(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.duckdb", memory_megabytes=20)
    store.prepare()
    with pytest.raises(SqlError, match=r"^SQL: takes more memory than there is; [^\n]+$"):
        store.ask("SELECT list(repeat('x', 1000) || range) FROM range(200_000)")
