"""The prompts that eval runs read with, as they were then, and how two of them differ."""

import difflib
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from pipeline.errors import PromptError
from pipeline.forms.prompts import Prompt, list_packaged, load_prompt, parse_prompt
from pipeline.store import Store
from pipeline.store.kept_prompts import KeptPrompt, as_kept, fetch_prompts

_SHOWN_HASH = 8
_AROUND = 2
"""Lines that stay the same, shown around each change."""


class ReadBy(Protocol):
    """What a reading was made by: the key of a reader, or an eval run. No prompt is None."""

    @property
    def reader(self) -> str:
        """Which reader."""

    @property
    def prompt(self) -> str | None:
        """Name of its prompt."""

    @property
    def prompt_hash(self) -> str | None:
        """Hash of its prompt."""


class PromptDifference(NamedTuple):
    """How one prompt differs from another: `said` in one sentence, `lines` as a unified diff.

    The diff is of the whole files, then of the lists of codes that were filled in. It is empty
    where the prompts are the same, and where one of them is not known; `said` tells that too.
    """

    said: str
    lines: tuple[str, ...] = ()


def find_texts(store: Store, read_by: Sequence[ReadBy]) -> list[KeptPrompt | None]:
    """Find the prompt of each: one that the store keeps, or the project's own if it is as it was.

    None where there is no prompt, or its text is not known any more.
    """
    kept = fetch_prompts(store, {one.prompt_hash for one in read_by if one.prompt_hash})
    return [kept.get(one.prompt_hash or "") or _find_packaged(one) for one in read_by]


def find_prompt(store: Store, read_by: ReadBy) -> Prompt | None:
    """Find the prompt that a reading was made with; None where it is not known, or unusable now."""
    (kept,) = find_texts(store, [read_by])
    try:
        return kept and parse_kept(kept)
    except PromptError:
        return None


def parse_kept(kept: KeptPrompt) -> Prompt:
    """Read a prompt as it was. Raises `PromptError` where this version cannot use it any more."""
    return parse_prompt(f"{kept.name}, as it was", kept.text.encode(), kept.codes)


def compare_prompts(store: Store, before: ReadBy, after: ReadBy) -> PromptDifference:
    """Say how the prompt of `after` differs from that of `before`."""
    for one in (before, after):
        if one.prompt_hash is None:
            return PromptDifference(f"{one.reader} reads without a prompt.")
    if before.prompt_hash == after.prompt_hash:
        return PromptDifference(f"Both read with the same prompt: {name_prompt(before)}.")
    old, new = find_texts(store, [before, after])
    if old is None or new is None:
        lost = before if old is None else after
        return PromptDifference(f"How the prompts differ cannot be told: {explain_lost(lost)}.")
    names = name_prompt(before), name_prompt(after)
    diffs = (
        _unify(old.text, new.text, *names),
        _unify(old.codes or "", new.codes or "", *(f"{name}: [[CODES]]" for name in names)),
    )
    # The first two lines of a diff are its headings.
    changed = [line[0] for lines in diffs for line in lines[2:]]
    return PromptDifference(
        f"The prompt {names[1]} has {_count(changed.count('+'), 'line')} that {names[0]} has not, "
        f"and lacks {changed.count('-'):,}.",
        (*diffs[0], *diffs[1]),
    )


def name_prompt(read_by: ReadBy) -> str:
    """Name a prompt by its name and the beginning of its hash."""
    return f"{read_by.prompt} ({(read_by.prompt_hash or '')[:_SHOWN_HASH]})"


def explain_lost(read_by: ReadBy) -> str:
    """Say why the text of a prompt is not known."""
    return (
        f"the text of the prompt {name_prompt(read_by)} is not kept; it was read with before "
        "databases kept prompts. An eval with the same file keeps it"
    )


def _unify(before: str, after: str, name: str, other: str) -> tuple[str, ...]:
    # Cut at line feeds alone, so that a change of line ends, or of the last one, shows too.
    cut = before.split("\n"), after.split("\n")
    return tuple(difflib.unified_diff(*cut, name, other, n=_AROUND, lineterm=""))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _find_packaged(read_by: ReadBy) -> KeptPrompt | None:
    if read_by.prompt is None or read_by.prompt not in list_packaged():
        return None
    prompt = load_prompt(read_by.prompt)
    return as_kept(prompt) if prompt.hash == read_by.prompt_hash else None
