"""The command `jornada gold agree`."""

from pathlib import Path
from typing import Annotated

import typer

from eval.commands.options import Only, Texts
from eval.labels.gold import load_two
from eval.report.agreement_tables import TwoFolders, show_agreement
from eval.scoring.agreement import TwiceLabelled, compare_labels
from pipeline.commands.options import Json, examples
from pipeline.errors import UsageError

EPILOG = examples(
    "jornada gold agree ana/ luis/",
    "jornada gold agree ana/ luis/ --texts bulletins/ --json",
    "jornada gold agree ana/ luis/ --only 'junio-*'",
    "Texts are looked for in both folders, or where --texts says. Labels that one of the two does "
    "not give count nothing.",
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of gold labels.")]


def compare_gold(
    first: Folder,
    second: Folder,
    *,
    texts: Texts = None,
    only: Only = None,
    as_json: Json = False,
) -> None:
    """Compare the labels that two people gave to the same texts: F1, Cohen's kappa, differences."""
    firsts, seconds = load_two(first, second, tuple(texts or ()), only or ())
    by_text = {one.document.id: one for one in seconds}
    both = [
        TwiceLabelled(one.stem, one.document.text, one.gold, by_text[one.document.id].gold)
        for one in firsts
        if one.document.id in by_text
    ]
    if not both:
        raise UsageError(
            f"{first} and {second} label no text in common{' of these names' if only else ''}"
        )
    common = {one.document.id for one in firsts} & by_text.keys()
    folders = TwoFolders(
        first,
        second,
        len(both),
        tuple(one.stem for one in firsts if one.document.id not in common),
        tuple(one.stem for one in seconds if one.document.id not in common),
    )
    show_agreement(folders, compare_labels(both), as_json=as_json)
