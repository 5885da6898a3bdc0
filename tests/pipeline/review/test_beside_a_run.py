"""`jornada review` while `jornada extract` works on the same database, both for real."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import jornada_here, lay_out, serve_model, start
from tests.processes import wait_until
from tests.review_client import Client, a_decision, accept, figures_of, relabel
from tests.review_command import run_review

pytestmark = pytest.mark.slow

BULLETINS = 12


def query(folder: Path, sql: str) -> list[dict[str, Any]]:
    ran = jornada_here(folder)("query", "--json", sql)
    assert ran.returncode == 0, ran.stderr
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


def test_decisions_go_in_beside_a_run_that_reads_the_same_documents_anew(tmp_path: Path) -> None:
    lay_out(tmp_path / "in")
    assert jornada_here(tmp_path)("extract", "in", "--reader", "baseline").returncode == 0
    ids = [
        each["document_id"]
        for each in query(tmp_path, "SELECT document_id FROM current_documents ORDER BY path")
    ]
    with serve_model() as model, run_review(tmp_path, "--as", "ana") as server:
        client = Client(server.url)
        model.free = 3
        with start(
            tmp_path, "extract", "in", "--reader", "llm", "--concurrency", "2", model=model
        ) as run:
            wait_until(lambda: model.stuck.is_set() or run.poll() is not None)
            assert model.stuck.is_set(), run.communicate()[1]
            # The run waits for its model: some documents are read anew, most are not yet.
            client.wait_for_rows(BULLETINS)
            for number, document_id in enumerate(ids):
                (figure,) = figures_of(client.state(document_id))
                if number % 3 == 0:
                    state = client.decide(document_id, relabel(figure, service="dialysis"))
                elif number % 3 == 1:
                    state = client.decide(document_id, accept(figure))
                else:
                    state = client.decide(document_id, a_decision("delete", span=figure["span"]))
                assert state["counts"]["left"] == 0
            model.let_go.set()
            _, err = run.communicate()
            assert run.returncode == 0, err
        assert client.ask("GET", "")[0] == 200
    assert query(tmp_path, "SELECT count(*) AS n FROM decisions") == [{"n": BULLETINS}]
    shown = query(
        tmp_path,
        "SELECT service, decided, decided_by, count(*) AS n FROM current_figures GROUP BY ALL "
        "ORDER BY ALL",
    )
    assert shown == [
        {"service": "consultation", "decided": "accepted", "decided_by": "ana", "n": 4},
        {"service": "dialysis", "decided": "changed", "decided_by": "ana", "n": 4},
    ]
    read = query(
        tmp_path,
        "SELECT reader, count(*) AS n, count(DISTINCT document_id) AS documents FROM readings "
        "WHERE derived IS NULL GROUP BY reader ORDER BY reader",
    )
    assert read == [{"reader": each, "n": 12, "documents": 12} for each in ("baseline", "llm")]
    decided = query(
        tmp_path, "SELECT reader, derived, count(*) AS n FROM current_readings GROUP BY ALL"
    )
    assert decided == [{"reader": "llm", "derived": "review", "n": BULLETINS}]
