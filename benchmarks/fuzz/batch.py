"""A folder of files, good bulletins among them, read as `jornada extract` reads it."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from benchmarks.fuzz.watching import Taken
from pipeline import runs
from pipeline.documents import LoadedSource, RecordFields
from pipeline.extract import extract
from pipeline.isolation.loading import Loader
from pipeline.runs import RunOptions, Watch
from pipeline.runs.reader_choice import choose
from pipeline.runs.readers import at_once, build_reader
from pipeline.runs.set_up import set_up
from pipeline.settings import Settings
from pipeline.store import Store
from schemas.document import Document

Stored = tuple[str, frozenset[tuple[object, ...]]]
"""A document's text, and of each figure: value, service, status, place, quote, where it stands."""
_STORED = """
SELECT s.path, d.text, f.value, f.service, f.status, f.place, f.quote, f.char_start
FROM sources s JOIN documents d USING (document_id) LEFT JOIN current_figures f USING (document_id)
"""


class Outcome(NamedTuple):
    """What became of each file, by its path: how often which way; each line that was told."""

    ways: dict[str, Counter[str]]
    lines: tuple[tuple[str, str], ...]
    defects: tuple[str, ...]
    interrupted: bool


def read_here(documents: Mapping[str, Document]) -> dict[str, Stored]:
    """Read documents in this process: what is to be stored of each."""

    async def read() -> dict[str, Stored]:
        settings = Settings(reader="baseline")
        found: dict[str, Stored] = {}
        async with build_reader(settings, choose(settings), None) as reader:
            for name, document in documents.items():
                report = (await extract(document, reader)).report
                figures = report.figures if report is not None else ()
                told = frozenset(
                    (
                        float(f.value),
                        f.service.value,
                        f.status.value,
                        f.place,
                        f.quote,
                        f.char_start,
                    )
                    for f in figures
                )
                found[name] = document.text, told
        return found

    return asyncio.run(read())


def read_folder(
    folder: Path, settings: Settings, good: Mapping[str, Stored], taken: Taken
) -> Outcome:
    """Read a folder into a database; `good` says what is to be stored of files in it, by name."""
    ways: dict[str, Counter[str]] = {}
    lines: list[tuple[str, str]] = []
    defects: list[str] = []
    watch = Watch(failure=lambda one: lines.append((one.source, one.error)))

    def noted(loaded: Iterator[LoadedSource]) -> Iterator[LoadedSource]:
        for item in loaded:
            way = "read" if item.document else "given up" if item.given_up else "refused"
            ways.setdefault(item.source.path, Counter())[way] += 1
            yield item

    async def run(loader: Loader) -> str:
        choice, done = choose(settings), threading.Event()
        async with set_up(settings, choice) as (reader, setup):
            watching = threading.Thread(target=taken.watch_processes, args=(loader, setup, done))
            watching.start()
            try:
                loaded = noted(loader.read_all([str(folder)], RecordFields()))
                store = Store.for_a_backlog(settings.db)
                options = RunOptions(at_once(settings, choice))
                own = setup._replace(loader=loader)
                timed = taken.watch_loading(loaded)
                summary = await runs.run(timed, reader, store, options, watch, own)
            finally:
                done.set()
                watching.join()
        if summary.outcome not in ("finished", "interrupted"):
            defects.append(f"the run ended: {summary.outcome}, {summary.reason}")
        return summary.outcome

    with closing(Loader(settings.limits)) as loader:
        ending = asyncio.run(run(loader))
    defects += [
        f"{source}: {error}"
        for source, error in lines
        if "Traceback" in error or "unexpected " in error or "cannot be checked" in error
    ]
    if ending == "interrupted":
        return Outcome(ways, tuple(lines), tuple(defects), interrupted=True)
    stored = _fetch(settings.db)
    defects += [
        f"{name} is not stored as it is: {stored.get(str(folder / name))}"
        for name, wanted in good.items()
        if stored.get(str(folder / name)) != wanted
    ]
    return Outcome(ways, tuple(lines), tuple(defects), interrupted=False)


def _fetch(db: Path) -> dict[str, Stored]:
    texts: dict[str, str] = {}
    figures: dict[str, set[tuple[object, ...]]] = {}
    for path, text, value, *others in Store(db).read(_STORED).rows:
        texts[path] = text
        figures.setdefault(path, set()).update([] if value is None else [(float(value), *others)])
    return {path: (text, frozenset(figures[path])) for path, text in texts.items()}
