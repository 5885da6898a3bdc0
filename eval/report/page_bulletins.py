"""Every bulletin as the page's script shows it: a line for each in one index, and its own data.

The shapes are those that `page_parts/bulletin.js` reads; positions stand for variants (in the order
of the eval) and for outcomes (in that of `FigureOutcome`). Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from eval.labels.gold import GoldBulletin
from eval.report.highlight import MOST_MARKS, find_marks, worst_outcome
from eval.report.number_format import format_count, format_days
from eval.runs.slices import list_parts
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.align import COMPARED, FigureOutcome, FigureVerdict, comparable_fields
from eval.scoring.changes import DIRECTIONS, judge_change
from eval.scoring.score import add_scores, is_strictly_right
from pipeline.pages.pieces import cut_pieces
from pipeline.pages.text import shorten
from schemas.codebook import codebook
from schemas.reading import ReadingStatus
from schemas.report import Figure

LONGEST_TEXT = 100_000
"""Characters of a bulletin's text that are shown."""

_LONGEST_QUOTE = 240
_LONGEST_LABEL = 80
_LONGEST_ERROR = 500
_OUTCOMES = tuple(FigureOutcome)

Json = dict[str, Any]
_Reads = Mapping[str, Sequence[ScoredReading]]  # by document, its repeats in order


class ListedBulletin(NamedTuple):
    """One bulletin as every variant read it: its line in the index, and what opening it shows."""

    bulletin: GoldBulletin
    line: Json
    body: Json


def list_bulletins(results: Sequence[VariantResult]) -> tuple[ListedBulletin, ...]:
    """Prepare all bulletins, in the order of the gold; the first variant is the reference."""
    reads = [_group_by_bulletin(result) for result in results]
    bulletins = {read.bulletin.document.id: read.bulletin for read in results[0].reads}
    return tuple(
        ListedBulletin(
            bulletin,
            _make_line(bulletin, [each.get(document_id, ()) for each in reads]),
            _make_body(bulletin, [each.get(document_id, ()) for each in reads]),
        )
        for document_id, bulletin in bulletins.items()
    )


def _group_by_bulletin(result: VariantResult) -> _Reads:
    groups: dict[str, list[ScoredReading]] = defaultdict(list)
    for read in result.reads:
        groups[read.bulletin.document.id].append(read)
    return groups


# The index


def _make_line(bulletin: GoldBulletin, reads: Sequence[Sequence[ScoredReading]]) -> Json:
    first = _score(reads[0])
    return {
        "stem": bulletin.stem,
        "parts": [f"{name}: {part}" for name, part in list_parts(bulletin)],
        "variants": [_sum_up(own) | _compare(reads[0], own, first) for own in reads],
    }


def _sum_up(reads: Sequence[ScoredReading]) -> Json:
    """Sum up all repeats of a bulletin by one variant."""
    verdicts = [verdict for read in reads for verdict in read.scores.verdicts]
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    # Readings are stored without what the text does not hold.
    outcomes[FigureOutcome.UNGROUNDED] += sum(read.dropped for read in reads)
    statuses = [read.status for read in reads if read.status is not ReadingStatus.OK]
    return {
        "f1": _score(reads),
        "outcomes": [outcomes[outcome] for outcome in _OUTCOMES],
        "errors": outcomes.total() - outcomes[FigureOutcome.RIGHT],
        "wrong": sorted({name for verdict in verdicts for name in verdict.wrong}),
        "status": next((status for status in statuses if status is ReadingStatus.FAILED), None)
        or next(iter(statuses), ReadingStatus.OK),
    }


def _compare(
    before: Sequence[ScoredReading], after: Sequence[ScoredReading], first: float | None
) -> Json:
    """Set a variant against the reference: how much F1 it gains, how many figures changed how.

    Nothing read where there is nothing to read is as good as can be. Of repeats, the first ones are
    compared figure by figure.
    """
    own = _score(after)
    counts = Counter(change[0] for change in _list_changes(before, after))
    gain = (1.0 if own is None else own) - (1.0 if first is None else first)
    return {"gain": gain, "changes": [counts[direction] for direction in DIRECTIONS]}


def _score(reads: Iterable[ScoredReading]) -> float | None:
    return add_scores(read.scores.measures["strict"] for read in reads).f1


# What opening it shows


def _make_body(bulletin: GoldBulletin, reads: Sequence[Sequence[ScoredReading]]) -> Json:
    text = bulletin.document.text
    return {
        "text": text[:LONGEST_TEXT],
        "length": len(text),
        "readings": [[_show_reading(read) for read in own] for own in reads],
        "changes": [
            [change for change in _list_changes(reads[0], own) if _is_shown(change)]
            for own in reads
        ],
    }


