"""Numbers of several bulletins that contradict each other, both with their words."""

from collections import Counter
from typing import Any

from pipeline.console.query_result import SHOWN_ROWS, plain_value, show_query
from pipeline.console.terminal import say, tell
from pipeline.paths import shorten
from pipeline.plain_text import clean, one_line
from pipeline.store import Store

_CONFLICTS = """
SELECT * FROM conflicts
ORDER BY list_position(['size', 'value', 'falls', 'part'], conflict), jornada NULLS LAST,
    starts_on, place, service, detail NULLS FIRST, status, value
"""
_MEANINGS = {
    "size": "the same fact, 500 times as large or more",
    "value": "the same fact with another value",
    "falls": "a count that goes on is less than it was",
    "part": "a count is less than one jornada within it",
}


def show_conflicts(store: Store, *, as_json: bool) -> None:
    """Print the view `conflicts`, the gravest first: as blocks to read, or as JSON."""
    answer = store.ask(_CONFLICTS)
    if as_json:
        show_query(answer, "json")
        return
    found = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    for one in found[:SHOWN_ROWS]:
        say(clean(_name(one)))
        for which in ("", "other_"):
            say(clean(f"  {_number(one, which)}  «{one_line(one[f'{which}quote'])}»"))
            say(clean(f"    {shorten(one[f'{which}path'])}"))
        say("")
    if len(found) > SHOWN_ROWS:
        tell(f"{len(found) - SHOWN_ROWS:,} more are not shown: use --json for all.")
    if not found:
        say("No conflicts.")
    for kind, count in Counter(one["conflict"] for one in found).items():
        say(f"{count:,} {kind}: {_MEANINGS[kind]}")


def _number(one: dict[str, Any], which: str) -> str:
    value = plain_value(one[f"{which}value"])
    return f"{value:,}" if one["unit"] == "count" else f"{value:,} %"


def _name(one: dict[str, Any]) -> str:
    """Name the fact: "6ª nacional 2022, national: surgery, performed"."""
    days = f"{one['starts_on'] or '?'} to {one['ends_on'] or '?'}"
    when = one["jornada"] or days
    if one["conflict"] in ("falls", "part"):
        against = one["jornada"] or f"{one['other_starts_on']} to {one['other_ends_on']}"
        when = f"{days} against {against}"
    kind = f"{one['service']} ({one['detail']})" if one["detail"] else one["service"]
    return f"{one['conflict']}: {when}, {one['place']}: {kind}, {one['status']}"
