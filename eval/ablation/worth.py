"""What a phrase or a rule is worth: how bulletins score with it and without. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from eval.scoring.align import STRICT, FigureOutcome, FigureVerdict
from eval.scoring.changes import Direction, judge_change
from eval.scoring.score import MEASURES, QUOTE, BulletinScores, Score, add_scores
from pipeline.plain_text import one_line
from schemas.report import Figure

_INVENTED = (FigureOutcome.INVENTED, FigureOutcome.UNGROUNDED)
_MOST_NAMED = 3
_REST = frozenset(MEASURES) - {"strict", "full", QUOTE, *STRICT}
"""What the strict measure says nothing of: edition, place, days, and all beside the figures."""


class Change(NamedTuple):
    """What one bulletin loses without a phrase or rule; scores are strict."""

    bulletin: str
    with_it: Score
    without: Score
    rest: int
    """How many more are right with it by the measures that strict says nothing of (place, days,
    ...), all together."""
    figures: tuple[str, ...]
    """What is read worse without it, or where it hurts, better; at most three."""

    @property
    def gain(self) -> float:
        """The bulletin's strict F1 with it, less that without."""
        return f1(self.with_it) - f1(self.without)


class Worth(NamedTuple):
    """What something is worth over all bulletins."""

    name: str
    stands_in: tuple[str, ...]
    """The bulletins that have it; of a rule, those that are read otherwise without it."""
    changes: tuple[Change, ...] = ()
    """Of the bulletins that score otherwise without it."""
    needed: str = ""
    """Why nothing is read without it at all: the error."""

    @property
    def helps(self) -> tuple[Change, ...]:
        """The bulletins whose strict F1 falls without it."""
        return tuple(change for change in self.changes if change.gain > 0)

    @property
    def hurts(self) -> tuple[Change, ...]:
        """The bulletins whose strict F1 rises without it."""
        return tuple(change for change in self.changes if change.gain < 0)

    @property
    def right(self) -> int:
        """How many more figures are strictly right with it."""
        return sum(change.with_it.right - change.without.right for change in self.changes)

    @property
    def rest(self) -> int:
        """How many more are right with it by the measures that strict says nothing of."""
        return sum(change.rest for change in self.changes)

    @property
    def is_harmful(self) -> bool:
        """Tell whether it hurts more than it helps: in strict figures, else in all the rest."""
        balance = sum(_balance(one.with_it) - _balance(one.without) for one in self.changes)
        strict = balance or len(self.helps) - len(self.hurts)
        return strict < 0 or (strict == 0 and self.rest < 0)

    @property
    def is_worthless(self) -> bool:
        """Tell whether all bulletins score as well without it."""
        return not self.needed and not self.changes

    def among(self, bulletins: Iterable[str]) -> "Worth":
        """Return what it is worth over some of the bulletins."""
        kept = set(bulletins)
        return self._replace(
            stands_in=tuple(name for name in self.stands_in if name in kept),
            changes=tuple(change for change in self.changes if change.bulletin in kept),
        )

    def effect(self, whole: Score) -> float:
        """Return the strict F1 of all bulletins, which score `whole`, less that without it."""
        with_it = add_scores(change.with_it for change in self.changes)
        without = add_scores(change.without for change in self.changes)
        rest = (a - b + c for a, b, c in zip(whole, with_it, without, strict=True))
        return f1(whole) - f1(Score(*rest))


def f1(score: Score) -> float:
    """Return F1; where nothing was to be read and nothing is, all is right."""
    return 1.0 if score.f1 is None else score.f1


def compare(bulletin: str, with_it: BulletinScores, without: BulletinScores) -> Change | None:
    """Compare two readings of a bulletin; None where they score alike by every measure."""
    if with_it.measures == without.measures:
        return None
    strict = with_it.measures["strict"], without.measures["strict"]
    rest = sum(
        score.right - without.measures[name].right
        for name, score in with_it.measures.items()
        if name in _REST
    )
    change = Change(bulletin, *strict, rest, ())
    figures = _name_figures(with_it.verdicts, without.verdicts, better=change.gain < 0)
    return change._replace(figures=tuple(figures)[:_MOST_NAMED])


def lonely(worths: Iterable[Worth]) -> dict[str, list[Worth]]:
    """Return what helps in one bulletin alone, by the bulletin: what that one may be known by."""
    found: dict[str, list[Worth]] = {}
    for worth in worths:
        if len(worth.helps) == 1:
            found.setdefault(worth.helps[0].bulletin, []).append(worth)
    return found


def _balance(score: Score) -> int:
    return 2 * score.right - score.read


def _name_figures(
    with_it: Sequence[FigureVerdict], without: Sequence[FigureVerdict], *, better: bool
) -> Iterator[str]:
    wanted: Direction = "better" if better else "worse"
    former = {one.gold_number: one for one in with_it if one.gold}
    for one in without:
        if one.gold and judge_change(former[one.gold_number], one) == wanted:
            yield _name(one.gold)
    invented, less = (_invented(verdicts) for verdicts in (without, with_it))
    if better:
        invented, less = less, invented
    for place, figure in invented.items():
        if place not in less:
            yield f"{_name(figure)} (in no gold)"


def _invented(verdicts: Iterable[FigureVerdict]) -> dict[object, Figure]:
    return {
        (one.read.char_start, one.read.value): one.read
        for one in verdicts
        if one.outcome in _INVENTED and one.read
    }


def _name(figure: Figure) -> str:
    detail = f" {figure.detail}" if figure.detail else ""
    return one_line(f"{figure.value:,} {figure.service}{detail} «{figure.quote}»")
