"""Exported files, read back by what their readers would use."""

import csv
import json
import shutil
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest

from pipeline.console.export import export
from pipeline.errors import StoreError, UsageError
from pipeline.store import MIGRATIONS, Store, new_run
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Document, Metadata, Source
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import BulletinKind, Figure, JornadaReport, Period, Service, Status, Unit

KEY = ReaderKey(reader="baseline", schema_hash="s")
ENDINGS = (".csv", ".parquet", ".jsonl", ".xlsx")


def a_figure(value: float, quote: str, place: str = "national") -> Figure:
    return Figure(
        value=value,
        unit=Unit.COUNT if value > 100 else Unit.PERCENT,
        service=Service.TOTAL,
        status=Status.PERFORMED,
        period=Period.OTHER,
        place=place,
        approximate=True,
        quote=quote,
        char_start=0,
        char_end=len(quote),
    )


def put(store: Store, text: str, title: str, *figures: Figure, path: str = "/julio.jsonl") -> None:
    document = Document(
        id=sha256(text.encode()).hexdigest(), text=text, metadata=Metadata(format="txt")
    )
    report = JornadaReport(
        title=title,
        published_on=date(2022, 7, 5),
        bulletin_kind=BulletinKind.RESULTS,
        figures=figures,
    )
    reading = Reading(
        document_id=document.id, key=KEY, status=ReadingStatus.OK, report=report, seconds=0.1
    )
    sources = [Source(path=path, record="7"), Source(path=f"/z{path}")]
    store.append(
        new_run(KEY),
        [Entry(document, reading, now())],
        [Sighting(source, document.id, "read") for source in sources],
    )


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Store(tmp_path_factory.mktemp("stored") / "a.duckdb")
    made.prepare()
    put(
        made,
        "texto",
        "=1+1 Atención médica",
        a_figure(58610, "-58 mil 610\natenciones, «más»"),
        a_figure(71.2, "@71.2 por ciento", place="+Yucatán"),
    )
    return made.path


@pytest.fixture
def store(stored: Path, tmp_path: Path) -> Store:
    return Store(shutil.copyfile(stored, tmp_path / "a.duckdb"))


def test_csv_opens_in_excel_and_holds_no_formula(store: Store, tmp_path: Path) -> None:
    to = tmp_path / "figures.csv"
    assert export(store, to) == 2
    assert to.read_bytes().startswith(b"\xef\xbb\xbf"), "without it Excel garbles accents"
    with to.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["value"], second["value"]) == ("58610", "71.2")
    assert first["title"] == "'=1+1 Atención médica"
    assert first["quote"] == "'-58 mil 610\natenciones, «más»"
    assert (second["quote"], second["place"]) == ("'@71.2 por ciento", "'+Yucatán")
    assert (first["published_on"], first["path"]) == ("2022-07-05", "/julio.jsonl")
    assert (first["record"], first["service_es"]) == ("7", "atenciones en total")
    assert (first["approximate"], first["edition"], first["reader"]) == ("true", "", "baseline")


def test_csv_is_read_by_duckdb_with_its_types(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "figures.csv")
    with duckdb.connect() as con:
        rows = con.execute(
            "SELECT document_id, value, approximate, published_on FROM read_csv(?)",
            [str(tmp_path / "figures.csv")],
        ).fetchall()
    assert rows[0] == (sha256(b"texto").hexdigest(), 58610.0, True, date(2022, 7, 5))


def test_xlsx_holds_numbers_dates_and_no_formula(store: Store, tmp_path: Path) -> None:
    put(
        store,
        "otro",
        "Nota\x00 con\x0b control",
        a_figure(7, "7\x1f por ciento"),
        path="/otro.jsonl",
    )
    to = tmp_path / "figures.xlsx"
    assert export(store, to) == 3
    sheet = openpyxl.load_workbook(to).active
    assert sheet is not None
    header, *rows = sheet.iter_rows()
    names = [cell.value for cell in header]
    by_quote = {row[names.index("quote")].value: row for row in rows}
    first = by_quote["'-58 mil 610\natenciones, «más»"]
    assert first[names.index("value")].value == 58610
    assert isinstance(first[names.index("value")].value, int)
    assert first[names.index("title")].value == "'=1+1 Atención médica"
    assert first[names.index("published_on")].value.date() == date(2022, 7, 5)
    assert first[names.index("approximate")].value is True
    assert by_quote["7 por ciento"][names.index("title")].value == "Nota con control"
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]


def test_parquet_is_typed_and_exact(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "figures.parquet")
    table = pq.read_table(tmp_path / "figures.parquet")
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds["value"] == "double"
    assert kinds["published_on"] == "date32[day]"
    assert kinds["approximate"] == "bool"
    assert kinds["edition"] == "int32"
    assert table.column("quote").to_pylist()[0] == "-58 mil 610\natenciones, «más»"


def test_jsonl_has_whole_numbers_as_such(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "figures.jsonl")
    lines = (tmp_path / "figures.jsonl").read_text("utf-8").splitlines()
    first, second = map(json.loads, lines)
    assert '"value": 58610,' in lines[0]
    assert (first["value"], second["value"]) == (58610, 71.2)
    assert first["title"] == "=1+1 Atención médica", "JSON is no spreadsheet"
    assert (first["published_on"], first["edition"]) == ("2022-07-05", None)


def test_only_the_newest_usable_reading_is_exported(store: Store, tmp_path: Path) -> None:
    put(store, "texto", "Otra lectura", a_figure(500, "500"))
    assert export(store, tmp_path / "a.jsonl") == 1
    assert json.loads((tmp_path / "a.jsonl").read_text("utf-8"))["title"] == "Otra lectura"


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_figures_at_all_give_a_readable_file(tmp_path: Path, ending: str) -> None:
    store = Store(tmp_path / "a.duckdb")
    store.prepare()
    assert export(store, tmp_path / f"a{ending}") == 0
    assert (tmp_path / f"a{ending}").exists()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_exists_is_overwritten_by_force_only(
    store: Store, tmp_path: Path, ending: str
) -> None:
    to = tmp_path / f"a{ending.upper()}"
    to.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        export(store, to)
    assert to.read_text() == "mine"
    export(store, to, force=True)
    assert to.read_bytes() != b"mine"


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_cannot_be_written_is_one_clear_line(
    store: Store, tmp_path: Path, ending: str
) -> None:
    with pytest.raises(UsageError, match="cannot be written: No such file or directory"):
        export(store, tmp_path / "nowhere" / f"a{ending}")
    (tmp_path / f"b{ending}").mkdir()
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        export(store, tmp_path / f"b{ending}", force=True)
    assert {path.suffix for path in tmp_path.iterdir()} == {".duckdb", ending}, "nothing half done"


def test_an_unknown_ending_names_those_that_are_known(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.csv, \.parquet, \.jsonl, \.xlsx"):
        export(store, tmp_path / "a.pdf")


def test_a_missing_database_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        export(Store(tmp_path / "no.duckdb"), tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_an_older_version_is_exported_too(tmp_path: Path) -> None:
    db, out = tmp_path / "old.duckdb", tmp_path / "figures.csv"
    with duckdb.connect(db) as con:
        for file in MIGRATIONS[:6]:
            con.execute(file.read_text("utf-8"))
        con.execute("INSERT INTO store_version VALUES (6, '2024-01-01')")
    assert export(Store(db), out) == 0
    assert "detail_es" in out.read_text("utf-8-sig")
