"""`jornada forget`, and `extract` over files that have changed or gone, as a person uses them."""

import json
import re
from pathlib import Path

import pytest

from tests.command import Jornada, Model

pytestmark = pytest.mark.slow

BULLETIN = "Se otorgaron {} consultas y {} cirugías en la jornada.\n"
COUNTS = (
    "SELECT (SELECT count(*) FROM current_documents) AS documents, "
    "(SELECT count(*) FROM current_figures) AS figures"
)


def write(path: Path, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(BULLETIN.format(number, number + 1), "utf-8")


@pytest.fixture
def extracted(tmp_path: Path, here: Jornada) -> Path:
    """Give a folder with two bulletins in one folder and two in one file, that were read.

    The database knows files by where they lie, so that it cannot be made once and copied.
    """
    write(tmp_path / "in" / "below" / "a.txt", 101)
    write(tmp_path / "in" / "below" / "b.txt", 201)
    lines = [{"id": f"no. {n}", "text": BULLETIN.format(n, n + 1)} for n in (301, 401)]
    (tmp_path / "in" / "many.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert here("extract", "in", "--reader", "baseline").returncode == 0
    return tmp_path


def counted(here: Jornada) -> tuple[int, int]:
    (told,) = json.loads(here("query", COUNTS, "--json").stdout)
    return told["documents"], told["figures"]


def extract(here: Jornada, *arguments: str) -> dict[str, object]:
    ran = here("extract", *arguments, "--reader", "baseline", "--json")
    assert ran.returncode == 0, ran.stderr
    told: dict[str, object] = json.loads(ran.stdout)
    return told


@pytest.mark.usefixtures("extracted")
def test_what_is_forgotten_counts_no_more_and_comes_back_by_extracting_it_again(
    here: Jornada,
) -> None:
    named: list[tuple[list[str], int]] = [
        (["in/below/a.txt"], 1),
        (["./in//below/a.txt", "in/below/../below/a.txt"], 1),
        (["in/below"], 2),
        (["in/below/", "in/below/b.txt"], 2),
        (["in/many.jsonl"], 2),
        (["in/many.jsonl#no. 401"], 1),
        (["."], 4),
    ]
    assert counted(here) == (4, 8)
    for names, forgotten in named:
        ran = here("forget", *names, "--json")
        assert ran.returncode == 0, ran.stderr
        told = json.loads(ran.stdout)
        assert told == {"sources": forgotten, "documents": forgotten, "figures": 2 * forgotten}
        assert counted(here) == (4 - forgotten, 8 - 2 * forgotten), names
        told = extract(here, "in")
        assert (told["read"], told["unchanged"], told["changed"]) == (0, 4, 0)
        assert counted(here) == (4, 8), names


def test_a_file_need_not_be_there_and_the_table_says_how_it_comes_back(
    here: Jornada, extracted: Path
) -> None:
    (extracted / "in" / "below" / "a.txt").unlink()
    ran = here("forget", "in/below/a.txt")
    assert ran.returncode == 0
    assert re.findall(r"\d+", ran.stdout) == ["1", "1", "2"]
    assert "extracting them again brings them back" in ran.stderr
    assert "forget" in here("runs").stdout


def test_a_document_is_forgotten_by_the_beginning_of_its_id_in_all_files_that_hold_it(
    here: Jornada, extracted: Path
) -> None:
    write(extracted / "in" / "copy.txt", 101)
    extract(here, "in")
    query = "SELECT document_id FROM current_documents WHERE sources = 2"
    ((document_id,),) = [row.values() for row in json.loads(here("query", query, "--json").stdout)]
    told = json.loads(here("forget", document_id[:8].upper(), "--json").stdout)
    assert told == {"sources": 2, "documents": 1, "figures": 2}
    again = here("forget", document_id)
    assert again.returncode == 2
    assert document_id in again.stderr


def test_a_text_that_another_file_still_holds_counts_on(here: Jornada, extracted: Path) -> None:
    write(extracted / "in" / "copy.txt", 101)
    extract(here, "in")
    told = json.loads(here("forget", "in/copy.txt", "--json").stdout)
    assert told == {"sources": 1, "documents": 0, "figures": 0}


def test_texts_that_came_by_standard_input_are_forgotten_one_by_one_or_all(here: Jornada) -> None:
    for number in (101, 201, 301):
        ran = here("extract", "-", "--reader", "baseline", stdin=BULLETIN.format(number, 7))
        assert ran.returncode == 0, ran.stderr
    query = "SELECT document_id FROM current_documents ORDER BY 1 LIMIT 1"
    (row,) = json.loads(here("query", query, "--json").stdout)
    assert json.loads(here("forget", row["document_id"], "--json").stdout)["documents"] == 1
    assert json.loads(here("forget", "-", "--json").stdout)["documents"] == 2
    assert counted(here) == (0, 0)


@pytest.mark.usefixtures("extracted")
def test_what_is_not_on_record_is_one_line_and_nothing_is_forgotten(here: Jornada) -> None:
    for name in ("in/c.txt", "in/bel", "many.jsonl#no. 999", "abcde", "#", ""):
        ran = here("forget", "in/below/a.txt", name)
        assert (ran.returncode, ran.stdout) == (2, ""), name
        assert len(ran.stderr.splitlines()) == 1
    assert counted(here) == (4, 8)


def test_no_database_is_made_where_there_is_none(here: Jornada, tmp_path: Path) -> None:
    ran = here("forget", "in")
    assert ran.returncode == 2
    assert "jornada.duckdb: there is no such database" in ran.stderr
    assert not list(tmp_path.glob("*.duckdb"))


def test_a_corrected_file_and_a_file_that_is_gone_are_told_and_count_once(
    here: Jornada, extracted: Path
) -> None:
    write(extracted / "in" / "below" / "a.txt", 111)
    (extracted / "in" / "below" / "b.txt").unlink()
    ran = here("extract", str(extracted / "in"), "--reader", "baseline")
    assert ran.returncode == 0
    assert "changed    1 source" in ran.stdout
    assert "gone       1 source" in ran.stdout
    assert "`jornada forget PATH`" in ran.stderr
    assert counted(here) == (4, 8)
    told = extract(here, "in", "--prune")
    assert (told["changed"], told["gone"], told["forgotten"]) == (0, 1, 1)
    assert counted(here) == (3, 6)
    told = extract(here, "in")
    assert (told["changed"], told["gone"], told["forgotten"]) == (0, 0, 0)
    values = here("query", "SELECT value FROM current_figures ORDER BY 1", "--csv").stdout
    assert values.split()[1:3] == ["111", "112"]


@pytest.mark.usefixtures("extracted")
def test_an_estimate_has_not_seen_everything(here: Jornada) -> None:
    told = extract(here, "in", "--estimate")
    assert (told["changed"], told["gone"], told["forgotten"]) == (0, None, None)
    ran = here("extract", "in", "--estimate", "--prune")
    assert ran.returncode == 2
    assert "leave out --estimate" in ran.stderr


def test_files_that_are_passed_over_by_their_kind_are_one_line(
    here: Jornada, extracted: Path
) -> None:
    for name in ("a.JPG", "b.jpg", "c.zip", ".hidden.png", "README.md", "a.gold.json", "d.duckdb"):
        (extracted / "in" / name).write_bytes(b"x")
    ran = here("extract", "in", "--reader", "baseline")
    assert (
        "3 files are of kinds that hold no bulletins (2 .jpg, 1 .zip) and were passed over.\n"
    ) in ran.stderr
    assert extract(here, "in")["passed_over"] == {".jpg": 2, ".zip": 1}
    assert "passed over" not in here("extract", "in/below", "--reader", "baseline").stderr
    assert "1 file is of a kind" in here("extract", "in/*.zip", "in/below").stderr


def test_what_was_forgotten_comes_back_without_asking_the_model_again(
    here: Jornada, tmp_path: Path, model: Model
) -> None:
    write(tmp_path / "in" / "a.txt", 101)
    model.let_go.set()
    assert here("extract", "in", **model.configured).returncode == 0
    asked = model.asked
    assert asked > 0
    assert here("forget", "in").returncode == 0
    ran = here("extract", "in", "--json", **model.configured)
    assert json.loads(ran.stdout)["unchanged"] == 1
    assert model.asked == asked
    assert counted(here)[0] == 1
