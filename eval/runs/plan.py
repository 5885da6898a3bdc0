"""What an eval is to do: which gold, and which variants read it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eval.labels.gold import GoldBulletin, load_gold
from eval.runs.names import name_variant, tell_apart
from pipeline.errors import UsageError
from pipeline.forms import prompts
from pipeline.forms.prompts import Prompt, few_shot_match
from pipeline.lazy import lazy
from pipeline.runs.reader_choice import Choice, choose
from pipeline.settings import Settings
from schemas.reading import ReaderKey

if TYPE_CHECKING:
    from pipeline.llm import reader as llm_reader
else:
    llm_reader = lazy("pipeline.llm.reader")


class PlannedVariant(NamedTuple):
    """One variant before anything is read; the baseline has no prompt."""

    settings: Settings
    choice: Choice
    prompt: Prompt | None
    name: str
    """As tables show it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Give the names that gates may call it by: its own, and its prompt's."""
        return (self.name,) if self.prompt is None else (self.name, self.prompt.name)


class GoldSelection(NamedTuple):
    """Bulletins that may be scored, and a line about each that may not."""

    bulletins: tuple[GoldBulletin, ...]
    left_out: tuple[str, ...]


def select_bulletins(
    folder: Path, texts: Sequence[Path], only: Sequence[str] | None
) -> tuple[GoldBulletin, ...]:
    """Load gold, of it those whose names match one of the globs `only`."""
    bulletins = load_gold(folder, texts, only or ())
    if only and not bulletins:
        raise UsageError(f"--only {' '.join(only)}: no gold file in {folder} has such a name")
    return bulletins


def tell_prelabelled(bulletins: Sequence[GoldBulletin]) -> list[str]:
    """Say whose labels people began with: that reader scores better on them than it is."""
    counts = Counter(one.prelabelled_by for one in bulletins if one.prelabelled_by)
    return [
        f"{count} of {len(bulletins)} bulletins were pre-labelled by {reader}, which scores better "
        "on them than it is"
        for reader, count in counts.items()
    ]


def plan_variants(
    several: Sequence[Settings], readers: Sequence[str], files: Sequence[str], models: Sequence[str]
) -> list[PlannedVariant]:
    """List what is to be compared: each prompt with each model by each of `several` settings.

    Then the baseline, if it is asked for. `readers` may be empty; then prompts or models ask for
    the llm reader, and else the settings decide. No two variants have an equal key: none is
    compared with itself. Raises `UsageError` where a reader cannot run, `PromptError` for a prompt.
    """
    planned = dict[ReaderKey, PlannedVariant]()
    baseline: PlannedVariant | None = None
    for settings in several:
        wanted = _list_readers(settings, readers, files, models)
        for one in _plan_by(settings, wanted, files, models):
            if one.prompt is None:
                baseline = baseline or one
            else:
                planned.setdefault(llm_reader.reader_key(one.settings.llm, one.prompt), one)
    names = tell_apart([one.name for one in planned.values()], list(planned))
    told = [one._replace(name=name) for name, one in zip(names, planned.values(), strict=True)]
    return told if baseline is None else [*told, baseline]


def _list_readers(
    settings: Settings, readers: Sequence[str], files: Sequence[str], models: Sequence[str]
) -> list[str]:
    wanted = list(dict.fromkeys(readers)) or ["llm" if files or models else settings.reader]
    if (files or models) and wanted == ["baseline"]:
        wanted.append("llm")
    return sorted(wanted, key=lambda name: name == "baseline")


def _plan_by(
    settings: Settings, readers: Sequence[str], files: Sequence[str], models: Sequence[str]
) -> Iterator[PlannedVariant]:
    for reader in readers:
        choice = choose(_with(settings, reader, "", models[0] if models else ""))
        if choice.reader == "baseline":
            yield PlannedVariant(settings, choice, None, choice.reader)
            continue
        for file in dict.fromkeys(files or (settings.llm.prompt,)):
            for model in dict.fromkeys(models or ("",)):
                own = _with(settings, reader, file, model)
                prompt = prompts.load_prompt(file)
                name = name_variant("llm", prompt.name, own.llm.model)
                yield PlannedVariant(own, choose(own), prompt, name)


def _with(settings: Settings, reader: str, prompt: str, model: str) -> Settings:
    """Put in a prompt and a model where there is one; an empty text is none."""
    changes = {name: value for name, value in (("prompt", prompt), ("model", model)) if value}
    llm = settings.llm.model_copy(update=changes)
    return settings.model_copy(update={"reader": reader, "llm": llm})


def leave_out_few_shots(
    bulletins: Sequence[GoldBulletin], prompts: Iterable[Prompt | None]
) -> GoldSelection:
    """Leave out what stands in a prompt's few-shots: it shows nothing that the answer is known.

    It is left out for every variant, so that all are scored on the same bulletins.
    """
    kept, left_out = [], []
    known = {prompt.hash: prompt for prompt in prompts if prompt}
    for bulletin in bulletins:
        telling = [
            prompt.name for prompt in known.values() if few_shot_match(prompt, bulletin.document)
        ]
        if telling:
            names = ", ".join(dict.fromkeys(telling))
            left_out.append(f"{bulletin.stem} is not scored: it is a few-shot of {names}")
        else:
            kept.append(bulletin)
    if not kept:
        raise UsageError("every bulletin stands in a prompt's few-shots: give other gold")
    return GoldSelection(tuple(kept), tuple(left_out))
