"""Which figures a report is about: all that count today, or those that a condition is true of."""

from typing import NamedTuple

from pipeline.store.snapshot import CHOSEN

ORIGIN = "--where"
"""Where a condition comes from, for what is wrong with it."""


class Selection(NamedTuple):
    """Somebody's condition over the columns of `facts`; None for all figures."""

    where: str | None = None

    @property
    def chosen(self) -> str | None:
        """Give a query for the figures that it is true of; None without one."""
        if self.where is None:
            return None
        # First in it, as mistakes are shown; it ends before the next line, which a comment in it
        # does not reach.
        return f"FROM (FROM facts WHERE ({self.where}\n)) SELECT figure_id"

    @property
    def figures(self) -> str:
        """Give what stands for `facts` in a query, where the table of chosen ones is."""
        return (
            "facts" if self.where is None else f"(FROM facts SEMI JOIN {CHOSEN} USING (figure_id))"
        )

    def holds(self, *columns: str) -> str:
        """Give an SQL condition: the figure that one of these columns names is selected."""
        if self.where is None:
            return "TRUE"
        chosen = f"(FROM {CHOSEN})"
        return f"({' OR '.join(f'{column} IN {chosen}' for column in columns)})"
