"""`jornada export`: what is chosen, in which words, and where it goes."""

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.command import JORNADA, Jornada, environment, jornada_here
from tests.terminal import print_on_a_terminal

pytestmark = pytest.mark.usefixtures("extracted")
LARGE = ("--where", "value >= 110")
"""Of two of the twelve figures."""
LARGEST = ("--where", "value = 111")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_condition_chooses_figures(here: Jornada, tmp_path: Path) -> None:
    ran = here("export", "--to", "a.csv", *LARGE)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "2 figures written to a.csv\n"
    assert {row["value"] for row in rows_of(tmp_path / "a.csv")} == {"110", "111"}


@pytest.mark.parametrize("condition", ["value > 109 OR false -- all", "(value) > 109 AND (true)"])
def test_a_condition_is_one_thing_whatever_is_in_it(here: Jornada, condition: str) -> None:
    ran = here("export", "--to", "a.csv", "--where", condition)
    assert ran.stdout == "2 figures written to a.csv\n"


def test_a_mistake_in_a_condition_is_pointed_at(here: Jornada, tmp_path: Path) -> None:
    ran = here("export", "--to", "a.csv", "--where", "valu > 3")
    assert ran.returncode == 2
    told, line, mark = ran.stderr.splitlines()
    assert told.startswith("--where: ")
    assert line[mark.index("^") : mark.rindex("^") + 1] == "valu"
    assert not (tmp_path / "a.csv").exists()


def test_a_query_is_exported_in_place_of_figures(here: Jornada, tmp_path: Path) -> None:
    sql = "SELECT count(*) AS documents, 'x' AS a, 'y' AS a FROM documents"
    ran = here("export", "--to", "a.csv", "--sql", sql)
    assert ran.stdout == "1 rows written to a.csv\n"
    assert rows_of(tmp_path / "a.csv") == [{"documents": "12", "a": "x", "a_2": "y"}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sql", "COPY facts TO 'b.csv'"), "--sql: what is run here only reads"),
        (("--sql", "FROM 'a.csv'"), "--sql: a query reads the tables of the database"),
        (("--where", "true) UNION (FROM read_text('a.txt')"), "--where: "),
        (("--where", "true)); COPY facts TO 'b.csv'; FROM (FROM facts WHERE (true"), "--where: "),
        ((*LARGE, "--sql", "SELECT 1"), "give --where or --sql, not both"),
        (("--format", "pdf"), "pdf"),
        (("--lang", "fr"), "fr"),
    ],
)
def test_what_cannot_be_exported_is_one_clear_line(
    here: Jornada, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "a.txt").write_text("secret")
    ran = here("export", "--to", "a.csv", *arguments)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert not (tmp_path / "a.csv").exists()
    assert not (tmp_path / "b.csv").exists()


def test_spanish_words_stand_for_headings_and_codes(here: Jornada, tmp_path: Path) -> None:
    ran = here("export", "--to", "a.csv", "--lang", "es", *LARGEST)
    assert ran.returncode == 0, ran.stderr
    row = rows_of(tmp_path / "a.csv")[0]
    assert row["valor"] == "111"
    assert row["unidad"] == "cantidad"
    assert row["servicio"] == "consultas"
    assert row["estatus"] == "realizado"
    assert row["periodo"] == "jornada"
    assert row["lugar"] == "nacional"
    assert row["tipo de boletín"] == "resultados"
    assert row["aproximado"] == "no"
    assert not {"servicio en español", "servicio en inglés"} & set(row), "said once already"


def test_english_words_too(here: Jornada, tmp_path: Path) -> None:
    assert here("export", "--to", "a.csv", "--lang", "en", *LARGEST).returncode == 0
    row = rows_of(tmp_path / "a.csv")[0]
    assert (row["service"], row["place"], row["approximate"]) == ("consultations", "national", "no")


def test_words_leave_types_as_they_are_where_a_form_has_types(
    here: Jornada, tmp_path: Path
) -> None:
    for ending in ("parquet", "jsonl"):
        ran = here("export", "--to", f"a.{ending}", "--lang", "es", *LARGEST)
        assert ran.returncode == 0, ran.stderr
    schema = pq.read_schema(tmp_path / "a.parquet")
    kinds = {name: str(schema.field(name).type) for name in ("valor", "aproximado", "edición")}
    assert kinds == {"valor": "double", "aproximado": "bool", "edición": "int32"}
    row = json.loads((tmp_path / "a.jsonl").read_text("utf-8").splitlines()[0])
    assert (row["aproximado"], row["servicio"], row["edición"]) == (False, "consultas", None)


