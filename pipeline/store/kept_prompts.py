"""Prompts in the store: each as it was when something was first read with it."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pipeline.store.database import Store
from pipeline.store.rows import now

if TYPE_CHECKING:
    from pipeline.forms.prompts import Prompt

_PROMPTS = """
SELECT prompt_hash, name, text, codes, first_seen FROM prompts
WHERE prompt_hash IN (SELECT unnest(?::VARCHAR[]))
"""


class KeptPrompt(NamedTuple):
    """A prompt by its hash: `text` is the file, `codes` what was filled in for `[[CODES]]`.

    `codes` is None where the file has no such marker; `first_seen` is UTC, None where the prompt is
    not out of a database.
    """

    prompt_hash: str
    name: str
    text: str
    codes: str | None
    first_seen: datetime | None


def keep_prompts(store: Store, prompts: Collection["Prompt | KeptPrompt"]) -> None:
    """Keep the texts of prompts; one that is kept already stays as it is."""
    rows = [
        {**kept._asdict(), "first_seen": kept.first_seen or now()} for kept in map(as_kept, prompts)
    ]
    store.insert({"prompts": rows})


def as_kept(prompt: "Prompt | KeptPrompt") -> KeptPrompt:
    """Give what is kept of a prompt."""
    if isinstance(prompt, KeptPrompt):
        return prompt
    return KeptPrompt(prompt.hash, prompt.name, prompt.text, prompt.codes, None)


def fetch_prompts(store: Store, hashes: Collection[str]) -> dict[str, KeptPrompt]:
    """Fetch prompts by their hashes; those that are not kept are left out.

    A database of before prompts were kept has none.
    """
    with store.keep_open(read_only=True):
        if not store.has_table("prompts"):
            return {}
        return {row[0]: KeptPrompt(*row) for row in store.read(_PROMPTS, [list(hashes)]).rows}
