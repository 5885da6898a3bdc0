"""`jornada recheck`, through the real command."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

import pipeline.extract
from pipeline.checks import CHECKS
from pipeline.runs.lock import lock_database
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.report import JornadaReport
from tests.command import Jornada, Model

pytestmark = pytest.mark.slow


def suspicious(_: Document, report: JornadaReport) -> Iterable[Finding]:
    for figure in report.figures:
        yield Finding(check="new", severity=Severity.ERROR, message=f"{figure.value}?")


@pytest.mark.usefixtures("bulletins")
def test_a_new_check_changes_findings_and_nobody_is_asked(
    here: Jornada, model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configured = {"JORNADA_MODEL": "scripted", "OPENAI_BASE_URL": model.base_url}
    assert here("extract", "bulletins", **configured).returncode == 0
    assert json.loads(here("recheck", "--json", **configured).stdout)["same"] == 12
    monkeypatch.setattr(pipeline.extract, "CHECKS", (*CHECKS, suspicious))

    dry = here("recheck", "--dry-run", "--json", **configured)
    assert (json.loads(dry.stdout)["changed"], json.loads(dry.stdout)["stored"]) == (12, 0)

    ran = here("recheck", **configured)
    assert ran.returncode == 0, ran.stderr
    shown = " ".join(ran.stdout.split())
    assert "judged 12 of 12 documents the same 0 changed 12" in shown
    assert "figures 0 more, 0 less findings 12 more, 0 less status 12 ok -> partial" in shown

    again = json.loads(here("recheck", "--json", **configured).stdout)
    assert (again["changed"], again["stored"]) == (0, 0)
    count = "SELECT count(*) AS n, count(DISTINCT run_id) AS runs FROM readings"
    assert json.loads(here("query", count, "--json").stdout) == [{"n": 24, "runs": 2}]
    assert model.asked == 12

    ran = here("extract", "bulletins", "--json", **configured)
    assert json.loads(ran.stdout)["unchanged"] == 12, "what was rechecked is not read again"
    assert not (tmp_path / "jornada.duckdb.journal").exists()


@pytest.mark.usefixtures("extracted")
def test_it_does_not_work_beside_a_run(here: Jornada, tmp_path: Path) -> None:
    with lock_database(tmp_path / "jornada.duckdb"):
        ran = here("recheck")
    assert ran.returncode == 2
    assert "another run is working on it" in ran.stderr


def test_without_a_database_it_says_so_and_makes_none(tmp_path: Path, here: Jornada) -> None:
    ran = here("recheck")
    assert ran.returncode == 2
    assert "no such database" in ran.stderr
    assert list(tmp_path.iterdir()) == []
