"""How runs ended: as tables or JSON, with what to do next and the exit status."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.console.exit_status import FAILED, INTERRUPTED, UNUSABLE
from pipeline.console.overview import Overview
from pipeline.console.terminal import console, say, table, tell
from pipeline.plain_text import to_json
from pipeline.runs import Summary
from pipeline.runs.reader_choice import Choice
from schemas.finding import Severity

_MODES = {
    "marks": "one of each bulletin's own",
    "strict": "strict",
    "schema": "plain",
    "json": "in the prompt, as JSON",
    "none": "in the prompt",
}
_KINDS = 6
"""How many kinds of files that were passed over are named."""
Ended = tuple[Summary, Choice]
"""A run, and by whom it read."""


def conclude_extract(runs: Sequence[Ended], db: str, overview: Overview, *, as_json: bool) -> int:
    """Print the run and, if any, that which escalated it; give the exit status."""
    if as_json:
        first, *others = (to_object(summary, choice, db) for summary, choice in runs)
        first |= overview.to_object()
        say(to_json({**first, "escalated": others[0]} if others else first))
    else:
        *before, (summary, choice) = runs
        for one in before:
            show_table(*one, db)
        show_table(summary, choice, db, overview)
    last = runs[-1][0]
    for line in (_batch_lines(last) if last.pending else ()) or closing_lines(last, db):
        tell(line)
    for line in source_lines(runs[0][0]):
        tell(line)
    has_unreadable = any(summary.unreadable for summary, _ in runs)
    return to_exit_status(last) or (FAILED if has_unreadable else 0)


def conclude_batches(jobs: Sequence[Ended], db: str, *, as_json: bool, as_list: bool = True) -> int:
    """Print batch jobs, in JSON as a list or as the one that it is; give the exit status."""
    if as_json:
        objects = [to_object(summary, choice, db) for summary, choice in jobs]
        say(to_json(objects if as_list else objects[0]))
    for summary, choice in jobs:
        if not as_json:
            show_table(summary, choice, db)
        for line in (*_batch_lines(summary), *source_lines(summary)):
            tell(line)
    return max((to_exit_status(summary) for summary, _ in jobs), default=0)


def to_object(summary: Summary, choice: Choice, db: str) -> dict[str, Any]:
    """Give the summary as one object for machines."""
    facts = summary.model_dump(mode="json")
    key = facts.pop("reader")
    return {"reader": key.pop("reader"), "why": choice.why, **key, "db": db, **facts}


def show_table(summary: Summary, choice: Choice, db: str, overview: Overview | None = None) -> None:
    """Print a run as a table, and with it what all runs have come to, where that was counted."""
    findings = ", ".join(
        f"{summary.findings[s]} {s.value}" for s in Severity if summary.findings[s]
    )
    rows = [
        ("reader", f"{choice.reader} ({choice.why})"),
        ("documents", f"{summary.documents:,} in {summary.sources:,} sources"),
        ("read", f"{summary.read:,}"),
        ("unchanged", f"{summary.unchanged:,}"),
        ("partial", f"{summary.partial:,} of those read"),
        *([("not relevant", _irrelevant(summary))] if summary.irrelevant else []),
        ("failed", f"{summary.failed:,}"),
        *([("changed", _sources(summary.changed))] if summary.changed else []),
        *([("gone", _sources(summary.gone))] if summary.gone else []),
        *([("forgotten", _sources(summary.forgotten))] if summary.forgotten else []),
        *([("nearly identical", _near(summary))] if summary.near else []),
        ("figures", f"{summary.figures:,}"),
        ("findings", findings or "0"),
        *(overview.rows() if overview else ()),
        *([("schema", _schema_modes(summary))] if summary.schema_modes else []),
        ("tokens", _tokens(summary)),
        ("cost", "none" if choice.reader == "baseline" else _cost(summary)),
        ("seconds", f"{summary.seconds:.1f}"),
        ("database", db),
    ]
    console().print(table(("", ""), rows))


def closing_lines(summary: Summary, db: str) -> tuple[str, ...]:
    """Say what the table alone does not: how it ended, and what to do next."""
    if summary.outcome != "finished":
        kept = f"The {summary.read:,} documents that were read are kept in {db}"
        more = f", and what was answered about {summary.left:,} more that were begun"
        begun = more if summary.left else ""
        return (_ending(summary), f"{kept}{begun}; run the same command again to go on.")
    lines = []
    if failed := summary.failed - summary.failed_before - summary.unreadable:
        go_on = "run the same command again for those that got no answer"
        lines.append(f"{failed:,} failed; {go_on}, `jornada retry --failed` for all.")
    if summary.failed_before:
        lines.append(
            f"{summary.failed_before:,} failed before; `jornada retry --failed` asks again."
        )
    if summary.unreadable:
        lines.append(f"{summary.unreadable:,} of the sources hold nothing that could be read.")
    if lines:
        return tuple(lines)
    if not summary.read:
        return ("Nothing to do: every document had been read before by this reader.",)
    return ()


def source_lines(summary: Summary) -> list[str]:
    """Say what has become of files and records since they were read, and what was not read."""
    lines = []
    if summary.changed:
        lines.append(
            f"{_sources(summary.changed)} changed: the former text counts no more, unless another "
            "source holds it."
        )
    if summary.forgotten:
        lines.append(
            f"{_sources(summary.forgotten)} gone and forgotten: what is extracted again counts "
            "again."
        )
    elif summary.gone:
        lines.append(
            f"{_sources(summary.gone)} gone and still counted: the same command with --prune, or "
            "`jornada forget PATH`, leaves them out."
        )
    if summary.passed_over:
        lines.append(_passed_over(summary.passed_over))
    return lines


def _irrelevant(summary: Summary) -> str:
    return f"{summary.irrelevant:,} of those read: on no health services, without figures"


def _sources(count: int | None) -> str:
    return f"{count or 0:,} source{'' if count == 1 else 's'}"


def _passed_over(kinds: Mapping[str, int]) -> str:
    most = sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0]))
    told = [f"{count:,} {kind}" for kind, count in most[:_KINDS]]
    if others := sum(count for _, count in most[_KINDS:]):
        told.append(f"{others:,} of other kinds")
    total, named = sum(kinds.values()), ", ".join(told)
    if total == 1:
        return f"1 file is of a kind that holds no bulletins ({named}), passed over."
    return f"{total:,} files are of kinds that hold no bulletins ({named}) and were passed over."


def to_exit_status(summary: Summary) -> int:
    """Give a command's exit status by how its run ended."""
    endings = {"interrupted": INTERRUPTED, "refused": UNUSABLE, "budget": FAILED}
    return endings.get(summary.outcome, FAILED if summary.failed else 0)


