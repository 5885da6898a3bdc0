import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

from pipeline.documents import LoadedSource, RecordFields, read_all

A = "Se realizaron 58 mil 610 consultas en todo el país."
B = "Hubo 2 mil 590 cirugías,\ny 30 «trasplantes»; nada más."


def read(path: Path, **fields: str) -> list[LoadedSource]:
    return list(read_all([str(path)], RecordFields(**fields)))


def texts(loaded: list[LoadedSource]) -> dict[str | None, str | None]:
    return {i.source.record: i.document.text if i.document else None for i in loaded}


def write_jsonl(path: Path, *rows: object, encoding: str = "utf-8") -> Path:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_bytes(text.encode(encoding))
    return path


def write_csv(path: Path, *rows: list[str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def test_jsonl_rows_are_documents_known_by_id_or_line(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", {"id": "x", "text": A}, "", {"texto": B}, {"BODY": A})
    loaded = read(path)
    assert texts(loaded) == {"x": A, "3": B, "4": A}
    assert str(loaded[0].source) == f"{path}#x"
    assert loaded[0].document is not None
    assert loaded[0].document.metadata.format == "jsonl"


def test_text_and_id_fields_are_options(tmp_path: Path) -> None:
    row = {"id": 1, "text": "otra cosa", "nota": A, "Clave": 77}
    assert texts(read(write_jsonl(tmp_path / "a.jsonl", row), text="nota", id="clave")) == {"77": A}


def test_a_broken_line_fails_alone_and_says_its_number(tmp_path: Path) -> None:
    rows = (
        {"text": A},
        '{"text": "roto',
        [1],
        {"texto": " "},
        {"id": "v"},
        "7" * 5000,
        {"text": B},
    )
    loaded = read(write_jsonl(tmp_path / "a.jsonl", *rows))
    assert [item.source.record for item in loaded] == ["1", "2", "3", "4", "v", "6", "7"]
    assert [item.document is not None for item in loaded] == [True, *[False] * 5, True]
    errors = [item.error or "" for item in loaded]
    assert errors[1].startswith("line 2: broken JSON at character 10")
    assert "not an object" in errors[2]
    assert "no text in field 'text'" in errors[3]
    assert "record v" in errors[4]
    assert errors[5].startswith("line 6: broken JSON")


def test_an_error_is_one_line_whatever_the_record_is_called(tmp_path: Path) -> None:
    (loaded,) = read(write_jsonl(tmp_path / "a.jsonl", {"id": "x\ny" * 500, "text": ""}))
    assert loaded.error is not None
    assert loaded.error.startswith("record x yx y")
    assert len(loaded.error) <= 300


def test_lines_that_are_no_text_or_too_long_fail_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps({"text": A}).encode()
    path.write_bytes(
        b"\0\x01\x02\x03\n" + b'"' + b"x" * 21 * 2**20 + b'"\n' + b"[" * 99999 + b"\n" + good
    )
    binary, long, deep, last = read(path)
    assert "binary" in (binary.error or "")
    assert long.error == "line 2: longer than 10 MB"
    assert (deep.error or "").startswith("line 3: broken JSON")
    assert texts([last]) == {"4": A}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_jsonl_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    rows = [json.dumps({"text": text}, ensure_ascii=False) for text in (A, B)]
    assert texts(read(write_jsonl(tmp_path / "a.jsonl", *rows, encoding=encoding))) == {
        "1": A,
        "2": B,
    }


def test_named_columns_state_title_and_day(tmp_path: Path) -> None:
    row = {"Title": "IMSS da 58 mil", "Published_On": "2022-08-01T10:00", "text": A}
    (loaded,) = read(write_jsonl(tmp_path / "a.jsonl", row))
    assert loaded.document is not None
    assert loaded.document.text == f"IMSS da 58 mil\n\n{A}"
    assert loaded.document.metadata.title == "IMSS da 58 mil"
    assert loaded.document.metadata.published_on == date(2022, 8, 1)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_delimiter_and_encoding_are_told(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = (["Fecha", "Texto", "ID"], ["1/8/2022", A, "x"], ["", B, ""])
    loaded = read(write_csv(tmp_path / "a.csv", *rows, delimiter=delimiter, encoding=encoding))
    assert texts(loaded) == {"x": A, "3": B}
    assert loaded[0].document is not None
    assert loaded[0].document.metadata.published_on == date(2022, 8, 1)


def test_a_csv_row_is_known_by_the_line_it_begins_on(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["text"], [B], [A], ["x" * 200_000])
    assert list(texts(read(path))) == ["2", "4", "5"]


def test_a_csv_row_that_would_lose_text_fails_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"id,text\n1,Hubo 58 mil, 30 y 5\n2,{A}\n", encoding="utf-8")
    spilt, good = read(tmp_path / "a.csv")
    assert spilt.error == "line 2: 3 cells under 2 columns; put texts in quotes"
    assert texts([good]) == {"2": A}


def test_a_quote_that_never_closes_is_one_error(tmp_path: Path) -> None:
    text = f'text\n{A}\n"' + ("x" * 1000 + "\n") * 11_000
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    good, broken = read(tmp_path / "a.csv")
    assert good.document is not None
    assert "line 3: broken CSV" in (broken.error or "")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        write_csv(path, ["uno", "dos"], [A, B])
    else:
        parquet.write_table(pa.table({"uno": [A], "dos": [B]}), path)
    assert [item.error for item in read(path)] == [
        "no column 'text' (columns: uno, dos): name it by option"
    ]
    assert [item.error for item in read(path, text="uno", id="tres")] == [
        "no column 'tres' (columns: uno, dos): name it by option"
    ]


def test_parquet_rows_are_documents(tmp_path: Path) -> None:
    table = pa.table(
        {
            "Texto": pa.array([A, None, B], pa.large_string()),
            "clave": [7, 8, 9],
            "date": [date(2022, 8, 1), None, None],
            "other": [[1], [2], [3]],
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    loaded = read(tmp_path / "a.parquet", id="clave")
    assert texts(loaded) == {"7": A, "8": None, "9": B}
    assert "no text" in (loaded[1].error or "")
    assert loaded[0].document is not None
    assert loaded[0].document.metadata.published_on == date(2022, 8, 1)


@pytest.mark.parametrize(
    "kind",
    [
        pa.timestamp("us"),
        pa.timestamp("us", tz="No/Where"),
        pa.date32(),
        pa.duration("s"),
    ],
    ids=str,
)
def test_a_day_of_parquet_beyond_all_calendars_is_no_day(tmp_path: Path, kind: pa.DataType) -> None:
    size = 2**31 - 1 if kind == pa.date32() else 2**62 + 1
    days = pa.array([size, None, -size], kind)
    parquet.write_table(pa.table({"text": [A, B, A], "date": days}), tmp_path / "a.parquet")
    loaded = read(tmp_path / "a.parquet")
    assert texts(loaded) == {"1": A, "2": B, "3": A}
    assert [item.document and item.document.metadata.published_on for item in loaded] == [None] * 3


def test_a_cell_of_parquet_that_is_no_text_costs_its_row(tmp_path: Path) -> None:
    broken = pa.StringArray.from_buffers(
        1, pa.py_buffer(bytes([0, 0, 0, 0, 2, 0, 0, 0])), pa.py_buffer(b"\xff1")
    )
    table = pa.table({"text": pa.chunked_array([pa.array([A]), broken, pa.array([B])])})
    parquet.write_table(table, tmp_path / "a.parquet")
    loaded = read(tmp_path / "a.parquet")
    assert texts(loaded) == {"1": A, "2": None, "3": B}
    assert loaded[1].error == "record 2: text that is no UTF-8"


def test_a_broken_parquet_is_one_error(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"text": [A]}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    for name, broken in {
        "b": data[:-9],
        "c": b"nada",
        "d": data[:4] + bytes(99) + data[60:],
    }.items():
        (tmp_path / f"{name}.parquet").write_bytes(broken)
        (loaded,) = read(tmp_path / f"{name}.parquet")
        assert loaded.error is not None, name
        assert "\n" not in loaded.error


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([{"id": "x", "text": A}, {"text": B}], {"x": A, "2": B}),
        ({"text": A}, {"1": A}),
    ],
)
def test_json_holds_a_list_or_one_record(
    tmp_path: Path, content: object, expected: dict[str, str]
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(content), encoding="utf-8")
    assert texts(read(tmp_path / "a.json")) == expected


def test_a_text_too_large_for_a_bulletin_is_refused(tmp_path: Path) -> None:
    table = pa.table({"text": [A, "a" * (10 * 2**20 + 1)]})
    parquet.write_table(table, tmp_path / "a.parquet")
    assert [item.error for item in read(tmp_path / "a.parquet")] == [
        None,
        "record 2: text over 10 MB, too large for one bulletin",
    ]


def test_json_lines_under_the_name_of_json_are_read(tmp_path: Path) -> None:
    assert texts(read(write_jsonl(tmp_path / "a.json", {"text": A}, {"text": B}))) == {
        "1": A,
        "2": B,
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jsonl", ""), ("a.jsonl", "\n\n"), ("a.csv", ""), ("a.csv", "text\n"), ("a.json", "[]")],
)
def test_a_file_without_records_says_so(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    (loaded,) = read(tmp_path / name)
    assert loaded.error is not None


def test_mojibake_and_surrogates_in_a_record_are_mended(tmp_path: Path) -> None:
    row = '{"text": "CirugÃ\\u00ada en MÃ©rida \\ud800 58 mil"}'
    assert texts(read(write_jsonl(tmp_path / "a.jsonl", row))) == {"1": "Cirugía en Mérida  58 mil"}


@pytest.mark.slow
def test_a_large_file_is_read_row_by_row(tmp_path: Path) -> None:
    rows = [{"text": A + "x" * 50_000}] * 60
    write_jsonl(tmp_path / "a.jsonl", *rows)
    write_csv(tmp_path / "a.csv", ["text"], *([row["text"]] for row in rows))
    table = pa.Table.from_pylist([{"text": f"{i} {row['text']}"} for i, row in enumerate(rows)])
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=4, compression="none")
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        assert (tmp_path / name).stat().st_size > 3_000_000
        tracemalloc.start()
        assert sum(item.document is not None for item in read_all([str(tmp_path / name)])) == 60
        assert tracemalloc.get_traced_memory()[1] < 1_500_000
        tracemalloc.stop()


Row = list[tuple[str, str]]


def as_csv(path: Path, row: Row) -> Path:
    return write_csv(path.with_suffix(".csv"), *map(list, zip(*row, strict=True)))


def as_parquet(path: Path, row: Row) -> Path:
    arrays = [pa.array([value]) for _, value in row]
    table = pa.Table.from_arrays(arrays, names=[name for name, _ in row])
    parquet.write_table(table, path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def as_object(row: Row) -> str:
    return "{" + ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in row) + "}"


def as_jsonl(path: Path, row: Row) -> Path:
    return write_jsonl(path.with_suffix(".jsonl"), as_object(row))


def as_json(path: Path, row: Row) -> Path:
    path.with_suffix(".json").write_text(f"[{as_object(row)}]")
    return path.with_suffix(".json")


WAYS = (as_csv, as_parquet, as_jsonl, as_json)


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("text", ("text", "Text", " text ", "TEXT\t")),
        ("id", ("id", "ID")),
        ("title", ("title", "Title ")),
        ("fecha", ("fecha", "Fecha")),
        ("descripción", ("Descripción",)),
    ],
)
def test_a_name_that_stands_twice_is_refused_where_it_is_used(
    tmp_path: Path, write: Callable[[Path, Row], Path], name: str, others: tuple[str, ...]
) -> None:
    for other in others:
        row = [("text", A), ("n", "1"), (name, B), (other, B)]
        (loaded,) = read(write(tmp_path / "a", row if name != "text" else row[1:]))
        assert loaded.document is None
        assert loaded.error is not None
        assert loaded.error.endswith(f"{name!r} stands twice: rename one")
        assert "\n" not in loaded.error


@pytest.mark.parametrize("write", WAYS)
def test_a_name_that_stands_twice_and_is_of_no_use_does_no_harm(
    tmp_path: Path, write: Callable[[Path, Row], Path]
) -> None:
    row = [("x", "1"), ("Text ", A), ("body", B), ("x", "2"), ("Body", A), ("id", "7"), ("ID", "8")]
    (loaded,) = read(write(tmp_path / "a", [*row, ("key", "k")]), id="key")
    assert loaded.document is not None
    assert (loaded.document.text, loaded.source.record) == (A, "k")
    (loaded,) = read(write(tmp_path / "a", [("x", A), ("text", B), ("text", B)]), text="X")
    assert loaded.document is not None
    assert loaded.document.text == A


@pytest.mark.parametrize("write", WAYS)
def test_a_record_without_text_takes_none_from_a_name_that_stands_twice(
    tmp_path: Path, write: Callable[[Path, Row], Path]
) -> None:
    (loaded,) = read(write(tmp_path / "a", [("text", ""), ("body", A), ("body", B)]))
    assert loaded.document is None
    assert loaded.error is not None
    assert "no text in field 'text'" in loaded.error


def test_records_beside_one_with_a_name_twice_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(f'[{{"text": "x", "text": "y"}}, {json.dumps({"text": A})}]')
    assert texts(read(tmp_path / "a.json")) == {"1": None, "2": A}
