"""What a tuning may still spend: one budget for the model that reads and the one that reflects."""

from dataclasses import dataclass

from pipeline.plain_text import format_dollars


@dataclass
class Allowance:
    """US dollars: the whole `budget`, what is `spent`, and what is kept for the holdout."""

    budget: float
    spent: float = 0.0
    held_back: float = 0.0

    @property
    def left(self) -> float:
        """Give what may be spent now; 0 where nothing may."""
        return max(0.0, self.budget - self.spent - self.held_back)

    def describe(self) -> str:
        """Say in a line that it is used up."""
        kept = f", {format_dollars(self.held_back)} kept for the holdout" if self.held_back else ""
        return (
            f"the budget of {format_dollars(self.budget)} is reached: "
            f"{format_dollars(self.spent)} spent{kept}"
        )
