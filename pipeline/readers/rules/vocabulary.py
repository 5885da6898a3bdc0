"""The vocabulary file as a lookup: words of a text -> terms with their meaning."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from pipeline.folding import fold
from pipeline.readers.rules.ocr import unify, variants
from schemas.report import Service

_FILE = "vocabulary.toml"
SMALL_WORDS = frozenset(map(unify, ("de", "del", "la", "el", "los", "las", "un", "una")))
_SHORTEST_STEM, _LONGEST_STEM = 3, 20


class Role(Enum):
    """What a term does for the number near it."""

    HEAD = auto()  # a noun that names a service
    DETAIL = auto()  # words that narrow a service down
    SPECIALTY = auto()
    GENERIC = auto()  # a noun that takes its meaning from its surroundings
    ASIDE = auto()  # a noun that makes the number no figure
    ACT = auto()  # makes people a figure
    CUMULATIVE = auto()
    JORNADA = auto()
    OTHER_PERIOD = auto()
    GOAL_NOUN = auto()
    PLANNED = auto()
    PLANNED_AFTER = auto()
    PERFORMED = auto()
    SAYING = auto()
    APPROXIMATE = auto()
    APPROXIMATE_ROUND = auto()
    GOAL = auto()
    GROWTH = auto()
    NATIONAL = auto()
    OOAD = auto()
    UMAE = auto()
    STATE = auto()


NOUN_ROLES = frozenset((Role.HEAD, Role.DETAIL, Role.SPECIALTY, Role.GENERIC, Role.ASIDE, Role.ACT))


_COVERING = NOUN_ROLES | {Role.STATE}
_UNSEEN_INSIDE = _COVERING | {Role.CUMULATIVE}  # "anual" in "chequeos anuales" covers no year


class Meaning(NamedTuple):
    """One meaning of a phrase; a phrase may have several ("córnea": transplant or donation)."""

    role: Role
    service: Service | None = None
    detail: str | None = None
    label: str = ""
    """The reason of an aside, the name of a place."""


class Term(NamedTuple):
    """A phrase of the vocabulary found in a sequence of words: `words[first:last]`."""

    first: int
    last: int
    meanings: tuple[Meaning, ...]
    roles: frozenset[Role]

    def get(self, role: Role) -> Meaning | None:
        """Return its meaning in `role`, None where it has none."""
        if role not in self.roles:
            return None
        return next(meaning for meaning in self.meanings if meaning.role is role)


class _Node:
    __slots__ = ("_known", "meanings", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.meanings: list[Meaning] = []
        self._known: tuple[tuple[Meaning, ...], frozenset[Role]] | None = None

    def known(self) -> tuple[tuple[Meaning, ...], frozenset[Role]]:
        """Return the meanings of the phrase that ends here, and their roles."""
        if self._known is None:
            self._known = tuple(self.meanings), frozenset(m.role for m in self.meanings)
        return self._known


class Vocabulary:
    """All phrases, as a trie of canonical words."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.includes: dict[str, frozenset[str]] = {}
        self.programmes: tuple[tuple[str, int], ...] = tuple(
            (entry["words"], entry["year"]) for entry in data["programme"]
        )
        self.units: tuple[str, ...] = tuple(data["places"]["units"])
        self.future = re.compile(
            rf"\w{{2,}}(?:{'|'.join(data['status']['future_endings'])})"
            rf"|(?:{'|'.join(data['status']['future_verbs'])})(?:[aei]ra|[aei]ran)"
            rf"|(?:{'|'.join(data['status']['future_words'])})",
            re.IGNORECASE,
        )
        self.joints: dict[str, frozenset[str]] = {
            name: frozenset(unify(fold(word)) for word in words)
            for name, words in data["joints"].items()
        }
        self._root = _Node()
        self._words: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        self._canonical: dict[str, str] = {}
        phrases = list(_phrases(data))
        # Stems first: a word that one of them covers is known under the stem everywhere.
        for phrase, _ in phrases:
            for word in phrase.split():
                if word.endswith("*"):
                    self._register(word[:-1], self._stems, mark="*")
        # Then the short words: a plural that has its singular here is known under that.
        for word in sorted(
            {w for phrase, _ in phrases for w in phrase.split()}, key=lambda w: (len(w), w)
        ):
            if not word.endswith("*"):
                self._register(word, self._words, known=self._known(unify(fold(word))))
        for phrase, meaning in phrases:
            self._add(phrase, meaning)
        for service in data["services"].values():
            for detail, less in service.get("includes", {}).items():
                self.includes[detail] = frozenset(less)

    def canonical(self, word: str) -> str:
        """Return the form under which a folded word is known; itself where it is unknown."""
        known = self._canonical.get(word)
        if known is None:
            known = self._canonical[word] = self._look_up(unify(word))
        return known

    def terms(self, words: Sequence[str]) -> Iterator[Term]:
        """Find the phrases in canonical `words`, the longest at each place.

        A noun inside a longer noun ("medicina familiar" in "unidad de medicina familiar") is not
        found by itself; a cue inside another phrase ("metas" in "de las metas") is.
        """
        covered = 0
        for position in range(len(words)):
            found = self._longest(words, position)
            if found is None:
                continue
            if position < covered:
                cues = tuple(m for m in found.meanings if m.role not in _UNSEEN_INSIDE)
                if cues:
                    yield found._replace(meanings=cues, roles=frozenset(m.role for m in cues))
                continue
            if any(m.role in _COVERING for m in found.meanings):
                covered = found.last
            yield found

    def _longest(self, words: Sequence[str], first: int) -> Term | None:
        node, at, best = self._root.next.get(words[first]), first + 1, None
        while node is not None:
            if node.meanings:
                best = Term(first, at, *node.known())
            while at < len(words) and words[at] in SMALL_WORDS and words[at] not in node.next:
                at += 1
            if at >= len(words):
                break
            node, at = node.next.get(words[at]), at + 1
        return best

    def _add(self, phrase: str, meaning: Meaning) -> None:
        words = phrase.split()
        kept = [w for i, w in enumerate(words) if i == 0 or unify(w) not in SMALL_WORDS]
        node = self._root
        for word in kept:
            if word.endswith("*"):
                canonical = self._stems[unify(fold(word[:-1]))]
            else:
                canonical = self.canonical(fold(word))
            node = node.next.setdefault(canonical, _Node())
        if meaning not in node.meanings:
            node.meanings.append(meaning)

    def _register(
        self, word: str, table: dict[str, str], mark: str = "", known: str | None = None
    ) -> None:
        """Enter a word under all forms that OCR may give it; its canonical form is as printed."""
        plain = unify(fold(word))
        canonical = known or plain + mark
        if not known:
            table[plain] = canonical
        # As printed always wins: "médico" must not become a misreading of another word.
        for form in variants(word):
            table.setdefault(form, canonical)

    def _stem(self, word: str) -> str | None:
        for length in range(min(len(word), _LONGEST_STEM), _SHORTEST_STEM - 1, -1):
            if word[:length] in self._stems:
                return self._stems[word[:length]]
        return None

    def _look_up(self, word: str) -> str:
        return self._known(word) or word

    def _known(self, word: str) -> str | None:
        if word in SMALL_WORDS:
            return word
        stem = self._stem(word)
        if stem:
            return stem
        for ending in ("s", "es", ""):
            singular = word.removesuffix(ending)
            if word.endswith(ending) and singular in self._words and len(singular) > 1:
                return self._words[singular]
        return None


