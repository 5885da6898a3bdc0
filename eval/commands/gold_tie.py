"""The command `jornada gold tie`."""

from typing import Annotated

import typer

from eval.commands.options import Gold, Texts
from eval.labels.gold import locate_gold
from eval.labels.tie import tie_folder
from pipeline.commands.options import examples
from pipeline.console.terminal import say
from pipeline.plain_text import one_line

EPILOG = examples(
    "jornada gold tie --gold labels/",
    "jornada gold tie --gold labels/ --texts bulletins/ --refresh",
)


def tie_gold(
    *,
    gold: Gold = None,
    texts: Texts = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Also where a text has changed since.")
    ] = False,
) -> None:
    """Write the hash of its text into each gold file, so that a changed text is noticed."""
    for path in tie_folder(*locate_gold(gold, texts), refresh=refresh):
        say(one_line(str(path)))
