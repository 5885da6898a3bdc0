"""The command `jornada gold new`."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from eval.commands.options import DB, Db
from eval.labels.new_files import Begin, begin_files
from eval.labels.skeleton import begin_labels, prelabel
from eval.runs.history import open_eval_store
from eval.runs.names import name_variant
from eval.runs.prelabels import find_prelabels
from pipeline.commands.options import IdField, Ocr, TextField, examples
from pipeline.console.exit_status import FAILED
from pipeline.console.terminal import say, tell
from pipeline.documents import RecordFields
from pipeline.errors import GoldError, UsageError
from pipeline.extract import extract
from pipeline.isolation.loading import read_all
from pipeline.plain_text import one_line
from pipeline.rules.reader import BaselineReader
from schemas.document import Document, Source
from schemas.reading import Reading

EPILOG = examples(
    "jornada gold new bulletins/ --to labels/",
    "jornada gold new 'june/*.pdf' --to labels/ --reader baseline",
    "jornada gold new bulletins/ --to labels/ --from quoted-v2 --db eval.duckdb",
    "jornada gold new lote.jsonl --id-field url --to labels/ --only '*__12'",
    "A file that was begun is no gold until a person has seen to its labels and has taken the line "
    '"unfinished" away. Exit status: 0 all begun, 1 some not, 2 unusable arguments.',
)


def begin_gold(  # noqa: PLR0913 - a parameter an option
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="What `jornada extract` reads.")
    ],
    *,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where label files go.")],
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="RUN",
            help="Pre-label from readings in the database: ID of an eval run, run or reading, or "
            "name of a prompt or reader.",
        ),
    ] = None,
    db: Db = DB,
    reader: Annotated[
        str | None, typer.Option("--reader", help="baseline: pre-label by it.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="GLOB", help="Texts of these names; repeatable."),
    ] = None,
    text_field: TextField = "text",
    id_field: IdField = None,
    ocr: Ocr = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite label files.")] = False,
) -> int:
    """Begin a label file for each text: its numbers with their quotes, or labels to be mended."""
    begin = _choose(origin, reader, db)
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--to {to}: cannot be made: {error.strerror or error}") from error
    loaded = read_all(paths, RecordFields(text_field, id_field, ocr))
    begun = failed = 0
    for one in begin_files(loaded, to, begin, only=only or (), force=force):
        if one.path is None:
            tell(f"{one.source}: {one.why_not}")
        else:
            say(one_line(f"{one.path}: {one.figures} figures to see to"))
        begun += one.path is not None
        failed += one.is_failed
    if begun:
        tell(
            f'{begun} begun. See to every label, take the line "unfinished" away, then: '
            f"jornada gold check --gold {to}"
        )
    elif not failed:
        tell("No text to begin labels for.")
    return FAILED if failed or not begun else 0


def _choose(origin: str | None, reader: str | None, db: Path) -> Begin:
    """Choose what labels begin with: numbers alone, a stored reading, or one of the baseline."""
    if origin and reader:
        raise UsageError("--from and --reader both say whose labels to begin with: give one")
    if reader not in (None, "baseline"):
        raise UsageError(
            f"--reader {one_line(str(reader))}: only the baseline reads here; let a model read by "
            "`jornada extract` or `jornada eval`, then give --from"
        )
    if reader:
        return _by_baseline
    if origin is None:
        return begin_labels
    store = open_eval_store(db)
    store.try_to_upgrade()
    find = find_prelabels(store, origin)

    def begin(document: Document, source: Source, name: str) -> dict[str, Any]:
        return _by(find(document.id), document, source, name)

    return begin


def _by_baseline(document: Document, source: Source, name: str) -> dict[str, Any]:
    return _by(asyncio.run(extract(document, BaselineReader())), document, source, name)


def _by(reading: Reading, document: Document, source: Source, name: str) -> dict[str, Any]:
    if reading.report is None:
        raise GoldError(f"cannot be read: {reading.error}")
    key = reading.key
    reader = name_variant(key.reader, key.prompt, key.model)
    return prelabel(document, source, name, reading.report, reader)