def _phrases(data: dict[str, Any]) -> Iterator[tuple[str, Meaning]]:
    for name, entry in data["services"].items():
        service = Service(name)
        for phrase in entry["heads"]:
            yield phrase, Meaning(Role.HEAD, service)
        for detail, phrases in entry.get("named", {}).items():
            yield from _each(phrases, Meaning(Role.HEAD, service, detail))
        for detail, phrases in entry.get("details", {}).items():
            yield from _each(phrases, Meaning(Role.DETAIL, service, detail))
    for phrase, name in data["generic"].items():
        yield phrase, Meaning(Role.GENERIC, Service(name) if name else None)
    for phrase, detail in data["specialties"].items():
        yield phrase, Meaning(Role.SPECIALTY, Service.CONSULTATION, detail)
    for reason, phrases in data["asides"].items():
        yield from _each(phrases, Meaning(Role.ASIDE, label=reason))
    acts = dict(data["acts"])
    for detail, phrases in acts.pop("details").items():
        service = _service_of_detail(data, detail)
        yield from _each(phrases, Meaning(Role.ACT, service, detail))
    for name, phrases in acts.items():
        yield from _each(phrases, Meaning(Role.ACT, Service(name)))
    roles = {
        ("period", "cumulative"): Role.CUMULATIVE,
        ("period", "jornada"): Role.JORNADA,
        ("period", "other"): Role.OTHER_PERIOD,
        ("status", "goal_nouns"): Role.GOAL_NOUN,
        ("status", "planned_before"): Role.PLANNED,
        ("status", "planned_after"): Role.PLANNED_AFTER,
        ("status", "performed"): Role.PERFORMED,
        ("status", "saying"): Role.SAYING,
        ("approximate", "before"): Role.APPROXIMATE,
        ("approximate", "before_round"): Role.APPROXIMATE_ROUND,
        ("percent", "goal"): Role.GOAL,
        ("percent", "growth"): Role.GROWTH,
        ("places", "national"): Role.NATIONAL,
        ("places", "ooad"): Role.OOAD,
        ("places", "umae"): Role.UMAE,
    }
    for (table, key), role in roles.items():
        yield from _each(data[table][key], Meaning(role))
    for state in data["places"]["states"]:
        yield state, Meaning(Role.STATE, label=state)
    for alias, state in data["places"]["aliases"].items():
        yield alias, Meaning(Role.STATE, label=state)


def _service_of_detail(data: dict[str, Any], detail: str) -> Service:
    return next(
        Service(name)
        for name, entry in data["services"].items()
        if detail in entry.get("details", {}) or detail in entry.get("named", {})
    )


def _each(phrases: Iterable[str], meaning: Meaning) -> Iterator[tuple[str, Meaning]]:
    for phrase in phrases:
        yield phrase, meaning


@cache
def vocabulary() -> Vocabulary:
    """Load the vocabulary file, once a process."""
    text = files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    return Vocabulary(tomllib.loads(text))
