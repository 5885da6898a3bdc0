"""What was forgotten, and how it comes back."""

from dataclasses import asdict

from pipeline.console.terminal import console, say, table, tell
from pipeline.plain_text import to_json
from pipeline.runs.forgetting import ForgetCounts


def show(counts: ForgetCounts, *, as_json: bool) -> None:
    """Print the counts as a table, or as JSON."""
    if as_json:
        say(to_json(asdict(counts)))
        return
    rows = [
        ("sources forgotten", f"{counts.sources:,}"),
        ("documents that count no more", f"{counts.documents:,}"),
        ("figures that count no more", f"{counts.figures:,}"),
    ]
    console().print(table(("", ""), rows))
    tell("Nothing is deleted: extracting them again brings them back without asking a model again.")
