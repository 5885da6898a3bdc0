"""What changed from one eval run to another: figures that got better or worse, by bulletin."""

import json
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from typing import Any, NamedTuple

from pydantic import ValidationError

from eval.runs.history import Past, document_scores
from eval.scoring.align import FigureOutcome, comparable_fields
from eval.scoring.changes import DIRECTIONS, Direction, judge_change
from eval.scoring.score import Score
from pipeline.store import Store
from schemas.report import Figure

_VERDICTS = """
SELECT document_id, bulletin, repeat, gold_number, outcome, wrong, gold, "read"
FROM eval_verdicts WHERE eval_run_id = ? ORDER BY document_id, repeat, number
"""


class Told(NamedTuple):
    """What a run made of one figure: its outcome, the labels that were wrong, the figure read."""

    outcome: FigureOutcome
    wrong: tuple[str, ...]
    read: dict[str, Any] | None


class Change(NamedTuple):
    """One figure that two runs judge differently; None where a run did not have it."""

    bulletin: str
    repeat: int
    verdict: Direction
    quote: str
    gold: dict[str, Any] | None
    before: Told | None
    after: Told | None


class Diff(NamedTuple):
    """All changes, and each changed bulletin's strict score before and after."""

    changes: tuple[Change, ...]
    scores: dict[str, tuple[Score, Score]]
    common: int
    same_gold: bool


def diff(store: Store, before: Past, after: Past) -> Diff:
    """Compare the stored verdicts of two runs on the bulletins that both scored."""
    first, second = _verdicts(store, before), _verdicts(store, after)
    strict = document_scores(store, before), document_scores(store, after)
    common = strict[0].keys() & strict[1].keys()
    changes: list[Change] = []
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
    labels = [
        {(slot, _text(row.gold)) for slot, row in verdicts.items() if _is_gold(slot, row, common)}
        for verdicts in (first, second)
    ]
    return Diff(tuple(changes), scores, len(common), labels[0] == labels[1])


class _Slot(NamedTuple):
    """What verdicts of two runs are paired by: a gold figure, or an invented one's labels."""

    document_id: str
    bulletin: str
    repeat: int
    figure: Hashable
    copy: int


class _Row(NamedTuple):
    told: Told
    gold: dict[str, Any] | None


def _verdicts(store: Store, run: Past) -> dict[_Slot, _Row]:
    found: dict[_Slot, _Row] = {}
    copies: dict[tuple[object, ...], int] = defaultdict(int)
    for document_id, bulletin, repeat, number, outcome, wrong, gold, read in store.read(
        _VERDICTS, [run.eval_run_id]
    ).rows:
        labelled = json.loads(gold) if gold else None
        figure = json.loads(read) if read else None
        name = _labels(read) if number is None else number
        copies[document_id, repeat, name] += 1
        slot = _Slot(document_id, bulletin, repeat, name, copies[document_id, repeat, name])
        found[slot] = _Row(Told(FigureOutcome(outcome), tuple(wrong), figure), labelled)
    return found


def _is_gold(slot: _Slot, row: _Row, common: Collection[str]) -> bool:
    return row.gold is not None and slot.repeat == 1 and slot.document_id in common


def _text(figure: dict[str, Any] | None) -> str:
    return json.dumps(figure, sort_keys=True)


def _labels(figure: str) -> Hashable:
    try:
        return comparable_fields(Figure.model_validate_json(figure))
    except ValidationError:  # of a run with an older schema
        return figure


def _change(slot: _Slot, before: _Row | None, after: _Row | None) -> Change | None:
    old, new = before and before.told, after and after.told
    verdict = judge_change(old, new)
    if verdict is None:
        return None
    row = after or before
    gold = row.gold if row else None
    shown = gold or (row.told.read if row else None) or {}
    return Change(slot.bulletin, slot.repeat, verdict, str(shown.get("quote", "")), gold, old, new)


def tally(changes: Iterable[Change]) -> dict[str, int]:
    """Count the changes by verdict."""
    counted: dict[str, int] = dict.fromkeys(("better", "worse", "other"), 0)
    for change in changes:
        counted[change.verdict] += 1
    return counted
