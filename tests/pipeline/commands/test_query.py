"""`jornada query`: where its SQL comes from, and what it says of SQL that cannot be run."""

import csv
import io
import json
import signal
from pathlib import Path

import duckdb
import pytest

from pipeline.store import MIGRATIONS
from tests.command import Jornada, start
from tests.processes import wait_until
from tests.terminal import print_on_a_terminal

pytestmark = pytest.mark.usefixtures("extracted")
SQL = "SELECT sum(value) AS total\nFROM current_figures -- what there is\n;\n"


@pytest.mark.slow
def test_a_query_comes_from_a_file_or_from_standard_input(here: Jornada, tmp_path: Path) -> None:
    (tmp_path / "total.sql").write_bytes(b"\xef\xbb\xbf" + SQL.encode())
    for ran in (
        here("query", "-f", "total.sql", "--json"),
        here("query", "-", "--json", stdin=SQL),
    ):
        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout) == [{"total": 1266}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give one query: as an argument, with -f FILE, or - for standard input"),
        (("SELECT 1", "-f", "a.sql"), "give one query: as an argument, with -f FILE, or -"),
        (("-f", "no.sql"), "-f no.sql: cannot be read: No such file or directory"),
        (("-f", "bulletins"), "-f bulletins: cannot be read: Is a directory"),
        (("-f", "latin.sql"), "-f latin.sql: is no UTF-8 text; save the query as UTF-8"),
        (("-",), "standard input: there is no statement in it"),
        (("COPY codes TO 'out.csv'",), "`jornada export` writes what a query gives to a file"),
    ],
)
def test_what_is_no_query_is_one_clear_line(
    here: Jornada, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "latin.sql").write_bytes("SELECT 'más'".encode("latin-1"))
    ran = here("query", *arguments)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


def test_a_mistake_is_pointed_at_below_its_line(here: Jornada, tmp_path: Path) -> None:
    (tmp_path / "wrong.sql").write_text("SELECT value,\n       servce\nFROM current_figures\n")
    ran = here("query", "-f", "wrong.sql")
    assert ran.returncode == 2
    told, line, mark = ran.stderr.splitlines()
    assert told.startswith("wrong.sql: ")
    assert "servce" in told
    assert "LINE 2: " in line
    assert line[mark.index("^") : mark.rindex("^") + 1] == "servce"


def test_what_a_pointer_shows_cannot_act_on_a_terminal(here: Jornada) -> None:
    ran = here("query", "SELECT '\x1b[31m', nothing")
    assert "LINE 1" in ran.stderr
    assert "\x1b" not in ran.stderr


def test_an_answer_without_rows_says_so(here: Jornada) -> None:
    ran = here("query", "FROM documents WHERE false")
    assert (ran.returncode, ran.stderr) == (0, "No rows.\n")
    assert here("query", "FROM documents WHERE false", "--json").stdout == "[]\n"


def test_the_environment_names_the_database(here: Jornada, tmp_path: Path) -> None:
    (tmp_path / "jornada.duckdb").rename(tmp_path / "other.duckdb")
    count = ("query", "SELECT count(*) AS n FROM documents", "--csv")
    assert here(*count, JORNADA_DB="other.duckdb").stdout == "n\n12\n"
    assert here("status", JORNADA_DB="other.duckdb").returncode == 0
    ran = here(*count, "--db", "third.duckdb", JORNADA_DB="other.duckdb")
    assert "third.duckdb: there is no such database" in ran.stderr
    assert "jornada.duckdb: there is no such database" in here(*count, JORNADA_DB="").stderr
    ran = here("eval", "runs", JORNADA_DB="other.duckdb")
    assert "eval.duckdb" in ran.stderr + ran.stdout


@pytest.mark.parametrize(
    "command",
    [
        *("extract", "show", "query", "export", "findings", "status", "runs", "retry", "recheck"),
        *("dedupe", "doctor", "batch submit", "batch status", "batch collect", "batch confirm"),
    ],
)
def test_help_names_the_variable(here: Jornada, command: str) -> None:
    assert "JORNADA_DB" in here(*command.split(), "--help").stdout


