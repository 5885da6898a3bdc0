"""The command `jornada report`, on bulletins that a model has read."""

from pathlib import Path

import pytest

from tests.command import Jornada


@pytest.mark.slow
def test_a_report_is_written_once_and_holds_what_was_read(
    here: Jornada, extracted: Path, tmp_path: Path
) -> None:
    ran = here("report", "--to", "a.html", "--lang", "es")
    assert (ran.returncode, ran.stdout) == (0, "Report written to a.html\n")
    page = (tmp_path / "a.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="es">' in page
    assert "jornada.duckdb" in page
    assert str(extracted) not in page
    again = here("report", "--to", "a.html")
    assert again.returncode == 2
    assert "exists already" in again.stderr
    assert (tmp_path / "a.html").read_text("utf-8") == page


def test_what_cannot_be_written_or_asked_is_one_line(
    here: Jornada, extracted: Path, tmp_path: Path
) -> None:
    for arguments, told in (
        (("--to", "a.csv"), "must end in .html"),
        (("--to", "a.html", "--where", "nowhere = 1"), "--where"),
        (("--to", "a.html", "--where", "TRUE; SELECT 1"), "--where"),
        (("--to", "a.html", "--db", "other.duckdb"), "no such database"),
    ):
        ran = here("report", *arguments)
        assert ran.returncode == 2, arguments
        assert told in ran.stderr
    assert list(tmp_path.glob("*.html")) == []
    assert extracted.is_dir()
