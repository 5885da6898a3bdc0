"""The bulletins that phrases and rules are judged by."""

from collections.abc import Iterable
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
        return Path(self.folder).name != UNSEEN


def load_cases(folders: Iterable[Path] = ()) -> tuple[Case, ...]:
    """Load the project's own gold, hard and unseen bulletins, and those of further folders.

    Raises GoldError where labels or texts cannot be used.
    """
    gold, texts = locate_gold()
    own = {gold.name: gold} | {name: gold.with_name(name) for name in ("hard", UNSEEN)}
    # A folder of the same name as one of the project's goes by its whole path.
    more = {one.name if one.name not in own else str(one): one for one in map(_absolute, folders)}
    return tuple(
        Case(name, one.stem, one.document, one.gold)
        for name, folder in (own | more).items()
        for one in load_gold(folder, texts if folder == gold else ())
    )


def _absolute(folder: Path) -> Path:
    return folder.resolve()
