"""How often what an eval says of two prompts is true, told by prompts whose difference is known.

    python benchmarks/eval_statistics.py [--trials 1000] [--bulletins 15,30,50] [--only RARE]

Bulletins are made up: as many figures as those of `eval/gold`, some hard for both readers and most
not, so that F1 differs among them as the baseline's does. Each trial draws some, compares both
readers with the functions that `jornada eval` uses, and looks whether what they say holds:

covered   the 95 % interval of the difference holds the true one
t alone   the same for a plain paired t on the residuals, for comparison
told      one is called better or worse than the other; of equal readers that is an error
wrong     the better one is called worse
gate      "no worse by M" is passed where it is worse by just M: an error
width     of the interval, mean

Of five readers at once, `covered` is for all together and `told` for any.
"""

import argparse
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from eval.labels.gold import list_gold_files, locate_gold
from eval.labels.gold_file import Labels, parse_gold_file
from eval.scoring.paired import Difference, differences
from eval.scoring.ratio import Counts, micro_f1, residuals

SEED = 20_240_217
POPULATION = 2_000_000
AT_ONCE = 200_000

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Scenario(NamedTuple):
    """How two readers differ; chances are a bulletin's.

    `loss`: of its figures that the second gets wrong more often than the first. `same`: that both
    answer it alike. `long`: that it has 80 to 250 figures, and is harder. `fails`: that the first,
    and the second, get nothing right.
    """

    name: str
    loss: float = 0.0
    same: float = 0.0
    long: float = 0.0
    fails: tuple[float, float] = (0.0, 0.0)
    readers: int = 1


SCENARIOS = (
    Scenario("equal"),
    Scenario("4 % of figures worse", loss=0.04),
    Scenario("15 % of figures worse", loss=0.15),
    Scenario("some very long, equal", long=0.05),
    Scenario("some very long, worse", loss=0.1, long=0.05),
    Scenario("both fail rarely, equal", fails=(0.04, 0.04)),
    Scenario("fails on 2 %", fails=(0.0, 0.02)),
    Scenario("fails on 5 %", fails=(0.0, 0.05)),
    Scenario("half answered alike, equal", same=0.5),
    Scenario("half answered alike, worse", loss=0.1, same=0.5),
    Scenario("8 in 10 alike, worse", loss=0.1, same=0.8),
    Scenario("8 in 10 alike, fails on 5 %", same=0.8, fails=(0.0, 0.05)),
    Scenario("five readers, equal", readers=5),
)


def gold_sizes() -> Ints:
    """Count the figures of each bulletin of the project's gold."""
    parsed = [parse_gold_file(path) for path in list_gold_files(locate_gold()[0])]
    return np.array([len(one.report.figures) for one in parsed if isinstance(one, Labels)])


def draw(
    rng: np.random.Generator, sizes: Ints, bulletins: int, scenario: Scenario
) -> tuple[Counts, list[Counts]]:
    """Draw bulletins, read by the first reader and by each of the others."""
    gold = rng.choice(sizes, bulletins)
    is_long = rng.random(bulletins) < scenario.long
    gold = np.where(is_long, rng.integers(80, 250, bulletins), gold)
    ease = rng.beta(8, 1, bulletins) * np.where(is_long, 0.75, 1.0)
    first = _read(rng, gold, ease, scenario.fails[0])
    others = []
    for _ in range(scenario.readers):
        read = _read(rng, gold, ease * (1 - scenario.loss), 0.0)
        read = np.where(rng.random((bulletins, 1)) < scenario.same, first, read)
        others.append(_fail(rng, read, scenario.fails[1]))
    return first, others


def _read(rng: np.random.Generator, gold: Ints, ease: Floats, fails: float) -> Counts:
    """Read as well as a bulletin is easy; some of what is wrong is read too, some is invented."""
    right = rng.binomial(gold, ease * rng.beta(25, 1, len(gold)))
    wrong = rng.binomial(gold - right, 0.6) + rng.poisson(0.03 * gold + 0.05)
    return _fail(rng, np.stack([right, right + wrong, gold], axis=1), fails)


