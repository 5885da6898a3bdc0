"""What `jornada prompts` prints: which prompts there are, and how well each has done."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from eval.report.number_format import format_interval, format_ratio
from eval.runs.history import EvalRun, fetch_eval_runs, pick_best_run
from pipeline.console.terminal import console, say, table
from pipeline.forms.prompts import Prompt, list_packaged, load_prompt
from pipeline.plain_text import one_line, to_json
from pipeline.store import Store

_SHOWN_HASH = 12


class PromptEntry(NamedTuple):
    """A prompt, and the best of its eval runs: None where it has not been evaluated."""

    prompt: Prompt
    best: EvalRun | None


def collect_prompts(files: Sequence[str], db: Path) -> tuple[PromptEntry, ...]:
    """List the project's prompts and these files, each with its best strict F1 so far.

    A prompt is known by its hash: what another version of it scored does not count.
    """
    runs = fetch_eval_runs(Store(db, patience=5)) if db.exists() else ()
    prompts = map(load_prompt, (*list_packaged(), *files))
    return tuple(PromptEntry(prompt, pick_best_run(runs, prompt.hash)) for prompt in prompts)


def show_prompts(prompts: Sequence[PromptEntry], *, as_json: bool) -> None:
    """Print prompts as a table or as one JSON array."""
    if as_json:
        say(to_json([_as_json(*entry) for entry in prompts]))
        return
    rows = [
        (
            one_line(prompt.name),
            prompt.form,
            prompt.hash[:_SHOWN_HASH],
            format_ratio(best.strict_f1 if best else None),
            format_interval(best.interval if best else None),
            f"{best.model}, n = {best.bulletins} bulletins of {best.gold}" if best else "",
            one_line(prompt.description),
        )
        for prompt, best in prompts
    ]
    columns = ("prompt", "form", "hash", ">best strict F1", "95 % interval", "with", "description")
    console().print(table(columns, rows))


def _as_json(prompt: Prompt, best: EvalRun | None) -> dict[str, object]:
    return {
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
            "server": best.server,
            "bulletins": best.bulletins,
            "gold_hash": best.gold_hash,
        },
    }