def test_a_sheet_can_be_read_as_it_opens(here: Jornada, tmp_path: Path) -> None:
    sql = """SELECT 58610.0::DOUBLE AS whole, 71.2 AS part, 12345678901234567890::HUGEINT AS huge,
        DATE '2022-07-02' AS day, TIMESTAMP '2022-07-02 10:00:00' AS moment, [1, 2] AS list,
        true AS sure, NULL AS none, repeat('palabra ', 50) AS long, '=1+1' AS formula,
        'a' AS \"=cmd\""""
    ran = here("export", "--to", "a.xlsx", "--sql", sql)
    assert ran.returncode == 0, ran.stderr
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book.active
    assert sheet is not None
    head, row = sheet.iter_rows()
    values = {name.value: cell.value for name, cell in zip(head, row, strict=True)}
    assert all(cell.font.bold for cell in head)
    assert not any(cell.font.bold for cell in row)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:K2"
    assert (values["whole"], values["part"], values["sure"]) == (58610, 71.2, True)
    assert isinstance(values["whole"], int)
    assert values["huge"] == "12345678901234567890", "Excel would round it"
    assert values["day"] == datetime(2022, 7, 2)  # noqa: DTZ001 - Excel knows no zones
    assert row[3].is_date
    assert row[3].number_format == "yyyy-mm-dd"
    assert values["moment"] == datetime(2022, 7, 2, 10)  # noqa: DTZ001 - as above
    assert (values["list"], values["none"]) == ("[1, 2]", None)
    assert (values["formula"], head[10].value) == ("'=1+1", "'=cmd")
    widths = {
        head[at].value: sheet.column_dimensions[head[at].column_letter].width
        for at in range(len(head))
    }
    assert widths["day"] >= len("2022-07-02")
    assert widths["moment"] >= len("2022-07-02 10:00:00")
    assert widths["none"] < widths["day"] < widths["long"] <= 60


def test_a_text_that_no_cell_holds_is_not_cut_off(here: Jornada, tmp_path: Path) -> None:
    sql = "SELECT 1 AS a, repeat('x', 32768) AS long"
    ran = here("export", "--to", "a.xlsx", "--sql", sql)
    assert ran.returncode == 2
    assert ran.stderr.startswith("--to a.xlsx: ")
    assert "column long: a text of 32,768 characters" in ran.stderr
    assert not list(tmp_path.glob("*a.xlsx*"))


def test_a_type_that_a_form_lacks_is_one_clear_line(here: Jornada, tmp_path: Path) -> None:
    ran = here("export", "--to", "a.parquet", "--sql", "SELECT INTERVAL 1 DAY AS a")
    assert ran.returncode == 2
    assert ran.stderr.startswith("--to a.parquet: parquet does not hold this: ")
    assert ran.stderr.count("\n") == 1
    assert not (tmp_path / "a.parquet").exists()


def test_decimals_are_exact_in_csv(here: Jornada, tmp_path: Path) -> None:
    sql = """SELECT 0.12345678901234567890123::DECIMAL(38, 23) AS a, 100.00::DECIMAL(9, 2) AS b,
        DATE '2022-07-02' AS c, 0.1 + 0.2 AS d"""
    assert here("export", "--to", "a.csv", "--sql", sql).returncode == 0
    row = {"a": "0.12345678901234567890123", "b": "100", "c": "2022-07-02", "d": "0.3"}
    assert rows_of(tmp_path / "a.csv") == [row]


def test_the_format_may_be_said_apart_from_the_name(here: Jornada, tmp_path: Path) -> None:
    assert here("export", "--to", "cifras", "--format", "jsonl", *LARGE).returncode == 0
    assert len((tmp_path / "cifras").read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    "name",
    [
        *("jornada.duckdb", "jornada.duckdb.wal", "jornada.duckdb.journal"),
        *("./x/../jornada.duckdb", "link.csv", "hard.csv", "wal.csv"),
    ],
)
def test_no_file_of_the_database_is_ever_overwritten(
    here: Jornada, tmp_path: Path, name: str
) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "link.csv").symlink_to("jornada.duckdb")
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "jornada.duckdb")
    (tmp_path / "wal.csv").symlink_to(tmp_path / "jornada.duckdb.wal")
    (tmp_path / "other.duckdb").symlink_to("jornada.duckdb")
    before = (tmp_path / "jornada.duckdb").read_bytes()
    for db in ("jornada.duckdb", "other.duckdb"):
        ran = here("export", "--to", name, "--format", "csv", "--force", "--db", db)
        assert ran.returncode == 2
        assert ran.stderr.startswith(f"--to {Path(name)}: is a file of the database ")
        assert ran.stderr.count("\n") == 1
    assert (tmp_path / "jornada.duckdb").read_bytes() == before
    assert not (tmp_path / "jornada.duckdb.wal").exists()


