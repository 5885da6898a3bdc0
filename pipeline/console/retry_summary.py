"""How a retry ended: what was asked again, and what is still not as it should be."""

from collections.abc import Sequence

from pipeline.console import run_summary
from pipeline.console.exit_status import FAILED
from pipeline.console.terminal import say, tell
from pipeline.plain_text import to_json
from pipeline.runs import cascade, selection
from pipeline.runs.cascade import RetryResult
from pipeline.runs.selection import Flaw
from pipeline.store import Store

_WORDS = {
    Flaw.FAILED: "failed",
    Flaw.PARTIAL: "partial",
    Flaw.FINDINGS: "with warnings or errors",
}


def conclude(
    store: Store,
    asked: Sequence[RetryResult],
    flaws: Sequence[Flaw],
    opened: RetryResult | None = None,
    *,
    as_json: bool,
) -> int:
    """Print what came of asking again about documents with these flaws; give the exit status.

    `opened` is the run over files that were given up, if there were any.
    """
    done = [*([opened] if opened else []), *asked]
    ids = {document_id for one in asked for document_id in one.chosen.flaws}
    still = selection.choose_documents(store, flaws, among=ids)
    db = str(store.path)
    if as_json:
        steps = [run_summary.to_object(one.summary, one.step.choice, db) for one in done]
        counts = {flaw.value: still.count(flaw) for flaw in Flaw}
        say(to_json({"documents": len(ids), "still": counts, "steps": steps}))
    else:
        for one in done:
            run_summary.show_table(one.summary, one.step.choice, db)
    if not done:
        return _conclude_nothing(store, flaws)
    last = done[-1].summary
    if last.outcome != "finished":
        for line in run_summary.closing_lines(last, db):
            tell(line)
    elif still.flaws:
        tell(f"{len(ids) - len(still.flaws):,} of {len(ids):,} are well now; still so: "
             f"{cascade.describe_selection(still)}.")  # fmt: skip
        if len(asked) == 1 and not asked[0].chosen.passed:
            tell("A better model may do: `jornada retry --escalate-to MODEL`.")
    return max(run_summary.to_exit_status(one.summary) for one in (opened, done[-1]) if one)


def _conclude_nothing(store: Store, flaws: Sequence[Flaw]) -> int:
    """Say why nobody was asked."""
    left = selection.choose_documents(store, flaws)
    if not left.flaws:
        words = " or ".join(_WORDS[flaw] for flaw in flaws)
        tell(f"Nothing to ask again about: no document left is {words}.")
        return 0
    tell(
        f"Nobody was asked: {cascade.describe_selection(left)}, and these models were asked "
        "before. Name another with --model or --escalate-to."
    )
    return FAILED if left.count(Flaw.FAILED) else 0
