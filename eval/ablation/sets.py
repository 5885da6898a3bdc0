"""The bulletins that phrases and rules are judged by."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.labels.gold import load_gold, locate_gold
from schemas.document import Document
from schemas.report import JornadaReport

UNSEEN = "unseen"
"""Scored as a whole and never named: who mends a rule must not know what would help there."""


class Case(NamedTuple):
    """One labelled bulletin, and the set that it belongs to, called as its folder is."""

    folder: str
    stem: str
    document: Document
    gold: JornadaReport

    @property
    def name(self) -> str:
        """Name the bulletin among those of all sets."""
        return f"{self.folder}/{self.stem}"

    @property
    def is_named(self) -> bool:
        """Tell whether it may be said what helps in this bulletin."""
        return self.folder != UNSEEN


def load_cases(folders: Iterable[Path] = ()) -> tuple[Case, ...]:
    """Load the project's own gold, hard and unseen bulletins, and those of further folders.

    Raises GoldError where labels or texts cannot be used.
    """
    gold, texts = locate_gold()
    beside = [(gold.with_name(name), ()) for name in ("hard", UNSEEN)]
    own: list[tuple[Path, Sequence[Path]]] = [(gold, texts), *beside]
    return tuple(
        Case(folder.resolve().name, one.stem, one.document, one.gold)
        for folder, where in (*own, *((folder, ()) for folder in folders))
        for one in load_gold(folder, where)
    )
