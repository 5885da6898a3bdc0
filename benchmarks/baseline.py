"""Documents a second by the baseline reader, alone and with the checks that every reading passes.

    python benchmarks/baseline.py [--documents 2000]

Real bulletins from examples/bulletins, read again and again: the figures are per core, in CPU
seconds, without reading files and without the store.
"""

import argparse
import asyncio
import resource
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

from pipeline.documents import read_all
from pipeline.extract import extract
from pipeline.numerals import numerals
from pipeline.readers.baseline import BaselineReader, read_report
from schemas.document import Document

EXAMPLES = Path(__file__).parents[1] / "examples" / "bulletins"


def cpu_seconds(work: Callable[[Document], object], documents: list[Document]) -> float:
    """Run `work` on each document and return the CPU time it took."""
    started = time.process_time()
    for document in documents:
        work(document)
    return time.process_time() - started


def main() -> None:
    """Print a line for each stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    wanted = parser.parse_args().documents
    examples = [d for loaded in read_all([str(EXAMPLES)]) if (d := loaded.document) is not None]
    # A number of its own in each text, so that nothing is read from a cache.
    documents = [
        document.model_copy(update={"text": f"{document.text}\n\n{index}"})
        for index, document in enumerate(islice(cycle(examples), wanted))
    ]
    reader, loop = BaselineReader(), asyncio.new_event_loop()
    cpu_seconds(read_report, documents[:50])
    size = sum(len(document.text.encode()) for document in documents) / 1e6
    print(f"{wanted} documents, {size:.1f} MB, from {len(examples)} bulletins; one core")
    stages: dict[str, Callable[[Document], object]] = {
        "numerals alone": lambda document: numerals.__wrapped__(document.text),
        "baseline reader": read_report,
        "reader and checks": lambda d: loop.run_until_complete(extract(d, reader)),
    }
    for name, work in stages.items():
        numerals.cache_clear()
        seconds = cpu_seconds(work, documents)
        print(
            f"{name:18} {wanted / seconds:7.0f} documents/s  {1000 * seconds / wanted:6.2f} ms each"
            f"  {size / seconds:5.2f} MB/s"
        )
    loop.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
