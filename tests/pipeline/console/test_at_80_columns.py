"""What commands print on a real terminal of 80 columns, and through a pipe."""

import json
import re
from pathlib import Path

import pytest

from tests.command import Jornada, jornada_here, lay_out
from tests.terminal import print_on_a_terminal, run_on_a_terminal


def bulletin(number: int) -> str:
    """A bulletin with long lines, broken ones, and a contradiction that the checks find."""
    return (
        f"IMSS otorgó {5000 + number} consultas en Nuevo León\n\n"
        f"En la jornada se otorgaron {6000 + number} consultas de todo\ntipo en Nuevo León, "
        "en todas las unidades del Instituto en la entidad, según informó la representación.\n"
    )


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where two bulletins were read; what is asked there leaves it as it is."""
    folder = tmp_path_factory.mktemp("extracted")
    lay_out(folder / "bulletins", bulletin(1), bulletin(2))
    ran = jornada_here(folder)("extract", "bulletins")
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture
def here(extracted: Path) -> Jornada:
    return jornada_here(extracted)


COMMANDS = (
    ("query", "FROM documents JOIN current_readings USING (document_id)"),
    ("query", "SELECT quote, document_id, value, service FROM current_figures"),
    ("query", "DESCRIBE figures"),
    ("findings",),
    ("show", "00.txt"),
    ("runs",),
    ("status",),
    ("doctor",),
    ("prompts",),
    ("vocabulary", "test", "Se prevén 40 cirugías de hernia y 64, 255 consultas, en Sonora"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_line_is_wider_than_the_terminal_and_no_id_is_long(
    extracted: Path, command: tuple[str, ...]
) -> None:
    ran = print_on_a_terminal(extracted, *command)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert lines
    assert max(map(len, lines)) <= 80
    assert not re.search(r"[0-9a-f]{20}", ran.stdout)


def test_a_process_of_its_own_prints_the_same(extracted: Path) -> None:
    show = COMMANDS[4]
    ran, here = run_on_a_terminal(extracted, *show), print_on_a_terminal(extracted, *show)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == here.stdout


def test_records_with_no_room_for_a_table_are_blocks(extracted: Path) -> None:
    sql = """SELECT document_id, reading_id, value, service, detail, status, period, place, quote,
        'a' || chr(10) || 'b' AS two_lines FROM current_figures ORDER BY value DESC LIMIT 1"""
    lines = print_on_a_terminal(extracted, "query", sql).stdout.splitlines()
    facts = dict(line.split(":", 1) for line in lines if line.strip())
    assert [name.strip() for name in facts][:3] == ["document_id", "reading_id", "value"]
    assert facts["two_lines"].strip() == "a b"
    assert re.fullmatch(r"[0-9a-f]{12}", facts["document_id"].strip())
    wide = print_on_a_terminal(extracted, "query", sql, columns=300).stdout.strip().splitlines()
    assert len(wide) == 3, "there is room for a table: its head, a rule, one line"


def test_a_document_is_found_by_the_id_that_a_table_shows(extracted: Path, here: Jornada) -> None:
    sql = "SELECT document_id, length(text) AS size FROM documents ORDER BY size"
    shown = print_on_a_terminal(extracted, "query", sql).stdout.splitlines()[2].split()[0]
    assert len(shown) == 12
    assert here("show", shown).returncode == 0


@pytest.mark.parametrize("command", COMMANDS[:5], ids=" ".join)
def test_a_pipe_gets_every_value_whole_and_on_one_line(
    here: Jornada, command: tuple[str, ...]
) -> None:
    ran = here(*command, COLUMNS="80")
    assert ran.returncode == 0
    told = [line for line in ran.stdout.splitlines() if line.strip()]
    if command[0] == "query":
        rows = json.loads(here(*command, "--json").stdout)
        assert len(told) == 2 + len(rows), "its head, a rule, and a line each"
    if command == COMMANDS[1]:
        assert all(re.search(r"[0-9a-f]{64}", line) for line in told[2:])
    if command[0] in ("findings", "show"):
        finding = next(line for line in told if line.startswith("warning"))
        assert "is printed with two values" in finding
        assert finding.rstrip().endswith("consultas")
