import io
import json
import os
import socket
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement

from pipeline.documents import LoadedSource, RecordFields, read_all
from tests.processes import run_program

BULLETIN = """Supera IMSS metas de la 10ª Jornada Nacional

Mérida, Yucatán, 24 de marzo de 2023.- Se realizaron 58 mil 610 consultas y 2 mil 590 cirugías."""


def read(*paths: Path | str) -> list[LoadedSource]:
    return list(read_all([str(path) for path in paths]))


def text_of(*paths: Path | str) -> str:
    (loaded,) = read(*paths)
    assert loaded.document is not None, loaded.error
    return loaded.document.text


def error_of(*paths: Path | str) -> str:
    (loaded,) = read(*paths)
    assert loaded.document is None
    assert loaded.error
    assert "\n" not in loaded.error
    return loaded.error


def write(path: Path, content: str | bytes = BULLETIN) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_docx(path: Path, *paragraphs: str) -> Path:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(path))
    return path


def names(loaded: list[LoadedSource]) -> list[str]:
    return [Path(item.source.path).name for item in loaded]


class Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_a_text_file_becomes_a_document_with_title_and_day(tmp_path: Path) -> None:
    (loaded,) = read(write(tmp_path / "a.txt"))
    assert loaded.error is None
    assert loaded.document is not None
    assert loaded.document.text == BULLETIN
    assert loaded.document.metadata.model_dump(mode="json") == {
        "format": "txt",
        "title": "Supera IMSS metas de la 10ª Jornada Nacional",
        "published_on": "2023-03-24",
        "ocr_pages": None,
        "pages_without_words": None,
        "hidden_words": None,
        "hidden_text": None,
    }
    assert loaded.source.path == str(tmp_path / "a.txt")
    assert loaded.source.record is None


def test_the_same_text_in_txt_and_docx_is_one_document(tmp_path: Path) -> None:
    ids = {
        item.document.id
        for item in read(
            write(tmp_path / "a.txt", BULLETIN.replace("\n", "\r\n")),
            write_docx(tmp_path / "b.docx", *BULLETIN.split("\n\n")),
        )
        if item.document
    }
    assert len(ids) == 1


def test_a_folder_is_walked_sorted_without_what_is_no_bulletin(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b.md", "c.TXT", "noticia", "x.gold.json", "y.duckdb"):
        write(tmp_path / name)
    for name in (".hidden.txt", ".git/c.txt", "README.md", "LICENSE", "foto.JPG", "~$b.docx"):
        write(tmp_path / name)
    assert names(read(tmp_path)) == ["b.md", "z.txt", "b.txt", "c.TXT", "noticia"]


def test_a_pattern_that_no_shell_expanded_is_expanded(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/c.txt", "d.md", "a.gold.json"):
        write(tmp_path / name)
    assert names(read(tmp_path / "*.txt")) == ["a.txt", "b.txt"]
    assert names(read(tmp_path / "**" / "*.txt")) == ["a.txt", "b.txt", "c.txt"]
    assert names(read(tmp_path / "**")) == ["a.txt", "b.txt", "d.md", "c.txt"]
    assert names(read(tmp_path / "s*")) == ["c.txt"]


def test_a_file_whose_name_holds_pattern_characters_is_read(tmp_path: Path) -> None:
    assert names(read(write(tmp_path / "jornada [10].txt"))) == ["jornada [10].txt"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("missing.txt", "no such file or folder"),
        ("*.nothing", "no file matches this pattern"),
        ("empty", "no bulletin in this folder"),
        ("nul\0byte", "no such file or folder"),
    ],
)
def test_what_is_not_there_is_one_error(tmp_path: Path, name: str, error: str) -> None:
    (tmp_path / "empty").mkdir()
    assert error_of(tmp_path / name) == error


def test_standard_input_is_read_as_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(BULLETIN.encode()))
    assert text_of("-") == BULLETIN
    rows = "\n".join(json.dumps({"id": i, "text": BULLETIN}) for i in "ab")
    monkeypatch.setattr(sys, "stdin", Stdin(rows.encode()))
    assert [str(item.source) for item in read("-")] == ["-#a", "-#b"]
    word = write_docx(tmp_path / "a.docx", BULLETIN).read_bytes()
    monkeypatch.setattr(sys, "stdin", Stdin(word))
    assert "58 mil 610" in text_of("-")
    monkeypatch.setattr(sys, "stdin", Stdin(b""))
    assert error_of("-") == "the file is empty"