def _batch_lines(summary: Summary) -> list[str]:
    """Say how a batch job ended, and what to do next."""
    lines = [] if summary.outcome == "finished" else [_ending(summary)]
    if summary.pending:
        lines.append(
            f"{summary.pending:,} documents have no reading yet: `jornada batch status` says what "
            "their batches wait for, `jornada batch collect` fetches what is there."
        )
    return lines


def _ending(summary: Summary) -> str:
    return f"Stopped: {summary.reason}" if summary.reason else "Stopped."


def _tokens(summary: Summary) -> str:
    if summary.input_tokens is None and summary.output_tokens is None:
        return "none" if summary.reader.reader == "baseline" else "unknown"
    return f"{summary.input_tokens or 0:,} in, {summary.output_tokens or 0:,} out"


def _schema_modes(summary: Summary) -> str:
    """Say how the server was held to the schema, and in how many answers."""
    counted = sorted(summary.schema_modes.items(), key=lambda one: -one[1])
    return ", ".join(f"{_MODES.get(mode, mode)} ({count:,})" for mode, count in counted)


def _near(summary: Summary) -> str:
    reused = f", {summary.reused:,} took over its reading" if summary.reused else ""
    return f"{summary.near:,} to another{reused} (listed in near_documents)"


def _cost(summary: Summary) -> str:
    if summary.cost_usd is None:
        return "unknown"
    lost = summary.doubtful_usd
    doubt = f", and at most ${lost:.4f} for calls whose answer was lost" if lost else ""
    return f"${summary.cost_usd:.4f}{doubt}"
