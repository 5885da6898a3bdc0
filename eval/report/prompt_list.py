"""`jornada prompts`: which prompts there are, and how well each has done."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from eval.report.number_format import ratio, span
from eval.runs import history
from pipeline.console.terminal import console, say, table
from pipeline.forms.prompts import Prompt, list_packaged, load_prompt
from pipeline.plain_text import one_line, to_json
from pipeline.store import Store

_SHOWN_HASH = 12


class Listed(NamedTuple):
    """A prompt, and the best of its eval runs: None where it has not been evaluated."""

    prompt: Prompt
    best: history.Past | None


def listed(files: Sequence[str], db: Path) -> tuple[Listed, ...]:
    """List the project's prompts and these files, each with its best strict F1 so far.

    A prompt is known by its hash: what another version of it scored does not count. Of its runs
    those on the most bulletins do.
    """
    runs = history.runs(Store(db, patience=5)) if db.exists() else ()
    found = []
    for name in (*list_packaged(), *files):
        prompt = load_prompt(name)
        scored = [r for r in runs if r.prompt_hash == prompt.hash and r.strict_f1 is not None]
        # Of few bulletins any score may come: the runs on the most of them count.
        best = max(scored, key=lambda run: (run.bulletins, run.strict_f1 or 0), default=None)
        found.append(Listed(prompt, best))
    return tuple(found)


def show(prompts: Sequence[Listed]) -> None:
    """Print a table for a person."""
    rows = [
        (
            one_line(prompt.name),
            prompt.form,
            prompt.hash[:_SHOWN_HASH],
            ratio(best.strict_f1 if best else None),
            span(best.interval if best else None),
            f"{best.model}, n = {best.bulletins} bulletins of {best.gold}" if best else "",
            one_line(prompt.description),
        )
        for prompt, best in prompts
    ]
    columns = ("prompt", "form", "hash", ">best strict F1", "95 % interval", "with", "description")
    console().print(table(columns, rows))


def show_json(prompts: Sequence[Listed]) -> None:
    """Print an array of objects for machines."""
    told = [
        {
            "name": prompt.name,
            "form": prompt.form,
            "hash": prompt.hash,
            "description": prompt.description,
            "few_shots": len(prompt.few_shots),
            "best": best
            and {
                "run": best.eval_run_id,
                "strict_f1": best.strict_f1,
                "model": best.model,
                "bulletins": best.bulletins,
                "gold_hash": best.gold_hash,
            },
        }
        for prompt, best in prompts
    ]
    say(to_json(told))
