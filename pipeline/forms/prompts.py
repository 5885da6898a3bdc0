"""Prompts: files of front matter and template, read whole and never rendered by a template engine.

A prompt file is UTF-8 text: YAML front matter between two lines `---` with `name`, `form`,
`description` and optionally `few_shots` (a list of `bulletin` and `answer`, the answer as the form
wants it), then the template. The template holds the marker `[[BULLETIN]]` once. What stands before
it is the same for every bulletin and goes first, as the system message, so that servers can cache
it. The marker `[[CODES]]` stands there for the list of the codebook's codes.
"""

import hashlib
import json
from functools import cached_property, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from pydantic import BaseModel, ConfigDict, Field, InstanceOf, ValidationError
from rapidfuzz import fuzz

from pipeline.errors import PromptError
from pipeline.forms import FORMS
from pipeline.forms.code_list import write_code_list
from pipeline.forms.form import ByMarks, Form
from pipeline.spanish.folding import fold
from schemas.answer import Part
from schemas.document import Document, Metadata

MARKER = "[[BULLETIN]]"
CODES = "[[CODES]]"
_NEARLY_THE_SAME = 90
"""From this share of equal letters up, in percent, two texts are one bulletin."""

Message = dict[str, str]
"""A chat message: `role` and `content`."""


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases: nine lines of them can stand for more than memory holds."""

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - yaml's own signature
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases such as *name are not taken; write the text out")
        return super().compose_node(parent, index)


class _FrontMatter(YAMLHandler):
    def load(self, fm: str, **_: object) -> Any:  # noqa: ANN401 - whatever YAML can hold
        return yaml.load(fm, _PlainLoader)  # noqa: S506 - safer than the safe loader


class FewShot(BaseModel):
    """A bulletin and the right answer to it, in the form of its prompt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bulletin: str
    answer: InstanceOf[Part]

    def document(self) -> Document:
        """Give the bulletin as a document of which nothing is known but its text."""
        digest = hashlib.sha256(self.bulletin.encode("utf-8", "surrogatepass")).hexdigest()
        return Document(id=digest, text=self.bulletin, metadata=Metadata(format="few-shot"))

    def written(self, shape: ByMarks[Any] | None) -> str:
        """Write the answer as a model ought to, in a shape of the form's or in its own."""
        if shape is None:
            return self.answer.model_dump_json()
        answer = shape.write(self.document(), self.answer)
        return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


class Prompt(BaseModel):
    """One prompt file, read.

    `text` is the file as it is, `codes` what was filled in for `[[CODES]]`, None without that
    marker, and `hash` the hex sha256 of both: another codebook makes another prompt.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    form: str
    description: str
    few_shots: tuple[FewShot, ...] = ()
    template: str
    text: str
    codes: str | None
    hash: str

    def messages(self, document: Document, *, by_marks: bool = False) -> list[Message]:
        """Give the chat messages that ask for `document`: what never changes first.

        `by_marks` asks for an answer in that shape of the form, and shows the few-shots in it.
        """
        unchanging = self._unchanging_by_marks if by_marks else self._unchanging
        return [*unchanging, self._asking(document)]

    @cached_property
    def _unchanging(self) -> tuple[Message, ...]:
        return self._open(None)

    @cached_property
    def _unchanging_by_marks(self) -> tuple[Message, ...]:
        return self._open(FORMS[self.form].by_marks)

    def _open(self, shape: ByMarks[Any] | None) -> tuple[Message, ...]:
        instructions, _, _ = self.template.partition(MARKER)
        told = f"{instructions.strip()}\n\n{shape.told}" if shape else instructions.strip()
        shots = [
            message
            for shot in self.few_shots
            for message in (
                self._asking(shot.document()),
                {"role": "assistant", "content": shot.written(shape)},
            )
        ]
        return ({"role": "system", "content": told}, *shots)

    def _asking(self, document: Document) -> Message:
        _, _, closing = self.template.partition(MARKER)
        content = _between_fences(document, FORMS[self.form]) + closing
        return {"role": "user", "content": content.rstrip()}


def list_packaged() -> list[str]:
    """Name the prompts that come with the project."""
    return sorted(_files_by_name())


def load_prompt(name_or_path: str) -> Prompt:
    """Read a prompt that comes with the project, by name, or a file of the user's, by path.

    Raises `PromptError`, naming the file, if it cannot be read or used.
    """
    return parse_prompt(name_or_path, read_prompt_file(name_or_path))


def read_prompt_file(name_or_path: str) -> bytes:
    """Give the content of a prompt's file as it is. Raises `PromptError` if there is none."""
    files = _files_by_name()
    if name_or_path in files:
        return files[name_or_path].read_bytes()
    path = Path(name_or_path)
    if path.suffix or len(path.parts) > 1:
        return _read(path)
    raise PromptError(
        f"no prompt is called {name_or_path!r}: "
        f"use one of {', '.join(sorted(files))}, or the path of a file"
    )


