"""A batch of which nobody knows whether the provider made it: looked for, and never made twice."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.batch import creation, ledger
from pipeline.batch.options import BatchOptions, Until
from pipeline.batch.provider import Provider
from pipeline.batch.settling import settle
from pipeline.batch.wire import NotFound
from pipeline.console.batch_list import describe_batches
from pipeline.errors import TransportError, UsageError
from pipeline.store.rows import now
from tests.batch_jobs import PRICES, QUICK, Jobs, loaded

Make = Callable[..., Jobs]
pytestmark = pytest.mark.slow
DOCUMENTS = loaded(3)
SOON = QUICK.model_copy(update={"unconfirmed_seconds": 0.3})
LATE = QUICK.model_copy(update={"unconfirmed_seconds": 60.0})
ONE_EACH = LATE.model_copy(update={"requests": 1})


def made(job: Jobs) -> int:
    """Count the batches that the server has made."""
    return len(job.server.log()["batches"])


def check_paid_once(job: Jobs, *, batches: int) -> None:
    """See that so many batches were made, each question was asked once, and its cost is told."""
    log = job.server.log()
    assert (len(log["batches"]), log["out_twice"], job.asked_twice()) == (batches, 0, [])
    price = PRICES.own["faulty"]
    charged = sum(
        (one["prompt_tokens"] * price.input + one["completion_tokens"] * price.output) / 2e6
        for one in log["batches"].values()
    )
    ((told,),) = job.store.read("SELECT sum(cost_usd) FROM batch_results").rows
    assert told == pytest.approx(charged)
    assert told > 0


@pytest.mark.parametrize(
    ("trouble", "manners"),
    [("lost", ("unnamed", "bare")), ("broken", ()), ("garbled", ())],
)
def test_a_batch_whose_creation_was_lost_is_found(
    jobs: Make, trouble: str, manners: tuple[str, ...]
) -> None:
    job = jobs(batch_trouble=[trouble] * 9, batch_manners=manners)
    summary = job.run(DOCUMENTS)
    assert (summary.outcome, summary.reason, summary.read) == ("finished", None, 3)
    assert any("found as batch_" in line for line in job.said)
    check_paid_once(job, batches=1)


def test_a_batch_that_a_list_shows_late_is_waited_for_and_told_of_once(jobs: Make) -> None:
    job = jobs(batch_trouble=["lost"] * 9, batch_listed_after=0.4)
    summary = job.run(DOCUMENTS, ONE_EACH)
    assert (summary.outcome, summary.read) == ("finished", 3)
    check_paid_once(job, batches=3)
    doubts = [line for line in job.said if "not known whether" in line]
    assert len(doubts) == 3
    assert "answered 504: the upstream server did not answer in time" in doubts[0]
    assert "looking for it until" in doubts[0]


def test_while_one_is_in_doubt_no_other_goes_out(jobs: Make) -> None:
    job = jobs(batch_trouble=["lost"] * 9, batch_listed_after=60.0)
    for until in (Until.SUBMITTED, Until.COLLECTED, Until.SUBMITTED):
        summary = job.run(DOCUMENTS, ONE_EACH, until=until)
        assert (summary.outcome, summary.pending) == ("refused", 3)
        assert "not known whether" in str(summary.reason)
        assert sorted(job.states()) == ["planned", "planned", "unconfirmed"]
        assert made(job) == 1
    (described, *_) = [one for one in describe_batches(job.store) if one["state"] == "unconfirmed"]
    assert "`jornada batch collect` looks for it; " in described["next"]
    assert described["most_usd"] > 0


def test_what_is_in_doubt_counts_against_the_budget(jobs: Make) -> None:
    job = jobs(batch_trouble=["lost"] * 9, batch_listed_after=60.0)
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    ((most,),) = job.store.read("SELECT usd FROM batches").rows
    for _ in range(2):
        summary = job.run(DOCUMENTS, budget=1.5 * most, until=Until.SUBMITTED)
        assert (summary.outcome, made(job)) == ("refused", 1)
    assert len(ledger.fetch_batches(job.store)) == 1


def test_what_was_not_made_is_known_to_be_nothing_after_a_while_and_made_then(jobs: Make) -> None:
    job = jobs(batch_trouble=["unmade", "unmade"])
    began = time.monotonic()
    summary = job.run(DOCUMENTS, SOON)
    assert time.monotonic() - began > 2 * 0.3
    assert (summary.outcome, summary.read) == ("finished", 3)
    assert sum("has made no batch of it; asking again" in line for line in job.said) == 2
    check_paid_once(job, batches=1)


def test_where_there_is_no_list_a_person_says_what_is_so(jobs: Make) -> None:
    job = jobs(batch_trouble=["lost"], batch_manners=("unlisted",))
    hurried = SOON.model_copy(update={"unconfirmed_seconds": 0.0})
    for _ in range(2):
        summary = job.run(DOCUMENTS, hurried)
        assert (summary.outcome, summary.pending, made(job)) == ("refused", 3, 1)
    (batch,) = ledger.fetch_batches(job.store)
    assert f"`jornada batch confirm {batch.batch[:8]} ID`" in str(summary.reason)
    assert batch.facts["file"] in str(summary.reason)

    (made_as,) = job.server.log()["batches"]
    settle(job.store, batch.batch[:8], "batch_of_somebody_else")
    assert "No batch found" in str(job.run(None, hurried).reason)
    assert "takes" in settle(job.store, batch.batch[:8], made_as)
    assert job.run(None, hurried).read == 3
    check_paid_once(job, batches=1)


def test_a_person_may_say_that_there_is_none(jobs: Make) -> None:
    job = jobs(batch_trouble=["unmade"], batch_manners=("unlisted",))
    assert job.run(DOCUMENTS, SOON).outcome == "refused"
    (batch,) = ledger.fetch_batches(job.store)
    assert "asks for it again" in settle(job.store, batch.batch, None)
    assert job.run(None, SOON).read == 3
    check_paid_once(job, batches=1)


def test_a_batch_of_another_file_is_not_taken_over(jobs: Make) -> None:
    job = jobs(batch_trouble=["lost"], batch_manners=("unlisted",))
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    told = job.server.server.batches._batches  # noqa: SLF001
    (name,) = told
    told[name].told["input_file_id"] = "file-x"
    (batch,) = ledger.fetch_batches(job.store)
    settle(job.store, batch.batch, name)
    assert "is of another file, file-x" in str(job.run(None).reason)
    assert job.states() == ["unconfirmed"]


@pytest.mark.parametrize(
    ("beginning", "name", "told"),
    [
        ("", None, "0 batches begin with ''"),
        ("x", None, "0 batches begin with 'x'"),
        (None, "a b", "no ID of a batch"),
        (None, "batch_1", "is not in doubt: its state is"),
    ],
)
def test_only_what_is_in_doubt_can_be_settled(
    jobs: Make, beginning: str | None, name: str | None, told: str
) -> None:
    job = jobs()
    job.run(DOCUMENTS[:1], until=Until.SUBMITTED)
    (batch,) = ledger.fetch_batches(job.store)
    with pytest.raises(UsageError, match=told):
        settle(job.store, batch.batch if beginning is None else beginning, name)


def test_the_key_of_another_account_makes_no_second_batch(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs(batch_trouble=["lost"], batch_listed_after=60.0)
    job.run(DOCUMENTS, LATE, until=Until.SUBMITTED)

    async def knows_not(_: Provider, __: str) -> bool:
        return False

    with monkeypatch.context() as patched:
        patched.setattr(Provider, "knows", knows_not)
        patched.setattr(creation, "now", lambda: now() + timedelta(hours=1))
        summary = job.run(None, LATE)
    assert "is the key the same" in str(summary.reason)
    assert (job.states(), made(job)) == (["unconfirmed"], 1)


def test_a_list_that_fails_does_not_stand_in_the_way_of_what_is_out(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    job.run(DOCUMENTS[:2], until=Until.SUBMITTED)
    job.server.server.batches.files.troubles.append("lost")

    async def failing(*_: object) -> None:
        raise TransportError("answered 500")

    with monkeypatch.context() as patched:
        patched.setattr(Provider, "find_batch", failing)
        summary = job.run(DOCUMENTS, BatchOptions(poll_seconds=0.05))
    assert (summary.outcome, summary.read, summary.pending) == ("refused", 2, 1)
    assert "looking again later: answered 500" in str(summary.reason)
    assert job.run(None).read == 1
    check_paid_once(job, batches=2)


def test_a_server_that_has_too_many_requests_is_asked_again_at_the_next_look(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    create, looks = Provider.create, []

    async def busy(provider: Provider, *asked: str) -> Any:  # noqa: ANN401 - what came
        looks.append(asked)
        if len(looks) < 3:
            raise TransportError("answered 429", throttled=True)
        return await create(provider, *asked)

    monkeypatch.setattr(Provider, "create", busy)
    assert job.run(DOCUMENTS).read == 3
    assert len(looks) == 3
    check_paid_once(job, batches=1)


def test_an_upload_whose_answer_cannot_be_read_is_found_by_its_name(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    add = job.server.server.batches.files.add

    def added(*given: object) -> dict[str, object]:
        told = add(*given)
        return told if told["purpose"] == "batch_output" else {"ok": True}

    monkeypatch.setattr(job.server.server.batches.files, "add", added)
    assert job.run(DOCUMENTS).read == 3
    check_paid_once(job, batches=1)


def test_an_upload_that_can_be_found_nowhere_is_told_and_not_repeated(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    files = job.server.server.batches.files
    uploads = []

    def added(name: str, *_: object) -> dict[str, object]:
        uploads.append(name)
        return {"ok": True}

    with monkeypatch.context() as patched:
        patched.setattr(files, "add", added)
        summary = job.run(DOCUMENTS)
    assert (summary.outcome, len(uploads)) == ("refused", 1)
    assert "a file was uploaded, and cannot be found" in str(summary.reason)
    assert job.run(None).read == 3


def test_a_killed_process_leaves_a_doubt_that_the_next_one_settles(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Provider, "create", killed)
        with pytest.raises(KeyboardInterrupt):
            job.run(DOCUMENTS, SOON)
    assert job.states() == ["unconfirmed"]
    (batch,) = describe_batches(job.store)
    assert batch["open"]
    early = job.run(None, LATE, until=Until.COLLECTED)
    assert "the process that asked for it ended" in str(early.reason)
    summary = job.run(None, SOON)
    assert (summary.outcome, summary.read) == ("finished", 3)
    check_paid_once(job, batches=1)


def test_the_fate_of_a_batch_may_be_found_out_by_another_command(jobs: Make) -> None:
    job = jobs(batch_trouble=["lost"], batch_listed_after=60.0)
    job.run(DOCUMENTS, LATE, until=Until.SUBMITTED)
    server = job.server.server.batches
    server.options = replace(server.options, batch_listed_after=0.0)
    assert job.run(None, LATE).read == 3
    check_paid_once(job, batches=1)


def test_a_doubt_about_another_readers_batch_is_settled_first(jobs: Make) -> None:
    job = jobs(batch_trouble=["lost"], batch_listed_after=60.0)
    other = job.settings.llm.model_copy(update={"reasks": 1})
    job.run(DOCUMENTS[:1], LATE, until=Until.SUBMITTED, llm=other)
    summary = job.run(DOCUMENTS[1:], LATE, until=Until.SUBMITTED)
    assert (summary.outcome, made(job)) == ("refused", 1)
    server = job.server.server.batches
    server.options = replace(server.options, batch_listed_after=0.0)
    assert job.run(DOCUMENTS[1:], LATE).read == 2
    assert job.run(None, LATE, llm=other).read == 1
    check_paid_once(job, batches=2)


def test_a_batch_that_is_not_told_of_at_once_is_looked_for_again(
    jobs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs()
    retrieve, looks = Provider.retrieve, []

    async def late(provider: Provider, batch: str) -> Any:  # noqa: ANN401 - what came
        looks.append(batch)
        if len(looks) < 3:
            raise NotFound("No batch found")
        return await retrieve(provider, batch)

    monkeypatch.setattr(Provider, "retrieve", late)
    assert job.run(DOCUMENTS).read == 3
    check_paid_once(job, batches=1)
