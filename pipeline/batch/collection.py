"""What becomes of batches that are out, and what they bring.

Answers go into the journal, as those of calls do, then the fate of each request into the store,
with which the batch is done. Both can be done again: an answer that is kept twice is one.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.batch import ledger
from pipeline.batch.job import Job
from pipeline.batch.ledger import Batch
from pipeline.batch.lines import Outcome, Result, one_line, result
from pipeline.batch.provider import Gone
from pipeline.batch.spool import Request, lines_path
from pipeline.batch.status import Told
from pipeline.batch.submission import later, named, told_facts, too_large
from pipeline.calls.journal import KeptAnswer, Question
from pipeline.errors import TransportError
from pipeline.llm.transport import record_answer
from pipeline.store.rows import now

_TELL_SECONDS = 600.0  # between two records of counts alone
_DOWNLOADS = 3  # of a file that comes short
_TRIES = 2  # of a batch that fails for no reason in its lines
_ALONE = 3  # refusals for its tokens alone, after which a batch is too large
_ALONE_OF_ONE = 8  # the same of one request, which cannot be made smaller
_LONGEST_WAIT_SECONDS = 1800.0  # for the account's queue to empty
_KEPT_AT_ONCE = 500
_TOKEN_LIMIT = "token_limit_exceeded"  # noqa: S105 - no password


class Withheld(TransportError):  # noqa: N818 - what results are
    """The results of one batch cannot be had just now; those of others may be."""


class Collected(NamedTuple):
    """What a batch brought: what it may have cost, and how many requests were cancelled."""

    usd: float
    cancelled: int


async def looked_after(job: Job, batch: Batch, *, alone: bool) -> Batch:
    """Ask the provider what became of a batch, and record what is new.

    `alone`: no other of this database is out. One that failed is submitted again if that can help.
    """
    told = await job.provider.retrieve(str(batch.facts["id"]))
    facts = told_facts(told)
    failed = told.status == "failed" and told.output_file is None
    if told.status == batch.state and not failed:
        aged = (now() - batch.found_at).total_seconds() > _TELL_SECONDS
        if aged and facts["counts"] != batch.facts.get("counts"):
            return await asyncio.to_thread(ledger.noted, job.store, batch, told.status, **facts)
        return batch._replace(facts={**batch.facts, **facts})
    errors = [one_line(_shown(error), job.provider.secret) for error in told.errors[:3]]
    batch = await asyncio.to_thread(
        ledger.noted, job.store, batch, told.status, **facts, errors=errors
    )
    if failed:
        return await asyncio.to_thread(_failed, job, batch, told, alone=alone)
    job.say(f"{named(batch)}: {told.status}, {told.done:,} done, {told.failed:,} failed")
    return batch


def _failed(job: Job, batch: Batch, told: Told, *, alone: bool) -> Batch:
    """Decide about a batch that failed in its validation, which costs nothing."""
    again: dict[str, Any] = {"failed_ids": [*batch.facts.get("failed_ids", []), told.id]}
    said = "; ".join(batch.facts["errors"]) or "no reason given"
    if any(error.get("code") == _TOKEN_LIMIT for error in told.errors):
        again |= {
            "waits": batch.facts.get("waits", 0) + 1,
            "times_alone": batch.facts.get("times_alone", 0) + alone,
        }
        if again["times_alone"] >= (_ALONE if batch.requests > 1 else _ALONE_OF_ONE):
            return too_large(job, batch, said, **again)
        longer = 2.0 ** min(again["waits"] - 1, 20)
        seconds = min(job.terms.poll_seconds * longer, _LONGEST_WAIT_SECONDS)
        job.say(f"{named(batch)}: waits for its turn, {seconds:.0f} s at least: {said}")
        return ledger.noted(job.store, batch, "uploaded", **again, not_before=later(seconds))
    again["tries"] = batch.facts.get("tries", 0) + 1
    if again["tries"] < _TRIES and not any(error.get("line") for error in told.errors):
        job.say(f"{named(batch)}: failed, submitted once more: {said}")
        return ledger.noted(job.store, batch, "uploaded", **again)
    job.say(f"{named(batch)}: failed: {said}")
    return ledger.noted(job.store, batch, "dropped", **again)


async def collect(job: Job, batch: Batch) -> Collected:
    """Fetch what a batch holds, keep the answers, and record what became of each request."""
    paths = []
    for kind in ("output", "error"):
        file = batch.facts.get(f"{kind}_file")
        if file is not None:
            path = job.folder / f"{batch.batch}.{kind}"
            if await _fetched(job, batch, file, path):
                paths.append(path)
    brought = await asyncio.to_thread(_taken_in, job, batch, paths)
    for path in (*paths, lines_path(job.folder, batch.batch)):
        path.unlink(missing_ok=True)
    if (file := batch.facts.get("file")) is not None:
        await job.provider.delete(str(file))
    return brought


async def _fetched(job: Job, batch: Batch, file: str, path: Path) -> bool:
    """Download a file whole; False where the server has it no more."""
    job.folder.mkdir(exist_ok=True)
    try:
        expected = await job.provider.size(file)
        for _ in range(_DOWNLOADS):
            size = await job.provider.download(file, path)
            if expected is None or size >= expected:
                return True
    except Gone:
        # It looks the same with the key of another account, to which the batch is gone as well.
        await job.provider.retrieve(str(batch.facts["id"]))
        job.say(f"{named(batch)}: its file {file} is gone, with what it held")
        return False
    except TransportError as error:
        told = f"{named(batch)}: its results cannot be downloaded just now: {error}"
        raise Withheld(told) from error
    job.say(f"{named(batch)}: {size:,} of {expected:,} bytes of {file} came, and no more")
    return True


def _taken_in(job: Job, batch: Batch, paths: list[Path]) -> Collected:
    requests = ledger.requests(job.store, batch)
    rows: dict[str, dict[str, Any]] = {}
    strange = 0
    answers: list[KeptAnswer] = []
    for found in _results(paths, job.provider.secret):
        if found is None or found.custom_id not in requests:
            strange += 1
        elif _says_more(found, rows.get(found.custom_id)):
            request = requests[found.custom_id]
            rows[found.custom_id] = _row(job, batch, request, found, answers.append)
        if len(answers) >= _KEPT_AT_ONCE:
            job.journal.keep(answers)
            answers.clear()
    job.journal.keep(answers)
    missing = [custom_id for custom_id in requests if custom_id not in rows]
    outcome: Outcome = "cancelled" if batch.state == "cancelled" else "unanswered"
    for custom_id in missing:
        told = "no line of the results was about it"
        rows[custom_id] = _result_row(custom_id, Result(custom_id, outcome, error=told))
    ledger.collected(job.store, batch, list(rows.values()))
    _tell(job, batch, rows, strange)
    # What an answer without a count of its tokens has cost is not known.
    most = (batch.usd or 0.0) / batch.requests
    answered_ones = [row["cost_usd"] for row in rows.values() if row["outcome"] == "answered"]
    cancelled = sum(row["outcome"] == "cancelled" for row in rows.values())
    return Collected(sum(most if usd is None else usd for usd in answered_ones), cancelled)


def _results(paths: list[Path], secret: str) -> Iterator[Result | None]:
    for path in paths:
        with path.open("rb") as lines:
            yield from (result(line, secret) for line in lines if line.strip())


def _says_more(found: Result, before: dict[str, Any] | None) -> bool:
    """Tell whether a line is to count: the first one, or the first with an answer."""
    return before is None or (found.answer is not None and before["outcome"] != "answered")


def _row(
    job: Job, batch: Batch, request: Request, found: Result, keep: Callable[[KeptAnswer], None]
) -> dict[str, Any]:
    row = _result_row(request.custom_id, found)
    if found.answer is not None:
        attempt = record_answer(job.settings, found.answer, request.number, batch=True)
        question = Question(
            request.document_id,
            batch.reader_key,
            request.reading_id,
            request.number,
            request.question,
        )
        keep(KeptAnswer(question, attempt))
        row |= attempt.model_dump(include={"input_tokens", "output_tokens", "cost_usd"})
    return row


def _result_row(custom_id: str, found: Result) -> dict[str, Any]:
    return {
        "custom_id": custom_id,
        "outcome": found.outcome,
        "error": found.error,
        "cause": found.cause,
        "input_tokens": None,
        "output_tokens": None,
        "cost_usd": None,
    }


def _tell(job: Job, batch: Batch, rows: dict[str, dict[str, Any]], strange: int) -> None:
    counts: dict[str, int] = {}
    for row in rows.values():
        counts[row["outcome"]] = counts.get(row["outcome"], 0) + 1
    told = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(counts.items()))
    rest = f"; {strange:,} lines were broken, or about nothing that was asked" if strange else ""
    job.say(f"{named(batch)}: collected, {told}{rest}")


def _shown(error: dict[str, Any]) -> str:
    line = f" (line {error['line']})" if error.get("line") else ""
    return f"{error.get('code') or 'error'}{line}: {error.get('message') or 'no reason given'}"
