"""Money that is reserved, paid and in doubt: never more than the budget, and counted exactly."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipeline.calls.budget import Budget, BudgetReached
from pipeline.errors import Halted, JornadaError
from pipeline.plain_text import format_dollars

SUMS = st.floats(1e-9, 3) | st.sampled_from([0.0, 0.1, 0.2, 1e-12])


def exact(*sums: float) -> Decimal:
    return sum((Decimal(each) for each in sums), Decimal(0))


class Spending(RuleBasedStateMachine):
    """Any interleaving of calls, each settled in any way, against sums made in another way."""

    def __init__(self) -> None:
        super().__init__()
        self.budget = Budget(10.0)
        self.flying: list[float | None] = []
        self.paid: list[float] = []
        self.lost: list[float] = []
        self.overrun: list[float] = []

    @rule(usd=SUMS | st.none())
    def reserve(self, usd: float | None) -> None:
        before = self.sums()
        try:
            went = self.budget.reserve(usd)
        except BudgetReached:
            assert not any(self.flying)
            went = False
        if went:
            self.flying.append(usd)
        else:
            assert usd
            assert self.sums() == before
            assert exact(*before, usd) > Decimal(10) - Decimal("1e-12")

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), part=st.floats(0, 1), doubtful=st.booleans())
    def settle(self, data: Any, part: float, doubtful: bool) -> None:  # noqa: ANN401, FBT001
        usd = self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))
        if doubtful:
            self.budget.settle(usd, None, doubtful=True)
            self.lost.append(usd or 0.0)
        else:
            self.budget.settle(usd, (usd or 0.0) * part)
            self.paid.append((usd or 0.0) * part)

    @precondition(lambda self: self.flying)
    @rule(more=st.floats(0, 2))
    def cost_more_than_was_reserved(self, more: float) -> None:
        usd = self.flying.pop()
        self.budget.settle(usd, (usd or 0.0) + more)
        self.paid.append((usd or 0.0) + more)
        self.overrun.append(more)

    @precondition(lambda self: self.flying)
    @rule()
    def come_without_a_price(self) -> None:
        usd = self.flying.pop()
        self.budget.settle(usd, None)
        self.lost.append(usd or 0.0)

    @invariant()
    def nothing_is_above_the_budget_but_overruns(self) -> None:
        assert exact(*self.sums()) <= exact(10.0, *self.overrun) + Decimal("1e-12")

    @invariant()
    def each_sum_is_what_it_says(self) -> None:
        budget = self.budget
        assert budget.spent == pytest.approx(float(exact(*self.paid)), abs=1e-12)
        assert budget.doubtful == pytest.approx(float(exact(*self.lost)), abs=1e-12)
        flying = exact(*(usd for usd in self.flying if usd))
        assert budget.reserved == pytest.approx(float(flying), abs=1e-12)

    def sums(self) -> tuple[float, float, float]:
        return self.budget.spent, self.budget.reserved, self.budget.doubtful


TestSpending = Spending.TestCase
TestSpending.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_a_call_waits_for_money_under_way_and_fits_once_it_is_back() -> None:
    budget = Budget(1.0)
    assert budget.reserve(0.6)
    assert not budget.reserve(0.6)
    budget.settle(0.6, 0.1)
    assert budget.reserve(0.6)
    assert (budget.spent, budget.reserved) == (0.1, 0.6)


def test_the_budget_can_be_spent_to_the_last_cent() -> None:
    budget = Budget(0.3)
    for _ in range(3):
        assert budget.reserve(0.1)
        budget.settle(0.1, 0.1)
    assert budget.spent == 0.3
    with pytest.raises(BudgetReached):
        budget.reserve(1e-9)


def test_a_budget_that_is_reached_is_told_in_one_line_with_its_sums() -> None:
    budget = Budget(5.0)
    assert budget.reserve(4.9)
    budget.settle(4.9, 4.875)
    assert budget.reserve(0.06)
    budget.settle(0.06, None, doubtful=True)
    with pytest.raises(BudgetReached) as caught:
        budget.reserve(0.25)
    assert str(caught.value) == (
        "the budget of $5.00 is reached: $4.88 spent, up to $0.060 more in doubt; "
        "the next call may cost $0.25"
    )
    assert isinstance(caught.value, Halted)
    assert isinstance(caught.value, JornadaError)
    assert not caught.value.retryable


def test_lost_answers_alone_can_use_the_budget_up() -> None:
    budget = Budget(1.0)
    for _ in range(10):
        assert budget.reserve(0.1)
        budget.settle(0.1, None, doubtful=True)
    assert (budget.spent, budget.doubtful) == (0.0, 1.0)
    with pytest.raises(BudgetReached):
        budget.reserve(0.1)


def test_a_call_that_nobody_billed_leaves_nothing_behind() -> None:
    budget = Budget(1.0)
    assert budget.reserve(0.7)
    budget.settle(0.7, 0.0)
    assert (budget.spent, budget.reserved, budget.doubtful) == (0.0, 0.0, 0.0)


def test_what_costs_nothing_goes_on_after_an_overrun() -> None:
    budget = Budget(1.0)
    assert budget.reserve(1.0)
    budget.settle(1.0, 1.5)
    assert budget.spent == 1.5
    assert budget.reserve(0.0)
    assert budget.reserve(None)
    with pytest.raises(BudgetReached):
        budget.reserve(0.01)


@given(st.lists(st.floats(0, 1e6) | st.none(), max_size=50))
def test_without_a_budget_all_fits_and_is_counted(sums: list[float | None]) -> None:
    budget = Budget(None)
    for usd in sums:
        assert budget.reserve(usd)
        budget.settle(usd, usd)
    known = [usd for usd in sums if usd is not None]
    assert budget.spent == pytest.approx(float(exact(*known)), abs=1e-12, rel=1e-15)


@pytest.mark.parametrize("usd", [-0.01, float("nan"), float("inf")])
def test_what_is_no_sum_of_money_changes_nothing(usd: float) -> None:
    with pytest.raises(ValueError, match="no sum of money"):
        Budget(usd)
    budget = Budget(1.0)
    assert budget.reserve(0.5)
    for wrong in (
        lambda: budget.reserve(usd),
        lambda: budget.settle(usd, 0.1),
        lambda: budget.settle(0.5, usd),
    ):
        with pytest.raises(ValueError, match="no sum of money"):
            wrong()
    assert (budget.spent, budget.reserved, budget.doubtful) == (0.0, 0.5, 0.0)


def test_more_than_was_reserved_cannot_be_settled() -> None:
    budget = Budget(1.0)
    assert budget.reserve(0.5)
    with pytest.raises(ValueError, match="more is settled"):
        budget.settle(0.6, 0.1)
    assert (budget.spent, budget.reserved) == (0.0, 0.5)


def test_sums_do_not_drift_over_many_calls() -> None:
    price = 0.000123457  # what a float sum gets wrong in the tenth digit
    budget = Budget(1000.0)
    for _ in range(100_000):
        assert budget.reserve(0.0003)
        budget.settle(0.0003, price)
    assert budget.spent == 12.3457
    assert budget.reserved == 0.0


@pytest.mark.parametrize(
    ("usd", "shown"),
    [
        (0.0, "$0.00"),
        (1234.5, "$1,234.50"),
        (0.5, "$0.50"),
        (0.0421, "$0.042"),
        (0.00012, "$0.00012"),
    ],
)
def test_small_sums_are_shown_with_enough_digits(usd: float, shown: str) -> None:
    assert format_dollars(usd) == shown
