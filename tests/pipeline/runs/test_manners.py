"""A backlog read from a server that shows another manner at each request."""

import json
from pathlib import Path

import pytest

from benchmarks.faults import CONTENTS
from examples.fault_server.options import MANNERS, Options
from examples.fault_server.server import serving
from examples.make_backlog import bulletins as invented
from examples.make_backlog import write
from pipeline.llm import retry
from pipeline.store import Store
from tests.command import Jornada

pytestmark = pytest.mark.slow
DOCUMENTS, AT_ONCE = 60, 8
INPUT_USD, OUTPUT_USD = 1.0, 10.0
"""Of a million tokens."""


@pytest.mark.timeout(300)
def test_a_backlog_ends_with_the_figures_of_a_calm_run_and_the_cost_that_was_charged(
    tmp_path: Path, here: Jornada, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)
    write(tmp_path / "backlog", "txt", invented(DOCUMENTS, seed=7))
    (tmp_path / "prices.toml").write_text(f"[faulty]\ninput = {INPUT_USD}\noutput = {OUTPUT_USD}\n")
    stores, summaries, logs = [], [], []
    for name, manners in (("calm", ()), ("odd", MANNERS)):
        with serving(Options(manners=manners, seed=3)) as server:
            ran = here(
                *("extract", "backlog", "--json", "--db", f"{name}.duckdb"),
                *("--model", "faulty", "--base-url", server.base_url),
                *("--prices", "prices.toml", "--concurrency", str(AT_ONCE)),
            )
            assert ran.returncode == 0, ran.stderr
            summaries.append(json.loads(ran.stdout))
            logs.append(server.log())
        stores.append(Store(tmp_path / f"{name}.duckdb"))

    calm, odd = summaries
    assert (odd["read"], odd["partial"], odd["failed"]) == (DOCUMENTS, 0, 0)
    assert odd["figures"] == calm["figures"] > DOCUMENTS
    for sql in CONTENTS.values():
        one, other = (store.read(sql).rows for store in stores)
        assert one == other

    log = logs[1]
    assert len(log["statuses"]) > 4, "or not much was tried"
    assert log["delivered"] == DOCUMENTS, "or an answer was paid for twice"
    tokens = (log["prompt_tokens"], log["completion_tokens"])
    assert (odd["input_tokens"], odd["output_tokens"]) == tokens
    charged = (tokens[0] * INPUT_USD + tokens[1] * OUTPUT_USD) / 1_000_000
    assert odd["cost_usd"] == pytest.approx(charged, rel=1e-9)
