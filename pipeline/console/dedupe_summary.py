"""What a search for nearly identical documents came to."""

from dataclasses import asdict

from pipeline.console.terminal import console, say, table
from pipeline.near.dedupe import DedupeCounts
from pipeline.plain_text import to_json


def show(counts: DedupeCounts, *, as_json: bool) -> None:
    """Print the counts as a table, or as JSON."""
    if as_json:
        say(to_json(asdict(counts)))
        return
    rows = [
        ("documents", f"{counts.documents:,}"),
        ("compared now", f"{counts.compared:,}"),
        ("nearly identical", f"{counts.near:,} to another (listed in near_documents)"),
    ]
    console().print(table(("", ""), rows))
