"""What it costs to load files, and to read them, in processes of their own.

    python -m benchmarks.isolation [--documents 2000] [--rounds 3]

Made bulletins as text, pages, Word files, PDFs and mails, read by the baseline and stored: in this
process alone, and as `jornada extract` does. The two take turns, and another begins each round.
"""

import argparse
import asyncio
import gc
import html
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from itertools import cycle
from pathlib import Path

import docx

from examples.make_backlog import bulletins
from pipeline import runs
from pipeline.documents import LoadedSource, RecordFields, read_all
from pipeline.isolation.loading import Loader
from pipeline.runs import RunOptions, Watch
from pipeline.runs.reader_choice import choose
from pipeline.runs.readers import at_once
from pipeline.runs.set_up import set_up
from pipeline.settings import Settings
from pipeline.store import Store

MIXED = ("txt", "txt", "txt", "html", "html", "html", "docx", "docx", "pdf", "eml")
"""A backlog of ten."""
_LINE = 90


def main() -> None:
    """Measure, and print ratios."""
    parser = argparse.ArgumentParser(description="Loading and reading in processes of their own")
    parser.add_argument("--documents", type=int, default=2000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        backlog = Path(folder) / "backlog"
        write_mixed(backlog, given.documents)
        best: dict[str, float] = {}
        for number in range(given.rounds):
            ways = [("here", here), ("isolated", isolated)]
            for name, way in ways if number % 2 else reversed(ways):
                took = measure(way, backlog, Path(folder) / f"{name}-{number}.duckdb")
                best[name] = min(best.get(name, took), took)
                print(f"{name:>8}: {took:6.1f} s")
    plain, apart = best["here"], best["isolated"]
    print(
        f"{given.documents} documents, best of {given.rounds}: {given.documents / plain:.0f}/s "
        f"here, {given.documents / apart:.0f}/s isolated, {plain / apart:.2f} times as many"
    )


def measure(way: Callable[[Path, Path], int], backlog: Path, db: Path) -> float:
    """Read a backlog in one way into a new database; give the seconds that it takes."""
    gc.collect()
    started = time.perf_counter()
    count = way(backlog, db)
    took = time.perf_counter() - started
    if count != sum(1 for _ in backlog.iterdir()):
        raise SystemExit(f"{db.stem}: read {count} documents")
    return took


def here(backlog: Path, db: Path) -> int:
    """Load and read in this process."""
    return asyncio.run(_read(Settings(db=db, reader="baseline"), backlog, apart=False))


def isolated(backlog: Path, db: Path) -> int:
    """Load and read as the command does."""
    return asyncio.run(_read(Settings(db=db, reader="baseline"), backlog, apart=True))


async def _read(settings: Settings, backlog: Path, *, apart: bool) -> int:
    choice = choose(settings)
    with _loaded(settings, backlog, apart=apart) as loaded:
        async with set_up(settings, choice) as (reader, setup):
            options = RunOptions(at_once(settings, choice) if apart else 1)
            store = Store.for_a_backlog(settings.db)
            way = setup if apart else setup._replace(read=None)
            return (await runs.run(loaded, reader, store, options, Watch(), way)).read


@contextmanager
def _loaded(settings: Settings, backlog: Path, *, apart: bool) -> Iterator[Iterator[LoadedSource]]:
    if not apart:
        yield read_all([str(backlog)])
        return
    with closing(Loader(settings.limits)) as loader:
        yield loader.read_all([str(backlog)], RecordFields())


def write_mixed(folder: Path, count: int) -> None:
    """Write made bulletins in formats that take turns."""
    folder.mkdir()
    for (name, text), form in zip(bulletins(count, near=0), cycle(MIXED), strict=False):
        (folder / f"{name}.{form}").write_bytes(WRITERS[form](text))


def _page(text: str) -> bytes:
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n"))
    menu = "<nav><ul><li><a href=/>Inicio</a><li><a href=/p>Prensa</a></ul></nav>"
    return f"<html><body>{menu}<article>{paragraphs}</article></body></html>".encode()


def _word(text: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    for part in text.split("\n\n"):
        document.add_paragraph(part)
    document.save(out)
    return out.getvalue()


def _mail(text: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = text.partition("\n")[0]
    mail.set_content(text)
    return mail.as_bytes()


def _pdf(text: str) -> bytes:
    """Set a text in lines on one long page."""
    words, lines = text.replace("\n\n", " \n ").split(" "), [""]
    for word in words:
        if word == "\n" or len(lines[-1]) + len(word) > _LINE:
            lines.append("")
        if word != "\n":
            lines[-1] += f"{word} "
    shown = (line.replace("\\", "").replace("(", "\\(").replace(")", "\\)") for line in lines)
    drawn = "BT /F 10 Tf 14 TL 40 4960 Td " + " ".join(f"({line}) Tj T*" for line in shown) + " ET"
    body = drawn.encode("cp1252", "replace")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 5000]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>>>>>"
        ),
        b"<</Length %d>>stream\n%s\nendstream" % (len(body), body),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    out, offsets = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    tail = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + tail


WRITERS: dict[str, Callable[[str], bytes]] = {
    "txt": str.encode,
    "html": _page,
    "docx": _word,
    "pdf": _pdf,
    "eml": _mail,
}


if __name__ == "__main__":
    main()
