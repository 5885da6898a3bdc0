"""The vocabulary file as a lookup: words of a text -> terms with their meaning."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum, auto
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import Any, NamedTuple

from pipeline.rules.inflection import Groups, inflected, is_form_of, to_come
from pipeline.spanish.approximation import ABOUT, EXCEED, MORE_THAN
from pipeline.spanish.folding import fold
from pipeline.spanish.gazetteer import state_names
from pipeline.spanish.ocr import misreadings, unify
from schemas.report import Service

_FILE = "vocabulary.toml"
SMALL_WORDS = frozenset(map(unify, ("de", "del", "la", "el", "los", "las", "un", "una")))
_PAST = re.compile(r"\w{2,}(?:aron|[^\W\d_]ó)|\w+ieron|ha|han")
_SHORTEST_STEM, _LONGEST_STEM = 3, 20
_REMEMBERED = 1 << 15
"""Words whose form is kept: all that bulletins share, however many are read."""


class Role(StrEnum):  # looked up all the time: strings keep their hash, a plain Enum does not
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
    NO_GOAL = auto()
    PRODUCTIVITY = auto()
    RATE_BEFORE = auto()
    RATE_AFTER = auto()
    MORE_BEFORE = auto()
    MORE_AFTER = auto()
    PUT_OFF_BEFORE = auto()
    PUT_OFF_AFTER = auto()
    STOCK_BEFORE = auto()
    HONOURED_BEFORE = auto()
    NATIONAL = auto()
    OOAD = auto()
    UMAE = auto()
    STATE = auto()


NAMING_ROLES = frozenset((Role.HEAD, Role.DETAIL, Role.SPECIALTY))
"""What a number counts is named by these."""

NOUN_ROLES = frozenset((Role.HEAD, Role.DETAIL, Role.SPECIALTY, Role.GENERIC, Role.ASIDE, Role.ACT))

_CUES = {
    ("period", "cumulative"): Role.CUMULATIVE,
    ("period", "jornada"): Role.JORNADA,
    ("period", "other"): Role.OTHER_PERIOD,
    ("status", "goal_nouns"): Role.GOAL_NOUN,
    ("status", "planned_before"): Role.PLANNED,
    ("status", "planned_after"): Role.PLANNED_AFTER,
    ("status", "performed"): Role.PERFORMED,
    ("status", "saying"): Role.SAYING,
    ("percent", "goal"): Role.GOAL,
    ("percent", "growth"): Role.GROWTH,
    ("percent", "no_goal"): Role.NO_GOAL,
    ("percent", "productivity"): Role.PRODUCTIVITY,
    ("no_figure", "rate_before"): Role.RATE_BEFORE,
    ("no_figure", "rate_after"): Role.RATE_AFTER,
    ("no_figure", "more_before"): Role.MORE_BEFORE,
    ("no_figure", "more_after"): Role.MORE_AFTER,
    ("no_figure", "put_off_before"): Role.PUT_OFF_BEFORE,
    ("no_figure", "put_off_after"): Role.PUT_OFF_AFTER,
    ("no_figure", "stock_before"): Role.STOCK_BEFORE,
    ("no_figure", "honoured_before"): Role.HONOURED_BEFORE,
    ("places", "national"): Role.NATIONAL,
    ("places", "ooad"): Role.OOAD,
    ("places", "umae"): Role.UMAE,
}
"""What the phrases of a list do, by the list's table and key in the vocabulary file."""

_LISTS = {role: ".".join(place) for place, role in _CUES.items()} | {
    Role.GENERIC: "generic",
    Role.APPROXIMATE: "approximation.py",
    Role.APPROXIMATE_ROUND: "approximation.py",
    Role.STATE: "gazetteer.toml",
}

_COVERING = NOUN_ROLES | {Role.STATE}
_UNSEEN_INSIDE = _COVERING | {Role.CUMULATIVE}  # "anual" in "chequeos anuales" covers no year


class Meaning(NamedTuple):
    """One meaning of a phrase; a phrase may have several ("córnea": transplant or donation)."""

    role: Role
    service: Service | None = None
    detail: str | None = None
    label: str = ""
    """The reason of an aside, the name of a place."""


