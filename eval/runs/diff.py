"""What changed from one eval run to another: figures that got better or worse, by bulletin."""

import json
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from eval.runs.history import EvalRun, fetch_document_scores
from eval.scoring.align import FigureOutcome, comparable_fields
from eval.scoring.changes import DIRECTIONS, Direction, judge_change
from eval.scoring.score import Score
from pipeline.store import Store
from schemas.report import Figure

_VERDICTS = """
SELECT document_id, bulletin, repeat, gold_number, outcome, wrong, gold, "read"
FROM eval_verdicts WHERE eval_run_id = ? ORDER BY document_id, repeat, number
"""


class FigureResult(NamedTuple):
    """What a run made of one figure: its outcome, the labels that were wrong, the figure read."""

    outcome: FigureOutcome
    wrong: tuple[str, ...]
    read: dict[str, Any] | None


class FigureChange(NamedTuple):
    """One figure that two runs judge differently; None where a run did not have it."""

    bulletin: str
    repeat: int
    verdict: Direction
    quote: str
    gold: dict[str, Any] | None
    before: FigureResult | None
    after: FigureResult | None


class RunDiff(NamedTuple):
    """All changes, and each changed bulletin's strict score before and after."""

    changes: tuple[FigureChange, ...]
    scores: dict[str, tuple[Score, Score]]
    common: int
    same_gold: bool


def diff(store: Store, before: EvalRun, after: EvalRun) -> RunDiff:
    """Compare the stored verdicts of two runs on the bulletins that both scored."""
    with store.keep_open(read_only=True):
        first, second = _fetch_verdicts(store, before), _fetch_verdicts(store, after)
        strict = fetch_document_scores(store, before), fetch_document_scores(store, after)
    common = strict[0].keys() & strict[1].keys()
    changes: list[FigureChange] = []
    scores: dict[str, tuple[Score, Score]] = {}
    repeats = min(before.repeats, after.repeats)
    for slot in dict.fromkeys((*first, *second)):
        if slot.document_id not in common or slot.repeat > repeats:
            continue
        change = _change(slot, first.get(slot), second.get(slot))
        if change is not None:
            changes.append(change)
            scores[slot.bulletin] = (strict[0][slot.document_id], strict[1][slot.document_id])
    changes.sort(key=lambda c: (c.bulletin, c.repeat, DIRECTIONS.index(c.verdict), c.quote))
    same_gold = _gold_of(first, common) == _gold_of(second, common)
    return RunDiff(tuple(changes), scores, len(common), same_gold)


class _Slot(NamedTuple):
    """What verdicts of two runs are paired by: a gold figure, or an invented one's labels."""

    document_id: str
    bulletin: str
    repeat: int
    figure: Hashable
    copy: int


class _Row(NamedTuple):
    result: FigureResult
    gold: dict[str, Any] | None


def _fetch_verdicts(store: Store, run: EvalRun) -> dict[_Slot, _Row]:
    verdicts: dict[_Slot, _Row] = {}
    copies: dict[tuple[object, ...], int] = defaultdict(int)
    for document_id, bulletin, repeat, number, outcome, wrong, gold, read in store.read(
        _VERDICTS, [run.eval_run_id]
    ).rows:
        labels = json.loads(gold) if gold else None
        figure = json.loads(read) if read else None
        name = _comparable_labels(read) if number is None else number
        copies[document_id, repeat, name] += 1
        slot = _Slot(document_id, bulletin, repeat, name, copies[document_id, repeat, name])
        verdicts[slot] = _Row(FigureResult(FigureOutcome(outcome), tuple(wrong), figure), labels)
    return verdicts


def _gold_of(verdicts: Mapping[_Slot, _Row], common: Collection[str]) -> set[tuple[_Slot, str]]:
    """List the gold figures of the bulletins that both runs scored, with their labels."""
    return {
        (slot, json.dumps(row.gold, sort_keys=True))
        for slot, row in verdicts.items()
        if row.gold is not None and slot.repeat == 1 and slot.document_id in common
    }


def _comparable_labels(figure: str) -> Hashable:
    try:
        return comparable_fields(Figure.model_validate_json(figure))
    except ValidationError:  # of a run with an older schema
        return figure


def _change(slot: _Slot, before: _Row | None, after: _Row | None) -> FigureChange | None:
    old, new = before and before.result, after and after.result
    verdict = judge_change(old, new)
    row = after or before
    if verdict is None or row is None:
        return None
    quote = str((row.gold or row.result.read or {}).get("quote", ""))
    return FigureChange(slot.bulletin, slot.repeat, verdict, quote, row.gold, old, new)


def count_changes(changes: Iterable[FigureChange]) -> dict[str, int]:
    """Count the changes by verdict."""
    counts: dict[str, int] = dict.fromkeys(("better", "worse", "other"), 0)
    for change in changes:
        counts[change.verdict] += 1
    return counts
