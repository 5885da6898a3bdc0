"""Documents a second by the baseline reader, alone and with the checks that every reading passes.

    python benchmarks/baseline.py [--documents 2000]
    python benchmarks/baseline.py --long [--documents 100000]

Real bulletins from examples/bulletins, each time with other numbers, editions and header, so that
no two texts are alike and nothing is read from a cache. The figures are per core, in CPU seconds,
without reading files and without the store. The long run makes its texts as it goes, reads and
checks each, and shows that memory does not grow with the number of documents; what making the
texts takes is not counted.
"""

import argparse
import asyncio
import random
import re
import resource
import time
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from pipeline.documents import read_all
from pipeline.extract import extract
from pipeline.numerals import read_numerals
from pipeline.rules.reader import BaselineReader, read_report
from schemas.document import Document

EXAMPLES = Path(__file__).parents[1] / "examples" / "bulletins"
DOCUMENTS = 2000
LONG_RUN = 100_000
TOLD_EVERY = 10_000
# Digits that a date, a telephone, a name or a year would not survive are left as they are.
_COUNTED = re.compile(r"(?<![\w.,/:-])\d{1,3}(?=\s+mil\b)|(?<=\bmil )\d{3}\b|(?<=\d,)\d{3}\b")
_EDITION = re.compile(r"\b\d{1,2}(?=[ªa] Jornada)")


class Cost(NamedTuple):
    """What reading some documents took."""

    documents: int
    megabytes: float
    cpu_seconds: float


def varied(examples: list[Document]) -> Iterator[Document]:
    """Repeat the examples for ever, each time with other numbers and under another header."""
    for number, example in enumerate(cycle(examples)):
        rng = random.Random(number)  # noqa: S311 - no secret
        text = _COUNTED.sub(partial(_another, rng), example.text)
        text = _EDITION.sub(str(rng.randint(2, 19)), text)
        text = f"Boletín de prensa, folio {number:06d}\n\n{text}"
        digest = sha256(text.encode()).hexdigest()
        yield example.model_copy(update={"id": digest, "text": text})


def _another(rng: random.Random, printed: re.Match[str]) -> str:
    """Return another number of as many digits."""
    digits = len(printed[0])
    return str(rng.randint(10 ** (digits - 1), 10**digits - 1))


def cost(work: Callable[[Document], object], documents: Iterator[Document]) -> Cost:
    """Run `work` on each document; the time in which documents are made does not count."""
    count, size, seconds = 0, 0, 0.0
    for document in documents:
        started = time.process_time()
        work(document)
        seconds += time.process_time() - started
        count += 1
        size += len(document.text.encode())
    return Cost(count, size / 1e6, seconds)


def peak_memory() -> float:
    """Return the most memory that the process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(name: str, taken: Cost) -> None:
    """Print one line."""
    each = taken.cpu_seconds / taken.documents
    print(
        f"{name:18} {1 / each:7.0f} documents/s  {1000 * each:6.2f} ms each"
        f"  {taken.megabytes / taken.cpu_seconds:5.2f} MB/s  peak memory {peak_memory():.0f} MB",
        flush=True,
    )


def stages(examples: list[Document], wanted: int, read: Callable[[Document], object]) -> None:
    """Measure numerals, the reader, and the reader with its checks."""
    works: dict[str, Callable[[Document], object]] = {
        "numerals alone": lambda document: read_numerals.__wrapped__(document.text),
        "baseline reader": read_report,
        "reader and checks": read,
    }
    documents = varied(examples)
    cost(read, islice(documents, len(examples)))  # what is loaded once is not counted
    for name, work in works.items():
        show(name, cost(work, islice(documents, wanted)))


def long_run(examples: list[Document], wanted: int, read: Callable[[Document], object]) -> None:
    """Read and check many documents in one process, and tell how it goes on the way."""
    documents, total = varied(examples), Cost(0, 0.0, 0.0)
    while total.documents < wanted:
        part = cost(read, islice(documents, min(TOLD_EVERY, wanted - total.documents)))
        total = Cost(
            total.documents + part.documents,
            total.megabytes + part.megabytes,
            total.cpu_seconds + part.cpu_seconds,
        )
        show(f"to {total.documents}", part)
    show("in all", total)


def main() -> None:
    """Print a line for each stage, or for each part of the long run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int)
    parser.add_argument("--long", action="store_true", help="one run of 100,000 documents")
    options = parser.parse_args()
    wanted = options.documents or (LONG_RUN if options.long else DOCUMENTS)
    examples = [d for loaded in read_all([str(EXAMPLES)]) if (d := loaded.document) is not None]
    reader, loop = BaselineReader(), asyncio.new_event_loop()

    def read(document: Document) -> object:
        return loop.run_until_complete(extract(document, reader))

    print(f"{wanted} documents, varied from {len(examples)} bulletins; one core")
    (long_run if options.long else stages)(examples, wanted, read)
    loop.close()


if __name__ == "__main__":
    main()
