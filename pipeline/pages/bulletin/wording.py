"""What the page of a bulletin says: `words.toml` beside this, and the words of codes."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from pipeline.words import Language, Words, words_of

_FILE = "words.toml"
_SAID_BY = re.compile(r"no figure, says (?P<who>.+)", re.DOTALL)


class Reason(NamedTuple):
    """Why a number was set aside, and the language in which that stands here."""

    text: str
    lang: Language


class Wording(NamedTuple):
    """All words of a page in one language."""

    language: Language
    said: Mapping[str, str]
    reasons: Mapping[str, str]
    words: Words

    def __call__(self, name: str, **put_in: object) -> str:
        """Say a sentence, with what is put in."""
        said = self.said[name]
        # What is put in comes from anywhere, and may have braces of its own.
        return re.sub(r"\{(\w+)\}", lambda hole: str(put_in[hole[1]]), said) if put_in else said

    def code(self, column: str, code: str) -> str:
        """Name a code of a column; one without a word stays as it is."""
        return self.words.codes[column].get(code, code)

    def reason(self, reason: str) -> Reason:
        """Give the reason for which a number was set aside; what is not known stays English."""
        spanish = self.language is Language.SPANISH
        if spanish and (by := _SAID_BY.fullmatch(reason)):
            return Reason(f"no es cifra, según {by['who']}", self.language)
        if spanish and reason in self.reasons:
            return Reason(self.reasons[reason], self.language)
        return Reason(reason, Language.ENGLISH)


@cache
def wording_of(language: Language) -> Wording:
    """Read the file, once a process and language."""
    data = tomllib.loads(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))
    said = {name: by_language[language] for name, by_language in data["said"].items()}
    return Wording(language, said, data["reasons"], words_of(language))
