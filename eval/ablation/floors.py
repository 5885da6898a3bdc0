"""What the baseline may not fall below when no bulletin is read by phrases that it alone has."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.ablation.allowed import plain_spanish
from eval.ablation.study import PhraseStudy
from eval.ablation.worth import f1

FLOORS = Path(__file__).with_name("floors.toml")
MEASURES = ("strict", "value")
"""The measures that have floors."""


def read_floors(path: Path = FLOORS) -> dict[str, Any]:
    """Read the floors of each folder, and the ceiling."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def count_unmarked(study: PhraseStudy) -> int:
    """Count the phrases that help in one bulletin alone and are not said to be plain Spanish."""
    return sum(
        len(worth.helps) == 1 and not plain_spanish(phrase)
        for phrase, worth in study.worths.items()
    )


def find_shortfalls(study: PhraseStudy, floors: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is worse than it may be; a folder without floors is not judged."""
    for one in study.sets:
        for measure in MEASURES:
            floor, score = floors.get(one.folder, {}).get(measure), f1(one.left_out[measure])
            if floor is not None and score < floor:
                yield f"{one.folder}: {measure} F1 left out {score:.4f} is below {floor}"
    most, count = floors["helping_in_one_bulletin"], count_unmarked(study)
    if count > most:
        yield f"phrases that help in one bulletin alone: {count}, more than {most}"
