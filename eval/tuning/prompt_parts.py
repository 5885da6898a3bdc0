"""The texts of a prompt file that may be changed, and a file made of others. Pure.

Front matter stays as it is but for the name: what is asked for, and the few-shots, are nobody's to
tune. What stands before the bulletin and behind it are the parts.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from frontmatter.default_handlers import YAMLHandler

from pipeline.errors import PromptError
from pipeline.forms.prompts import CODES, MARKER, Prompt, parse_prompt
from pipeline.plain_text import clean
from pipeline.spanish.folding import fold

INSTRUCTIONS, CLOSING = "instructions", "closing"
"""The parts: what stands before the bulletin, and what behind it, where anything does."""

MOST_CHARACTERS = 30_000
"""Of one part; the longest prompt of the project has 12,000."""
_COPIED_WORDS = 20
"""So many words in a row are copied, and no rule that happens to be worded so."""
_NAME = re.compile(r"^name:.*$", re.MULTILINE)
_SHOWN_HASH = 8
_OF_A_FAMILY = re.compile(r"-tuned-[0-9a-f]{8}$")

Parts = Mapping[str, str]


class PromptFile(NamedTuple):
    """A prompt that is to be tuned: read, its front matter as written, and its parts."""

    prompt: Prompt
    head: str
    parts: dict[str, str]


def take_apart(origin: str, content: bytes) -> PromptFile:
    """Take a prompt file apart. Raises `PromptError` where it could not be put together again."""
    prompt = parse_prompt(origin, content)
    text = content.decode("utf-8-sig").replace("\r\n", "\n").strip()
    head, template = YAMLHandler().split(text)
    before, _, behind = template.partition(MARKER)
    parts = {INSTRUCTIONS: before.strip(), CLOSING: behind.strip()}
    file = PromptFile(prompt, head.strip("\n"), {name: it for name, it in parts.items() if it})
    if INSTRUCTIONS not in file.parts:
        raise PromptError(f"the prompt {origin} has no instructions before {MARKER} to improve")
    if next(find_faults(file, file.parts, frozenset()), None) is not None:
        raise PromptError(
            f"the prompt {origin} cannot be written anew: write its front matter with `name: ...` "
            "on a line of its own, and no character that shows nothing"
        )
    return file


def name_candidate(file: PromptFile, parts: Parts) -> str:
    """Name a prompt of these parts: after the one that it comes from, and by what it says."""
    digest = hashlib.sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()
    return f"{name_family(file.prompt.name)}-{digest[:_SHOWN_HASH]}"


def name_family(prompt_name: str) -> str:
    """Name all candidates of a prompt; those of a candidate are of its family."""
    return f"{_OF_A_FAMILY.sub('', prompt_name)}-tuned"


def name_file(prompt_name: str) -> str:
    """Name the file of a prompt, whatever characters its name has."""
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', prompt_name).strip('-') or 'prompt'}.md"


def put_together(file: PromptFile, parts: Parts) -> bytes:
    """Write the prompt file of these parts."""
    name = f"name: {json.dumps(name_candidate(file, parts), ensure_ascii=False)}"
    head = _NAME.sub(lambda _: name, file.head, count=1)
    closing = f"\n{parts[CLOSING]}\n" if parts.get(CLOSING) else ""
    return f"---\n{head}\n---\n{parts[INSTRUCTIONS]}\n\n{MARKER}\n{closing}".encode()


def list_passages(file: PromptFile, bulletins: Iterable[str]) -> frozenset[str]:
    """List the passages of bulletins that no part may copy; what the prompt holds may stay."""
    own = {run for text in file.parts.values() for run in runs_of_words(text)}
    return frozenset(run for text in bulletins for run in runs_of_words(text)) - own


def find_faults(file: PromptFile, parts: Parts, passages: Collection[str]) -> Iterator[str]:
    """Say why a prompt of these parts may not be used, in words for whoever wrote it.

    `passages` are those of `list_passages` for all bulletins that its writer has been shown.
    """
    for name, text in parts.items():
        if not text.strip():
            yield f"the {name} are empty"
        if len(text) > MOST_CHARACTERS:
            yield f"the {name} are longer than {MOST_CHARACTERS:,} characters"
        if clean(text) != text.replace("\r\n", "\n"):
            yield f"the {name} hold characters that show nothing or act on a screen"
        if MARKER in text:
            yield f"the {name} hold {MARKER}, which a program puts in"
        if (CODES in text) != (CODES in file.parts.get(name, "")) or text.count(CODES) > 1:
            yield f"{CODES}, for which a program puts the list of codes, must stay"
    if any(run in passages for text in parts.values() for run in runs_of_words(text)):
        yield "a passage is copied from a bulletin: say what holds for all bulletins"
    try:
        is_whole = _is_whole(file._replace(parts=dict(parts)), put_together(file, parts))
    except PromptError as error:
        yield str(error)
    else:
        if not is_whole:
            yield "the file of this text does not come out as it was written"


def _is_whole(file: PromptFile, content: bytes) -> bool:
    """Tell whether a file is read as what it was written from."""
    read = parse_prompt("with the new text", content)
    return (read.name, read.form, read.few_shots) == (
        name_candidate(file, file.parts),
        file.prompt.form,
        file.prompt.few_shots,
    )


def runs_of_words(text: str) -> Iterator[str]:
    """List all passages of a text that are long enough to be copied, folded."""
    words = fold(text).split()
    for start in range(len(words) - _COPIED_WORDS + 1):
        yield " ".join(words[start : start + _COPIED_WORDS])