class Phrase(NamedTuple):
    """A phrase where a person finds it: the list it stands in, and how it is written there."""

    where: str
    """Table and key of the vocabulary file ("status.saying"), or the file that has the list."""
    written: str


Source = tuple[Phrase, ...]
"""What in the file gives a form its meaning: a phrase, and the verbs in it that a group lists."""


class Word(NamedTuple):
    """What can be told of one word; where it stands is told apart, so that words can be shared."""

    canonical: str
    """The form that the vocabulary knows."""
    future: bool
    """A verb in the future tense ("realizarán")."""
    past: bool
    """A verb in the past tense ("realizaron")."""


class Term(NamedTuple):
    """A phrase of the vocabulary, with the offsets in the text where it stands."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]
    roles: Mapping[Role, Meaning]
    """The first of its meanings in each role."""
    sources: Mapping[Meaning, tuple[Source, ...]]
    """What in the file gives it each meaning."""

    def get(self, role: Role) -> Meaning | None:
        """Return its meaning in `role`, None where it has none."""
        return self.roles.get(role)

    def phrases(self) -> Iterator[Phrase]:
        """Yield where its meanings stand in the file."""
        found = (source for meaning in self.meanings for source in self.sources[meaning])
        yield from dict.fromkeys(chain.from_iterable(found))


def _by_role(meanings: Iterable[Meaning]) -> dict[Role, Meaning]:
    roles: dict[Role, Meaning] = {}
    for meaning in meanings:
        roles.setdefault(meaning.role, meaning)
    return roles


_Entry = tuple[tuple[Meaning, ...], Mapping[Role, Meaning], Mapping[Meaning, tuple[Source, ...]]]


class _Node:
    __slots__ = ("_entry", "meanings", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.meanings: dict[Meaning, tuple[Source, ...]] = {}
        """Each with what gives it; of two in one role the first counts."""
        self._entry: _Entry | None = None

    def entry(self) -> _Entry:
        """Return the meanings of the phrase that ends here, the first in each role, and sources."""
        if self._entry is None:
            self._entry = tuple(self.meanings), _by_role(self.meanings), self.meanings
        return self._entry

    def mean(self, meanings: dict[Meaning, tuple[Source, ...]]) -> None:
        """Take other meanings in place of those that it has."""
        self.meanings, self._entry = meanings, None


class Vocabulary:
    """All phrases, as a trie of canonical words."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.future = future_pattern(data["status"])
        self.to_come = to_come(data["verbs"])
        self._verbs: Groups = data["verbs"]
        self.joints: dict[str, frozenset[str]] = {
            name: frozenset(unify(fold(word)) for word in words)
            for name, words in data["joints"].items()
        }
        self.canonical = lru_cache(maxsize=_REMEMBERED)(self._canonical)
        """The form under which a folded word is known; itself where it is unknown."""
        self.word = lru_cache(maxsize=_REMEMBERED)(self._word)
        """What can be told of a word as printed."""
        self.phrases: dict[Phrase, list[_Node]] = {}
        """Where every phrase of the file ends, and every verb in one, in the file's order."""
        self._root = _Node()
        self._words: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        phrases = [
            (written.split(), meaning, source)
            for phrase, meaning in _phrases(data)
            for written, source in _written(phrase, meaning, data["verbs"])
        ]
        printed = dict.fromkeys(word for words, _, _ in phrases for word in words)
        # Stems first: a word that one of them covers is known under the stem everywhere.
        for word in printed:
            if word.endswith("*"):
                self._register(word[:-1], self._stems, mark="*")
        # Then the short words: a plural that has its singular here is known under that.
        for word in sorted(printed, key=lambda w: (len(w), w)):
            if not word.endswith("*"):
                self._register(word, self._words, known=self._form_of(unify(fold(word))))
        known = {word: self._known(word) for word in printed}
        for words, meaning, source in phrases:
            self._add([known[word] for word in words], meaning, source)

    @contextmanager
    def without(self, phrases: Iterable[Phrase]) -> Iterator[None]:
        """Give phrases no meaning for a while; how their words may be printed stays known.

        Raises KeyError of a phrase that is not in `self.phrases`.
        """
        before: dict[_Node, dict[Meaning, tuple[Source, ...]]] = {}
        gone = set(phrases)
        nodes = dict.fromkeys(node for phrase in gone for node in self.phrases[phrase])
        try:
            for node in nodes:
                before[node] = node.meanings
                kept = {
                    meaning: tuple(one for one in sources if gone.isdisjoint(one))
                    for meaning, sources in node.meanings.items()
                }
                node.mean({meaning: sources for meaning, sources in kept.items() if sources})
            yield
        finally:
            for node, meanings in before.items():
                node.mean(meanings)

    def _word(self, printed: str) -> Word:
        folded = fold(printed)
        return Word(
            self.canonical(folded),
            folded in self.to_come or self.future.fullmatch(printed) is not None,
            _PAST.fullmatch(printed) is not None,
        )

    def _canonical(self, word: str) -> str:
        unified = unify(word)
        return self._form_of(unified) or unified

    def terms(self, words: Sequence[str], places: Sequence[tuple[int, int]]) -> Iterator[Term]:
        """Find the phrases in canonical `words`, the longest at each; `places` are the words'.

        A noun inside a longer noun ("medicina familiar" in "unidad de medicina familiar") is not
        found by itself; a cue inside another phrase ("metas" in "de las metas") is.
        """
        covered = 0
        for position, word in enumerate(words):
            found = self._longest(words, position) if word in self._root.next else None
            if found is None:
                continue
            (meanings, roles, sources), last = found
            if position < covered:
                meanings = tuple(m for m in meanings if m.role not in _UNSEEN_INSIDE)
                if not meanings:
                    continue
                roles = _by_role(meanings)
            elif not _COVERING.isdisjoint(roles):
                covered = last
            yield Term(places[position][0], places[last - 1][1], meanings, roles, sources)

    def phrases_with(self, word: str) -> tuple[Phrase, ...]:
        """Find the phrases that have a word in them, and its verb, in whatever form it is."""
        wanted = self.canonical(fold(word))
        found: set[Phrase] = set()
        nodes = [(self._root, False)]
        while nodes:
            node, within = nodes.pop()
            nodes.extend((one, within or word == wanted) for word, one in node.next.items())
            if within:
                for sources in node.meanings.values():
                    found.update(chain.from_iterable(sources))
        verbs = (
            Phrase(f"verbs.{group}", verb)
            for group, listed in self._verbs.items()
            for verb in listed
            if is_form_of(word, verb)
        )
        return tuple(dict.fromkeys((*(one for one in self.phrases if one in found), *verbs)))

    def _longest(self, words: Sequence[str], first: int) -> tuple[_Entry, int] | None:
        """Return what is known of the longest phrase that begins at a word, and where it ends."""
        node, at = self._root.next.get(words[first]), first + 1
        best: _Node | None = None
        last = at
        while node is not None:
            if node.meanings:
                best, last = node, at
            while at < len(words) and words[at] in SMALL_WORDS and words[at] not in node.next:
                at += 1
            if at >= len(words):
                break
            node, at = node.next.get(words[at]), at + 1
        return (best.entry(), last) if best else None

    def _known(self, word: str) -> str:
        """Return the form under which a word of a phrase is known; a trailing * is a stem's."""
        if word.endswith("*"):
            return self._stems[unify(fold(word[:-1]))]
        return self.canonical(fold(word))

    def _add(self, words: Sequence[str], meaning: Meaning, source: Source) -> None:
        """Enter a phrase, given as canonical words; small ones but the first are passed over."""
        node = self._root
        for at, word in enumerate(words):
            if at == 0 or word not in SMALL_WORDS:
                node = node.next.setdefault(word, _Node())
        sources = node.meanings.get(meaning, ())
        if source not in sources:
            node.meanings[meaning] = (*sources, source)
            for one in source:
                self.phrases.setdefault(one, []).append(node)

    def _register(
        self, word: str, table: dict[str, str], mark: str = "", known: str | None = None
    ) -> None:
        """Enter a word under all forms that OCR may give it; its canonical form is as printed."""
        plain = unify(fold(word))
        canonical = known or plain + mark
        if not known:
            table[plain] = canonical
        # As printed always wins: "médico" must not become a misreading of another word.
        for form in misreadings(word):
            table.setdefault(form, canonical)

    def _stem(self, word: str) -> str | None:
        for length in range(min(len(word), _LONGEST_STEM), _SHORTEST_STEM - 1, -1):
            if word[:length] in self._stems:
                return self._stems[word[:length]]
        return None

    def _form_of(self, word: str) -> str | None:
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


