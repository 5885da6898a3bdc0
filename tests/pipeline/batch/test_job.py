"""Whole batch jobs against a real server with files and batches."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx2
import pytest

from examples.fault_server import Options, serving
from pipeline.batch import ledger
from pipeline.batch.options import BatchOptions, Until
from pipeline.batch.provider import Provider
from pipeline.batch.status import BatchStatus
from pipeline.documents import LoadedSource
from pipeline.errors import StoreError
from pipeline.runs.forgetting import find_known, forget_all
from pipeline.runs.progress_file import progress_path, read_progress
from pipeline.store import database
from tests.batch_jobs import KEY, QUICK, Jobs, loaded, rows

Make = Callable[..., Jobs]
pytestmark = pytest.mark.slow
DOCUMENTS = loaded(8)


def test_a_batch_job_stores_what_an_online_run_stores_at_half_the_cost(jobs: Make) -> None:
    job = jobs()
    online = job.online(DOCUMENTS)
    summary = job.run(DOCUMENTS)
    assert (summary.outcome, summary.reason) == ("finished", None)
    assert (summary.read, summary.pending, summary.documents, summary.sources) == (8, 0, 8, 8)
    assert rows(job.store) == rows(job.online_store)
    assert (summary.figures, summary.findings) == (online.figures, online.findings)
    assert summary.input_tokens == online.input_tokens
    assert summary.cost_usd == pytest.approx(online.cost_usd / 2)
    assert job.server.log()["batched"] == 8


def test_nothing_is_left_behind(jobs_as_ever: Make, tmp_path: Path) -> None:
    job = jobs_as_ever()
    job.run(DOCUMENTS[:2])
    assert {path.name for path in tmp_path.iterdir()} <= {"a.duckdb", "a.duckdb.lock"}
    told = httpx2.get(f"{job.server.base_url}/files").json()
    assert [one["purpose"] for one in told["data"]] == ["batch_output"]


def test_with_faults_of_every_kind_the_result_is_the_same(jobs: Make) -> None:
    troubles = ("fail", "expire", "content", "truncate", "short")
    job = jobs(batch_faults=0.4, batch_trouble=troubles)
    summary = job.run(DOCUMENTS, BatchOptions(poll_seconds=0.1, requests=3, rounds=6))
    assert (summary.read, summary.partial, summary.failed) == (8, 0, 0)
    assert job.server.server.batches.files.troubles == []
    assert job.outcomes()["unanswered"] > 0
    with serving(Options()) as calm:
        online = Jobs(job.folder, calm)
        online.online(DOCUMENTS)
    assert rows(job.store) == rows(job.online_store)


def test_what_was_read_is_not_asked_about(jobs: Make) -> None:
    job = jobs()
    job.run(DOCUMENTS[:3])
    summary = job.run(DOCUMENTS[:5])
    assert (summary.unchanged, summary.read, summary.documents) == (3, 2, 5)
    assert job.server.log()["batched"] == 5


def test_submit_then_collect(jobs: Make) -> None:
    job = jobs()
    submitted = job.run(DOCUMENTS, until=Until.SUBMITTED)
    assert (submitted.read, submitted.pending) == (0, 8)
    again = job.run(DOCUMENTS, until=Until.SUBMITTED)
    assert (again.pending, again.documents) == (8, 8)
    collected = job.run(None)
    assert (collected.read, collected.pending, collected.documents) == (8, 0, 8)
    assert job.asked_twice() == []
    assert job.states() == ["collected"]


def test_the_prompt_of_a_batch_is_kept_when_it_goes_out(jobs: Make) -> None:
    job = jobs()
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    asked = "SELECT reader->>'prompt', reader->>'prompt_hash' FROM batches"
    kept = job.store.read("SELECT name, prompt_hash FROM prompts").rows
    assert kept == job.store.read(asked).rows


def test_collecting_early_leaves_what_is_out(jobs: Make) -> None:
    job = jobs()
    job.hold()
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    early = job.run(None, until=Until.COLLECTED)
    assert (early.outcome, early.pending, early.read) == ("finished", 2, 0)
    assert job.outcomes() == {}


def test_a_job_whose_lock_was_removed_ends(jobs: Make) -> None:
    job = jobs()
    job.hold()
    lock = job.settings.db.with_name("a.duckdb.lock")
    job.when_said["submitted as"] = lock.unlink
    with pytest.raises(StoreError, match="another may have begun"):
        job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    assert job.run(None, until=Until.SUBMITTED).pending == 1


def test_a_look_that_finds_nothing_new_leaves_the_database_alone(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    let_go, opened, looks = job.hold(), list[int](), list[int]()
    connect, retrieve = database.connect, Provider.retrieve

    def connect_counted(*given: Any, **named: Any) -> duckdb.DuckDBPyConnection:  # noqa: ANN401
        opened.append(1)
        return connect(*given, **named)

    async def look(provider: Provider, batch: str) -> BatchStatus:
        status = await retrieve(provider, batch)
        looks.append(len(opened))
        if len(looks) == 5:
            let_go()
        return status

    monkeypatch.setattr(database, "connect", connect_counted)
    monkeypatch.setattr(Provider, "retrieve", look)
    assert job.run(DOCUMENTS[:1], BatchOptions(poll_seconds=0.05)).read == 1
    assert looks[2] == looks[3] == looks[4]


def test_batches_hold_no_more_than_they_may(jobs: Make) -> None:
    job = jobs(batch_max_requests=3)
    job.run(DOCUMENTS, BatchOptions(requests=3, poll_seconds=0.1))
    sizes = job.store.read("SELECT requests FROM batches ORDER BY 1").rows
    assert sizes == [(2,), (3,), (3,)]


def test_batches_wait_while_others_fill_the_queue(jobs: Make) -> None:
    job = jobs()
    let_go = job.hold()
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    ((one,),) = job.store.read("SELECT tokens FROM batches").rows
    options = BatchOptions(tokens=2 * one, poll_seconds=0.1)
    job.run(DOCUMENTS[1:4], options, until=Until.SUBMITTED)
    assert "planned" in job.states()
    let_go()
    assert job.run(None, options).read == 4
    assert not any("waits for its turn" in line for line in job.said)


def test_a_full_queue_is_waited_for(jobs: Make) -> None:
    # A request has about 3,000 tokens as the server counts them.
    job = jobs(batch_max_enqueued_tokens=5_000)
    job.when_said["waits for its turn"] = job.hold()
    summary = job.run(DOCUMENTS[:2], BatchOptions(requests=1, poll_seconds=0.1))
    assert (summary.outcome, summary.read) == ("finished", 2)
    assert any("waits for its turn" in line for line in job.said)
    assert job.asked_twice() == []


def test_a_batch_that_is_too_large_for_the_account_is_made_into_smaller_ones(jobs: Make) -> None:
    job = jobs(batch_max_enqueued_tokens=9_000)
    summary = job.run(DOCUMENTS[:4], BatchOptions(poll_seconds=0.05))
    assert (summary.outcome, summary.read, summary.documents) == ("finished", 4, 4)
    assert "split" in job.states()
    assert job.asked_twice() == []


def test_what_is_wrong_is_asked_again_in_a_further_round(jobs: Make) -> None:
    job = jobs(batch_faults=1.0, in_a_row=1)
    summary = job.run(DOCUMENTS, BatchOptions(poll_seconds=0.1, rounds=4))
    assert (summary.read, summary.partial) == (8, 0)
    rounds = dict(job.store.read("SELECT round, sum(requests) FROM batches GROUP BY 1").rows)
    assert rounds[2] > 0
    assert summary.cost_usd == pytest.approx(
        job.store.read("SELECT sum(cost_usd) FROM batch_results").rows[0][0]
    )


def test_after_the_last_round_what_holds_is_kept(jobs: Make) -> None:
    job = jobs(batch_faults=1.0, in_a_row=1)
    summary = job.run(DOCUMENTS, BatchOptions(poll_seconds=0.1, rounds=1))
    assert summary.read + summary.failed == 8
    assert summary.partial + summary.failed > 0
    errors = job.store.read("SELECT DISTINCT error FROM readings WHERE status <> 'ok'").rows
    assert errors == [("the answers of 1 rounds did not hold, and there is no further",)]


def test_stragglers_are_asked_online_if_that_is_wanted(jobs: Make) -> None:
    job = jobs(batch_faults=1.0, in_a_row=1)
    summary = job.run(DOCUMENTS, BatchOptions(poll_seconds=0.1, rounds=1, online=True))
    assert (summary.read, summary.partial) == (8, 0)
    assert job.server.log()["delivered"] > 0
    assert summary.cost_usd == pytest.approx(
        job.store.read("SELECT sum(cost_usd) FROM attempts").rows[0][0]
    )
    assert summary.cost_usd > job.store.read("SELECT sum(cost_usd) FROM batch_results").rows[0][0]


def test_a_bulletin_that_is_refused_fails_as_it_does_online(jobs: Make) -> None:
    words = DOCUMENTS[0].document.text[:40]  # type: ignore[union-attr]
    job = jobs(refuse=(words,))
    summary = job.run(DOCUMENTS[:3])
    assert (summary.read, summary.failed, summary.pending) == (2, 1, 0)
    assert "answered 400 in a batch" in summary.failures[0].error
    ((attempts,),) = job.store.read(
        "SELECT list(outcome) FROM attempts JOIN readings USING (reading_id) "
        "WHERE status = 'failed'"
    ).rows
    assert attempts == ["rejected"]
    again = job.run(DOCUMENTS[:3])
    assert (again.unchanged, again.failed) == (2, 1)


def test_a_batch_that_cannot_be_validated_stops_and_can_be_submitted_again(jobs: Make) -> None:
    job = jobs(batch_max_requests=2)
    summary = job.run(DOCUMENTS[:3])
    assert (summary.outcome, summary.pending) == ("refused", 3)
    assert summary.reason is not None
    assert "too_many_tasks: A batch may hold 2 requests at most." in summary.reason
    assert job.states() == ["dropped"]
    assert job.run(None).pending == 3
    summary = job.run(DOCUMENTS[:3], BatchOptions(requests=2, poll_seconds=0.1))
    assert (summary.outcome, summary.read, summary.pending) == ("finished", 3, 0)


def test_after_a_batch_has_failed_the_others_are_waited_for(jobs: Make) -> None:
    job = jobs(batch_max_requests=2)
    job.when_said["failed: too_many_tasks"] = job.hold()
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    summary = job.run(DOCUMENTS[:5])
    assert (summary.outcome, summary.read, summary.pending) == ("refused", 2, 3)
    assert "too_many_tasks" in str(summary.reason)
    assert job.states() == ["collected", "dropped"]


def test_a_cancelled_batch_is_used_for_what_it_holds_and_not_sent_again(jobs: Make) -> None:
    job = jobs()
    let_go = job.hold()
    job.run(DOCUMENTS, until=Until.SUBMITTED)
    (batch,) = ledger.fetch_batches(job.store)
    told = httpx2.post(f"{job.server.base_url}/batches/{batch.facts['id']}/cancel").json()
    assert told["status"] == "cancelling"
    let_go()
    summary = job.run(None)
    assert summary.outcome == "refused"
    assert "was cancelled" in str(summary.reason)
    assert (summary.read, summary.pending) == (0, 8)
    assert job.outcomes() == {"cancelled": 8}
    assert job.run(None).outcome == "finished"
    assert job.run(DOCUMENTS, until=Until.SUBMITTED).pending == 8
    assert job.states() == ["collected", "validating"]


def test_the_budget_holds(jobs: Make) -> None:
    job = jobs()
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    ((one,),) = job.store.read("SELECT usd FROM batches").rows
    summary = job.run(DOCUMENTS, budget=3.5 * one)
    assert summary.outcome == "budget"
    assert "the budget is reached" in str(summary.reason)
    assert 1 < summary.read < 6
    assert summary.cost_usd is not None
    assert summary.cost_usd <= 3.5 * one


def test_a_key_that_is_not_taken_stops_the_job_in_one_line_without_the_key(jobs: Make) -> None:
    job = jobs(refuse_all=401)
    summary = job.run(DOCUMENTS[:2])
    assert summary.outcome == "refused"
    assert "set OPENAI_API_KEY" in str(summary.reason)
    assert KEY not in str(summary.reason)
    assert job.states() == ["planned"]


def test_a_server_without_batches_says_so(jobs: Make) -> None:
    job = jobs(refuse_all=404)
    summary = job.run(DOCUMENTS[:2])
    assert "does this server have the Batch API" in str(summary.reason)


def test_a_server_that_fails_now_is_gone_on_with_later(jobs: Make, tmp_path: Path) -> None:
    summary = jobs(refuse_all=500).run(DOCUMENTS[:2], until=Until.SUBMITTED)
    assert (summary.outcome, summary.pending) == ("refused", 2)
    assert jobs().run(None, QUICK).read == 2
    with serving(Options()) as other:
        assert Jobs(tmp_path, other).run(DOCUMENTS[:2]).unchanged == 2


def test_all_there_is_to_know_of_a_batch_is_on_record(jobs: Make) -> None:
    job = jobs()
    job.run(DOCUMENTS[:2])
    states = [s for (s,) in job.store.read("SELECT state FROM batch_states ORDER BY number").rows]
    assert states[:4] == ["planned", "uploaded", "unconfirmed", "validating"]
    assert states[-2:] == ["completed", "collected"]
    (batch,) = ledger.fetch_batches(job.store)
    assert batch.facts["counts"] == [2, 2, 0]
    assert (batch.model, batch.base_url) == ("faulty", job.server.base_url)
    uncommented = job.store.read(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE table_name LIKE 'batch%' AND comment IS NULL"
    )
    assert uncommented.rows == []


def test_others_see_how_far_a_round_is(tmp_path: Path) -> None:
    told = []

    def slowly() -> Iterator[LoadedSource]:
        first, *others = loaded(2)
        yield first
        patience = time.monotonic() + 30
        while not (records := read_progress(progress_path(jobs.settings.db))):
            assert time.monotonic() < patience, "nothing was told"
            time.sleep(0.01)
        told.extend(records)
        yield from others

    with serving() as server:
        jobs = Jobs(tmp_path, server)
        jobs.run(slowly(), until=Until.SUBMITTED)
    assert len(told) == 1
    assert not progress_path(jobs.settings.db).exists()


def test_what_was_forgotten_while_its_question_was_out_is_not_read_until_its_file_is_back(
    jobs: Make,
) -> None:
    job = jobs()
    documents = loaded(4)
    job.run(documents, until=Until.SUBMITTED)
    forget_all(job.store, find_known(job.store, ["0.txt"]))
    summary = job.run(None)
    assert (summary.read, summary.pending) == (3, 0)
    current = "SELECT count(*), bool_and(status = 'read') FROM current_sources"
    assert job.store.read(current).rows == [(3, True)]
    assert job.run(documents).read == 1
    assert job.store.read("SELECT count(*) FROM current_readings").rows == [(4,)]
    assert job.asked_twice() == []
    assert len(job.server.log()["answers"]) == 4


def test_a_file_that_was_corrected_while_its_question_was_out_holds_what_it_holds_now(
    jobs: Make,
) -> None:
    job = jobs()
    first, second, corrected = loaded(3)
    corrected = corrected._replace(source=first.source)
    job.run([first, second], until=Until.SUBMITTED)
    job.run([corrected, second], until=Until.SUBMITTED)
    job.run(None)
    held = job.store.read("SELECT document_id FROM current_readings").rows
    documents = (corrected.document, second.document)
    assert {each for (each,) in held} == {each.id for each in documents if each}
