"""The interface of notebooks: bulletins read one at a time, and tables out of a database."""

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DocumentError, JornadaError, ReaderError, StoreError, UsageError
from pipeline.notebook import Bulletin, facts, query, read_file, read_text
from pipeline.store import MIGRATIONS
from tests.command import environment, jornada_here, lay_out, serve_model, sound

TEXT = (
    "Boletín de prueba\n\nEn la jornada del 3 y 4 de junio de 2023 se otorgaron mil 205 consultas"
    " y 31 cirugías.\n"
)


@pytest.fixture(autouse=True)
def _nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(environment()):
        monkeypatch.delenv(name)


def values(bulletin: Bulletin) -> list[float]:
    return [figure.value for figure in bulletin.report.figures]


def test_a_text_is_read_with_the_words_of_each_figure_in_it() -> None:
    bulletin = read_text(TEXT)
    assert values(bulletin) == [1205, 31]
    for figure in bulletin.report.figures:
        assert bulletin.text[figure.char_start : figure.char_end] == figure.quote
    assert bulletin.reading.key.reader == "baseline"


def test_what_is_known_beside_the_text_goes_into_the_report() -> None:
    report = read_text(TEXT, title="Otro título", published_on="2023-06-05").report
    assert (report.title, report.published_on) == ("Otro título", date(2023, 6, 5))
    assert read_text(TEXT, published_on=date(2023, 6, 5)).report.published_on == date(2023, 6, 5)


@pytest.mark.parametrize(
    "text", [TEXT, "<html><body><p>Se otorgaron 12 consultas en la jornada.</p></body></html>"]
)
def test_a_text_is_read_as_a_file_of_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bulletin.txt"
    path.write_text(text, encoding="utf-8")
    from_text, from_file = read_text(text), read_file(path)
    assert from_text.text == from_file.text
    assert from_text.report == from_file.report


@given(st.text())
def test_any_text_gives_a_bulletin_or_a_line(text: str) -> None:
    try:
        bulletin = read_text(text, reader="baseline")
    except DocumentError as error:
        said = str(error)
    else:
        assert bulletin.reading.document_id == hashlib.sha256(bulletin.text.encode()).hexdigest()
        said = ""
    assert "\n" not in said


def test_a_bulletin_is_read_where_an_event_loop_runs() -> None:
    async def cell() -> Bulletin:
        return read_text(TEXT)

    assert values(asyncio.run(cell())) == [1205, 31]


def test_an_error_comes_through_where_an_event_loop_runs() -> None:
    async def cell() -> Bulletin:
        return read_text(TEXT, reader="llm")

    with pytest.raises(UsageError, match="JORNADA_MODEL"):
        asyncio.run(cell())


@pytest.mark.parametrize("in_a_loop", [False, True])
def test_the_model_that_is_set_is_asked(
    monkeypatch: pytest.MonkeyPatch, *, in_a_loop: bool
) -> None:
    async def cell() -> Bulletin:
        return read_text(sound(3))

    with serve_model() as model:
        for name, value in model.configured.items():
            monkeypatch.setenv(name, value)
        bulletin = asyncio.run(cell()) if in_a_loop else read_text(sound(3))
        assert model.asked == 1
        assert read_text(sound(3), reader="baseline").reading.key.reader == "baseline"
        assert model.asked == 1
    assert values(bulletin) == [103]
    assert (bulletin.reading.key.reader, bulletin.reading.key.model) == ("llm", "scripted")


def test_a_server_that_refuses_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_model() as model:
        model.refusal = 401
        for name, value in model.configured.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(ReaderError, match=r"\Athe text: .*401.*\Z"):
            read_text(TEXT)


def test_one_record_of_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "several.jsonl"
    lines = [json.dumps({"id": f"n{number}", "text": sound(number)}) for number in range(3)]
    path.write_text("\n".join([*lines, '{"id": "empty", "text": ""}']), encoding="utf-8")
    assert values(read_file(path, record="n2")) == [102]
    with pytest.raises(DocumentError, match=r"several bulletins; say which as record .*'n0'"):
        read_file(path)
    with pytest.raises(DocumentError, match="#n7: there is no such record"):
        read_file(path, record="n7")
    with pytest.raises(DocumentError, match=r"#empty: .*no text"):
        read_file(path, record="empty")


def fill_folder() -> str:
    lay_out(Path("folder"), sound(0), sound(1))
    return "folder"


@pytest.mark.parametrize(
    ("mistake", "line"),
    [
        (lambda: read_text(" \n"), "the text is empty"),
        (lambda: read_text(TEXT, reader="rules"), "auto, baseline, llm, not 'rules'"),
        (lambda: read_text(TEXT, published_on="5 de junio"), "published_on: must be a valid date"),
        (lambda: read_file("none.txt"), "none.txt: no such file"),
        (lambda: read_file("-"), "-: no such file"),
        (lambda: read_file(fill_folder()), "several bulletins; read all with `jornada extract`"),
        (facts, "jornada.duckdb: there is no such database; make one with `jornada extract`"),
        (lambda: query("SELECT 1", "none.duckdb"), "none.duckdb: there is no such database"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(mistake: Callable[[], object], line: str) -> None:
    with pytest.raises(JornadaError) as caught:
        mistake()
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once")
    lay_out(folder / "bulletins", sound(2), sound(0), TEXT)
    ran = jornada_here(folder)("extract", "bulletins", "--reader", "baseline")
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture
def database(read_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(read_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "jornada.duckdb"


def test_facts_are_a_row_a_figure_in_the_order_of_files_and_texts(database: Path) -> None:
    table = facts()
    assert table.column("value").to_pylist() == [102, 100, 1205, 31]
    assert table.column_names == facts(database).column_names
    assert table.column_names == query("SELECT * FROM facts LIMIT 0").column_names


@pytest.mark.usefixtures("database")
def test_facts_are_chosen_by_a_condition() -> None:
    assert facts(where="service = 'surgery'").column("value").to_pylist() == [31]
    assert facts(where="value < 40 OR value > 1000 -- or so").num_rows == 2
    assert facts(where="value > 9999").num_rows == 0


@pytest.mark.usefixtures("database")
def test_what_cannot_be_asked_is_one_line_and_changes_nothing() -> None:
    for sql in ("SELEC 1", "SELECT none FROM facts", "DELETE FROM figures", "-- nothing", ""):
        with pytest.raises(StoreError, match=r"\ASQL: .*\Z"):
            query(sql)
    assert facts().num_rows == 4
    with pytest.raises(StoreError, match=r"\ASQL: .*nonesuch.*\Z"):
        facts(where="nonesuch = 1")


@pytest.mark.usefixtures("database")
def test_reading_a_bulletin_writes_no_database() -> None:
    before = query("SELECT count(*) AS n FROM readings").to_pylist()
    read_text(sound(7))
    read_file("bulletins/00.txt")
    assert query("SELECT count(*) AS n FROM readings").to_pylist() == before


@pytest.mark.usefixtures("database")
def test_the_environment_names_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JORNADA_DB", "nonesuch.duckdb")
    with pytest.raises(StoreError, match=r"nonesuch\.duckdb: there is no such database"):
        facts()
    assert facts("jornada.duckdb").num_rows == 4


@pytest.mark.usefixtures("database")
def test_a_database_of_before_gets_the_views_of_today() -> None:
    with duckdb.connect("old.duckdb") as con:
        for file in MIGRATIONS[:9]:
            con.execute(file.read_text("utf-8"))
        con.execute("INSERT INTO store_version VALUES (9, now()::TIMESTAMP)")
    assert facts("old.duckdb").num_rows == 0
