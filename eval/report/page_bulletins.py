"""Bulletins as the page shows them: which ones, their marked texts, a row a figure. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from eval.report.highlight import Piece, cut_pieces, find_marks
from eval.report.number_format import format_count, format_days
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.align import COMPARED, FigureOutcome, FigureVerdict, comparable_fields
from eval.scoring.changes import DIRECTIONS, Direction, judge_change
from eval.scoring.score import Score, add_scores, is_strictly_right
from schemas.codebook import codebook
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

ReadingPair = tuple[ScoredReading, ScoredReading]
"""The same bulletin as read by two variants."""


class LabelView(NamedTuple):
    """One label of a figure as shown, and whether gold and reading differ in it.

    `meaning` names a code in Spanish and English; empty for what is no code.
    """

    name: str
    text: str
    differs: bool
    meaning: str = ""


class FigureRow(NamedTuple):
    """One verdict; `strict` where it counts as right by the strict measure."""

    number: int
    outcome: FigureOutcome
    wrong: tuple[str, ...]
    strict: bool
    quote: str
    gold: tuple[LabelView, ...]
    read: tuple[LabelView, ...]


class BulletinView(NamedTuple):
    """One reading of one bulletin; `length` is in characters, `hidden` how many are left out."""

    stem: str
    read: ScoredReading
    strict: Score
    pieces: tuple[Piece, ...]
    length: int
    hidden: int
    rows: tuple[FigureRow, ...]
    hidden_rows: int
    outcomes: dict[FigureOutcome, int]


class RowChange(NamedTuple):
    """One figure that two variants make different things of; None: that variant has none such."""

    direction: Direction
    before: FigureRow | None
    after: FigureRow | None


class BulletinPair(NamedTuple):
    """One bulletin as two variants read it, and what changed from the first to the second."""

    stem: str
    before: BulletinView
    after: BulletinView
    changes: tuple[RowChange, ...]
    hidden_changes: int

    def count(self, direction: Direction) -> int:
        """Count the changes for the better, for the worse, or other ones, of those shown."""
        return sum(change.direction == direction for change in self.changes)


def pick_worst(result: VariantResult) -> tuple[ScoredReading, ...]:
    """Choose the bulletins with the lowest strict F1, each by its worst reading; errors only."""
    ranked: list[tuple[float, int, str, ScoredReading]] = []
    for reads in _group_by_bulletin(result).values():
        f1 = add_scores(read.scores.measures["strict"] for read in reads).f1
        poorest = max(reads, key=_count_errors)
        if f1 is not None and _count_errors(poorest):
            ranked.append((f1, -_count_errors(poorest), poorest.bulletin.stem, poorest))
    return tuple(read for *_, read in sorted(ranked, key=lambda item: item[:3])[:WORST])


def pick_differing(before: VariantResult, after: VariantResult) -> tuple[ReadingPair, ...]:
    """Choose the bulletins that two variants read differently, the greatest loss first.

    Of repeats the first is compared.
    """
    others = _group_by_bulletin(after)
    ranked = [
        (_change_of_f1(reads[0], others[key][0]), reads[0].bulletin.stem, reads[0], others[key][0])
        for key, reads in _group_by_bulletin(before).items()
        if key in others and _outcomes(reads[0]) != _outcomes(others[key][0])
    ]
    return tuple((one, other) for *_, one, other in sorted(ranked, key=lambda item: item[:2]))


def text_limit(texts: int) -> int:
    """How many characters of a text are shown where the page holds so many texts."""
    return max(_SHORTEST_TEXT, min(_LONGEST_TEXT, _ALL_TEXTS // max(1, texts)))


def view_bulletin(read: ScoredReading, limit: int) -> BulletinView:
    """Prepare one reading; at most `limit` characters of the text."""
    text, verdicts = read.bulletin.document.text, read.scores.verdicts
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    return BulletinView(
        stem=read.bulletin.stem,
        read=read,
        strict=read.scores.measures["strict"],
        pieces=cut_pieces(text[:limit], find_marks(verdicts, text)),
        length=len(text),
        hidden=max(0, len(text) - limit),
        rows=_make_rows(verdicts),
        hidden_rows=max(0, len(verdicts) - _MOST_ROWS),
        outcomes={outcome: outcomes[outcome] for outcome in FigureOutcome if outcomes[outcome]},
    )


def view_pair(before: ScoredReading, after: ScoredReading, limit: int) -> BulletinPair:
    """Prepare one bulletin as two variants read it."""
    changes = sorted(
        _list_changes(before.scores.verdicts, after.scores.verdicts),
        key=lambda change: DIRECTIONS.index(change.direction),
    )
    return BulletinPair(
        before.bulletin.stem,
        view_bulletin(before, limit),
        view_bulletin(after, limit),
        tuple(changes[:_MOST_ROWS]),
        max(0, len(changes) - _MOST_ROWS),
    )


def _group_by_bulletin(result: VariantResult) -> dict[str, list[ScoredReading]]:
    groups: dict[str, list[ScoredReading]] = defaultdict(list)
    for read in result.reads:
        groups[read.bulletin.document.id].append(read)
    return groups


def _count_errors(read: ScoredReading) -> int:
    return sum(verdict.outcome is not FigureOutcome.RIGHT for verdict in read.scores.verdicts)


def _change_of_f1(before: ScoredReading, after: ScoredReading) -> float:
    first, second = (read.scores.measures["strict"].f1 for read in (before, after))
    return (1.0 if second is None else second) - (1.0 if first is None else first)


def _outcomes(read: ScoredReading) -> object:
    """Tell what a reading made of the gold, and what it invented, whatever the order."""
    return Counter(
        (verdict.outcome, verdict.wrong, verdict.gold_number, _fields_if_invented(verdict))
        for verdict in read.scores.verdicts
    )


def _fields_if_invented(verdict: FigureVerdict) -> object:
    return None if verdict.gold or not verdict.read else comparable_fields(verdict.read)


# What changed


def _list_changes(
    before: Sequence[FigureVerdict], after: Sequence[FigureVerdict]
) -> Iterator[RowChange]:
    first, second = _rows_by_slot(before), _rows_by_slot(after)
    for slot in dict.fromkeys((*first, *second)):
        old, new = first.get(slot), second.get(slot)
        went = judge_change(old, new)
        if went is not None:
            yield RowChange(went, old, new)


def _rows_by_slot(verdicts: Sequence[FigureVerdict]) -> dict[object, FigureRow]:
    """Name each verdict by its gold figure, an invented one by its labels and how many it is."""
    rows: dict[object, FigureRow] = {}
    copies = Counter[object]()
    for number, verdict in enumerate(verdicts, 1):
        slot = verdict.gold_number if verdict.gold else _fields_if_invented(verdict)
        copies[slot] += 1
        rows[slot, copies[slot]] = _make_row(number, verdict)
    return rows


# Rows


def _make_rows(verdicts: Sequence[FigureVerdict]) -> tuple[FigureRow, ...]:
    return tuple(
        _make_row(number, verdict) for number, verdict in enumerate(verdicts[:_MOST_ROWS], 1)
    )


def _make_row(number: int, verdict: FigureVerdict) -> FigureRow:
    quoted = verdict.read or verdict.gold
    return FigureRow(
        number=number,
        outcome=verdict.outcome,
        wrong=verdict.wrong,
        strict=is_strictly_right(verdict),
        quote=_shorten(" ".join(quoted.quote.split()) if quoted else "", _LONGEST_QUOTE),
        gold=tuple(_view_labels(verdict.gold, verdict.wrong)),
        read=tuple(_view_labels(verdict.read, verdict.wrong)),
    )


def _view_labels(figure: Figure | None, wrong: Iterable[str]) -> Iterator[LabelView]:
    if figure is None:
        return
    for name in COMPARED:
        differs = name in wrong
        if name == "days":
            days = (figure.starts_on, figure.ends_on)
            if differs or any(days):
                yield LabelView(name, format_days(*days), differs)
            continue
        value = getattr(figure, name)
        if name == "value":
            text = format_count(value)
        elif name == "approximate":
            text = "approximate" if value else "exact"
        elif name == "edition":
            text = f"edition {'unknown' if value is None else value}"
        else:
            text = f"no {name}" if value is None else _shorten(str(value), _LONGEST_LABEL)
        # What most figures lack is only worth saying where it is the difference.
        if differs or value not in (None, False):
            yield LabelView(name, text, differs, "" if value is None else _name_code(figure, name))


def _name_code(figure: Figure, label: str) -> str:
    if label not in ("service", "detail"):
        return ""
    detail = figure.detail if label == "detail" else None
    names = (codebook().name_of(figure.service, detail, spanish=es) for es in (True, False))
    return " / ".join(dict.fromkeys(names))


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