def _show_reading(read: ScoredReading) -> Json:
    verdicts = read.scores.verdicts
    return {
        "repeat": read.repeat,
        "f1": read.scores.measures["strict"].f1,
        "status": read.status,
        "error": shorten(read.error or "", _LONGEST_ERROR),
        "dropped": read.dropped,
        "marks": list(_list_marks(read)),
        "rows": [_make_row(number, each) for number, each in enumerate(verdicts[:MOST_MARKS], 1)],
        "hidden": max(0, len(verdicts) - MOST_MARKS),
    }


def _list_marks(read: ScoredReading) -> Iterator[list[Any]]:
    """List the marked stretches of the text: start, end, outcome, and the tags behind it."""
    text = read.bulletin.document.text
    for piece in cut_pieces(text[:LONGEST_TEXT], find_marks(read.scores.verdicts, text)):
        outcome = worst_outcome(piece)
        if outcome is None:
            continue
        tags = [
            [
                verdict.number,
                _OUTCOMES.index(verdict.outcome),
                verdict.wrong if verdict.outcome is FigureOutcome.WRONG_LABEL else (),
            ]
            for verdict in (mark.about for mark in piece.ended)
        ]
        yield [piece.start, piece.end, _OUTCOMES.index(outcome), tags]


# What changed


def _is_shown(change: Sequence[Any]) -> bool:
    return all(number is None or number <= MOST_MARKS for number in change[1:])


def _list_changes(
    before: Sequence[ScoredReading], after: Sequence[ScoredReading]
) -> list[tuple[str, int | None, int | None]]:
    """List what changed, the worst first: the direction, and the figure's row in either reading."""
    if before is after or not before or not after:
        return []
    first, second = _number_by_slot(before[0]), _number_by_slot(after[0])
    changes = [
        (direction, old and old[0], new and new[0])
        for slot in dict.fromkeys((*first, *second))
        for old, new in [(first.get(slot), second.get(slot))]
        if (direction := judge_change(old and old[1], new and new[1])) is not None
    ]
    return sorted(changes, key=lambda change: DIRECTIONS.index(change[0]))


def _number_by_slot(read: ScoredReading) -> dict[object, tuple[int, FigureVerdict]]:
    """Name each verdict by its gold figure, an invented one by its labels and how many it is."""
    rows: dict[object, tuple[int, FigureVerdict]] = {}
    copies = Counter[object]()
    for number, verdict in enumerate(read.scores.verdicts, 1):
        slot = verdict.gold_number if verdict.gold else _fields_if_invented(verdict)
        copies[slot] += 1
        rows[slot, copies[slot]] = (number, verdict)
    return rows


def _fields_if_invented(verdict: FigureVerdict) -> object:
    return None if verdict.gold or not verdict.read else comparable_fields(verdict.read)


# Rows


def _make_row(number: int, verdict: FigureVerdict) -> Json:
    quoted = verdict.read or verdict.gold
    return {
        "number": number,
        "outcome": _OUTCOMES.index(verdict.outcome),
        "wrong": verdict.wrong if verdict.outcome is FigureOutcome.WRONG_LABEL else (),
        "strict": is_strictly_right(verdict),
        "quote": shorten(" ".join(quoted.quote.split()) if quoted else "", _LONGEST_QUOTE),
        "gold": list(_view_labels(verdict.gold, verdict.wrong)),
        "read": list(_view_labels(verdict.read, verdict.wrong)),
    }


def _view_labels(figure: Figure | None, wrong: Iterable[str]) -> Iterator[tuple[str, bool, str]]:
    """Show each label: its text, whether gold and reading differ in it, and what a code means."""
    if figure is None:
        return
    for name in COMPARED:
        differs = name in wrong
        if name == "days":
            days = (figure.starts_on, figure.ends_on)
            if differs or any(days):
                yield format_days(*days), differs, ""
            continue
        value = getattr(figure, name)
        if name == "value":
            text = format_count(value)
        elif name == "approximate":
            text = "approximate" if value else "exact"
        elif name == "edition":
            text = f"edition {'unknown' if value is None else value}"
        else:
            text = f"no {name}" if value is None else shorten(str(value), _LONGEST_LABEL)
        # What most figures lack is only worth saying where it is the difference.
        if differs or value not in (None, False):
            yield text, differs, "" if value is None else _name_code(figure, name)


def _name_code(figure: Figure, label: str) -> str:
    if label not in ("service", "detail"):
        return ""
    detail = figure.detail if label == "detail" else None
    names = (codebook().name_of(figure.service, detail, spanish=es) for es in (True, False))
    return " / ".join(dict.fromkeys(names))
