"""Batch jobs where the provider, the account or the machine is in the way."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.batch import ledger
from pipeline.batch.options import BatchOptions, Until
from pipeline.batch.provider import Provider
from pipeline.batch.spool import spool_folder
from pipeline.console.batch_list import describe_batches
from pipeline.errors import StoreError, TransportError
from pipeline.redaction import IsPublic
from pipeline.store.rows import now
from tests.batch_jobs import QUICK, Jobs, loaded
from tests.processes import wait_until

Make = Callable[..., Jobs]
pytestmark = pytest.mark.slow
DOCUMENTS = loaded(8)


def told(job: Jobs) -> list[dict[str, Any]]:
    """Give what the server tells of its batches, to be changed."""
    return [one.told for one in job.server.server.batches._batches.values()]  # noqa: SLF001


def done(job: Jobs, *states: str) -> list[dict[str, Any]]:
    """Wait until the server has all its batches in these states, if not at their ends."""
    ends = states or ("completed", "failed")
    wait_until(lambda: all(one["status"] in ends for one in told(job)), "the end of a batch")
    return told(job)


def test_several_batches_that_are_too_large_for_the_account_are_made_smaller(jobs: Make) -> None:
    # A request has about 3,000 tokens as the server counts them.
    job = jobs(batch_max_enqueued_tokens=5_000)
    summary = job.run(DOCUMENTS[:4], BatchOptions(requests=2, poll_seconds=0.05))
    assert (summary.outcome, summary.read) == ("finished", 4)
    assert "split" in job.states()
    assert job.asked_twice() == []


def test_a_request_that_is_too_large_for_the_account_is_not_waited_for(jobs: Make) -> None:
    job = jobs(batch_max_enqueued_tokens=100)
    summary = job.run(DOCUMENTS[:1], BatchOptions(poll_seconds=0.01))
    assert (summary.outcome, summary.pending) == ("refused", 1)
    assert "token_limit_exceeded" in str(summary.reason)
    assert job.states() == ["dropped"]


def test_a_batch_that_waits_for_another_readers_is_not_made_smaller(jobs: Make) -> None:
    job = jobs(batch_max_enqueued_tokens=7_500)
    job.hold()
    other = job.settings.llm.model_copy(update={"reasks": 1})
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED, llm=other)
    done(job, "in_progress")
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    waits = 0
    while waits < 4:
        done(job, "in_progress", "failed")
        job.run(None, BatchOptions(poll_seconds=0.01), until=Until.COLLECTED)
        waits = ledger.fetch_batches(job.store)[-1].facts.get("waits", 0)
    assert "split" not in job.states()


def test_a_batch_that_fails_in_passing_after_it_has_waited_is_submitted_again(jobs: Make) -> None:
    job = jobs(batch_max_enqueued_tokens=100)
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    done(job)
    job.run(None, BatchOptions(poll_seconds=0.01), until=Until.COLLECTED)
    assert any("waits for its turn" in line for line in job.said)
    server = job.server.server.batches
    server.options = replace(server.options, batch_max_enqueued_tokens=None)
    server.files.troubles.append("fail")
    assert job.run(None).read == 1
    assert any("submitted once more" in line for line in job.said)


def test_a_file_that_is_too_large_for_the_server_is_made_into_smaller_ones(jobs: Make) -> None:
    job = jobs(batch_max_bytes=50_000)
    summary = job.run(DOCUMENTS[:4])
    assert (summary.outcome, summary.read) == ("finished", 4)
    assert "split" in job.states()


def test_a_batch_that_was_made_is_found_again_after_a_refusal(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    create = Provider.create

    async def dying(provider: Provider, file: str, endpoint: str, batch: str) -> None:
        await create(provider, file, endpoint, batch)
        raise StoreError("the process ends here")

    with monkeypatch.context() as patched:
        patched.setattr(Provider, "create", dying)
        with pytest.raises(StoreError):
            job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    refusing = replace(job.server.server.options, refuse_all=401)
    with monkeypatch.context() as patched:
        patched.setattr(job.server.server.chat, "options", refusing)
        assert job.run(None).outcome == "refused"
    assert job.run(None).read == 2
    assert len(told(job)) == 1


def test_results_are_not_given_up_for_the_key_of_another_account(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    done(job)
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    assert job.states() == ["completed"]
    refusing = replace(job.server.server.options, refuse_all=404)
    with monkeypatch.context() as patched:
        patched.setattr(job.server.server.chat, "options", refusing)
        summary = job.run(None)
    assert (summary.outcome, summary.pending) == ("refused", 2)
    assert "is it the key of the account" in str(summary.reason)
    assert job.run(None).read == 2
    assert job.asked_twice() == []


def test_results_that_cannot_be_had_do_not_stand_in_the_way_of_others(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    job.run(DOCUMENTS[:4], BatchOptions(requests=2), until=Until.SUBMITTED)
    withheld = done(job)[0]["output_file_id"]
    download = Provider.download

    async def failing(provider: Provider, file: str, path: Path, is_public: IsPublic) -> int:
        if file == withheld:
            raise TransportError("answered 500")
        return await download(provider, file, path, is_public)

    with monkeypatch.context() as patched:
        patched.setattr(Provider, "download", failing)
        summary = job.run(None, until=Until.COLLECTED)
    assert (summary.outcome, summary.read, summary.pending) == ("refused", 2, 2)
    assert "cannot be downloaded just now: answered 500" in str(summary.reason)
    assert job.run(None).read == 2
    assert job.asked_twice() == []


def test_a_batch_that_failed_with_answers_is_used_for_what_it_holds(jobs: Make) -> None:
    job = jobs()
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    done(job)[0]["status"] = "failed"
    assert job.run(None).read == 2
    assert job.asked_twice() == []


def test_a_file_that_is_named_late_is_waited_for(jobs: Make) -> None:
    job = jobs()
    job.run(DOCUMENTS[:2], BatchOptions(), until=Until.SUBMITTED)
    (batch,) = done(job)
    file, batch["output_file_id"] = batch["output_file_id"], None
    early = job.run(None, until=Until.COLLECTED)
    assert (early.outcome, early.pending) == ("finished", 2)
    assert job.states() == ["completed"]
    batch["output_file_id"] = file
    assert job.run(None).read == 2
    assert job.asked_twice() == []


def test_a_file_that_is_never_named_is_not_waited_for_for_ever(jobs: Make) -> None:
    job = jobs()
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    done(job)[0]["output_file_id"] = None
    assert job.run(None).read == 2
    assert job.outcomes() == {"unanswered": 2, "answered": 2}


def test_lines_that_come_twice_or_are_about_nothing_lose_no_answer(jobs: Make) -> None:
    job = jobs()
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    file = done(job)[0]["output_file_id"]
    contents = job.server.server.batches.files._contents  # noqa: SLF001
    first = json.loads(contents[file].splitlines()[0])
    twice = json.dumps({**first, "response": {"status_code": 500, "body": {}}}).encode()
    nobody = json.dumps({**first, "custom_id": "nobody's"}).encode()
    contents[file] = b"\n".join([twice, contents[file].strip(), nobody, twice, b"{"])
    assert job.run(None).read == 2
    assert job.outcomes() == {"answered": 2}
    assert any("2 lines were broken, or about nothing that was asked" in one for one in job.said)


def test_an_answer_of_unknown_cost_counts_against_the_budget(jobs: Make) -> None:
    job = jobs()
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    ((most,),) = job.store.read("SELECT usd FROM batches").rows
    file = done(job)[0]["output_file_id"]
    contents = job.server.server.batches.files._contents  # noqa: SLF001
    line = json.loads(contents[file])
    body = line["response"]["body"]
    del body["usage"]
    body["choices"][0]["message"]["content"] = "{}"
    contents[file] = json.dumps(line).encode()
    assert job.run(None, budget=1.5 * most).outcome == "budget"


def test_a_lost_file_is_told_and_its_bulletins_can_be_submitted_again(jobs: Make) -> None:
    job = jobs(refuse_all=500)
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    for path in spool_folder(job.settings.db).iterdir():
        path.unlink()
    job = jobs()
    summary = job.run(None)
    assert (summary.outcome, summary.pending) == ("refused", 2)
    assert "is gone; submit its bulletins again" in str(summary.reason)
    assert job.run(DOCUMENTS[:2]).read == 2


def test_what_was_read_is_not_asked_again_after_the_clock_went_back(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "now", lambda: now() + timedelta(days=1))
        job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    assert job.run(None).read == 2
    again = job.run(None)
    assert (again.read, again.pending) == (0, 0)
    assert job.asked_twice() == []


def test_a_key_with_characters_that_no_key_has_is_one_line(jobs: Make) -> None:
    job = jobs()
    llm = job.settings.llm.model_copy(update={"api_key": SecretStr("sk-“secret”")})
    summary = job.run(DOCUMENTS[:1], llm=llm)
    assert summary.reason == "the key holds characters that no key has"


@pytest.mark.parametrize(
    "odd", [{"status": "\x1b[2J"}, {"status": 3}, {"output_file_id": "\x1b[2J"}]
)
def test_states_and_names_that_nobody_can_mean_are_not_taken(
    jobs: Make, odd: dict[str, object]
) -> None:
    job = jobs()
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    (batch,) = done(job)
    meant = dict(batch)
    batch.update(odd)
    summary = job.run(None, until=Until.COLLECTED)
    assert (summary.outcome, summary.pending) == ("refused", 1)
    assert "something else than JSON of the Batch API" in str(summary.reason)
    batch.update(meant)
    assert job.run(None).read == 1


def test_an_expiry_that_is_no_time_is_not_shown(jobs: Make) -> None:
    job = jobs()
    job.hold()
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    done(job, "in_progress")[0]["expires_at"] = "tomorrow"
    job.run(None, until=Until.COLLECTED)
    (batch,) = describe_batches(job.store)
    assert (batch["state"], batch["next"]) == (
        "in_progress",
        "wait, then `jornada batch collect`",
    )


def test_a_list_of_files_may_hold_anything(jobs: Make) -> None:
    job = jobs(refuse_all=500)
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    job = jobs()
    file = job.server.server.batches.files.add("x", b"", "batch")
    file["filename"] = ["x"]
    assert job.run(None, QUICK).read == 1
