"""One tuning: a prompt is read on DEV, improved there, and judged once on bulletins kept apart."""

from pathlib import Path
from typing import NamedTuple

from eval.gates.contrasts import judge_contrast
from eval.gates.gate import Better, GateResult
from eval.gates.reference import Reference
from eval.labels.gold import GoldBulletin
from eval.runs.evaluation import Evaluation, evaluate_variants
from eval.runs.plan import GoldSelection
from eval.runs.variant import Variant, VariantResult
from eval.tuning.allowance import Allowance
from eval.tuning.candidates import Candidates
from eval.tuning.ending import Ended
from eval.tuning.gold_reading import GoldReading, Role
from eval.tuning.kept_answers import KeptAnswers
from eval.tuning.prompt_parts import PromptFile
from eval.tuning.reflection import Reflection
from eval.tuning.search import Search
from pipeline import runs
from pipeline.calls.cost import worst_case
from pipeline.forms import FORMS
from pipeline.plain_text import format_dollars
from pipeline.settings import LlmSettings

_MARGIN = 1.25
"""The holdout may take so much more than DEV did, bulletin by bulletin."""


class Task(NamedTuple):
    """What is tuned on what; `origin` is how the prompt was named, `holdout_name` a folder."""

    origin: str
    file: PromptFile
    development: tuple[GoldBulletin, ...]
    holdout: tuple[GoldBulletin, ...]
    holdout_name: str
    proposals: int
    seed: int


class Tuned(NamedTuple):
    """How a tuning came out; `evaluation` is that of the holdout, None where it was not read."""

    evaluation: Evaluation | None
    result: GateResult
    spent: float
    """US dollars, by both models, on `--gold` and on the holdout."""


def tune(
    task: Task,
    candidates: Candidates,
    reader: Role,
    reflector: Role,
    budget: float,
    watch: runs.Watch,
) -> Tuned:
    """Search on DEV, then read the holdout with the prompt and the best candidate.

    Raises `Ended` where it was stopped before there was anything to judge.
    """
    allowance = Allowance(budget)
    reading = GoldReading(reader, allowance, watch)
    watch.say(f"Reading {len(task.development)} bulletins with {task.file.prompt.name}.")
    first = reading.read(task.origin, task.development)
    _hold_back(allowance, first, len(task.holdout), reader.settings.llm)
    kept = KeptAnswers(candidates.folder, reflector.settings.llm.model or "")
    texts = [bulletin.document.text for bulletin in task.development]
    reflection = Reflection(reflector, allowance, task.file, texts, kept, watch.say)
    search = Search(task.development, reading, reflection, candidates, watch.say)
    found = search.run(task.file.parts, task.proposals, task.seed)
    if found.ended is not None:
        if found.best is None or found.ended.why != "budget":
            raise found.ended
        watch.say(f"The search ends: {found.ended}.")
    if found.best is None:
        return Tuned(None, _describe_nothing(task, candidates.folder), allowance.spent)
    allowance.held_back = 0.0
    watch.say(
        f"Reading the {len(task.holdout)} bulletins of {task.holdout_name} with both prompts."
    )
    variants = [
        _variant(reading.read(each, task.holdout), task.file) for each in (task.origin, found.best)
    ]
    evaluation = evaluate_variants(
        variants, GoldSelection(task.holdout, ()), reader.settings.db, 1, task.holdout_name
    )
    return Tuned(evaluation, _judge(evaluation, found.best, task), allowance.spent)


def _hold_back(
    allowance: Allowance, first: VariantResult, bulletins: int, settings: LlmSettings
) -> None:
    """Keep what two readings of each bulletin of the holdout will cost, by what DEV has cost.

    Raises `Ended` where nothing is left to search with.
    """
    costs = [read.cost_usd for read in first.reads if read.cost_usd is not None]
    most = worst_case(
        settings.model or "",
        settings.url,
        settings.prices,
        input_tokens=max((read.input_tokens or 0 for read in first.reads), default=0),
        room=settings.room,
    )
    each = _MARGIN * sum(costs) / len(costs) if costs else (most or 0.0)
    # The last call goes out only where all that it may take is left.
    allowance.held_back = 2 * bulletins * each + (most or 0.0)
    if not allowance.left:
        raise Ended(
            "budget",
            f"{allowance.describe()}; nothing is left to search with: give --budget more than "
            f"{format_dollars(allowance.spent + allowance.held_back)}",
        )


def _variant(read: VariantResult, file: PromptFile) -> Variant:
    return Variant(read.key, read.name, FORMS[file.prompt.form])


def _describe_nothing(task: Task, folder: Path) -> GateResult:
    why = (
        f"no candidate did better than {task.file.prompt.name} on all {len(task.development)} "
        f"bulletins of --gold, so it stays and {task.holdout_name} was not read; another --seed, "
        f"more --proposals or more bulletins may find one (what was tried is in {folder})"
    )
    return GateResult(passed=False, why=why)


def _judge(evaluation: Evaluation, best: str, task: Task) -> GateResult:
    """Hold the best candidate to the gate "better than" the prompt."""
    original, candidate = (result.name for result in evaluation.results)
    (result,) = judge_contrast(Better(original), Reference(original, 0), evaluation.results)
    if result.passed:
        return result._replace(why=f"{result.why}; use {best}")
    stays = (
        f"{task.file.prompt.name} stays, as {candidate} is not shown to be better; more bulletins "
        f"in the holdout would show smaller differences (the candidate is {best})"
    )
    return result._replace(why=f"{result.why}; {stays}")
