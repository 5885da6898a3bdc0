"""Counts what the checks find in labelled bulletins, as they are and with faults planted."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from benchmarks.checks.bulletin import Bulletin, ideal
from benchmarks.checks.faults import FAULTS, HARMLESS, Fault, plant
from eval.labels.gold import GoldBulletin, load_gold
from pipeline.extract import check_reading
from schemas.finding import Finding, Severity
from schemas.reading import ReaderKey, Reading, ReadingStatus

_HERE = Path(__file__).parent
ROOT = _HERE.parents[1]
KNOWN = _HERE / "known.toml"
JUDGED = (
    (ROOT / "eval" / "gold", (ROOT / "examples" / "bulletins",)),
    (ROOT / "eval" / "hard", ()),
    (ROOT / "eval" / "newsrooms", ()),
)
COUNTED = ((ROOT / "eval" / "unseen", ()),)
"""Bulletins that no rule or check is made with: nobody reads what is found in them."""

Row = tuple[str, Severity]


class Known(NamedTuple):
    """One finding that is right, judged by reading the bulletin."""

    bulletin: str
    check: str
    quote: str


class Told(NamedTuple):
    """A finding in a bulletin as it is that nobody has judged to be right."""

    bulletin: str
    finding: Finding


@dataclass(frozen=True)
class Counts:
    """How often, by check and severity; `planted` and `found` by fault."""

    right: Counter[Row] = field(default_factory=Counter)
    wrong: list[Told] = field(default_factory=list)
    unjudged: Counter[Row] = field(default_factory=Counter)
    caused: Counter[Row] = field(default_factory=Counter)
    """By a planted fault, which they tell of."""
    misled: Counter[Row] = field(default_factory=Counter)
    """By a harmless change, or by a fault that they excuse."""
    planted: Counter[Fault] = field(default_factory=Counter)
    found: Counter[Fault] = field(default_factory=Counter)

    def rows(self) -> list[Row]:
        """List all checks that said anything, the graver findings of each first."""
        wrong = {_row(one.finding) for one in self.wrong}
        rows = {*self.right, *self.unjudged, *self.caused, *self.misled, *wrong}
        return sorted(rows, key=lambda row: (row[0], list(Severity).index(row[1])))

    def false(self, row: Row) -> int:
        """Count the findings in bulletins as they are that are not right."""
        return sum(_row(one.finding) == row for one in self.wrong)

    def precision(self, row: Row) -> float | None:
        """Return the share of right ones among all judged findings, None without any."""
        right = self.right[row] + self.caused[row]
        judged = right + self.false(row) + self.misled[row]
        return right / judged if judged else None


def read_known(path: Path = KNOWN) -> frozenset[Known]:
    """Read which findings in bulletins as they are have been judged to be right."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["right"]
    return frozenset(Known(row["bulletin"], row["check"], row["quote"]) for row in rows)


def load(folders: Iterable[tuple[Path, Sequence[Path]]]) -> list[GoldBulletin]:
    """Read the labelled bulletins of some folders."""
    return [one for gold, texts in folders for one in load_gold(gold, texts)]


def findings_in(bulletin: Bulletin) -> tuple[Finding, ...]:
    """Judge a reading as every reading is judged."""
    reading = Reading(
        document_id=bulletin.document.id,
        key=ReaderKey(reader="gold", schema_hash=""),
        status=ReadingStatus.OK,
        report=bulletin.report,
        seconds=0,
    )
    judged = check_reading(bulletin.document, reading)
    if judged.error:
        raise ValueError(judged.error)
    return judged.findings


def count(
    judged: Iterable[GoldBulletin],
    counted: Iterable[GoldBulletin] = (),
    known: frozenset[Known] = frozenset(),
    seed: int = 0,
) -> Counts:
    """Count findings in all bulletins, as they are and with each fault planted once in each.

    Of those that are `counted` only, what is found in them as they are is not judged.
    """
    counts = Counts()
    for one in judged:
        bulletin = ideal(one.document, one.gold)
        before = findings_in(bulletin)
        for finding in before:
            if _known(one, finding) in known:
                counts.right[_row(finding)] += 1
            else:
                counts.wrong.append(Told(one.stem, finding))
        _count_planted(counts, bulletin, before, seed)
    for one in counted:
        bulletin = ideal(one.document, one.gold)
        before = findings_in(bulletin)
        counts.unjudged.update(map(_row, before))
        _count_planted(counts, bulletin, before, seed)
    return counts


def _count_planted(
    counts: Counts, bulletin: Bulletin, before: Iterable[Finding], seed: int
) -> None:
    told = {finding.message for finding in before}
    for fault in (*FAULTS, *HARMLESS):
        planted = plant(fault, bulletin, seed)
        if planted is None:
            continue
        new = [f for f in findings_in(planted.bulletin) if f.message not in told]
        counts.planted[fault] += 1
        counts.found[fault] += any(_tells(fault, finding) for finding in new)
        for finding in new:
            excused = finding.check == fault.check and not _tells(fault, finding)
            is_false = fault.check is None and finding.severity is not Severity.INFO
            (counts.misled if excused or is_false else counts.caused)[_row(finding)] += 1


def _tells(fault: Fault, finding: Finding) -> bool:
    return finding.check == fault.check and finding.severity is not Severity.INFO


def _known(bulletin: GoldBulletin, finding: Finding) -> Known:
    span = finding.span
    quote = bulletin.document.text[span.start : span.end] if span else finding.message
    return Known(bulletin.stem, finding.check, " ".join(quote.split()))


def _row(finding: Finding) -> Row:
    return finding.check, finding.severity
