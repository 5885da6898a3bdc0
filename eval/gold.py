"""Gold: bulletins with hand-made labels, read from a folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from schemas.report import JornadaReport


class Gold(NamedTuple):
    """The hand-made labels of one bulletin; `stem` is its file's name without endings."""

    stem: str
    report: JornadaReport


def gold_files(folder: Path) -> Iterator[Gold]:
    """Read every gold file of a folder: `*.gold.json`, or `*.json` where there is none such."""
    paths = sorted(folder.glob("*.gold.json")) or sorted(folder.glob("*.json"))
    for path in paths:
        stem = path.name.removesuffix(".json").removesuffix(".gold")
        yield Gold(stem, JornadaReport.model_validate_json(path.read_bytes()))
