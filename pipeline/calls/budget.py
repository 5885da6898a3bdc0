"""The budget: no call goes out unless its worst case fits into what is left of the budget.

Money is reserved before a call and settled after it. `spent + reserved + doubtful` is at most the
budget at any moment, but for calls that cost more than was reserved for them: that is counted as
spent too. Sums are kept in whole femtodollars (1e-15), so that they do not drift
however many calls there are, and what comes back is what went out.
"""

import math

from pipeline.errors import Halted
from pipeline.plain_text import format_dollars

_PER_DOLLAR = 10**15


class BudgetReached(Halted):
    """The next call might cost more than the budget has left; in one line."""


class Budget:
    """What one run may spend, in US dollars; None: as much as it takes, and it is still counted.

    Not thread-safe. Prices are None where unknown: such a call always fits, as there is nothing to
    hold it to. Sums that are negative or not finite are a ValueError, and change nothing.
    """

    def __init__(self, budget: float | None) -> None:
        self._budget = None if budget is None else _whole(budget)
        self._spent = self._reserved = self._doubtful = 0

    def reserve(self, usd: float | None) -> bool:
        """Set aside what a call may cost at most.

        False: it does not fit now, but may when calls that are under way have been settled. Raises
        `BudgetReached` where none is that could give anything back.
        """
        most = _whole(usd)
        held = self._spent + self._doubtful + self._reserved
        # What costs nothing fits even where a call has cost more than was left.
        if self._budget is None or not most or held + most <= self._budget:
            self._reserved += most
            return True
        if self._reserved:
            return False
        raise BudgetReached(self._describe(most))

    def settle(self, reserved: float | None, paid: float | None, *, doubtful: bool = False) -> None:
        """Tell how a call ended, with the sum that was reserved for it.

        `paid` is 0.0 where nothing was billed. Where it is None, or the answer was lost and so
        perhaps billed (`doubtful`, `paid` then counts for nothing), the whole reserved sum stays
        out of the budget, but not as spent. ValueError if so much is not reserved.
        """
        most = _whole(reserved)
        cost = None if doubtful or paid is None else _whole(paid)
        if most > self._reserved:
            raise ValueError("more is settled than was reserved")
        self._reserved -= most
        if cost is None:
            self._doubtful += most
        else:
            self._spent += cost

    @property
    def spent(self) -> float:
        """What is known to have been paid."""
        return self._spent / _PER_DOLLAR

    @property
    def reserved(self) -> float:
        """What calls under way may cost at most."""
        return self._reserved / _PER_DOLLAR

    @property
    def doubtful(self) -> float:
        """What calls may have cost at most of which the answer was lost, or came without usage."""
        return self._doubtful / _PER_DOLLAR

    @property
    def spent_at_most(self) -> float:
        """What has been paid, with what is doubtful at its worst."""
        return (self._spent + self._doubtful) / _PER_DOLLAR

    def _describe(self, most: int) -> str:
        budget = (self._budget or 0) / _PER_DOLLAR
        doubt = f", up to {format_dollars(self.doubtful)} more in doubt" if self._doubtful else ""
        spent, due = format_dollars(self.spent), format_dollars(most / _PER_DOLLAR)
        return (
            f"the budget of {format_dollars(budget)} is reached: {spent} spent{doubt}; "
            f"the next call may cost {due}"
        )


def _whole(usd: float | None) -> int:
    if usd is None:
        return 0
    if not (0 <= usd < math.inf):
        raise ValueError(f"{usd} is no sum of money")
    return round(usd * _PER_DOLLAR)
