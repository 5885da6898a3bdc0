"""Bulletins as the report shows them: marked texts, and a row for each figure. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from eval.report.highlight import Piece, marks, pieces
from eval.report.number_format import count
from eval.runs.result import Read, Result
from eval.scoring.align import FULL, FigureOutcome, FigureVerdict, comparable_fields
from eval.scoring.changes import DIRECTIONS, Direction, judge_change
from eval.scoring.score import Score, add_scores, is_strictly_right
from schemas.report import Figure

WORST = 12
"""Bulletins shown of each variant."""

MOST_PAIRS = 50
"""Bulletins shown of each two variants side by side."""

_MOST_ROWS = 200
_LONGEST_TEXT = 20_000
_SHORTEST_TEXT = 1_500
_ALL_TEXTS = 1_600_000  # characters in the whole page, so that a browser opens it at once
_LONGEST_QUOTE = 240
_LONGEST_LABEL = 80


Two = tuple[Read, Read]
"""The same bulletin as read by two variants."""


class Part(NamedTuple):
    """One label of a figure as shown, and whether gold and reading differ in it."""

    name: str
    text: str
    differs: bool


class Row(NamedTuple):
    """One verdict; `strict` where it counts as right by the strict measure."""

    number: int
    outcome: FigureOutcome
    wrong: tuple[str, ...]
    strict: bool
    quote: str
    gold: tuple[Part, ...]
    read: tuple[Part, ...]


class Shown(NamedTuple):
    """One reading of one bulletin; `length` is in characters, `hidden` how many are left out."""

    stem: str
    read: Read
    strict: Score
    pieces: tuple[Piece, ...]
    length: int
    hidden: int
    rows: tuple[Row, ...]
    hidden_rows: int
    outcomes: dict[FigureOutcome, int]


class Change(NamedTuple):
    """One figure that two variants make different things of; None: that variant has none such."""

    direction: Direction
    before: Row | None
    after: Row | None


class Pair(NamedTuple):
    """One bulletin as two variants read it, and what changed from the first to the second."""

    stem: str
    before: Shown
    after: Shown
    changes: tuple[Change, ...]
    hidden_changes: int

    def tally(self, direction: Direction) -> int:
        """Count the changes for the better, for the worse, or other ones, of those shown."""
        return sum(change.direction == direction for change in self.changes)


def worst(result: Result) -> tuple[Read, ...]:
    """Choose the bulletins with the lowest strict F1, each by its worst reading; errors only."""
    found: list[tuple[float, int, str, Read]] = []
    for reads in _by_bulletin(result).values():
        f1 = add_scores(read.scored.measures["strict"] for read in reads).f1
        poorest = max(reads, key=_errors)
        if f1 is not None and _errors(poorest):
            found.append((f1, -_errors(poorest), poorest.bulletin.stem, poorest))
    return tuple(read for *_, read in sorted(found, key=lambda item: item[:3])[:WORST])


def differing(before: Result, after: Result) -> tuple[Two, ...]:
    """Choose the bulletins that two variants read differently, the greatest loss first.

    Of repeats the first is compared.
    """
    others = _by_bulletin(after)
    found = [
        (_change_of_f1(reads[0], others[key][0]), reads[0].bulletin.stem, reads[0], others[key][0])
        for key, reads in _by_bulletin(before).items()
        if key in others and _told(reads[0]) != _told(others[key][0])
    ]
    return tuple((one, other) for *_, one, other in sorted(found, key=lambda item: item[:2]))


def text_limit(texts: int) -> int:
    """How many characters of a text are shown where the page holds so many texts."""
    return max(_SHORTEST_TEXT, min(_LONGEST_TEXT, _ALL_TEXTS // max(1, texts)))


def shown(read: Read, limit: int) -> Shown:
    """Prepare one reading; at most `limit` characters of the text."""
    text, verdicts = read.bulletin.document.text, read.scored.verdicts
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    return Shown(
        stem=read.bulletin.stem,
        read=read,
        strict=read.scored.measures["strict"],
        pieces=pieces(text[:limit], marks(verdicts, text)),
        length=len(text),
        hidden=max(0, len(text) - limit),
        rows=_rows(verdicts),
        hidden_rows=max(0, len(verdicts) - _MOST_ROWS),
        outcomes={outcome: outcomes[outcome] for outcome in FigureOutcome if outcomes[outcome]},
    )


def pair(before: Read, after: Read, limit: int) -> Pair:
    """Prepare one bulletin as two variants read it."""
    changes = sorted(
        _changes(before.scored.verdicts, after.scored.verdicts),
        key=lambda change: DIRECTIONS.index(change.direction),
    )
    return Pair(
        before.bulletin.stem,
        shown(before, limit),
        shown(after, limit),
        tuple(changes[:_MOST_ROWS]),
        max(0, len(changes) - _MOST_ROWS),
    )


def _by_bulletin(result: Result) -> dict[str, list[Read]]:
    found: dict[str, list[Read]] = defaultdict(list)
    for read in result.reads:
        found[read.bulletin.document.id].append(read)
    return found


def _errors(read: Read) -> int:
    return sum(verdict.outcome is not FigureOutcome.RIGHT for verdict in read.scored.verdicts)


def _change_of_f1(before: Read, after: Read) -> float:
    first, second = (read.scored.measures["strict"].f1 for read in (before, after))
    return (1.0 if second is None else second) - (1.0 if first is None else first)


def _told(read: Read) -> object:
    """Tell what a reading made of the gold, and what it invented, whatever the order."""
    return Counter(
        (verdict.outcome, verdict.wrong, verdict.gold_number, _invented(verdict))
        for verdict in read.scored.verdicts
    )


def _invented(verdict: FigureVerdict) -> object:
    return None if verdict.gold or not verdict.read else comparable_fields(verdict.read)


# What changed


def _changes(before: Sequence[FigureVerdict], after: Sequence[FigureVerdict]) -> Iterator[Change]:
    first, second = _slots(before), _slots(after)
    for slot in dict.fromkeys((*first, *second)):
        old, new = first.get(slot), second.get(slot)
        went = judge_change(old, new)
        if went is not None:
            yield Change(went, old, new)


def _slots(verdicts: Sequence[FigureVerdict]) -> dict[object, Row]:
    """Name each verdict by its gold figure, an invented one by its labels and how many it is."""
    found: dict[object, Row] = {}
    copies = Counter[object]()
    for number, verdict in enumerate(verdicts, 1):
        slot = verdict.gold_number if verdict.gold else _invented(verdict)
        copies[slot] += 1
        found[slot, copies[slot]] = _row(number, verdict)
    return found


# Rows


def _rows(verdicts: Sequence[FigureVerdict]) -> tuple[Row, ...]:
    return tuple(_row(number, verdict) for number, verdict in enumerate(verdicts[:_MOST_ROWS], 1))


def _row(number: int, verdict: FigureVerdict) -> Row:
    quoted = verdict.read or verdict.gold
    return Row(
        number=number,
        outcome=verdict.outcome,
        wrong=verdict.wrong,
        strict=is_strictly_right(verdict),
        quote=_cut(" ".join(quoted.quote.split()) if quoted else "", _LONGEST_QUOTE),
        gold=tuple(_parts(verdict.gold, verdict.wrong)),
        read=tuple(_parts(verdict.read, verdict.wrong)),
    )


def _parts(figure: Figure | None, wrong: Iterable[str]) -> Iterator[Part]:
    if figure is None:
        return
    for name in FULL:
        value, differs = getattr(figure, name), name in wrong
        if name == "value":
            text = count(value)
        elif name == "approximate":
            text = "approximate" if value else "exact"
        elif name == "edition":
            text = f"edition {'unknown' if value is None else value}"
        else:
            text = f"no {name}" if value is None else _cut(str(value), _LONGEST_LABEL)
        # What most figures lack is only worth saying where it is the difference.
        if differs or value not in (None, False):
            yield Part(name, text, differs)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
