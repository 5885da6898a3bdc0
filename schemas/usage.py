"""What calls to a model took: tokens and money, to be added up."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TypeVar

_N = TypeVar("_N", int, float)


@dataclass(frozen=True)
class Usage:
    """Tokens in and out, and US dollars; each is None where nobody knows it, never 0.

    Sums are of what is known: unknown and known together are the known part.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None

    def __add__(self, other: "Usage") -> "Usage":
        """Add up field by field."""
        return Usage(
            _add(self.input_tokens, other.input_tokens),
            _add(self.output_tokens, other.output_tokens),
            _add(self.cost_usd, other.cost_usd),
        )

    @property
    def tokens(self) -> int | None:
        """Give tokens in and out together; None where one of the two is unknown."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens


def total_usage(several: Iterable[Usage]) -> Usage:
    """Add up many; of none, nothing is known."""
    return reduce(add, several, Usage())


def complete_usage(several: Iterable[Usage]) -> Usage:
    """Add up many; what one does not know is unknown: a part would pass for the whole."""
    listed = list(several)
    total = total_usage(listed)
    return Usage(
        **{
            name: value if all(vars(usage)[name] is not None for usage in listed) else None
            for name, value in vars(total).items()
        }
    )


def _add(one: _N | None, other: _N | None) -> _N | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other
