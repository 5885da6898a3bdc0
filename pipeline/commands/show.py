"""The command `jornada show`."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Annotated

import typer

from pipeline.calls.gateway import LocalGateway
from pipeline.commands.options import (
    DB,
    AnswerOptions,
    Db,
    Json,
    ModelOptions,
    Ocr,
    ReachOptions,
    examples,
    settings_from,
    with_options,
)
from pipeline.console import lookup
from pipeline.console import show as page
from pipeline.console.exit_status import FAILED
from pipeline.console.show_page import find_page_target, write_page
from pipeline.console.waiting_decisions import store_waiting
from pipeline.documents import RecordFields
from pipeline.documents.ocr import require_ocr
from pipeline.errors import UsageError
from pipeline.isolation.loading import read_all
from pipeline.runs.reader_choice import Choice, choose
from pipeline.runs.workers import Workers
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.rows import now
from pipeline.words import Language
from schemas.document import Document, Source
from schemas.reading import Reading

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada show bulletins/2022-07.pdf",
        "jornada show nuevo-leon",
        "jornada show 3fa9c1 --json",
        "jornada show nuevo-leon --html nuevo-leon.html --lang es",
        "What is no file here is looked for in the database: a path that is stored there, though "
        "the file be gone, a part of one, or the beginning of a document's ID. Where several "
        "documents are meant, they are listed.",
    )
)
@with_options
def show(  # noqa: PLR0913 - a parameter an option
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|PATH|ID",
            help="A file, a stored path or a part of one, or the beginning of a document's ID.",
        ),
    ],
    *,
    db: Db = DB,
    reader: Annotated[
        str | None, typer.Option("--reader", help="Read a file now, by auto, baseline or llm.")
    ] = None,
    model: ModelOptions,
    reach: ReachOptions,
    answers: AnswerOptions,
    ocr: Ocr = False,
    as_json: Json = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write it as a page of its own, to be sent to somebody; - is standard output.",
        ),
    ] = None,
    language: Annotated[
        Language | None, typer.Option("--lang", help="Language of the page; else English.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the page.")] = False,
) -> int:
    """Show one report: figures with their quotes, what was set aside, and findings.

    A file is read now, and not stored, if the database has no reading of it or --reader is given.
    """
    if html is None and (language is not None or force):
        raise UsageError("--lang and --force are about the page that --html writes")
    if html is not None and as_json:
        raise UsageError("give --json or --html, not both")
    target = None if html is None else find_page_target(html, db, force=force)
    if ocr:
        require_ocr()
    settings = settings_from(db, model, reach, answers, reader=reader)
    store_waiting(db)
    store = Store.for_questions(db)
    store.try_to_upgrade()
    shown = None
    if Path(what).exists():
        document = lookup.only_document(read_all([what], RecordFields(ocr=ocr)), what)
        if reader is None and db.exists():
            shown = lookup.recall(store, document.id, failed=False)
        if shown is None:
            choice = choose(settings)
            reading = asyncio.run(_read_now(settings, choice, document))
            shown = page.ShownReading(
                document, reading, (Source(path=what),), f"read now by {choice.reader}", now()
            )
    else:
        shown = lookup.find(store, what)
    if html is not None:
        write_page(store, shown, target, language or Language.ENGLISH)
    else:
        (page.show_json if as_json else page.show)(shown)
    return FAILED if shown.reading.report is None else 0


async def _read_now(settings: Settings, choice: Choice, document: Document) -> Reading:
    gateway = LocalGateway() if choice.reader == "llm" else None
    async with aclosing(Workers(settings, choice, gateway)) as workers:
        return await workers.read(document)
