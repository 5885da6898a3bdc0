"""What people decided, as the commands show it: from a bulletin that the baseline has read."""

import json
from pathlib import Path

import pytest

from pipeline.runs.deciding import Decisions
from pipeline.store import Store
from pipeline.store.fetch import fetch_documents
from schemas.report import Figure, Status
from tests.command import Jornada, jornada_here
from tests.decisions import a_decision, at

TEXT = "En la 8ª jornada se otorgaron 100 consultas y 320 cirugías. Hubo 7 visitas.\n"
PATH = "bulletin.txt"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Give a folder where somebody has looked at the only bulletin, and what is in it then."""
    folder = tmp_path_factory.mktemp("decided")
    (folder / PATH).write_text(TEXT, "utf-8")
    assert jornada_here(folder)("extract", PATH, "--reader", "baseline").returncode == 0
    store = Store(folder / "jornada.duckdb")
    ((document_id, reading_id),) = store.read("SELECT document_id, reading_id FROM readings").rows
    (document,) = fetch_documents(store, [document_id])
    decisions = Decisions(store.path)
    ((dumped,),) = store.read("SELECT report FROM current_readings").rows
    read = [Figure.model_validate(one) for one in json.loads(dumped)["figures"]]
    planned = read[0].model_copy(update={"status": Status.PLANNED})
    decisions.record(
        [
            a_decision(
                "change", document, 1, span=at("100", TEXT), figure=planned, reading_id=reading_id
            ),
            a_decision("delete", document, 2, span=at("320", TEXT), reading_id=reading_id),
        ]
    )
    assert decisions.settle() == 2
    return folder, {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(looked_at: tuple[Path, dict[str, bytes]]) -> Path:
    """Give that folder as it was; it is the same one, as files are known by where they lie."""
    folder, left = looked_at
    for path in folder.iterdir():
        path.unlink()
    for name, content in left.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def decided(folder: Path) -> Jornada:
    """Give the command in it."""
    return jornada_here(folder)


def test_show_says_what_was_decided_by_whom(decided: Jornada) -> None:
    shown = decided("show", PATH).stdout
    assert "changed by ANA" in shown
    assert "no figure, says ANA" in shown
    assert "as people decided of" in shown
    told = json.loads(decided("show", PATH, "--json").stdout)
    assert told["decided"] == [
        {"number": 1, "kind": "changed", "who": "ANA", "when": "2024-05-01T12:01:00"}
    ]
    assert told["reading"]["derived"] == "review"


def test_decisions_are_a_table_and_figures_say_who_decided(decided: Jornada, folder: Path) -> None:
    asked = decided("query", "SELECT kind, who FROM decisions ORDER BY decided_at", "--json")
    assert [list(row.values()) for row in json.loads(asked.stdout)] == [
        ["change", "ANA"],
        ["delete", "ANA"],
    ]
    assert decided("export", "--to", "cifras.csv", "--lang", "es").returncode == 0
    exported = (folder / "cifras.csv").read_text("utf-8")
    assert "decidido por" in exported
    assert "cambiada" in exported


def test_what_a_killed_review_left_is_stored_before_the_next_answer(
    decided: Jornada, folder: Path
) -> None:
    decisions = Decisions(folder / "jornada.duckdb")
    asked = "SELECT value, decided FROM facts ORDER BY value"
    assert json.loads(decided("query", asked, "--json").stdout) == [
        {"value": 100, "decided": "changed"}
    ]
    ((document_id, deleted),) = (
        Store(folder / "jornada.duckdb")
        .read("SELECT document_id, decision_id FROM decisions WHERE kind = 'delete'")
        .rows
    )
    (document,) = fetch_documents(Store(folder / "jornada.duckdb"), [document_id])
    decisions.record([a_decision("undo", document, 3, undoes=deleted)])
    assert "1 decision waits" in decided("status").stderr
    answer = decided("query", asked, "--json")
    assert (answer.stderr, len(json.loads(answer.stdout))) == ("", 2)
    assert decided("status").stderr == ""


def test_a_damaged_journal_is_one_line_and_keeps_no_answer_back(
    decided: Jornada, folder: Path
) -> None:
    (folder / "jornada.duckdb.decisions").write_bytes(b"no database at all" * 100)
    answer = decided("query", "SELECT count(*) AS n FROM facts", "--json")
    assert json.loads(answer.stdout) == [{"n": 1}]
    assert "is damaged" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_to_decide_is_no_run_and_to_read_again_asks_for_nothing(decided: Jornada) -> None:
    runs = json.loads(decided("runs", "--json").stdout)
    assert [run["reader"] for run in runs] == ["baseline"]
    again = decided("extract", PATH, "--reader", "baseline", "--json")
    assert json.loads(again.stdout)["unchanged"] == 1


def test_a_corrected_file_keeps_what_was_decided(decided: Jornada, folder: Path) -> None:
    corrected = TEXT.replace("7 visitas", "8 visitas")
    (folder / PATH).write_text(corrected, "utf-8")
    assert decided("extract", PATH, "--reader", "baseline").returncode == 0
    told = json.loads(decided("show", PATH, "--json").stdout)
    assert told["document"]["text"].strip() == corrected.strip()
    assert [one["who"] for one in told["decided"]] == ["ANA"]
    assert "no figure, says ANA" in [
        one["reason"] for one in told["reading"]["report"]["set_aside"]
    ]


def test_what_is_forgotten_counts_no_more_and_its_decisions_stay(decided: Jornada) -> None:
    assert decided("forget", PATH).returncode == 0
    asked = decided(
        "query", "SELECT (SELECT count(*) FROM facts) AS f, count(*) AS d FROM decisions", "--json"
    )
    assert json.loads(asked.stdout) == [{"f": 0, "d": 2}]
    assert decided("extract", PATH, "--reader", "baseline").returncode == 0
    assert "changed by ANA" in decided("show", PATH).stdout