def _fail(rng: np.random.Generator, read: Counts, share: float) -> Counts:
    failed = rng.random((len(read), 1)) < share
    return np.where(failed, read * [0, 0, 1], read)


def true_difference(sizes: Ints, scenario: Scenario) -> float:
    """Give the difference of F1 on two million bulletins, 0 where the readers are equal."""
    if not scenario.loss and scenario.fails[0] == scenario.fails[1]:
        return 0.0
    rng = np.random.default_rng(SEED)
    sums = [np.zeros((1, 3), dtype=np.int64) for _ in range(2)]
    for _ in range(POPULATION // AT_ONCE):
        first, (other, *_) = draw(rng, sizes, AT_ONCE, scenario)
        sums = [sums[0] + first.sum(axis=0), sums[1] + other.sum(axis=0)]
    before, after = (micro_f1(each) or 0.0 for each in sums)
    return after - before


def plain_t_covers(a: Counts, b: Counts, truth: float) -> bool:
    """Say whether the interval of a textbook's paired t on the residuals holds the truth."""
    apart = residuals(b) - residuals(a)
    estimate = (micro_f1(b) or 0.0) - (micro_f1(a) or 0.0)
    error = float(stats.sem(apart))
    return abs(truth - estimate) <= float(stats.t.ppf(0.975, len(a) - 1)) * error


def judge(found: Sequence[Difference], truth: float) -> dict[str, float]:
    """See what of that which is said of one draw holds; an undefined interval holds nothing."""
    covered = [f.interval is not None and f.interval.low <= truth <= f.interval.high for f in found]
    passed = [f.interval is not None and f.interval.low > truth for f in found]
    told = [f for f in found if f.more == 0]
    widths = [f.interval.high - f.interval.low for f in found if f.interval is not None]
    return {
        "covered": all(covered),
        "told": bool(told),
        "wrong": any((f.estimate or 0) * truth < 0 for f in told),
        "gate": any(passed),
        "width": float(np.mean(widths)) if widths else np.nan,
    }


def simulate(
    sizes: Ints, scenario: Scenario, bulletins: int, trials: int, truth: float
) -> dict[str, float]:
    """Give the share of trials in which each thing held."""
    rng = np.random.default_rng(SEED + bulletins)
    rows: list[dict[str, float]] = []
    while len(rows) < trials:
        first, others = draw(rng, sizes, bulletins, scenario)
        if not first[:, 2].any():
            continue
        row = judge(differences(first, others), truth)
        rows.append(row | {"t alone": plain_t_covers(first, others[0], truth)})
    return {name: float(np.nanmean([row[name] for row in rows])) for name in rows[0]}


def main() -> None:
    """Print a line for each scenario and number of bulletins."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=1000)
    numbers: Callable[[str], list[int]] = lambda text: [int(n) for n in text.split(",")]  # noqa: E731
    parser.add_argument("--bulletins", type=numbers, default=[15, 30, 50])
    parser.add_argument("--only", default="", help="scenarios with this in their name")
    wanted = parser.parse_args()
    sizes = gold_sizes()
    error = np.sqrt(0.05 * 0.95 / wanted.trials)
    print(f"{wanted.trials} trials a line: 0.950 is known to about ±{2 * error:.3f}")
    head = ("covered", "t alone", "told", "wrong", "gate", "width")
    print(f"{'scenario':28} {'true':>7} {'n':>3} " + " ".join(f"{name:>7}" for name in head))
    for scenario in SCENARIOS:
        if wanted.only not in scenario.name:
            continue
        truth = true_difference(sizes, scenario)
        for n in wanted.bulletins:
            found = simulate(sizes, scenario, n, wanted.trials, truth)
            cells = " ".join(f"{found[name]:7.3f}" for name in head)
            print(f"{scenario.name:28} {truth:+7.3f} {n:3} {cells}", flush=True)


if __name__ == "__main__":
    main()
