"""The words by which a text can name a service or a kind of it, however they are inflected.

They are those of the codebook and of the vocabulary of the baseline, compared by how they begin and
as OCR may misread them. That is lenient on purpose: what is told by them is that nothing in a text
supports a label, not that something does.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, product
from typing import Any, NamedTuple

from pipeline.spanish.folding import fold
from pipeline.spanish.ocr import misreadings, unify
from schemas.codebook import codebook
from schemas.report import Service

_VOCABULARY = ("pipeline.rules", "vocabulary.toml")
"""Read as data: what a word means is written down once, beside the reader that lives by it."""
_SHORTEST, _LONGEST = 3, 5
"""Letters of a word's beginning by which it is known: of "valoró" and "valoración", too."""
_SHORT_NAMES = {"x_ray": {"rx"}, "ultrasound": {"us", "usg"}}
"""What heads of tables call kinds, in whole words that are too short for a beginning."""
_WORD = re.compile(r"[^\W_]+")
_ABBREVIATION = re.compile(r"(?<![^\W_])([a-z]{3,6})\.(?=[ \t|,;)]{0,8}(?:\n|[a-z|(,;)]|$))")
_VERB = re.compile(r"<(\w+) \w+>")
_SMALL = re.compile(r"al?|con|del?|el|en|l[ao]s?|o|para|por|se|su|tipo|una?|y")

_Beginnings = frozenset[str]
_Phrase = tuple[_Beginnings, ...]


class _Names(NamedTuple):
    """What names one service: by itself, and each of its kinds."""

    service: tuple[_Phrase, ...]
    kinds: Mapping[str, tuple[_Phrase, ...]]


class _Nouns(NamedTuple):
    """Nouns that a number may stand at: whole words, and what others begin with."""

    whole: frozenset[str]
    stems: tuple[str, ...]


def names_service(text: str, service: Service) -> bool:
    """Tell whether anything in `text` names a service, or a kind of it."""
    names = _names()[service]
    phrases = chain(names.service, *names.kinds.values())
    return _any_stands(phrases, text)


def names_kind(text: str, service: Service, kind: str) -> bool:
    """Tell whether anything in `text` names a kind of a service, or one that it is wider than."""
    if not _SHORT_NAMES.get(kind, set()).isdisjoint(_words_in(text)):
        return True
    names, codes = _names()[service], codebook().root[service].detail
    narrower = [names.kinds[one] for one, code in codes.items() if kind in (one, code.broader)]
    phrases = chain.from_iterable(narrower)
    if service is Service.OTHER:  # kinds of their own, each named by any of its words
        return _any_stands(((word,) for phrase in phrases for word in phrase), text)
    return _any_stands(phrases, text)


def is_noun_of(noun: str, service: Service) -> bool:
    """Tell whether a noun, in whatever number, is what a service or a kind of it is counted by.

    A noun that takes its meaning from its surroundings ("un procedimiento") is one of any service.
    """
    word, nouns = unify(fold(noun)), _nouns_of(service)
    singular = {word, word.removesuffix("s"), word.removesuffix("es")}
    return not nouns.whole.isdisjoint(singular) or word.startswith(nouns.stems)


def _any_stands(phrases: Iterable[_Phrase], text: str) -> bool:
    beginnings, short = _beginnings_in(text), _abbreviations_in(text)

    def stands(word: _Beginnings) -> bool:
        return not word.isdisjoint(beginnings) or any(form.startswith(short) for form in word)

    return any(all(map(stands, phrase)) for phrase in phrases if phrase)


@lru_cache(maxsize=64)  # asked for each figure of a text
def _beginnings_in(text: str) -> _Beginnings:
    """Return the beginnings of all words of a text, of every length that is compared."""
    return frozenset().union(*map(_beginnings_of_printed, _words_in(text)))


@lru_cache(maxsize=32_768)  # bulletins share most of their words
def _beginnings_of_printed(word: str) -> tuple[str, ...]:
    unified = unify(word)
    return tuple(unified[:length] for length in range(1, min(len(unified), _LONGEST) + 1))


@lru_cache(maxsize=64)
def _words_in(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(text)))


@lru_cache(maxsize=64)
def _abbreviations_in(text: str) -> tuple[str, ...]:
    """Return the words of a text that a full stop cuts short, as in the head of a table."""
    return tuple({unify(match[1]) for match in _ABBREVIATION.finditer(fold(text))})


@cache
def _names() -> Mapping[Service, _Names]:
    data = _vocabulary()
    return {service: _names_of(service, data) for service in Service}


@cache
def _nouns_of(service: Service) -> _Nouns:
    """Return the first words of what names a service, as OCR may read them, of both genders."""
    data = _vocabulary()
    listed, code = data["services"].get(service, {}), codebook().root[service]
    kinds = chain(*listed.get("named", {}).values(), *listed.get("details", {}).values())
    named = (code.es, *(one.es for one in code.detail.values()), *kinds)
    first = {phrase.split()[0] for phrase in (*listed.get("heads", ()), *data["generic"], *named)}
    whole = frozenset().union(*(misreadings(word) for word in first if word.isalpha()))
    stems = frozenset().union(*(misreadings(word[:-1]) for word in first if word.endswith("*")))
    return _Nouns(whole | {f"{form[:-1]}a" for form in whole if form.endswith("o")}, tuple(stems))


@cache
def _vocabulary() -> dict[str, Any]:
    package, name = _VOCABULARY
    return tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))


def _names_of(service: Service, data: dict[str, Any]) -> _Names:
    listed, code = data["services"].get(service, {}), codebook().root[service]
    generic = (word for word, meant in data["generic"].items() if meant == service)
    own = (code.es, *listed.get("heads", ()), *data["acts"].get(service, ()), *generic)
    lists = (
        listed.get("named", {}),
        listed.get("details", {}),
        data["acts"]["details"].get(service, {}),
        data["specialties"].get(service, {}),
        {kind: (one.es, *(one.also or "").split(",")) for kind, one in code.detail.items()},
    )
    kinds = {
        kind: tuple(_phrases(chain.from_iterable(one.get(kind, ()) for one in lists), data))
        for kind in codebook().kinds_of(service)
    }
    return _Names(tuple(_phrases(own, data)), kinds)


def _phrases(written: Iterable[str], data: dict[str, Any]) -> Iterator[_Phrase]:
    """Read phrases as the vocabulary writes them: "<operating past>" is each verb of a group."""
    for phrase in written:
        verbs = [data["verbs"].get(verb, (verb,)) for verb in _VERB.findall(phrase)]
        plain = [
            word
            for word in _WORD.findall(_VERB.sub("", phrase))
            if not _SMALL.fullmatch(fold(word))
        ]
        rest = tuple(map(_beginnings_of, plain))
        for said in product(*verbs):
            if words := (*map(_beginnings_of, said), *rest):
                yield words


def _beginnings_of(word: str) -> _Beginnings:
    """Return how a word of a phrase may begin in a text, without its ending."""
    kept = min(_LONGEST, max(_SHORTEST, len(word) - 2))
    return frozenset(form[:kept] for form in misreadings(word))
