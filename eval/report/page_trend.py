"""Earlier runs beside those of this eval: how a variant's score moved on the same gold. Pure."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from eval.report.page_drawing import Axis, make_axis
from eval.runs.history import EvalRun, name_runs

MOST_RUNS = 24
"""The newest runs of a variant that are drawn."""

MOST_SERIES = 12
MOST_OTHERS = 30


class NamedRun(NamedTuple):
    """A stored run, under the name that tells it from others; `is_own` if this eval made it."""

    name: str
    run: EvalRun
    is_own: bool

    @property
    def prompt(self) -> str:
        """Give the beginning of the prompt's hash, empty without a prompt."""
        return (self.run.prompt_hash or "")[:8]


class Series(NamedTuple):
    """All runs of one variant on the same gold, the oldest first; `hidden` are still older."""

    name: str
    runs: tuple[NamedRun, ...]
    hidden: int


class Trend(NamedTuple):
    """Runs on this eval's gold, by variant, and those on `other` gold, the newest first."""

    series: tuple[Series, ...]
    hidden_series: int
    others: tuple[NamedRun, ...]
    hidden_others: int
    axis: Axis


def trace_runs(runs: Sequence[EvalRun], own_ids: Sequence[str]) -> Trend | None:
    """Sort the runs of a database, the newest first as they are listed; None without own ones.

    Scores of other labels or other bulletins cannot be compared with these, and stand apart.
    """
    named = [
        NamedRun(name, run, run.eval_run_id in own_ids)
        for name, run in zip(name_runs(runs), runs, strict=True)
    ]
    gold = {each.run.gold_hash for each in named if each.is_own}
    if not gold:
        return None
    same = [each for each in named if each.run.gold_hash in gold]
    others = [each for each in named if each.run.gold_hash not in gold]
    series = sorted(_list_series(same), key=lambda one: _rank(one, own_ids))
    shown = tuple(series[:MOST_SERIES])
    return Trend(
        shown,
        len(series) - len(shown),
        tuple(others[:MOST_OTHERS]),
        max(0, len(others) - MOST_OTHERS),
        make_axis(_list_scores(shown)),
    )


def _list_series(named: Sequence[NamedRun]) -> Iterable[Series]:
    by_name = sorted(named, key=lambda each: each.name)
    for name, runs in groupby(by_name, key=lambda each: each.name):
        newest = list(runs)
        shown = tuple(reversed(newest[:MOST_RUNS]))
        yield Series(name, shown, max(0, len(newest) - MOST_RUNS))


def _rank(series: Series, own_ids: Sequence[str]) -> tuple[int, float]:
    """Put the variants of this eval first, in its order, then the newest."""
    newest = series.runs[-1].run
    if newest.eval_run_id in own_ids:
        return own_ids.index(newest.eval_run_id), 0.0
    return len(own_ids), -newest.created_at.timestamp()


def _list_scores(several: Iterable[Series]) -> Iterable[float]:
    for series in several:
        for each in series.runs:
            if each.run.strict_f1 is not None:
                yield each.run.strict_f1
                yield from each.run.interval or ()