def test_reading_is_lazy_and_a_file_that_vanishes_is_one_error(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        write(tmp_path / name)
    reading = read_all([str(tmp_path)])
    assert next(reading).error is None
    (tmp_path / "b.txt").unlink()
    gone, last = reading
    assert gone.error is not None
    assert "gone" in gone.error
    assert last.document is not None


def test_links_are_followed_once_and_dead_ones_reported(tmp_path: Path) -> None:
    write(tmp_path / "a" / "a.txt")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b.txt").symlink_to(tmp_path / "a" / "a.txt")
    (tmp_path / "c.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    found = read(tmp_path)
    assert names(found) == ["a.txt", "b.txt", "c.txt", "self"]
    assert [item.error is None for item in found] == [True, True, False, False]


def test_a_file_without_permission_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.txt")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything: the refusal has to be played

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("builtins.open", refuse)
    assert "permission" in error_of(path)


def test_a_folder_without_permission_does_not_stop_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a" / "a.txt")
    write(tmp_path / "b.txt")
    listdir = os.listdir

    def refuse(path: str) -> list[str]:
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied")
        return listdir(path)

    monkeypatch.setattr(os, "listdir", refuse)
    refused, read_after = read(tmp_path)
    assert refused.error == "cannot be looked at: Permission denied"
    assert read_after.document is not None


def test_sockets_and_devices_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.txt")
        assert error_of("s.txt") == "a socket, not a file: give what is read as a file or a pipe"
    assert "a device, not a file" in error_of("/dev/zero")


ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("xl/workbook.xml", "<a/>")


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \r\n\t ", "empty"),
        ("a.md", b"***\n", "no text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG picture"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG picture"),
        ("a.txt", b"Supera IMSS metas\0\0\0\x01\x02 de la jornada", "binary"),
        ("a.bin", bytes(range(256)) * 40, "binary"),
        ("a.xlsx", ZIP.getvalue(), "save it as"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save it as DOCX"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "without a password"),
        ("a.docx", ZIP.getvalue(), "broken file"),
        ("a.docx", ZIP.getvalue()[:30], "broken file"),
        ("a.docx", b"no es un docx", "broken file"),
        ("a.pdf", b"%PDF-1.4 roto", "broken file"),
        ("a.pdf", b"<html>404</html>", "broken file"),
        ("a.gold.json", b'{"title": "x"}', "gold labels"),
        ("a.html", b"<html><head></head><body></body></html>", "no text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_what_cannot_be_read_is_one_clear_line(
    tmp_path: Path, name: str, content: bytes, advice: str
) -> None:
    assert advice in error_of(write(tmp_path / name, content))


def test_one_bad_file_never_stops_the_rest(tmp_path: Path) -> None:
    write(tmp_path / "a.pdf", b"%PDF-roto")
    write(tmp_path / "b.txt", b"")
    write(tmp_path / "c.docx", b"PK\x03\x04")
    write(tmp_path / "d.txt")
    assert [item.error is None for item in read(tmp_path)] == [False, False, False, True]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.pdf", "a.docx", "a.json"])
def test_a_file_too_large_for_one_bulletin_is_refused_unread(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024)
    assert "over 10 MB" in error_of(path)


def test_an_unknown_extension_is_read_by_its_content(tmp_path: Path) -> None:
    assert text_of(write(tmp_path / "a.nota")) == BULLETIN
    page = b"<!DOCTYPE html><body><p>Hubo 58 mil 610 consultas.</p></body>"
    assert text_of(write(tmp_path / "b.nota", page)) == "Hubo 58 mil 610 consultas."


def test_a_docx_keeps_paragraphs_tables_and_insertions_in_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "encabezado 99"
    document.add_paragraph("Antes de la tabla.").add_run().add_break()
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells),
        ("Servicio", "Cifra", "Cirugías", "2 mil 590"),
        strict=True,
    ):
        cell.text = text
    changed = document.add_paragraph("Hubo ")
    for tag, text_tag, text in (("w:del", "w:delText", "31"), ("w:ins", "w:t", "30")):
        change, run, words = (OxmlElement(t) for t in (tag, "w:r", text_tag))
        words.text = text
        run.append(words)
        change.append(run)
        changed._p.append(change)  # noqa: SLF001 - tracked changes have no public call
    changed.add_run("\ttrasplantes.")
    document.save(str(tmp_path / "a.docx"))
    assert text_of(tmp_path / "a.docx") == (
        "Antes de la tabla.\n\nServicio | Cifra\nCirugías | 2 mil 590\n\nHubo 30\ttrasplantes."
    )


@pytest.mark.parametrize("stated", ["Supera IMSS metas de la jornada", "Plantilla 2019"])
def test_a_docx_title_is_trusted_only_where_the_text_agrees(tmp_path: Path, stated: str) -> None:
    document = docx.Document()
    document.core_properties.title = stated
    document.add_paragraph("Supera IMSS metas de la jornada")
    document.add_paragraph("Hubo 58 mil 610 consultas en todo el país.")
    document.save(str(tmp_path / "a.docx"))
    (loaded,) = read(tmp_path / "a.docx")
    assert loaded.document is not None
    assert loaded.document.metadata.title == "Supera IMSS metas de la jornada"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as bomb,
        bomb.open("word/document.xml", "w") as member,
    ):
        for _ in range(110):
            member.write(bytes(1024 * 1024))
    assert "unpacks to 110 MB" in error_of(tmp_path / "a.docx")


def test_options_for_records_do_not_touch_single_bulletins(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    (loaded,) = read_all([str(path)], RecordFields(text="cuerpo", id="clave"))
    assert loaded.document is not None


def test_no_slow_library_is_imported_before_it_is_needed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    code = (
        "import sys; from pipeline.documents import read_all; list(read_all([sys.argv[1]]));"
        "print({'trafilatura', 'docx', 'pypdfium2', 'pyarrow', 'yaml', 'charset_normalizer'}"
        " & set(sys.modules))"
    )
    ran = run_program([sys.executable, "-c", code, str(path)])
    assert ran.stdout == "set()\n"
