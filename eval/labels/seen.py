"""What a person has looked at and left as it is: marks in the gold file, by what they are about.

A mark is a hash of the finding, of the text, and of the labels that it is about. Where one of these
changes it is another, so that what was seen comes back.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from eval.labels.gold import GoldBulletin
from eval.labels.gold_file import SEEN, Labels, change_gold_file, parse_gold_file
from eval.labels.gold_text import set_member
from pipeline.errors import GoldError
from pipeline.plain_text import one_line
from schemas.finding import Finding, Severity

_FEWEST = 4  # characters of a mark: fewer would match by chance
_LENGTH = 12
_LONGEST = 160  # characters of what is said of a mark
_ITEM = re.compile(r"(\w+)\[(\d+)\]")
_ALWAYS_TOLD = ("tie",)
"""Checks whose findings there is a command to mend."""


def mark_of(bulletin: GoldBulletin, finding: Finding) -> str | None:
    """Give the mark of a finding in labels; None for one that is to be mended and not marked."""
    if finding.severity is Severity.ERROR or finding.check in _ALWAYS_TOLD:
        return None
    about = (finding.check, finding.message, finding.span, _labels_at(bulletin, finding))
    return make_mark(bulletin, *about)


def make_mark(bulletin: GoldBulletin, *about: object) -> str:
    """Hash what something is about, and the text that it is about: 12 hex digits."""
    written = json.dumps([bulletin.document.id, *about], default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:_LENGTH]


def _labels_at(bulletin: GoldBulletin, finding: Finding) -> object:
    """Give the labels that a finding is about: of a figure, a jornada, or of all of these."""
    if finding.span is not None and finding.field == "figures":
        return None  # a number that no figure is about
    item = _ITEM.match(finding.field or "")
    whole = bulletin.gold.model_dump(mode="json", exclude_unset=True)
    return whole[item[1]][int(item[2])] if item else whole.get(finding.field or "")


def is_beginning(given: str, mark: str) -> bool:
    """Tell whether what a person gave is the beginning of a mark, and enough of it."""
    return len(given) >= _FEWEST and mark.startswith(given)


def mark_seen(path: Path, seen: Mapping[str, str]) -> None:
    """Write marks into a gold file, each with what it is about in words. Raises GoldError."""
    labels = parse_gold_file(path)
    if not isinstance(labels, Labels):
        raise GoldError(f"{path}: has errors, and is left as it is: jornada gold check")
    known = {**labels.seen, **{mark: one_line(said)[:_LONGEST] for mark, said in seen.items()}}
    change_gold_file(path, lambda written: set_member(written, SEEN, known, last=True))