def test_a_database_of_an_older_version_has_the_views_of_today(
    here: Jornada, tmp_path: Path
) -> None:
    with duckdb.connect(tmp_path / "old.duckdb") as con:
        for file in MIGRATIONS[:4]:
            con.execute(file.read_text("utf-8"))
        con.execute("INSERT INTO store_version VALUES (4, '2024-01-01')")
    ran = here("query", "FROM current_sources", "--db", "old.duckdb")
    assert ran.returncode == 0, ran.stderr


def test_a_query_may_begin_with_a_comment(here: Jornada) -> None:
    ran = here("query", "-- how many\nSELECT count(*) > 1 AS many FROM facts", "--csv")
    assert (ran.returncode, ran.stdout) == (0, "many\ntrue\n")


@pytest.mark.parametrize("option", ["--jsno", "-x"])
def test_an_option_that_is_none_is_said_to_be_none(here: Jornada, option: str) -> None:
    for arguments in ((option,), (option, "SELECT 1"), ("SELECT 1", option)):
        ran = here("query", *arguments)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr.count("\n") == 1
        assert option in ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "form"),
    [
        ("SELECT count(*) AS n FROM range(1_000_000_000_000) a, range(1_000_000_000) b", "--csv"),
        ("FROM generate_series(1, 1_000_000_000_000) ORDER BY 1 DESC", "--json"),
        ("FROM generate_series(1, 1_000_000_000_000) ORDER BY 1 DESC", "--to"),
    ],
)
def test_ctrl_c_ends_a_query_that_would_never_end(tmp_path: Path, sql: str, form: str) -> None:
    command = ("export", "--to", "a.csv", "--sql", sql) if form == "--to" else ("query", sql, form)
    spilled = tmp_path / "jornada.duckdb.tmp"
    with start(tmp_path, *command) as process:
        wait_until(lambda: spilled.exists() or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        printed, told = process.communicate()
    assert (process.returncode, printed, told) == (130, "", "Stopped.\n")
    assert not spilled.exists()
    assert not list(tmp_path.glob("*a.csv*"))


@pytest.mark.parametrize("form", [(), ("--csv",), ("--json",)])
def test_a_terminal_gets_the_beginning_of_what_has_no_end(
    tmp_path: Path, form: tuple[str, ...]
) -> None:
    sql = """SELECT range, CASE range WHEN 1 THEN repeat('x', 30_000) END AS a,
        CASE range WHEN 2 THEN range(30_000) END AS b FROM range(1_000_000_000_000)"""
    ran = print_on_a_terminal(tmp_path, "query", sql, *form)
    assert ran.returncode == 0
    assert 1000 <= ran.stdout.count("\n") < 10_000
    assert "".join(ran.stdout.split()).count("(30,000characters)") == 1
    assert len(ran.stdout) < 1_000_000
    assert "More rows than these 1,000 are not shown" in ran.stderr


def test_csv_holds_no_formula_and_numbers_stay_numbers(here: Jornada) -> None:
    sql = """SELECT '\u200b"=1+1' AS "=a", -5 AS n, -2.5::DOUBLE AS d, '-5' AS t, ['=1'] AS l,
        -1::HUGEINT - 1 AS h, INTERVAL (-1) DAY AS i"""
    ran = here("query", sql, "--csv")
    head, row = csv.reader(io.StringIO(ran.stdout))
    assert head[0] == "'=a"
    assert row == ["'\u200b\"=1+1", "-5", "-2.5", "'-5", '["=1"]', "-2", "'-1 day, 0:00:00"]


def test_a_line_of_csv_ends_nowhere_within_a_cell(here: Jornada) -> None:
    ran = here("query", "SELECT 'a' || chr(13) || '=1+1' AS a, 'b' AS b", "--csv")
    assert ran.stdout.startswith('a,b\n"a')
    assert ran.stdout.endswith('=1+1",b\n')


def test_a_plan_is_drawn_as_it_is(here: Jornada) -> None:
    ran = here("query", "EXPLAIN FROM codes")
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) > 3
