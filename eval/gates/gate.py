"""A gate: what a variant must meet, as it is read from the command line."""

from typing import NamedTuple


class Part(NamedTuple):
    """A part of the gold: of the slice `kind`, say, the `announcement`s."""

    slice: str
    name: str

    def __str__(self) -> str:
        return f"{self.slice}={self.name}"


class Threshold(NamedTuple):
    """A score on one side of a bound between 0 and 1, of all the gold or a part of it.

    `measure` is one of `MEASURES` or `first_try`; `statistic` one of `STATISTICS`.
    """

    measure: str
    statistic: str
    operator: str
    bound: float
    part: Part | None = None


class Limit(NamedTuple):
    """An amount (one of `AMOUNTS`) on one side of a bound, of all the gold or a part of it."""

    amount: str
    operator: str
    bound: float
    part: Part | None = None


class NoWorse(NamedTuple):
    """Non-inferiority: strict F1 is shown to lie less than `margin` below that of a run."""

    run: str
    margin: float


class Better(NamedTuple):
    """Superiority: strict F1 is shown to lie above that of a run."""

    run: str


Gate = Threshold | Limit | NoWorse | Better


class GateResult(NamedTuple):
    """Whether a gate is passed, and one line why."""

    passed: bool
    why: str
