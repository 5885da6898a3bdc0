"""What gates hold variants against: another variant of this eval, or an earlier run."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.gates.gate import Better, Gate, NoWorse
from eval.gates.parts import FEWEST, describe_count
from eval.labels.gold import GoldBulletin
from eval.runs import history
from eval.runs.history import EvalRun
from eval.runs.releases import count_releases
from eval.runs.rescored import RescoredRun, rescore_run
from eval.runs.variant import VariantResult
from pipeline.errors import UsageError
from pipeline.store import Store

_NAMED = 5  # in a line


class Reference(NamedTuple):
    """What `RUN` in a gate stands for; `name` is what lines call it, `remark` which was taken.

    `place` is that of a variant of this eval. Else `earlier` are the readings of an earlier run,
    scored again on the labels of today; `gone` names bulletins whose readings are no longer there.
    """

    name: str
    place: int | None = None
    earlier: VariantResult | None = None
    gone: tuple[str, ...] = ()
    remark: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Give what is to be told before anything is read."""
        return tuple(line for line in (self.remark, self.why_unusable) if line)

    @property
    def why_unusable(self) -> str:
        """Say why no gate against it can pass; empty where one can."""
        if not self.gone:
            return ""
        return (
            f"{self.name} cannot be scored on the labels of today: its readings of "
            f"{list_names(self.gone)} are forgotten or no longer there; evaluate it again"
        )


def list_names(names: Sequence[str]) -> str:
    """List the first names, and say how many more there are."""
    more = len(names) - _NAMED
    return f"{', '.join(names[:_NAMED])}{f' and {more} more' if more > 0 else ''}"


def find_references(
    gates: Iterable[Gate],
    variants: Sequence[Collection[str]],
    bulletins: Sequence[GoldBulletin],
    db: Path,
    stored: Path | None = None,
) -> Mapping[str, Reference]:
    """Find what the gates name, before anything is paid for: `RUN` -> what it stands for.

    `variants` are the names that each variant of this eval goes by; `db` has the earlier runs, and
    it or `stored` their readings. Raises `UsageError` where there is no such run, and where there
    is too little to compare: fewer than ten releases with figures, or a run that had fewer than
    nine in ten bulletins.
    """
    named = dict.fromkeys(gate.run for gate in gates if isinstance(gate, NoWorse | Better))
    if named and (telling := count_telling(bulletins)) < FEWEST:
        n = describe_count(len(bulletins), telling)
        raise UsageError(
            f"a gate against {next(iter(named))} says nothing on {n}: it "
            f"takes {FEWEST} at least; leave out --only, or label more"
        )
    return {run: _find(run, variants, bulletins, db, stored) for run in named}


def _find(
    run: str,
    variants: Sequence[Collection[str]],
    bulletins: Sequence[GoldBulletin],
    db: Path,
    stored: Path | None,
) -> Reference:
    # Of several variants of that name, the first is meant: no gate may hold for want of a variant.
    places = [place for place, names in enumerate(variants) if run in names]
    if places and len(variants) > 1:
        several = len(places) > 1
        remark = f"{run} stands for {len(places)} variants: taken is the first" if several else ""
        return Reference(run, place=places[0], remark=remark)
    store = history.open_eval_store(db)
    with store.keep_open(read_only=True):
        runs = history.fetch_eval_runs(store)
        chosen = history.choose_run(runs, _as_earlier(run, variants), str(store.path))
        found = _rescore(store, chosen.run, bulletins, stored)
        if not is_enough(found.bulletins, len(bulletins)):
            others = (one for one in runs if one.name == chosen.run.name and one != chosen.run)
            rescored = ((one, _rescore(store, one, bulletins, stored)) for one in others)
            enough = (one for one, had in rescored if is_enough(had.bulletins, len(bulletins)))
            raise UsageError(_describe_lack(run, chosen.run, found, bulletins, next(enough, None)))
    remarks = []
    if chosen.among > 1:
        remarks.append(history.describe_choice(run, chosen))
    if not found.gone and found.then != found.now:
        remarks.append(_describe_relabelling(found))
    name = f"{run} (run {chosen.run.short_id})"
    return Reference(name, None, found.result, found.gone, "; ".join(remarks))


def count_telling(bulletins: Iterable[GoldBulletin]) -> int:
    """Count the releases among bulletins with figures: on others F1 is the same for most."""
    return count_releases(bulletin for bulletin in bulletins if bulletin.gold.figures)


def is_enough(shared: int, bulletins: int) -> bool:
    """Tell whether so many bulletins in common are enough to speak of all that are scored."""
    return shared >= FEWEST and 10 * shared >= 9 * bulletins


def _rescore(
    evals: Store, run: EvalRun, bulletins: Sequence[GoldBulletin], stored: Path | None
) -> RescoredRun:
    found = rescore_run(evals, run, bulletins, evals)
    return rescore_run(evals, run, bulletins, Store(stored)) if found.gone and stored else found


def _describe_lack(
    name: str,
    run: EvalRun,
    found: RescoredRun,
    bulletins: Sequence[GoldBulletin],
    enough: EvalRun | None,
) -> str:
    other = f"; {enough.short_id} of the same name has enough" if enough else ""
    return (
        f"{name} (run {run.short_id}) has read {found.bulletins} of these {len(bulletins)} texts: "
        f"a gate takes nine in ten of them, and {FEWEST} at least{other}. Evaluate it on these "
        "first, or name another run (jornada eval runs)"
    )


def _describe_relabelling(found: RescoredRun) -> str:
    then, now = (
        "undefined" if score.f1 is None else f"{score.f1:.3f}" for score in (found.then, found.now)
    )
    return f"on the labels of today that run's readings score {now}, and {then} when it was run"


def _as_earlier(run: str, variants: Sequence[Collection[str]]) -> str:
    """Count steps back from this eval's own run where the name alone stands for that."""
    back = history.BACK.fullmatch(run)
    if not back or len(variants) < 2 or not any(back[1] in names for names in variants):  # noqa: PLR2004
        return run
    return f"{back[1]}~{max(int(back[2]) - 1, 0)}"