def test_no_other_database_is_overwritten_either(here: Jornada, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "jornada.duckdb", tmp_path / "other.db")
    (tmp_path / "other.db.batches").mkdir()
    (tmp_path / "link.csv").symlink_to("other.db.journal")
    sqlite3.connect(tmp_path / "kept.journal").executescript("CREATE TABLE a (b)").close()
    names = ("other.db", "other.db.wal", "other.db.batches/a.csv", "link.csv", "kept.journal")
    for name in names:
        before = sorted(tmp_path.rglob("*"))
        ran = here("export", "--to", name, "--format", "csv", "--force")
        assert ran.returncode == 2
        assert ran.stderr.startswith(f"--to {name}: is a file of the database ")
        assert sorted(tmp_path.rglob("*")) == before


def test_a_link_leads_to_the_file_that_is_replaced(here: Jornada, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    (tmp_path / "link.csv").symlink_to("mine.csv")
    assert "exists already" in here("export", "--to", "link.csv").stderr
    assert (tmp_path / "mine.csv").read_text() == "mine"
    assert here("export", "--to", "link.csv", "--force").returncode == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert len(rows_of(tmp_path / "mine.csv")) == 12


def test_what_is_no_ordinary_file_is_left_alone(here: Jornada, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    ran = here("export", "--to", "pipe.csv", "--force")
    assert ran.stderr == "--to pipe.csv: is no ordinary file; --to - is standard output\n"


def piped(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [JORNADA, "export", "--to", "-", *arguments]
    return subprocess.run(  # noqa: S603 - our own command
        command, cwd=folder, env=environment(), capture_output=True, check=False, timeout=60
    )


def piped_here(folder: Path, form: str) -> bytes:
    """Write the same into a file of this process, which is no terminal either."""
    out = io.BytesIO()
    with io.TextIOWrapper(out, "utf-8") as stdout:
        ran = jornada_here(folder, stdout=stdout)("export", "--to", "-", "--format", form, *LARGE)
        assert ran.returncode == 0, ran.stderr
        return out.getvalue()


@pytest.mark.slow
def test_every_form_goes_through_a_pipe(tmp_path: Path) -> None:
    texts = piped(tmp_path, "--format", "csv", *LARGE)
    assert texts.returncode == 0, texts.stderr
    assert not texts.stdout.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(texts.stdout.decode(), newline="")))
    assert {row["value"] for row in rows} == {"110", "111"}
    assert texts.stderr == b"2 figures written to standard output\n"
    table = pq.read_table(io.BytesIO(piped(tmp_path, "--format", "parquet", *LARGE).stdout))
    assert set(table.column("value").to_pylist()) == {110, 111}
    lines = piped_here(tmp_path, "jsonl").splitlines()
    assert {json.loads(line)["value"] for line in lines} == {110, 111}
    book = openpyxl.load_workbook(io.BytesIO(piped_here(tmp_path, "xlsx")))
    assert book.active is not None
    assert book.active.max_row == 3


def test_a_pipe_wants_to_know_the_form(here: Jornada) -> None:
    ran = here("export", "--to", "-")
    assert ran.returncode == 2
    assert ran.stderr == "--to -: give --format with one of csv, parquet, jsonl, xlsx, html\n"


@pytest.mark.parametrize("form", ["parquet", "xlsx"])
def test_a_terminal_gets_no_bytes(tmp_path: Path, form: str) -> None:
    ran = print_on_a_terminal(tmp_path, "export", "--to", "-", "--format", form)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert f"--to -: {form} is not for a terminal" in ran.stderr


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_text_on_a_terminal_cannot_act_on_it(tmp_path: Path, form: str) -> None:
    sql = "SELECT 'a' || chr(27) || ']0;x' || chr(7) || chr(155) || 'b' AS a"
    ran = print_on_a_terminal(tmp_path, "export", "--to", "-", "--format", form, "--sql", sql)
    assert ran.returncode == 0
    assert "]0;x" in ran.stdout
    assert not {"\x1b", "\x07", "\x9b"} & set(ran.stdout)


def test_dates_are_dates_in_every_form(here: Jornada, tmp_path: Path) -> None:
    sql = "SELECT DATE '2022-07-02' AS starts_on, TIMESTAMP '2022-07-02 10:00:00' AS seen_at"
    for ending in ("csv", "jsonl", "parquet"):
        assert here("export", "--to", f"a.{ending}", "--sql", sql).returncode == 0
    said = {"starts_on": "2022-07-02", "seen_at": "2022-07-02T10:00:00"}
    assert rows_of(tmp_path / "a.csv") == [said]
    assert json.loads((tmp_path / "a.jsonl").read_text()) == said
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == [
        {"starts_on": date(2022, 7, 2), "seen_at": datetime(2022, 7, 2, 10)}  # noqa: DTZ001 - so
    ]
