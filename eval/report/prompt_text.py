"""What commands print of the prompts of runs: one of them, or how two differ."""

from eval.runs.run_prompts import PromptDifference
from pipeline.console.terminal import say
from pipeline.plain_text import clean, one_line, to_json
from pipeline.store.kept_prompts import KeptPrompt


def show_prompt(kept: KeptPrompt, *, as_json: bool) -> None:
    """Print the file of a prompt as it was, or all that is kept of it as one JSON object."""
    if as_json:
        seen = kept.first_seen and kept.first_seen.isoformat()
        say(to_json(kept._asdict() | {"first_seen": seen}))
        return
    say(clean(kept.text.removesuffix("\n")))


def show_prompt_difference(
    difference: PromptDifference, most: int | None = None, hint: str = ""
) -> None:
    """Print how two prompts differ, in `most` lines at most; `hint` says where the rest is."""
    say(one_line(difference.said))
    shown = difference.lines[:most]
    for line in shown:
        # A line break of another kind would let what follows it look like a line of ours.
        say(clean(" ".join(line.splitlines())))
    if left := len(difference.lines) - len(shown):
        say(one_line(f"... and {left:,} more lines{hint}"))
