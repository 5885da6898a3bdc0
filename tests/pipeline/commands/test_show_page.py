"""`jornada show --html` and `jornada export --to x.html`: pages that are files."""

from pathlib import Path

import pytest
from lxml import html

from pipeline.pages.bulletin import list_page
from schemas.reading import ReadingStatus
from tests.command import Jornada
from tests.readings import a_document, a_reading
from tests.reviewed import store_reading

pytestmark = pytest.mark.usefixtures("extracted")


def page_at(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_text("utf-8"))


def test_a_page_is_written_of_what_is_stored(here: Jornada, tmp_path: Path) -> None:
    ran = here("show", "bulletins/03.txt", "--html", "a.html")
    assert (ran.returncode, ran.stdout) == (0, "Page written to a.html\n"), ran.stderr
    page = page_at(tmp_path / "a.html")
    assert "Se otorgaron 103 consultas" in page.xpath("string(//div[@class='text'])")
    assert len(page.xpath("//table//tbody/tr")) == 1
    assert page.xpath("//dl/dd/text()")[0] == "03.txt"
    assert str(tmp_path) not in (tmp_path / "a.html").read_text("utf-8")


def test_a_file_that_is_not_stored_is_read_for_its_page(jornada: Jornada, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("Hubo 5 mil 980 consultas en la jornada.", "utf-8")
    ran = jornada("show", "new.txt", "--html", "-", "--lang", "es", "--reader", "baseline")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("<!DOCTYPE html>\n")
    page = html.document_fromstring(ran.stdout)
    assert page.get("lang") == "es"
    assert "5,980" in page.xpath("string(//table)")
    assert "reglas (baseline)" in page.text_content()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--html", "a.html", "--json"), "give --json or --html, not both"),
        (("--html", "there.html"), "--html there.html: exists already; --force overwrites it"),
        (("--html", "jornada.duckdb", "--force"), "is a file of the database"),
        (("--html", "no/a.html"), "No such file or directory"),
        (("--lang", "es"), "--lang and --force are about the page that --html writes"),
        (("--force",), "--lang and --force are about the page that --html writes"),
    ],
)
def test_what_cannot_be_written_is_one_line_before_anything_is_read(
    here: Jornada, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "there.html").write_text("mine")
    ran = here("show", "bulletins/03.txt", *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert (tmp_path / "there.html").read_text() == "mine"
    assert not (tmp_path / "a.html").exists()


def test_all_bulletins_are_exported_as_one_page(here: Jornada, tmp_path: Path) -> None:
    ran = here("export", "--to", "all.html")
    assert (ran.returncode, ran.stdout) == (0, "12 bulletins written to all.html\n"), ran.stderr
    page = page_at(tmp_path / "all.html")
    assert len(page.xpath("//details")) == 12
    assert "12 bulletins · 12 figures" in page.xpath("string(//header)")


def test_documents_that_no_reader_could_read_are_counted_on_the_page(
    here: Jornada, tmp_path: Path
) -> None:
    document = a_document("Hubo 9 consultas.")
    failed = a_reading(document, ReadingStatus.FAILED)
    store_reading(tmp_path / "jornada.duckdb", document, failed)
    ran = here("export", "--to", "all.html")
    assert ran.stdout == "12 bulletins written to all.html\n"
    said = page_at(tmp_path / "all.html").xpath("string(//header)")
    assert "1 document that could not be read is left out." in said
    store_reading(tmp_path / "jornada.duckdb", document)
    assert here("export", "--to", "read.html").stdout == "13 bulletins written to read.html\n"
    assert "left out" not in page_at(tmp_path / "read.html").xpath("string(//header)")


@pytest.mark.slow
def test_a_condition_chooses_bulletins_by_their_figures(
    here: Jornada, jornada: Jornada, tmp_path: Path
) -> None:
    ran = here(
        "export", "--to", "some.html", "--where", "value >= 110 -- the <b>largest", "--lang", "es"
    )
    assert ran.stdout == "2 bulletins written to some.html\n"
    page = page_at(tmp_path / "some.html")
    assert len(page.xpath("//details//tr[@class='chosen']")) == 2
    assert "Con cifras que cumplen: value >= 110 -- the <b>largest" in page.text_content()
    piped = jornada("export", "--to", "-", "--format", "html", "--where", "value >= 110")
    assert piped.stdout.count("<details") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sql", "FROM facts"), "a page shows bulletins and no rows"),
        (("--where", "valu > 3"), "--where: "),
        (("--where", "true) UNION (FROM read_text('a.txt')"), "--where: "),
    ],
)
def test_what_cannot_be_a_page_is_one_line(
    here: Jornada, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "a.txt").write_text("secret")
    ran = here("export", "--to", "all.html", *arguments)
    assert ran.returncode == 2
    assert ran.stderr.startswith("--")
    assert said in ran.stderr
    assert not (tmp_path / "all.html").exists()


def test_more_bulletins_than_a_page_holds_are_refused(
    here: Jornada, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.console import export_page  # noqa: PLC0415 - loaded when it is used

    assert export_page.MOST_BULLETINS == list_page.MOST_BULLETINS == 1000
    monkeypatch.setattr(export_page, "MOST_BULLETINS", 11)
    ran = here("export", "--to", "all.html")
    assert ran.returncode == 2
    said = "a page holds 11 bulletins at most, and these are 12; choose some with --where"
    assert ran.stderr == f"--to all.html: {said}\n"
    assert not (tmp_path / "all.html").exists()


def test_no_bulletins_are_a_page_too(here: Jornada, tmp_path: Path) -> None:
    assert here("export", "--to", "none.html", "--where", "false").returncode == 0
    assert page_at(tmp_path / "none.html").xpath("//details") == []
