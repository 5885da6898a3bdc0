"""Prompts: files of front matter and template, read whole and never rendered by a template engine.

A prompt file is UTF-8 text: YAML front matter between two lines `---` with `name`, `form`,
`description` and optionally `few_shots` (a list of `bulletin` and `answer`), then the template. The
template holds the marker `[[BULLETIN]]` once. What stands before it is the same for every bulletin
and goes first, as the system message, so that servers can cache it.
"""

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import PromptError
from schemas.answer import QuotedAnswer
from schemas.document import Document

MARKER = "[[BULLETIN]]"
FORMS: dict[str, type[QuotedAnswer]] = {"quoted": QuotedAnswer}
"""The prompt forms, and what a model returns for each."""

Message = dict[str, str]
"""A chat message: `role` and `content`."""


class FewShot(BaseModel):
    """A bulletin and the right answer to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bulletin: str
    answer: QuotedAnswer


class Prompt(BaseModel):
    """One prompt file, read. `hash` is the hex sha256 of the file's bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    form: str
    description: str
    few_shots: tuple[FewShot, ...] = ()
    template: str
    hash: str

    def messages(self, document: Document) -> list[Message]:
        """Give the chat messages that ask for `document`: what never changes first."""
        instructions, _, closing = self.template.partition(MARKER)
        shots = [
            message
            for shot in self.few_shots
            for message in (
                _user(_fenced(shot.bulletin, {}) + closing),
                {"role": "assistant", "content": shot.answer.model_dump_json()},
            )
        ]
        stated: dict[str, object] = {
            "title": " ".join((document.metadata.title or "").split()) or None,
            "published": document.metadata.published_on,
        }
        return [
            {"role": "system", "content": instructions.strip()},
            *shots,
            _user(_fenced(document.text, stated) + closing),
        ]


def load(name_or_path: str) -> Prompt:
    """Read a prompt that comes with the project, by name, or a file of the user's, by path.

    Raises `PromptError`, naming the file, if it cannot be read or used.
    """
    packaged = {
        file.name.removesuffix(".md"): file
        for file in resources.files("prompts").iterdir()
        if file.name.endswith(".md")
    }
    if name_or_path in packaged:
        return _parsed(name_or_path, packaged[name_or_path].read_bytes())
    path = Path(name_or_path)
    if path.suffix or len(path.parts) > 1:
        return _parsed(str(path), _read(path))
    raise PromptError(
        f"no prompt is called {name_or_path!r}: "
        f"use one of {', '.join(sorted(packaged))}, or the path of a file"
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PromptError(f"cannot read the prompt {path}: {error.strerror}") from error


def _parsed(origin: str, content: bytes) -> Prompt:
    try:
        head, template = frontmatter.parse(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise PromptError(f"the prompt {origin} is not UTF-8 text") from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise PromptError(f"the prompt {origin} has broken front matter: {reason}") from error
    if not head:
        raise PromptError(f"the prompt {origin} has no front matter between two lines ---")
    if template.count(MARKER) != 1:
        raise PromptError(
            f"the template of the prompt {origin} must hold {MARKER} exactly once, "
            f"not {template.count(MARKER)} times"
        )
    if str(head.get("form")) not in FORMS:
        raise PromptError(
            f"the prompt {origin} has the form {head.get('form')!r}, not one of {', '.join(FORMS)}"
        )
    digest = hashlib.sha256(content).hexdigest()
    # Through JSON, because YAML turns days into dates, which strict JSON reading would expect too.
    fields: dict[str, Any] = json.loads(json.dumps(head, default=str))
    try:
        return Prompt.model_validate({**fields, "template": template, "hash": digest})
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise PromptError(f"the prompt {origin}: {place}: {fault['msg']}") from error


def _user(content: str) -> Message:
    return {"role": "user", "content": content.rstrip()}


def _fenced(text: str, stated: dict[str, object]) -> str:
    """Put `text` between two lines that cannot stand in it, what its source states above it."""
    lines = [f"{key}: {value}" for key, value in stated.items() if value is not None]
    body = "\n".join((*lines, "", text)) if lines else text
    fence = _fence(body)
    above = "Its source states, above the empty line:\n" if lines else ""
    return f"The bulletin stands between the two lines {fence}.\n{above}{fence}\n{body}\n{fence}\n"


def _fence(body: str) -> str:
    digest = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
    fence = f"=== {digest[:12]} ==="
    return fence if fence not in body else _fence(f"{body}{digest}")
