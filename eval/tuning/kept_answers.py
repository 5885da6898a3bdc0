"""Answers of the model that reflects, kept beside the candidates: no question is paid for twice."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.forms.prompts import Message

FILE = "reflections.jsonl"


class KeptAnswers:
    """A file with an answer a line, found by its question, and by how often that was asked before.

    A run that goes on asks the same questions in the same order as the one that was stopped.
    Raises `UsageError` where the file cannot be read or written.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self._path = folder / FILE
        self._model = model
        self._asked = Counter[str]()
        self._is_cut = False
        self._answers = self._read()

    def find(self, messages: Sequence[Message]) -> tuple[str, str | None]:
        """Give what this question is known by, and its answer, None where it has none yet."""
        said = json.dumps([self._model, *messages], sort_keys=True)
        digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
        self._asked[digest] += 1
        key = f"{digest}-{self._asked[digest]}"
        return key, self._answers.get(key)

    def keep(self, key: str, answer: str) -> None:
        """Keep an answer; it is in the file when this returns."""
        self._answers[key] = answer
        line = json.dumps({"question": key, "model": self._model, "answer": answer})
        try:
            with self._path.open("a", encoding="utf-8") as file:
                # A line of its own, whatever a kill has left of the one before.
                file.write(f"\n{line}\n" if self._is_cut else f"{line}\n")
            self._is_cut = False
        except OSError as error:
            raise UsageError(f"{self._path}: cannot be written: {error.strerror}") from error

    def _read(self) -> dict[str, str]:
        try:
            written = self._path.read_text("utf-8", errors="replace")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise UsageError(f"{self._path}: cannot be read: {error.strerror}") from error
        self._is_cut = not written.endswith("\n")
        return dict(pair for line in written.split("\n") if (pair := _parse(line)) is not None)


def _parse(line: str) -> tuple[str, str] | None:
    """Read a line; None for one that a kill has cut off."""
    try:
        kept = json.loads(line)
        return str(kept["question"]), str(kept["answer"])
    except (ValueError, TypeError, KeyError):
        return None
