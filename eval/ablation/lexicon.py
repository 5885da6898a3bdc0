"""The phrases of the vocabulary file: which of them a text has, and how it is read without some."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple

from pipeline.rules.inflection import to_come as forms_to_come
from pipeline.rules.passages import Sentence, passages
from pipeline.rules.vocabulary import Phrase, Vocabulary, future_pattern
from pipeline.spanish.folding import fold
from pipeline.spanish.ocr import unify

_JOINTS = "joints."
_FUTURE = "status.future_"


class _Recorder(Vocabulary):
    """Remembers which phrases were the longest at some place, also where another covers them."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        self.met: set[Phrase] = set()

    def _longest(self, words: Sequence[str], first: int) -> Any:  # noqa: ANN401 - as it is there
        found = super()._longest(words, first)
        if found is not None:
            (_, _, sources), _ = found
            self.met.update(chain.from_iterable(chain.from_iterable(sources.values())))
        return found


class _Overheard(AbstractSet[str]):
    """The words of a list of joints; remembers those that a reading found in it.

    It is no frozenset, so that whatever sets can do is done by these methods, and nothing unheard.
    """

    def __init__(self, words: Collection[str]) -> None:
        self._words = words
        self.found: set[str] = set()

    def __contains__(self, word: object) -> bool:
        if word not in self._words:
            return False
        self.found.add(str(word))
        return True

    def __iter__(self) -> Iterator[str]:
        self.found.update(self._words)
        return iter(self._words)

    def __len__(self) -> int:
        self.found.update(self._words)
        return len(self._words)

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> Any:  # noqa: ANN401 - as it is there
        return frozenset(it)


class Standing(NamedTuple):
    """What stands in a text."""

    phrases: frozenset[Phrase]
    """No other can change how it is read."""
    sentences: tuple[Sentence, ...]


class Lexicon:
    """All phrases of a vocabulary file: those with a meaning, verbs, joints, future endings."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._words = _Recorder(data)
        self._status: Mapping[str, Sequence[str]] = data["status"]
        self._joints = {
            Phrase(f"{_JOINTS}{name}", word): unify(fold(word))
            for name, words in data["joints"].items()
            for word in words
        }
        self._futures = tuple(
            Phrase(f"status.{key}", word)
            for key, words in data["status"].items()
            if f"status.{key}".startswith(_FUTURE)
            for word in words
        )
        verbs: Mapping[str, Sequence[str]] = data["verbs"]
        self._verbs = {
            Phrase(f"verbs.{group}", verb): forms_to_come({group: [verb]})
            for group, listed in verbs.items()
            for verb in listed
        }
        """The forms of each verb that tell what is to come."""
        known = (*self._words.phrases, *self._verbs, *self._joints, *self._futures)
        self.phrases = tuple(dict.fromkeys(known))

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary to read with; it is without the phrases that are taken out just now."""
        return self._words

    @contextmanager
    def overhear(self) -> Iterator[set[Phrase]]:
        """Give a set that gets those joints, in the end, that were of no use to what was read.

        Without one of them it is read alike: wherever a joint was looked for, another was found, or
        none.
        """
        joints = self._words.joints
        heard = {name: _Overheard(words) for name, words in joints.items()}
        useless: set[Phrase] = set()
        self._words.joints = heard  # type: ignore[assignment]  # what reads asks them alike
        try:
            yield useless
        finally:
            self._words.joints = joints
        useless.update(
            phrase
            for phrase, word in self._joints.items()
            if word not in heard[phrase.where.removeprefix(_JOINTS)].found
        )

    def find_in(self, text: str) -> Standing:
        """Find what stands in a text."""
        self._words.met.clear()
        sentences = passages(text, self._words).sentences
        known = {word.canonical for one in sentences for word in one.words}
        printed = {text[start:end] for one in sentences for start, end in one.places}
        joints = {phrase for phrase, word in self._joints.items() if word in known}
        folded = {fold(word) for word in printed}
        verbs = {verb for verb, forms in self._verbs.items() if not forms.isdisjoint(folded)}
        futures = set(self._futures_in(printed))
        return Standing(frozenset(self._words.met | joints | verbs | futures), sentences)

    def said_without(self, phrase: Phrase, sentences: Iterable[Sentence]) -> Hashable:
        """Return what is said of a text without a phrase, which is taken out just now.

        Where it is the same without two, the text is read alike without either.
        """
        if phrase in self._joints or phrase in self._verbs or phrase in self._futures:
            return phrase  # more than meanings is gone: no two are compared
        return self.said_of(sentences)

    def said_of(self, sentences: Iterable[Sentence]) -> Hashable:
        """Return all meanings that a text's words have just now, and where they stand."""
        return tuple(
            (term.start, term.end, term.meanings)
            for one in sentences
            for term in self._words.terms([word.canonical for word in one.words], one.places)
        )

    def _futures_in(self, printed: Iterable[str]) -> Iterator[Phrase]:
        whole = self._words.future
        verbs = [word for word in printed if whole.fullmatch(word)]
        for phrase in self._futures:
            less = future_pattern(self._status_without((phrase,)))
            if any(less.fullmatch(word) is None for word in verbs):
                yield phrase

    def _status_without(self, phrases: Iterable[Phrase]) -> dict[str, list[str]]:
        gone = set(phrases)
        return {
            key: [word for word in words if Phrase(f"status.{key}", word) not in gone]
            for key, words in self._status.items()
        }

    def _to_come_without(self, verbs: Collection[Phrase]) -> frozenset[str]:
        return frozenset(
            chain.from_iterable(forms for verb, forms in self._verbs.items() if verb not in verbs)
        )

    @contextmanager
    def without(self, phrases: Iterable[Phrase]) -> Iterator[None]:
        """Take phrases out of the vocabulary for a while."""
        gone = set(phrases)
        words, joints = self._words, self._words.joints
        future, coming = self._words.future, self._words.to_come
        dropped = defaultdict[str, set[str]](set)
        for phrase in gone & self._joints.keys():
            dropped[phrase.where.removeprefix(_JOINTS)].add(self._joints[phrase])
        tensed = gone.intersection((*self._futures, *self._verbs))
        try:
            words.joints = {name: known - dropped[name] for name, known in joints.items()}
            if tensed:
                words.future = future_pattern(self._status_without(tensed))
                words.to_come = self._to_come_without(tensed)
                words.word.cache_clear()
            with words.without(gone & words.phrases.keys()):
                yield
        finally:
            words.joints, words.future, words.to_come = joints, future, coming
            if tensed:
                words.word.cache_clear()
