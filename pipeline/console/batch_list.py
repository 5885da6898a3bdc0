"""What `jornada batch status` shows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.batch import ledger
from pipeline.batch.ledger import OURS, Batch, BatchResults
from pipeline.console.terminal import console, say, table, tell
from pipeline.plain_text import format_dollars, to_json
from pipeline.store import Store
from pipeline.store.rows import now

_COLUMNS = ("batch", "state", ">round", ">requests", ">done", ">failed", ">age", ">cost", "next")


def describe_batches(store: Store) -> list[dict[str, Any]]:
    """Describe each batch, the newest first, as the store has it."""
    if not ledger.has_batches(store):
        return []
    results = ledger.sum_results(store)
    newest_first = reversed(ledger.fetch_batches(store))
    return [_describe(batch, results.get(batch.batch)) for batch in newest_first]


def show(batches: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Print the batches, and below them how many are out."""
    if as_json:
        say(to_json(batches))
        return
    if not batches:
        tell("There are no batches; `jornada batch submit` makes some.")
        return
    console().print(table(_COLUMNS, [_row(one) for one in batches]))
    out = [one for one in batches if one["open"]]
    if not out:
        tell("Nothing is out.")
        return
    requests = sum(one["requests"] for one in out)
    tell(f"{len(out):,} batches with {requests:,} requests are not done; as last looked at: "
         "`jornada batch collect` looks again.")  # fmt: skip


def _describe(batch: Batch, results: BatchResults | None) -> dict[str, Any]:
    total, done, failed = batch.facts.get("counts") or (batch.requests, 0, 0)
    if results is not None:
        done, failed = results.answered, results.requests - results.answered
    return {
        "batch": batch.batch,
        "provider_id": batch.facts.get("id"),
        "state": batch.state,
        "open": ledger.is_open(batch),
        "round": batch.round,
        "model": batch.model,
        "base_url": batch.base_url,
        "requests": batch.requests or total,
        "done": done,
        "failed": failed,
        "bytes": batch.size,
        "tokens": batch.tokens,
        "planned_at": batch.planned_at.isoformat(timespec="seconds"),
        "found_at": batch.found_at.isoformat(timespec="seconds"),
        "cost_usd": results.usd if results else None,
        "most_usd": batch.usd if ledger.is_open(batch) else None,
        "errors": batch.facts.get("errors") or [],
        "next": _next(batch),
    }


def _next(batch: Batch) -> str:
    state, facts = batch.state, batch.facts
    if ledger.is_over(batch):
        return "`jornada batch collect` fetches what it holds"
    if state == "collected":
        return "done"
    if state == "dropped":
        return f"`jornada batch submit` asks again; {batch.fault}"
    if state == "split":
        return "done: its requests go into smaller ones"
    if state == "unconfirmed":
        return f"`jornada batch collect` looks for it; {facts.get('doubt') or 'nobody knows of it'}"
    if state in OURS:
        start = facts.get("not_before", "")
        when = f"after {start[:16].replace('T', ' ')} UTC" if start > now().isoformat() else ""
        why = f"; {batch.fault}" if facts.get("errors") else ""
        return f"`jornada batch collect` submits it {when}".rstrip() + why
    expires = facts.get("expires_at")
    if not expires:
        return "wait, then `jornada batch collect`"
    until = datetime.fromtimestamp(expires, UTC)
    return f"wait until {until:%Y-%m-%d %H:%M} UTC at most, then `jornada batch collect`"


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    age = now() - datetime.fromisoformat(one["planned_at"])
    if one["cost_usd"] is not None:
        cost = format_dollars(one["cost_usd"])
    elif one["most_usd"]:
        cost = f"up to {format_dollars(one['most_usd'])}"
    else:
        cost = "unknown" if one["done"] else ""
    return (
        one["batch"][:8],
        one["state"],
        str(one["round"]),
        f"{one['requests']:,}",
        f"{one['done']:,}",
        f"{one['failed']:,}",
        str(timedelta(seconds=round(max(0.0, age.total_seconds())))),
        cost,
        one["next"],
    )
