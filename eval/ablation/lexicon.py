"""The phrases of the vocabulary file: which of them a text has, and how it is read without some."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pipeline.rules.passages import passages
from pipeline.rules.vocabulary import Phrase, Vocabulary, future_pattern, list_of
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
            (_, _, written), _ = found
            for meaning, phrases in written.items():
                self.met.update(Phrase(list_of(meaning), one) for one in phrases)
        return found


class Lexicon:
    """All phrases of a vocabulary file: with a meaning, joints, and endings of the future tense."""

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
        self.phrases = (*self._words.phrases, *self._joints, *self._futures)

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary to read with; it is without the phrases that are taken out just now."""
        return self._words

    def found_in(self, text: str) -> frozenset[Phrase]:
        """Return the phrases that stand in a text: no other can change how it is read."""
        self._words.met.clear()
        sentences = passages(text, self._words).sentences
        known = {word.canonical for one in sentences for word in one.words}
        printed = {text[start:end] for one in sentences for start, end in one.places}
        joints = {phrase for phrase, word in self._joints.items() if word in known}
        return frozenset(self._words.met | joints | set(self._futures_in(printed)))

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

    @contextmanager
    def without(self, phrases: Iterable[Phrase]) -> Iterator[None]:
        """Take phrases out of the vocabulary for a while."""
        gone = set(phrases)
        words, joints, future = self._words, self._words.joints, self._words.future
        dropped = defaultdict[str, set[str]](set)
        for phrase in gone & self._joints.keys():
            dropped[phrase.where.removeprefix(_JOINTS)].add(self._joints[phrase])
        futures = gone.intersection(self._futures)
        try:
            words.joints = {name: known - dropped[name] for name, known in joints.items()}
            if futures:
                words.future = future_pattern(self._status_without(futures))
                words.word.cache_clear()
            with words.without(gone & words.phrases.keys()):
                yield
        finally:
            words.joints, words.future = joints, future
            if futures:
                words.word.cache_clear()
