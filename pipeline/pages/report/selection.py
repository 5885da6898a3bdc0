"""Which figures a report is about: all that count today, or those that a condition is true of."""

from typing import NamedTuple

ORIGIN = "--where"
"""Where a condition comes from, for what is wrong with it."""


class Selection(NamedTuple):
    """Somebody's condition over the columns of `facts`; None for all figures."""

    where: str | None = None

    @property
    def figures(self) -> str:
        """Give what stands for the view `facts` in a query; first in it, as mistakes are shown."""
        # The condition ends before the next line, which a comment in it does not reach.
        return "facts" if self.where is None else f"(FROM facts WHERE ({self.where}\n))"

    def holds(self, *columns: str) -> str:
        """Give an SQL condition: the figure that one of these columns names is selected."""
        if self.where is None:
            return "TRUE"
        chosen = f"(SELECT figure_id FROM {self.figures})"  # noqa: S608 - a query that only reads
        return f"({' OR '.join(f'{column} IN {chosen}' for column in columns)})"
