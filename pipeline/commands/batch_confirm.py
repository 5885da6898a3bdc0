"""The command `jornada batch confirm`; no logic."""

from typing import Annotated

import typer

from pipeline.batch.settling import settle
from pipeline.commands.options import DB, Db, examples
from pipeline.console.terminal import tell
from pipeline.errors import UsageError
from pipeline.store import Store

EPILOG = examples(
    "jornada batch confirm 1f2e3d4c batch_abc123",
    "jornada batch confirm 1f2e3d4c --absent",
    "`jornada batch status` lists them. Nothing is asked; `jornada batch collect` goes on with it.",
)


def confirm(
    batch: Annotated[str, typer.Argument(help="The batch, by the first characters of its name.")],
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="Its ID there.")] = None,
    *,
    absent: Annotated[bool, typer.Option("--absent", help="It surely is not there.")] = False,
    db: Db = DB,
) -> None:
    """Say what the provider's console shows of a batch that `collect` cannot find."""
    if absent is (name is not None):
        raise UsageError("give the ID that the batch has at the provider, or --absent")
    tell(settle(Store(db), batch, name))
