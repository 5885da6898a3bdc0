"""The command `jornada tune`."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.commands.checked_gold import load_checked_gold
from eval.commands.options import DB, Db, Texts
from eval.gates.parts import FEWEST
from eval.report.score_json import show_evaluation_json
from eval.report.score_tables import show_evaluation
from eval.tuning.candidates import Candidates
from eval.tuning.ending import Ended
from eval.tuning.gold_reading import Role
from eval.tuning.prompt_parts import name_family, name_file, take_apart
from eval.tuning.separation import require_apart
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.commands.options import (
    MODEL,
    AnswerOptions,
    Json,
    LimitOptions,
    Profile,
    ReachOptions,
    examples,
    settings_from,
    with_options,
)
from pipeline.console import progress_bar
from pipeline.console.exit_status import FAILED, INTERRUPTED, UNUSABLE
from pipeline.console.terminal import say, tell
from pipeline.errors import UsageError
from pipeline.forms.prompts import read_prompt_file
from pipeline.lazy import lazy
from pipeline.plain_text import format_dollars, one_line, to_json
from pipeline.runs.reader_choice import choose
from pipeline.runs.set_up import require_price
from pipeline.settings import Settings

if TYPE_CHECKING:
    from eval.tuning import tuning
else:
    tuning = lazy("eval.tuning.tuning")

_STATUS = {"budget": FAILED, "interrupted": INTERRUPTED, "refused": UNUSABLE}

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada tune mine.md --gold dev/ --holdout test/ --model gpt-5-mini --budget 5",
        "jornada tune quoted-v2 --gold dev/ --holdout test/ --model gpt-5-nano --reflector gpt-5 "
        "--budget 5 --to tuned/",
        r"Needs the extra: pip install 'jornada\[tune]'. The mistakes on --gold are shown to the "
        "reflector, which writes new texts; --holdout is read once, at the end, by the prompt and "
        "the best of them, and is all that is reported. The same command goes on where it was "
        "stopped. Exit status: 0 a better prompt is shown, 1 none is, or the budget is reached "
        "before, 2 unusable arguments, 130 stopped by Ctrl-C.",
    )
)
@with_options
def tune(  # noqa: PLR0913 - a parameter an option
    *,
    prompt: Annotated[
        str, typer.Argument(metavar="PROMPT", help="Name of a prompt, or the path of its file.")
    ],
    gold: Annotated[Path, typer.Option("--gold", metavar="DEV", help="Gold labels to learn from.")],
    holdout: Annotated[
        Path,
        typer.Option("--holdout", metavar="TEST", help="Gold labels to judge by, of other texts."),
    ],
    texts: Texts = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Where candidates go, else PROMPT-tuned."),
    ] = None,
    proposals: Annotated[
        int, typer.Option("--proposals", min=1, help="How many new texts are tried, at most.")
    ] = 20,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Another one looks at other bulletins together.")
    ] = 0,
    profile: Profile = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="The model that reads.", rich_help_panel=MODEL),
    ] = None,
    reflector: Annotated[
        str | None,
        typer.Option(
            "--reflector",
            metavar="MODEL",
            help="The model that writes new texts, else the same.",
            rich_help_panel=MODEL,
        ),
    ] = None,
    reflector_profile: Annotated[
        str | None,
        typer.Option(
            "--reflector-profile",
            metavar="NAME",
            help="Its profile of jornada.toml, where it is at another server.",
            rich_help_panel=MODEL,
        ),
    ] = None,
    reach: ReachOptions,
    answers: AnswerOptions,
    limits: LimitOptions,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite candidates that were edited.")
    ] = False,
    db: Db = DB,
    as_json: Json = False,
) -> int:
    """Improve a prompt by its mistakes on gold, and judge it on gold that it has not seen."""
    if importlib.util.find_spec("gepa") is None:
        raise UsageError("jornada tune needs its extra: pip install 'jornada[tune]'")
    file = take_apart(prompt, read_prompt_file(prompt))
    settings = settings_from(db, reach, answers, limits, profile=profile, model=model, reader="llm")
    if reflector_profile is None:
        other = settings_from(
            db, reach, answers, limits, profile=profile, model=reflector or model, reader="llm"
        )
    else:
        other = settings_from(db, limits, profile=reflector_profile, model=reflector, reader="llm")
    budget = _require_budget(settings, other)
    development, kept_apart = (
        load_checked_gold(folder, texts or (), None, as_json=as_json) for folder in (gold, holdout)
    )
    if development is None or kept_apart is None:
        return UNUSABLE
    if len(kept_apart) < FEWEST:
        raise UsageError(
            f"--holdout {holdout}: has {len(kept_apart)} bulletins, and fewer than {FEWEST} show "
            "nothing: label some more"
        )
    require_apart(development, kept_apart, file.prompt)
    if to is not None and to.suffix == ".md":
        raise UsageError(f"--to {to}: name a folder; the prompts in it get names of their own")
    folder = to or Path(name_file(name_family(file.prompt.name))).with_suffix("")
    task = tuning.Task(prompt, file, development, kept_apart, str(holdout), proposals, seed)
    reading = Role(settings, RateLimiter(settings.rpm, settings.tpm))
    is_same = settings.llm.server == other.llm.server
    limiter = reading.rate_limiter if is_same else RateLimiter(other.rpm, other.tpm)
    candidates = Candidates(folder, prompt, file, db, force=force)
    tell(
        f"{settings.llm.model} at {settings.llm.server} reads, {other.llm.model} at "
        f"{other.llm.server} writes new texts."
    )
    try:
        with progress_bar.show_progress() as watch:
            tuned = tuning.tune(task, candidates, reading, Role(other, limiter), budget, watch)
    except Ended as ended:
        return _tell_end(ended, folder)
    except KeyboardInterrupt:
        return _tell_end(Ended("interrupted", "stopped"), folder)
    _show(tuned, as_json=as_json)
    return 0 if tuned.result.passed else FAILED


def _require_budget(settings: Settings, other: Settings) -> float:
    """See that both models can be asked, and that what they may cost is known."""
    if settings.budget is None:
        raise UsageError(
            "jornada tune needs --budget USD: it asks again and again, and stops before that"
        )
    for each in (settings, other):
        choose(each)
        require_price(each.model_copy(update={"budget": settings.budget}))
    return settings.budget


def _tell_end(ended: Ended, folder: Path) -> int:
    told = "Stopped" if ended.why == "interrupted" else f"Stopped: {ended}"
    tell(
        f"{told}. Nothing is reported of a part; candidates are in {folder}, what was read and "
        "answered is kept: run the same command again to go on."
    )
    return _STATUS[ended.why]


def _show(tuned: "tuning.Tuned", *, as_json: bool) -> None:
    if tuned.evaluation is not None:
        (show_evaluation_json if as_json else show_evaluation)(tuned.evaluation, [tuned.result])
    elif as_json:
        say(to_json({"variants": [], "comparisons": [], "gates": [tuned.result._asdict()]}))
    else:
        say(one_line(f"gate NOT passed: {tuned.result.why}"))
    tell(f"This took {format_dollars(tuned.spent)}, by both models and with the holdout.")
