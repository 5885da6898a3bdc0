"""What an eval is to do: which gold, and which variants read it."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from eval.labels.gold import Bulletin, load, ours
from pipeline.errors import UsageError
from pipeline.forms import prompts
from pipeline.forms.prompts import Prompt, few_shot_match
from pipeline.runs.reader_choice import Choice, choose
from pipeline.settings import Settings


class Asked(NamedTuple):
    """One variant before anything is read; the baseline has no prompt."""

    settings: Settings
    choice: Choice
    prompt: Prompt | None

    @property
    def name(self) -> str:
        """Name the variant as tables show it."""
        model = self.settings.llm.model
        return self.choice.reader if self.prompt is None else f"{self.prompt.name} · {model}"


class Guarded(NamedTuple):
    """Bulletins that may be scored, and a line about each that may not."""

    bulletins: tuple[Bulletin, ...]
    left_out: tuple[str, ...]


def places(gold: Path | None, texts: Sequence[Path] | None) -> tuple[Path, tuple[Path, ...]]:
    """Tell where labels and texts are: the project's own where no folder is given."""
    folder, at_home = ours()
    return (gold, tuple(texts or ())) if gold is not None else (folder, tuple(texts or at_home))


def chosen(folder: Path, texts: Sequence[Path], only: Sequence[str] | None) -> tuple[Bulletin, ...]:
    """Load gold, of it those whose names match one of the globs `only`."""
    bulletins = load(folder, texts)
    if only:
        bulletins = tuple(b for b in bulletins if any(fnmatchcase(b.stem, glob) for glob in only))
        if not bulletins:
            raise UsageError(f"--only {' '.join(only)}: no gold file in {folder} has such a name")
    return bulletins


def variants(
    settings: Settings, readers: Sequence[str], files: Sequence[str], models: Sequence[str]
) -> list[Asked]:
    """List what is to be compared: each prompt with each model, then the baseline if asked for.

    `readers` may be empty; then prompts or models ask for the llm reader, and else the settings
    decide. Raises `UsageError` where a reader cannot run, `PromptError` for a prompt.
    """
    wanted = list(dict.fromkeys(readers)) or ["llm" if files or models else "auto"]
    if (files or models) and wanted == ["baseline"]:
        wanted.append("llm")
    found: dict[tuple[str | None, ...], Asked] = {}
    for reader in sorted(wanted, key=lambda name: name == "baseline"):
        choice = choose(_with(settings, reader, "", models[0] if models else ""))
        if choice.reader == "baseline":
            one = Asked(settings, choice, None)
            found.setdefault(_identity(one), one)
            continue
        for file in dict.fromkeys(files or (settings.llm.prompt,)):
            for model in dict.fromkeys(models or ("",)):
                own = _with(settings, reader, file, model)
                one = Asked(own, choose(own), prompts.load_prompt(file))
                found.setdefault(_identity(one), one)
    return list(found.values())


def _identity(asked: Asked) -> tuple[str | None, ...]:
    """Tell what a variant is, so that none is compared with itself."""
    prompt = asked.prompt
    return ("baseline",) if prompt is None else (prompt.name, prompt.hash, asked.settings.llm.model)


def _with(settings: Settings, reader: str, prompt: str, model: str) -> Settings:
    """Put in what is said; an empty text says nothing."""
    given = {"prompt": prompt, "model": model}
    llm = settings.llm.model_copy(update={name: said for name, said in given.items() if said})
    return settings.model_copy(update={"reader": reader, "llm": llm})


def guarded(bulletins: Sequence[Bulletin], asked: Sequence[Asked]) -> Guarded:
    """Leave out what stands in a prompt's few-shots: it shows nothing that the answer is known.

    It is left out for every variant, so that all are scored on the same bulletins.
    """
    kept, left_out = [], []
    for bulletin in bulletins:
        told = [
            variant.prompt.name
            for variant in asked
            if variant.prompt and few_shot_match(variant.prompt, bulletin.document)
        ]
        if told:
            names = ", ".join(dict.fromkeys(told))
            left_out.append(f"{bulletin.stem} is not scored: it is a few-shot of {names}")
        else:
            kept.append(bulletin)
    if not kept:
        raise UsageError("every bulletin stands in a prompt's few-shots: give other gold")
    return Guarded(tuple(kept), tuple(left_out))
