"""What becomes of batches that are out, and what they bring.

Answers go into the journal, as those of calls do, then the fate of each request into the store,
with which the batch is done. Both can be done again: an answer that is kept twice is one.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.batch import ledger
from pipeline.batch.dialect import names_endpoint
from pipeline.batch.download import download
from pipeline.batch.job import Job
from pipeline.batch.ledger import Batch
from pipeline.batch.lines import LineOutcome, LineResult, find_request, read_line
from pipeline.batch.spool import BatchRequest, lines_path
from pipeline.batch.status import BatchStatus
from pipeline.batch.submission import can_switch, split_or_drop, switch_endpoint
from pipeline.calls.journal import KeptAnswer, Question
from pipeline.llm.completion import Completion
from pipeline.llm.servers import fold_message
from pipeline.llm.transport import record_answer
from pipeline.store.rows import now

_RECORD_SECONDS = 600.0  # between two records of counts alone
_TRIES = 2  # of a batch that fails for no reason in its lines
_ALONE = 3  # refusals for its tokens alone, after which a batch is too large
_ALONE_OF_ONE = 8  # the same of one request, which cannot be made smaller
_LONGEST_WAIT_SECONDS = 1800.0  # for the account's queue to empty
_ANSWERS_AT_ONCE = 500
_USAGE = ("input_tokens", "output_tokens", "cost_usd")
_TOKEN_LIMIT = "token_limit_exceeded"  # noqa: S105 - no password


class CollectedBatch(NamedTuple):
    """What a batch brought: what it may have cost, and how many requests were cancelled."""

    usd: float
    cancelled: int


async def refresh(job: Job, batch: Batch, *, alone: bool) -> Batch:
    """Ask the provider what became of a batch, and record what is new.

    `alone`: no other of this database is out. One that failed is submitted again if that can help.
    """
    status = await job.provider.retrieve(str(batch.facts["id"]))
    facts = {**status.facts, "id": batch.facts["id"]}
    has_failed = status.state == "failed" and status.output_file is None
    if status.state == batch.state and not has_failed:
        is_aged = (now() - batch.found_at).total_seconds() > _RECORD_SECONDS
        if is_aged and facts["counts"] != batch.facts.get("counts"):
            return await job.record_state(batch, status.state, **facts)
        return batch._replace(facts={**batch.facts, **facts})
    facts["errors"] = [fold_message(_format_error(error)) for error in status.errors[:3]]
    batch = await job.record_state(batch, status.state, **facts)
    if has_failed:
        return await _resubmit_or_drop(job, batch, status, alone=alone)
    job.say(f"{batch.label}: {status.state}, {status.done:,} done, {status.failed:,} failed")
    return batch


async def _resubmit_or_drop(job: Job, batch: Batch, status: BatchStatus, *, alone: bool) -> Batch:
    """Decide about a batch that failed in its validation, which costs nothing."""
    again: dict[str, Any] = {"failed_ids": [*batch.facts.get("failed_ids", []), status.id]}
    if any(error.get("code") == _TOKEN_LIMIT for error in status.errors):
        again |= {
            "waits": batch.facts.get("waits", 0) + 1,
            "times_alone": batch.facts.get("times_alone", 0) + alone,
        }
        if again["times_alone"] >= (_ALONE if batch.requests > 1 else _ALONE_OF_ONE):
            return await split_or_drop(job, batch, batch.fault, **again)
        longer = 2.0 ** min(again["waits"] - 1, 20)
        seconds = min(job.options.poll_seconds * longer, _LONGEST_WAIT_SECONDS)
        job.say(f"{batch.label}: waits for its turn, {seconds:.0f} s at least: {batch.fault}")
        again["not_before"] = (now() + timedelta(seconds=seconds)).isoformat()
        return await job.record_state(batch, "uploaded", **again)
    if can_switch(batch) and any(names_endpoint(_said(error)) for error in status.errors):
        return await switch_endpoint(job, batch, batch.fault, **again)
    again["tries"] = batch.facts.get("tries", 0) + 1
    if again["tries"] < _TRIES and not any(error.get("line") for error in status.errors):
        job.say(f"{batch.label}: failed, submitted once more: {batch.fault}")
        return await job.record_state(batch, "uploaded", **again)
    job.say(f"{batch.label}: failed: {batch.fault}")
    return await job.record_state(batch, "dropped", **again)


async def collect(job: Job, batch: Batch) -> CollectedBatch:
    """Fetch what a batch holds, keep the answers, and record what became of each request.

    Raises `DownloadError` where its results cannot be had yet.
    """
    paths = await download(job, batch)
    job.forget_batches()
    collected = await asyncio.to_thread(_store_results, job, batch, paths)
    for path in (*paths, lines_path(job.folder, batch.batch)):
        path.unlink(missing_ok=True)
    if (file := batch.facts.get("file")) is not None:
        await job.provider.delete(str(file))
    return collected


def _store_results(job: Job, batch: Batch, paths: Sequence[Path]) -> CollectedBatch:
    requests = ledger.fetch_requests(job.store, batch)
    rows: dict[str, dict[str, Any]] = {}
    strange = 0
    answers: list[KeptAnswer] = []
    for line in _read_lines(paths, requests):
        if line is None:
            strange += 1
        elif _is_counted(line, rows.get(line.custom_id)):
            rows[line.custom_id] = _row(line)
            if line.answer is not None:
                answer = _answer(job, batch, requests[line.custom_id], line.answer)
                answers.append(answer)
                rows[line.custom_id] |= answer.attempt.model_dump(include=set(_USAGE))
        if len(answers) >= _ANSWERS_AT_ONCE:
            job.journal.keep(answers)
            answers.clear()
    job.journal.keep(answers)
    outcome: LineOutcome = "cancelled" if batch.state == "cancelled" else "unanswered"
    for custom_id in [each for each in requests if each not in rows]:
        error = "no line of the results was about it"
        rows[custom_id] = _row(LineResult(custom_id, outcome, error=error))
    ledger.record_results(job.store, batch, list(rows.values()))
    _report(job, batch, rows, strange)
    # What an answer without a count of its tokens has cost is not known.
    most = (batch.usd or 0.0) / batch.requests
    costs = [row["cost_usd"] for row in rows.values() if row["outcome"] == "answered"]
    cancelled = sum(row["outcome"] == "cancelled" for row in rows.values())
    return CollectedBatch(sum(most if usd is None else usd for usd in costs), cancelled)


def _read_lines(
    paths: Sequence[Path], requests: Mapping[str, BatchRequest]
) -> Iterator[LineResult | None]:
    """Read the lines of files; None for one that is broken, or about nothing that was asked."""
    for path in paths:
        with path.open("rb") as lines:
            for line in lines:
                if not line.strip():
                    continue
                read = read_line(line)
                name = find_request(read.custom_id, requests) if read is not None else None
                yield None if read is None or name is None else read._replace(custom_id=name)


def _is_counted(line: LineResult, before: dict[str, Any] | None) -> bool:
    """Tell whether a line is to count: the first one, or the first with an answer."""
    return before is None or (line.answer is not None and before["outcome"] != "answered")


def _answer(job: Job, batch: Batch, request: BatchRequest, completion: Completion) -> KeptAnswer:
    question = Question(
        request.document_id,
        batch.reader_key,
        request.reading_id,
        request.number,
        request.question,
    )
    attempt = record_answer(job.settings, completion, request.number, batch=True)
    return KeptAnswer(question, attempt)


def _row(line: LineResult) -> dict[str, Any]:
    return {
        "custom_id": line.custom_id,
        "outcome": line.outcome,
        "error": line.error,
        "cause": line.cause,
        **dict.fromkeys(_USAGE),
    }


def _report(job: Job, batch: Batch, rows: dict[str, dict[str, Any]], strange: int) -> None:
    counts = Counter(row["outcome"] for row in rows.values())
    listed = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(counts.items()))
    rest = f"; {strange:,} lines were broken, or about nothing that was asked" if strange else ""
    job.say(f"{batch.label}: collected, {listed}{rest}")


def _said(error: dict[str, Any]) -> str:
    return f"{error.get('code') or ''} {error.get('param') or ''} {error.get('message') or ''}"


def _format_error(error: dict[str, Any]) -> str:
    line = f" (line {error['line']})" if error.get("line") else ""
    return f"{error.get('code') or 'error'}{line}: {error.get('message') or 'no reason given'}"
