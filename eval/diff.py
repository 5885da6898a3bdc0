"""What changed from one eval run to another: figures that got better or worse, by bulletin."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from eval.past import Past, document_counts
from eval.score import STRICT, Outcome, Score
from pipeline.store import Store

_VERDICTS = """
SELECT document_id, bulletin, repeat, gold_number, outcome, wrong, gold, "read"
FROM eval_verdicts WHERE eval_run_id = ? ORDER BY document_id, repeat, number
"""


class Told(NamedTuple):
    """What a run made of one figure: its outcome, the labels that were wrong, the figure read."""

    outcome: Outcome
    wrong: tuple[str, ...]
    read: dict[str, Any] | None


class Change(NamedTuple):
    """One figure that two runs judge differently; None where a run did not have it."""

    bulletin: str
    repeat: int
    verdict: str  # better, worse or other
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
    counts = document_counts(store, before), document_counts(store, after)
    common = counts[0].keys() & counts[1].keys()
    changes: list[Change] = []
    scores: dict[str, tuple[Score, Score]] = {}
    repeats = min(before.repeats, after.repeats)
    for slot in first.keys() | second.keys():
        if slot.document_id not in common or slot.repeat > repeats:
            continue
        change = _change(slot, first.get(slot), second.get(slot))
        if change is not None:
            changes.append(change)
            scores[slot.bulletin] = (
                Score(*counts[0][slot.document_id]),
                Score(*counts[1][slot.document_id]),
            )
    order = {"worse": 0, "better": 1, "other": 2}
    changes.sort(key=lambda c: (c.bulletin, c.repeat, order[c.verdict], c.quote))
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
    figure: str
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
        name = f"gold {number}" if number is not None else _name(figure)
        copies[document_id, repeat, name] += 1
        slot = _Slot(document_id, bulletin, repeat, name, copies[document_id, repeat, name])
        found[slot] = _Row(Told(Outcome(outcome), tuple(wrong), figure), labelled)
    return found


def _is_gold(slot: _Slot, row: _Row, common: Collection[str]) -> bool:
    return row.gold is not None and slot.repeat == 1 and slot.document_id in common


def _text(figure: dict[str, Any] | None) -> str:
    return json.dumps(figure, sort_keys=True)


def _name(figure: dict[str, Any] | None) -> str:
    figure = figure or {}
    return " ".join(
        str(figure.get(key)) for key in ("value", "unit", "service", "detail", "status")
    )


def _change(slot: _Slot, before: _Row | None, after: _Row | None) -> Change | None:
    old, new = before and before.told, after and after.told
    if old and new and (old.outcome, old.wrong) == (new.outcome, new.wrong):
        return None
    row = after or before
    gold = row.gold if row else None
    shown = gold or (row.told.read if row else None) or {}
    return Change(
        slot.bulletin, slot.repeat, _verdict(old, new), str(shown.get("quote", "")), gold, old, new
    )


def _verdict(old: Told | None, new: Told | None) -> str:
    """Strictly right is better than wrong, and not invented better than invented."""
    if old is None or new is None:
        return "worse" if old is None else "better"
    if _is_right(old) == _is_right(new):
        return "other"
    return "better" if _is_right(new) else "worse"


def _is_right(told: Told) -> bool:
    mislabelled = told.outcome is Outcome.WRONG_LABEL and set(STRICT).isdisjoint(told.wrong)
    return told.outcome is Outcome.RIGHT or mislabelled


def tally(changes: Iterable[Change]) -> dict[str, int]:
    """Count the changes by verdict."""
    counted = dict.fromkeys(("better", "worse", "other"), 0)
    for change in changes:
        counted[change.verdict] += 1
    return counted
