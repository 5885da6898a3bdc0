"""Precision and recall of each check, on labelled bulletins and on faults planted in them.

    python -m benchmarks.checks [--seed 0] [--gold FOLDER ...]

The labels of eval/gold, eval/hard, eval/newsrooms and eval/unseen are taken for the reading, so
that what a check says of a bulletin as it is can only be the bulletin's own fault:
benchmarks/checks/known.toml lists those that are, by reading it, and all others are false. What
is found in eval/unseen is counted and not shown. Into each bulletin every fault is planted once
(faults.py), in a place that the seed picks. Recall is the share of planted faults that the check
found that is there for them. Precision is the share of right ones among what was found, in
bulletins as they are and in planted ones; what a check says only after a fault was planted is
right, what it says after a harmless change is false (misled). Folders of one's own labels, given
with --gold, are judged along: all that is found there and is not listed is false, and is shown.
"""

import argparse
from pathlib import Path

from benchmarks.checks.count import COUNTED, JUDGED, Counts, count, load, read_known
from schemas.finding import Severity


def show(counts: Counts) -> None:
    """Print both tables, and what was said of bulletins as they are and is not right."""
    print(
        f"{'check':14}{'severity':10}{'right':>6}{'false':>6}{'unseen':>8}"
        f"{'planted':>9}{'misled':>8}{'precision':>11}{'recall':>8}"
    )
    for row in counts.rows():
        check, severity = row
        faults = [f for f in counts.planted if f.check == check and severity is not Severity.INFO]
        planted = sum(counts.planted[f] for f in faults)
        found = sum(counts.found[f] for f in faults)
        print(
            f"{check:14}{severity.value:10}{counts.right[row]:6}{counts.false(row):6}"
            f"{counts.unjudged[row]:8}{counts.caused[row]:9}{counts.misled[row]:8}"
            f"{_share(counts.precision(row)):>11}"
            f"{_share(found / planted if planted else None):>8}"
        )
    print(f"\n{'planted':40}{'check':14}{'found':>6}{'of':>6}")
    for fault, planted in counts.planted.items():
        told = str(counts.found[fault]) if fault.check else "-"
        print(f"{fault.name:40}{fault.check or 'none':14}{told:>6}{planted:6}")
    for one in counts.wrong:
        print(f"\nfalse: {one.bulletin}: {one.finding.check}: {one.finding.message}")


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=0, help="where faults are planted")
    parser.add_argument("--gold", type=Path, action="append", default=[], help="more labels")
    options = parser.parse_args()
    judged = load((*JUDGED, *((folder, ()) for folder in options.gold)))
    show(count(judged, load(COUNTED), read_known(), options.seed))


if __name__ == "__main__":
    main()
