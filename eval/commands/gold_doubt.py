"""The command `jornada gold doubt`."""

from pathlib import Path
from typing import Annotated

import typer

from eval.commands.options import DB, Db, Gold, Only, Texts
from eval.labels.gold import locate_gold
from eval.report.doubt_list import show_doubts
from eval.runs.doubt_changes import accept, describe_doubt, keep, pick_doubts, require_apart
from eval.runs.doubts import LEAST, find_doubts
from eval.runs.history import fetch_eval_runs, open_eval_store
from eval.runs.opinions import fetch_opinions
from eval.runs.plan import select_bulletins
from pipeline.commands.options import Json, examples
from pipeline.console.terminal import say, tell
from pipeline.errors import UsageError
from pipeline.plain_text import one_line
from pipeline.store import Store

EPILOG = examples(
    "jornada gold doubt --gold labels/",
    "jornada gold doubt --gold labels/ --accept 3fa9c1d2 --keep 77b0e4aa --keep 0c11d5e8",
    "At least two different prompts, models or readers must have read this gold, in evals or "
    "otherwise; repeats of one are one. Readers that agree can be wrong together: the text "
    "decides. Accepting changes the label file, keeping marks it there, until text or labels "
    "change.",
)


def doubt_gold(  # noqa: PLR0913 - a parameter an option
    *,
    gold: Gold = None,
    texts: Texts = None,
    only: Only = None,
    db: Db = DB,
    accepted: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="ID", help="Label it as they read it; repeatable."),
    ] = None,
    kept: Annotated[
        list[str] | None,
        typer.Option("--keep", "--seen", metavar="ID", help="The gold is right; repeatable."),
    ] = None,
    with_seen: Annotated[bool, typer.Option("--all", help="Also what was kept.")] = False,
    as_json: Json = False,
) -> None:
    """List labels that two or more readers agree against, the worst first; accept or keep them."""
    store = open_eval_store(db)
    store.try_to_upgrade()
    bulletins = select_bulletins(*_locate(store, gold, texts), only)
    reads = fetch_opinions(store, [one.document.id for one in bulletins])
    most = max(map(len, reads.values()), default=0)
    if most < LEAST:
        raise UsageError(
            f"{db}: {most or 'no'} variant has read this gold, and doubts need two that agree: run "
            "jornada eval with another prompt, model or reader"
        )
    doubts = find_doubts(bulletins, reads)
    if not accepted and not kept:
        show_doubts(doubts, as_json=as_json, with_seen=with_seen)
        return
    changed, same = pick_doubts(doubts, accepted or ()), pick_doubts(doubts, kept or ())
    require_apart(changed, same)
    accept(changed)
    keep(same)
    for verb, settled in (("accepted", changed), ("kept", same)):
        for one in settled:
            quote = one.figure.quote if one.figure else ""
            say(one_line(f"{one.bulletin.path}: {verb}: {quote}: {describe_doubt(one)}"))


def _locate(
    store: Store, gold: Path | None, texts: list[Path] | None
) -> tuple[Path, tuple[Path, ...]]:
    """Find the gold that is meant: the given one, or that of the newest eval."""
    if gold is None and (runs := fetch_eval_runs(store)):
        newest = Path(runs[0].gold)
        if newest.is_dir():
            tell(f"The gold is that of the newest eval: {newest}")
            gold = newest
    return locate_gold(gold, texts)
