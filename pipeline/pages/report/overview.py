"""What a report is about as a whole: how many bulletins and figures, who read them, how sure."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from pipeline.pages.report.selection import Selection
from pipeline.store.snapshot import Snapshot

_DOCUMENTS = "SELECT count(*) FROM current_documents"
_KNOWS_DECISIONS = """
SELECT count(*) FROM duckdb_columns() WHERE table_name = 'facts' AND column_name = 'decided'
"""
_CHECKED, _DECIDED, _FIGURES = 4, 5, 7
"""Where the columns stand that are added up."""


class Reading(NamedTuple):
    """Figures that one reader made; `model` and `prompt` are null for the baseline."""

    reader: str
    model: str | None
    prompt: str | None
    figures: int
    doubtful: int
    noted: int
    approximate: int
    decided: int

    @property
    def sure(self) -> int:
        """Count those that no finding touches."""
        return self.figures - self.doubtful - self.noted


class StateCount(NamedTuple):
    """What lies in a state, None for what lies in none: the country, or nobody knows."""

    state: str | None
    figures: int
    bulletins: int
    last_day: date | None


class Overview(NamedTuple):
    """All of it. `decided` counts figures by what a person decided of them.

    It is None where the database knows no decisions.
    """

    bulletins: int
    with_figures: int
    figures: int
    published: tuple[date | None, date | None]
    covered: tuple[date | None, date | None]
    readings: Sequence[Reading]
    checked: dict[str, int]
    decided: dict[str, int] | None
    states: Sequence[StateCount]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is not one figure."""
        return not self.figures


def fetch_overview(snapshot: Snapshot, selection: Selection) -> Overview:
    """Count what is selected."""
    ((documents,),) = snapshot.ask(_DOCUMENTS).rows
    ((knows_decisions,),) = snapshot.ask(_KNOWS_DECISIONS).rows
    rows = snapshot.ask(_count(selection, decided=bool(knows_decisions))).rows
    (whole,) = (row[1:] for row in rows if row[0] == "whole")
    *_, figures, with_figures, _, first, last, starts, ends = whole
    graded = [row for row in rows if row[0] == "reader"]
    return Overview(
        bulletins=documents,
        with_figures=with_figures,
        figures=figures,
        published=(first, last),
        covered=(starts, ends),
        readings=_list_readings(graded),
        checked=_add_up(graded, _CHECKED),
        decided=_add_up(graded, _DECIDED) if knows_decisions else None,
        states=sorted(
            (
                StateCount(state, count, documents, published or ends)
                for part, *_, state, count, documents, _, _, published, _, ends in rows
                if part == "state"
            ),
            key=lambda one: (-one.bulletins, one.state or ""),
        ),
    )


def _count(selection: Selection, *, decided: bool) -> str:
    column = "decided" if decided else "NULL::VARCHAR"
    return f"""FROM (FROM {selection.figures} SELECT *, {column} AS decision)
SELECT
    CASE grouping(reader, state) WHEN 0 THEN '' WHEN 1 THEN 'reader' WHEN 2 THEN 'state'
        ELSE 'whole' END AS part,
    reader, model, prompt, checked, decision, state, count(*), count(DISTINCT document_id),
    count(*) FILTER (approximate),
    min(published_on), max(published_on), min(starts_on), max(ends_on)
GROUP BY GROUPING SETS ((), (state), (reader, model, prompt, checked, decision))"""


def _list_readings(graded: Sequence[tuple[Any, ...]]) -> list[Reading]:
    found: dict[tuple[Any, ...], Reading] = {}
    for row in graded:
        _, reader, model, prompt, checked, decision, _, figures, _, approximate, *_ = row
        key = (reader, model, prompt)
        before = found.get(key) or Reading(reader, model, prompt, 0, 0, 0, 0, 0)
        found[key] = before._replace(
            figures=before.figures + figures,
            doubtful=before.doubtful + figures * (checked in ("error", "warning")),
            noted=before.noted + figures * (checked == "info"),
            approximate=before.approximate + approximate,
            decided=before.decided + figures * (decision is not None),
        )
    return sorted(found.values(), key=lambda one: -one.figures)


def _add_up(rows: Sequence[tuple[Any, ...]], place: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        name = row[place] or ""
        counts[name] = counts.get(name, 0) + row[_FIGURES]
    return counts
