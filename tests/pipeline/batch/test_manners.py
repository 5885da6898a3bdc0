"""Batch jobs at servers with other manners: the same figures, and nothing paid twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.batch import download, ledger
from pipeline.batch.options import Until
from pipeline.store.rows import now
from tests.batch_jobs import QUICK, Jobs, loaded, rows
from tests.processes import wait_until

Make = Callable[..., Jobs]
pytestmark = pytest.mark.slow
DOCUMENTS = loaded(6)
AZURE = ("pending", "short-url", "empty")
SOON = QUICK.model_copy(update={"unconfirmed_seconds": 0.3})


def check_read(job: Jobs, documents: int) -> None:
    """See that the figures are those of an online run, and that nothing was asked twice."""
    job.online(DOCUMENTS[:documents])
    assert rows(job.store) == rows(job.online_store)
    log = job.server.log()
    assert (log["batched"], log["out_twice"]) == (documents, 0)


@pytest.mark.parametrize(
    "manners",
    [
        ("capitals", "envelope", "bare", "unnamed", "empty", "text"),
        ("no-file", "unlisted"),
        ("odd-lines",),
        AZURE,
    ],
)
def test_all_figures_are_there_and_nothing_is_asked_twice(
    jobs: Make, manners: tuple[str, ...]
) -> None:
    job = jobs(batch_manners=manners, batch_pending=0.1)
    summary = job.run(DOCUMENTS, SOON)
    assert (summary.outcome, summary.reason, summary.read) == ("finished", None, 6)
    check_read(job, 6)


def test_a_file_that_is_pending_is_waited_for_when_submitting_and_told_of_once(jobs: Make) -> None:
    job = jobs(batch_manners=("pending", "no-file"), batch_pending=0.6)
    summary = job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    assert (summary.outcome, summary.pending) == ("finished", 2)
    assert sum("is not ready at the provider" in line for line in job.said) == 1
    (batch,) = ledger.fetch_batches(job.store)
    assert batch.facts["id"].startswith("batch_")
    assert "tries" not in batch.facts
    assert job.run(None).read == 2


def test_another_url_is_learnt_from_the_first_batch(jobs: Make) -> None:
    job = jobs(batch_manners=("short-url",))
    one_each = QUICK.model_copy(update={"requests": 1})
    assert job.run(DOCUMENTS[:1], one_each).read == 1
    assert sum("sent again with requests to /chat/completions" in line for line in job.said) == 1
    job.said.clear()
    assert job.run(DOCUMENTS[:3], one_each).read == 2
    assert not any("sent again" in line for line in job.said)
    assert len(job.server.log()["batches"]) == 4
    check_read(job, 3)


def test_a_server_that_takes_neither_url_stops_the_job(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    monkeypatch.setattr(type(job.server.server.batches), "_endpoints", ("/v2/chat",))
    summary = job.run(DOCUMENTS[:1])
    assert (summary.outcome, summary.pending) == ("refused", 1)
    assert "'endpoint' must be '/v2/chat'" in str(summary.reason)
    assert job.server.log()["batches"] == {}


def test_an_expired_file_is_uploaded_again_where_nothing_is_told_of_files(jobs: Make) -> None:
    job = jobs(batch_manners=("no-file",), batch_trouble=("fail",))
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    _wait_for(job, "failed")
    job.server.server.batches.files._told.clear()  # noqa: SLF001
    assert job.run(None).read == 1
    check_read(job, 1)


def test_results_that_cannot_be_had_are_tried_for_again_for_a_day(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs(batch_manners=("gone",))
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    for _ in range(2):
        summary = job.run(None, QUICK)
        assert (summary.outcome, summary.pending) == ("refused", 2)
        assert "its results cannot be had just now" in str(summary.reason)
        assert job.states() == ["completed"]
    files = job.server.server.batches.files
    with monkeypatch.context() as patched:
        patched.setattr(files, "options", replace(files.options, batch_manners=()))
        assert job.run(None).read == 2
    check_read(job, 2)


def test_results_that_are_gone_for_more_than_a_day_are_asked_for_again(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs(batch_manners=("gone",))
    job.run(DOCUMENTS[:2])
    monkeypatch.setattr(download, "now", lambda: now() + timedelta(days=1, minutes=1))
    job.run(None, until=Until.COLLECTED)
    assert job.outcomes() == {"unanswered": 2}


@pytest.mark.parametrize("page", [b"<html>wait</html>", b'{"error": {"message": "not ready"}}\n'])
def test_a_page_in_the_place_of_results_is_not_taken_for_them(jobs: Make, page: bytes) -> None:
    job = jobs()
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    contents = job.server.server.batches.files._contents  # noqa: SLF001
    kept = _wait_for(job, "completed")["output_file_id"]
    results, contents[kept] = contents[kept], page
    summary = job.run(None)
    assert (summary.outcome, summary.pending) == ("refused", 2)
    assert "holds no results" in str(summary.reason)
    contents[kept] = results
    assert job.run(None).read == 2
    check_read(job, 2)


def test_a_file_without_a_size_is_whole_when_all_answers_are_there(jobs: Make) -> None:
    job = jobs(batch_manners=("no-file",), batch_trouble=("short", "short"))
    assert job.run(DOCUMENTS).read == 6
    check_read(job, 6)


def _wait_for(job: Jobs, state: str) -> dict[str, Any]:
    """Wait until the server has its batch in a state; give what it tells of it."""
    (batch,) = job.server.server.batches._batches.values()  # noqa: SLF001
    wait_until(lambda: batch.told["status"] == state, f"a batch that is {state}")
    return batch.told