def future_pattern(status: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Return what any verb in the future looks like, from the lists of the table `status`."""
    endings = "|".join(status["future_endings"]) or "(?!)"
    return re.compile(rf"\w{{2,}}(?:{endings})", re.IGNORECASE)


def _written(phrase: str, meaning: Meaning, groups: Groups) -> Iterator[tuple[str, Source]]:
    """Yield a phrase with each form of its verbs, and where phrase and verbs are listed."""
    own = Phrase(list_of(meaning), phrase)
    for written, verbs in inflected(phrase, groups):
        yield written, (own, *(Phrase(f"verbs.{verb.group}", verb.verb) for verb in verbs))


def list_of(meaning: Meaning) -> str:
    """Name the list whose phrases have a meaning, by table and key: "services.surgery.heads"."""
    role, service, detail, label = meaning
    if role is Role.HEAD:
        return f"services.{service}.named.{detail}" if detail else f"services.{service}.heads"
    if role is Role.DETAIL:
        return f"services.{service}.details.{detail}"
    if role is Role.SPECIALTY:
        return f"specialties.{service}.{detail}"
    if role is Role.ACT:
        return f"acts.details.{service}.{detail}" if detail else f"acts.{service}"
    if role is Role.ASIDE:
        return f"asides.{label}"
    return _LISTS[role]


def _phrases(data: dict[str, Any]) -> Iterator[tuple[str, Meaning]]:
    """Yield every phrase with its meaning; of two meanings in one role the first counts."""
    for name, entry in data["services"].items():
        yield from _phrases_of_service(Service(name), entry)
    for phrase, name in data["generic"].items():
        yield phrase, Meaning(Role.GENERIC, Service(name) if name else None)
    for name, specialties in data["specialties"].items():
        for detail, phrases in specialties.items():
            yield from _each(phrases, Meaning(Role.SPECIALTY, Service(name), detail))
    for reason, phrases in data["asides"].items():
        yield from _each(phrases, Meaning(Role.ASIDE, label=reason))
    acts = dict(data["acts"])
    for name, details in acts.pop("details").items():
        for detail, phrases in details.items():
            yield from _each(phrases, Meaning(Role.ACT, Service(name), detail))
    for name, phrases in acts.items():
        yield from _each(phrases, Meaning(Role.ACT, Service(name)))
    for (table, key), role in _CUES.items():
        yield from _each(data[table][key], Meaning(role))
    yield from _each((*ABOUT, *MORE_THAN), Meaning(Role.APPROXIMATE))
    yield from _each(EXCEED, Meaning(Role.APPROXIMATE_ROUND))
    for name, state in state_names():
        yield name, Meaning(Role.STATE, label=state)


def _phrases_of_service(service: Service, entry: dict[str, Any]) -> Iterator[tuple[str, Meaning]]:
    yield from _each(entry["heads"], Meaning(Role.HEAD, service))
    for detail, phrases in entry.get("named", {}).items():
        yield from _each(phrases, Meaning(Role.HEAD, service, detail))
    for detail, phrases in entry.get("details", {}).items():
        yield from _each(phrases, Meaning(Role.DETAIL, service, detail))


def _each(phrases: Iterable[str], meaning: Meaning) -> Iterator[tuple[str, Meaning]]:
    for phrase in phrases:
        yield phrase, meaning


@cache
def vocabulary() -> Vocabulary:
    """Load the vocabulary file, once a process."""
    text = files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    return Vocabulary(tomllib.loads(text))
