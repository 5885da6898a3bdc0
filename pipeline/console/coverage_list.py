"""Which editions of each series are there, and which are missing."""

from collections.abc import Iterable

from pipeline.console.query_result import show_query
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import clean
from pipeline.store import Store

_EDITIONS = "SELECT * FROM coverage ORDER BY series, edition"
_SERIES = """
SELECT series,
    list(edition ORDER BY edition) FILTER (coverage = 'reported') AS reported,
    list(edition ORDER BY edition) FILTER (coverage = 'announced') AS announced,
    list(edition ORDER BY edition) FILTER (coverage = 'mentioned') AS mentioned,
    list(edition ORDER BY edition) FILTER (coverage IN ('missing', 'undated')) AS missing
FROM coverage GROUP BY series ORDER BY series
"""


_TWICE = "SELECT jornada, first_days FROM known_jornadas WHERE first_days > 1 ORDER BY starts_on"


def show_coverage(store: Store, *, as_json: bool) -> None:
    """Print the view `coverage`: a line a series, or as JSON an object an edition."""
    if as_json:
        show_query(store.ask(_EDITIONS), "json")
        return
    answer = store.ask(_SERIES)
    rows = [(series, *map(format_editions, kinds)) for series, *kinds in answer.rows]
    if not rows:
        say("No series: no bulletin names an edition together with a year.")
        return
    console().print(table(("series", "reported", "announced", "mentioned", "missing"), rows))
    missing = sum(len(missing or ()) for *_, missing in answer.rows)
    say(f"{missing:,} editions missing, counted up to the last that is named.")
    for jornada, days in store.ask(_TWICE).rows:
        say(clean(f"{jornada} is printed with {days} different first days."))


def format_editions(editions: Iterable[int] | None) -> str:
    """Write ordinals in rising order as a person does: "1-3, 5"; a dash for none."""
    runs: list[list[int]] = []
    for edition in editions or ():
        if runs and edition == runs[-1][-1] + 1:
            runs[-1][1:] = [edition]
        else:
            runs.append([edition])
    return ", ".join("-".join(map(str, run)) for run in runs) or "-"
