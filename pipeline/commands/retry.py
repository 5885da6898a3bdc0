"""The command `jornada retry`; no logic."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.options import (
    DB,
    BaseUrl,
    Budget,
    Concurrency,
    Db,
    EscalateTo,
    Json,
    Model,
    NumberOfWorkers,
    PriceFile,
    Prompt,
    ReaderName,
    Rpm,
    Tpm,
    examples,
    settings_from,
)
from pipeline.console.exit_status import FAILED
from pipeline.console.terminal import say, tell
from pipeline.plain_text import to_json
from pipeline.runs.reader_choice import choose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.runs.cascade import Asked
    from pipeline.runs.selection import Chosen, Flaw
    from pipeline.store import Store

EPILOG = examples(
    "jornada retry",
    "jornada retry --partial --model gpt-5",
    "jornada retry --findings --model gpt-5-mini --escalate-to gpt-5 --budget 5.00",
    "The texts come out of the database. A retry that was killed or stopped goes on when it is run "
    "again. Exit status: 0 all read, 1 some failed, 2 unusable arguments, 130 stopped by Ctrl-C.",
)


def retry(  # noqa: PLR0913 - a parameter an option
    *,
    failed: Annotated[
        bool, typer.Option("--failed", help="Documents that could not be read (the default).")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Documents that were read in part.")
    ] = False,
    findings: Annotated[
        bool,
        typer.Option(
            "--findings", help="Documents with warnings or errors, partial and failed ones too."
        ),
    ] = False,
    escalate_to: EscalateTo = None,
    db: Db = DB,
    reader: ReaderName = "auto",
    prompt: Prompt = None,
    model: Model = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    workers: NumberOfWorkers = 1,
    rpm: Rpm = None,
    tpm: Tpm = None,
    budget: Budget = None,
    prices: PriceFile = None,
    as_json: Json = False,
) -> int:
    """Ask again about documents that failed, or whose reading is not as it should be."""
    from pipeline.console import progress_bar  # noqa: PLC0415 - slow to import
    from pipeline.runs import cascade, selection  # noqa: PLC0415 - slow to import

    settings = settings_from(
        db,
        reader=reader,
        prompt=prompt,
        model=model,
        base_url=base_url,
        concurrency=concurrency,
        prices=prices,
        rpm=rpm,
        tpm=tpm,
        budget=budget,
        workers=workers,
    )
    said = {"failed": failed, "partial": partial, "findings": findings}
    flaws = [flaw for flaw in selection.Flaw if said[flaw.value]] or [selection.Flaw.FAILED]
    first = cascade.Step(settings, choose(settings))
    dear = cascade.dearer(settings, escalate_to) if escalate_to else None
    store = cascade.opened(settings)
    if not as_json:
        tell(f"Reader: {first.choice.reader} ({first.choice.why}).")
    asked: list[Asked] = []
    with progress_bar.watching() as watch:
        if one := asyncio.run(cascade.retry(first, store, watch, flaws, dear=dear)):
            asked.append(one)
    if dear is not None and all(one.summary.outcome == "finished" for one in asked):
        dear = cascade.lessened(dear, sum(one.usd for one in asked))
        with progress_bar.watching() as watch:
            if one := asyncio.run(cascade.escalate(dear, store, watch, flaws)):
                asked.append(one)
    return _conclude(store, asked, flaws, as_json=as_json)


def _conclude(
    store: "Store", asked: "Sequence[Asked]", flaws: "Sequence[Flaw]", *, as_json: bool
) -> int:
    from pipeline.console import progress_bar  # noqa: PLC0415 - slow to import
    from pipeline.runs import cascade, selection  # noqa: PLC0415 - slow to import

    ids = {document_id for one in asked for document_id in one.chosen.flaws}
    still = selection.chosen(store, flaws, among=ids)
    db = str(store.path)
    if as_json:
        steps = [progress_bar.as_json(one.summary, one.step.choice, db) for one in asked]
        say(to_json({"documents": len(ids), "still": _counts(still), "steps": steps}))
    else:
        for one in asked:
            progress_bar.show_summary(one.summary, one.step.choice, db)
    if not asked:
        left = selection.chosen(store, flaws)
        if left.flaws:
            tell(f"Nobody was asked: {cascade.in_words(left)}, and these models were asked before. "
                 "Name another with --model or --escalate-to.")  # fmt: skip
            return FAILED if left.count(selection.Flaw.FAILED) else 0
        tell(f"Nothing to ask again about: no document left is {_either(flaws)}.")
        return 0
    ended = asked[-1].summary
    if ended.outcome != "finished":
        for line in progress_bar.closing_lines(ended, db):
            tell(line)
    elif still.flaws:
        tell(f"{len(ids) - len(still.flaws):,} of {len(ids):,} are well now; still so: "
             f"{cascade.in_words(still)}.")  # fmt: skip
        if len(asked) == 1 and not asked[0].chosen.passed:
            tell("A better model may do: `jornada retry --escalate-to MODEL`.")
    return progress_bar.exit_status(ended)


def _counts(chosen: "Chosen") -> dict[str, Any]:
    from pipeline.runs.selection import Flaw  # noqa: PLC0415 - slow to import

    return {flaw.value: chosen.count(flaw) for flaw in Flaw}


def _either(flaws: "Sequence[Flaw]") -> str:
    words = {"failed": "failed", "partial": "partial", "findings": "with warnings or errors"}
    return " or ".join(words[flaw.value] for flaw in flaws)
