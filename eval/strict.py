"""Strict F1 of the baseline reader on a folder of bulletins with gold.

    python -m eval.strict BULLETINS [--gold DIR] [--errors]

Counts a figure as right where value, unit, service, detail, status and period all are.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from eval.gold import gold_files
from eval.score import STRICT, Score, labels, score, total
from pipeline.documents import read_all
from pipeline.extract import extract
from pipeline.readers.baseline import BaselineReader
from schemas.document import Document
from schemas.report import Figure, JornadaReport


def read_bulletins(folder: Path) -> dict[str, Document]:
    """Read a folder's documents by their gold stem: the file's, with the record's id behind it."""
    found: dict[str, Document] = {}
    for loaded in read_all([str(folder)]):
        if loaded.document is None:
            continue
        stem = Path(loaded.source.path).name.split(".")[0]
        record = loaded.source.record
        found[stem if record is None else f"{stem}__{record}"] = loaded.document
    return found


def read_figures(document: Document) -> JornadaReport:
    """Read one document by the baseline, as a run would store it."""
    report = asyncio.run(extract(document, BaselineReader())).report
    if report is None:
        raise RuntimeError(f"the baseline gave no report for {document.id}")
    return report


def _shown(ratio: float | None) -> str:
    return "  -  " if ratio is None else f"{ratio:.3f}"


def _differences(read: tuple[Figure, ...], gold: tuple[Figure, ...]) -> list[str]:
    wrong = [f for f in read if labels(f) not in {labels(g) for g in gold}]
    missed = [g for g in gold if labels(g) not in {labels(f) for f in read}]
    return [
        f"  {sign} {' '.join(str(v) for v in labels(f))} | {f.place} | {' '.join(f.quote.split())}"
        for sign, figures in (("+", wrong), ("-", missed))
        for f in figures
    ]


def main() -> int:
    """Print a line a bulletin and the micro-averages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bulletins", type=Path)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--errors", action="store_true", help="show what differs")
    arguments = parser.parse_args()
    documents = read_bulletins(arguments.bulletins)
    scores: list[Score] = []
    values: list[Score] = []
    for gold in gold_files(arguments.gold or arguments.bulletins):
        document = documents.get(gold.stem)
        if document is None:
            print(f"{gold.stem}: no bulletin of this name", file=sys.stderr)
            continue
        report = read_figures(document)
        scores.append(score(report.figures, gold.report.figures))
        values.append(score(report.figures, gold.report.figures, ("value", "unit")))
        one = scores[-1]
        print(
            f"{_shown(one.f1)}  right {one.right:3}  read {one.read:3}  "
            f"gold {one.gold:3}  {gold.stem}"
        )
        if arguments.errors:
            print(*_differences(report.figures, gold.report.figures), sep="\n")
    for name, parts, fields in (("strict", scores, STRICT), ("value", values, ("value", "unit"))):
        whole = total(parts)
        print(
            f"{name} F1 {_shown(whole.f1).strip()} precision {_shown(whole.precision).strip()} "
            f"recall {_shown(whole.recall).strip()} "
            f"n={whole.gold} figures in {len(parts)} bulletins, reader baseline, "
            f"by {', '.join(fields)}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