def few_shot_match(prompt: Prompt, document: Document) -> bool:
    """Tell whether a document is one of the prompt's few-shots, or nearly: its answer is known."""
    return any(is_nearly(document.text, shot.bulletin) for shot in prompt.few_shots)


def is_nearly(one: str, other: str) -> bool:
    """Tell whether two texts are nearly the same by letters, white space and accents apart."""
    return fuzz.ratio(_plain(one), _plain(other), score_cutoff=_NEARLY_THE_SAME) > 0


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


def _files_by_name() -> dict[str, Traversable]:
    return {
        file.name.removesuffix(".md"): file
        for file in resources.files("prompts").iterdir()
        if file.name.endswith(".md")
    }


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PromptError(f"cannot read the prompt {path}: {error.strerror}") from error


def parse_prompt(origin: str, content: bytes, codes: str | None = None) -> Prompt:
    """Read the content of a prompt file, with other `codes` than those of the codebook of today.

    Raises `PromptError`, naming the `origin`, if it cannot be used.
    """
    try:
        head, template = _split(content)
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
    form = FORMS.get(str(head.get("form")))
    if form is None:
        raise PromptError(
            f"the prompt {origin} has the form {head.get('form')!r}, not one of {', '.join(FORMS)}"
        )
    digest = hashlib.sha256(content)
    listed = (codes or write_code_list()) if CODES in template else None
    if listed is not None:
        template = template.replace(CODES, listed)
        digest.update(listed.encode())
    try:
        # Through JSON, as YAML turns days into dates, which strict JSON reading would expect too.
        fields: dict[str, Any] = json.loads(json.dumps(head, default=str))
    except (TypeError, ValueError, RecursionError) as error:
        raise PromptError(f"the prompt {origin} has odd front matter: {error}") from error
    own = {
        "few_shots": _shots(origin, fields.get("few_shots", []), form),
        "template": template,
        "text": content.decode(),
        "codes": listed,
        "hash": digest.hexdigest(),
    }
    try:
        return Prompt.model_validate({**fields, **own})
    except ValidationError as error:
        raise _refusal(origin, error) from error


@lru_cache(maxsize=16)
def _split(content: bytes) -> tuple[dict[str, Any], str]:
    """Read front matter, which nobody may change: to read few-shots takes longer than a bulletin.

    A run of a batch asks for its prompt three times.
    """
    head, template = frontmatter.parse(content.decode("utf-8-sig"), handler=_FrontMatter())
    return head, template


def _shots(origin: str, given: object, form: Form[Any]) -> object:
    """Read the answers of few-shots by their form; what is out of shape else is left as it is."""
    if not isinstance(given, list):
        return given
    read = []
    for place, shot in enumerate(given):
        if isinstance(shot, dict) and "answer" in shot:
            try:
                answer = form.answer.model_validate(shot["answer"])
            except ValidationError as error:
                raise _refusal(origin, error, "few_shots", place, "answer") from error
            read.append({**shot, "answer": answer})
        else:
            read.append(shot)
    return read


def _refusal(origin: str, error: ValidationError, *within: str | int) -> PromptError:
    fault = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in (*within, *fault["loc"]))
    return PromptError(f"the prompt {origin}: {place}: {fault['msg']}")


def _between_fences(document: Document, form: Form[Any]) -> str:
    """Put a text between two lines that cannot stand in it, what its source states above it."""
    stated = {
        "title": " ".join((document.metadata.title or "").split()) or None,
        "published": document.metadata.published_on,
    }
    shown = form.show(document)
    lines = [f"{key}: {value}" for key, value in stated.items() if value is not None]
    body = "\n".join((*lines, "", shown.text)) if lines else shown.text
    fence = _fence(body)
    above = "Its source states, above the empty line:\n" if lines else ""
    note = f"{shown.note}\n" if shown.note else ""
    opening = f"The bulletin stands between the two lines {fence}.\n{note}{above}"
    return f"{opening}{fence}\n{body}\n{fence}\n"


def _fence(body: str) -> str:
    digest = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
    fence = f"=== {digest[:12]} ==="
    return fence if fence not in body else _fence(f"{body}{digest}")
