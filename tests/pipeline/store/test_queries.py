"""What somebody's query can do: read the database, and nothing else."""

import resource
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipeline.errors import SqlError
from pipeline.store import Store, arrow_spool, database
from pipeline.store.queries import require_query, translate_sql_faults

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


@pytest.fixture(scope="module")
def parser() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection to no file: to tell what a statement is takes none."""
    with duckdb.connect() as con:
        yield con


def what_is_there(folder: Path) -> dict[str, str]:
    """Give the sum of each file by its name, and the folders."""
    return {
        str(path): sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize(
    "sql",
    [
        "WITH x AS (INSERT INTO figures (document_id) VALUES ('x') RETURNING *) FROM x",
        "FROM enable_logging(storage = 'file', storage_path = 'logs')",
        "FROM force_checkpoint()",
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
        "EXPLAIN FROM read_csv('secret.csv')",
        "SELECT getenv('HOME')",
        "FROM duckdb_secrets()",
        "FROM which_secret('https://example.org', 'http')",
        "FROM duckdb_extensions()",
        "FROM enable_profiling()",
        "FROM disable_logging()",
        "FROM parquet_scan('secret.csv')",
        "FROM parquet_metadata('secret.csv')",
        "FROM read_duckdb('other.duckdb')",
        "FROM read_ndjson_objects('secret.csv')",
        "FROM query_table(['secret.csv'])",
        "FROM query('FROM read_text(''secret.csv'')')",
        "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''secret.csv'')'))",
        'FROM "secret.csv"',
        "SELECT (SELECT content FROM read_text('secret.csv'))",
        "WITH a AS (FROM glob('*')) FROM a",
        "SUMMARIZE 'secret.csv'",
        "DESCRIBE 'secret.csv'",
        "PIVOT 'secret.csv' ON a",
        "FROM read_text('/proc/self/environ')",
        "FROM read_text('/dev/stdin')",
        "FROM sqlite_scan('a.duckdb.journal', 'answers')",
        "FROM pandas_scan(1)",
        "FROM arrow_scan(1::POINTER, 1::POINTER, 1::POINTER)",
        "SELECT load_aws_credentials()",
        "FROM start_ui()",
        # Of each way in which what is no query is told before it is run, one.
        "COPY figures TO 'out.csv'",
        "COPY figures TO 'a.duckdb.tmp/out.csv' (FORMAT csv, USE_TMP_FILE false)",
        "COPY (PIVOT codes ON service USING count(*)) TO 'out.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO 'a.duckdb.tmp/../out.csv'",
        "EXPLAIN (FORMAT ') FROM codes --') COPY figures TO 'a.duckdb'",
        "SELECT 1; COPY figures TO 'out.csv'",
        "SELECT 1); COPY figures TO 'out.csv'; SELECT (1",
        "PRAGMA enable_profiling",
        "SELECT '\ud800'",
        "\0",
        "",
    ],
)
def test_a_query_can_only_read_the_database(store: Store, folder: Path, sql: str) -> None:
    before = what_is_there(folder)
    for ask in (store.ask, store.ask_table):
        with pytest.raises(SqlError, match=r"^--sql: [^\n]+$"):
            ask(sql, origin="--sql")
    assert what_is_there(folder) == before


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
        "CHECKPOINT",
        "FORCE CHECKPOINT",
        "VACUUM",
        "BEGIN",
        "PREPARE q AS SELECT 1",
        *(
            f"EXPLAIN ANALYZE {lead} COPY figures TO 'a.duckdb'"
            for lead in ("", "-- FROM codes\n", "/* FROM codes */", "/* EXPLAIN FROM codes -- */")
        ),
        *(
            f"{lead} EXPLAIN ANALYZE COPY figures TO 'a.duckdb'"
            for lead in (
                "/* EXPLAIN FROM codes -- */",
                "-- EXPLAIN FROM codes\n",
                "-- \r EXPLAIN FROM codes --\n",
                "-- \r EXPLAIN FROM codes /*\n",
            )
        ),
        "EXPLAIN (ANALYZE) COPY figures TO 'a.duckdb'",
        "EXPLAIN (ANALYZE, FORMAT json) COPY figures TO 'a.duckdb'",
        "EXPLAIN (FORMAT ') FROM codes --') COPY figures TO 'a.duckdb'",
        "EXPLAIN ANALYZE EXPLAIN ANALYZE DELETE FROM figures",
        "EXPLAIN ANALYZE PREPARE q AS SELECT 1",
        "EXPLAIN ANALYZE CALL checkpoint()",
        "EXPLAIN ANALYZE ATTACH 'other.duckdb'",
        "EXPLAIN DELETE FROM figures",
        "EXPLAIN SELECT 1; DELETE FROM figures",
        "COPY (FROM figures) TO 'a.duckdb' (FORMAT parquet)",
        "COPY FROM DATABASE a TO other",
        "MERGE INTO figures USING codes ON false WHEN NOT MATCHED THEN INSERT DEFAULT VALUES",
        "INSERT INTO figures FROM 'secret.csv'",
        *(
            f"CREATE {what}"
            for what in (
                "VIEW v AS SELECT 1",
                "OR REPLACE TEMP VIEW facts AS SELECT 1",
                "MACRO f() AS 1",
                "FUNCTION f() AS TABLE FROM read_csv('secret.csv')",
                "SCHEMA s",
                "SEQUENCE s",
                "TYPE t AS ENUM ('a')",
                "INDEX i ON codes (service)",
                "PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
            )
        ),
        "DROP VIEW facts",
        "DROP SECRET s",
        "ALTER VIEW facts RENAME TO f",
        "ANALYZE",
        "REINDEX",
        "ROLLBACK",
        "EXECUTE q",
        "DEALLOCATE q",
        "CALL checkpoint()",
        "CALL pragma_version()",
        "PRAGMA database_list",
        "PRAGMA force_checkpoint",
        "PRAGMA import_database('x')",
        "SET GLOBAL enable_external_access = true",
        "SET SESSION lock_configuration = false",
        "RESET ALL",
        "SET VARIABLE x = (FROM read_text('secret.csv'))",
        ".shell ls",
        "SELECT '\ud800'",
        "\0",
        "(",
        "-- nothing",
        "",
    ],
)
def test_what_is_no_query_is_not_run(parser: duckdb.DuckDBPyConnection, sql: str) -> None:
    with (
        pytest.raises(SqlError, match=r"^--sql: [^\n]+$"),
        translate_sql_faults("--sql"),
    ):
        require_query(parser, sql, "--sql")


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
        "SELECT service, row_number() OVER (PARTITION BY service) AS n FROM codes QUALIFY n = 1",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) FROM t",
        "FROM codes SELECT service WHERE detail IS NULL",
        "UNPIVOT codes ON spanish, english",
        "TABLE codes",
        "SHOW codes",
        "SHOW ALL TABLES",
        "EXPLAIN FROM codes",
        "explain analyze FROM codes;",
        "-- why\nEXPLAIN ANALYZE\nFROM codes",
        "EXPLAIN (FORMAT json) FROM codes",
        "EXPLAIN (ANALYZE, FORMAT json) FROM codes",
        "EXPLAIN (SELECT 1) UNION (SELECT 2)",
        "EXPLAIN PIVOT codes ON service USING count(*)",
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


@pytest.mark.slow
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


def test_settings_hold_no_password_of_the_environment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "http://me:sesame@127.0.0.1:1")
    settings = store.ask("SELECT name, value FROM duckdb_settings()").rows
    assert settings
    assert "sesame" not in str(settings)


def test_of_an_answer_without_end_no_more_is_taken_than_is_wanted(store: Store) -> None:
    assert store.ask("FROM range(1_000_000_000_000)", most=2).rows == [(0,), (1,)]


def test_what_is_put_together_outside_of_tables_is_bounded_too(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.duckdb", memory_megabytes=100)
    store.prepare()
    before = resource.getrlimit(resource.RLIMIT_DATA)
    for ask in (store.ask, store.ask_table):
        with pytest.raises(SqlError, match=r"^SQL: takes more memory than there is; [^\n]+$"):
            ask("SELECT repeat('x', 3_000_000_000) AS a")
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_an_arrow_table_lies_on_disk_and_leaves_nothing_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = pa.total_allocated_bytes()
    table = store.ask_table("SELECT repeat('x', 1000) AS a FROM range(50_000)")
    assert table.num_rows == 50_000
    assert table.column("a")[49_999].as_py() == 1000 * "x"
    assert pa.total_allocated_bytes() - before < 1_000_000
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(arrow_spool, "_MOST_BYTES", 1_000_000)
    with pytest.raises(SqlError, match=r"^SQL: gives more than [^\n]+$"):
        store.ask_table("SELECT repeat('x', 1000) AS a FROM range(50_000)")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mistake", ["error('boom')", "'x'::INTEGER"])
def test_a_mistake_that_shows_on_the_way_is_one_line(store: Store, mistake: str) -> None:
    sql = f"SELECT CASE WHEN range = 90_000 THEN {mistake} END FROM range(100_000)"  # noqa: S608 - ours
    for ask in (store.ask, store.ask_table):
        with pytest.raises(SqlError, match=r"^SQL: [^\n]+$"):
            ask(sql)
