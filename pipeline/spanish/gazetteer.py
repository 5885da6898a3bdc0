"""The gazetteer: places by all their names, found among the words of a text.

Words are compared as `words_of` writes them, so that case, accents and letters that OCR confuses
make no difference. Small words ("de", "la") inside a name are passed over.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from pipeline.spanish.folding import fold
from pipeline.spanish.ocr import misreadings, unify
from schemas.report import PlaceKind

NATIONAL = "national"
UMAE = "UMAE"
SMALL_WORDS = frozenset(map(unify, ("de", "del", "la", "el", "los", "las")))

_FILE = "gazetteer.toml"
_DOTTED = r"(?<![^\W_])[^\W\d_](?:\. ?[^\W\d_](?![^\W_]|°)){1,6}\.?"
_GLUED = r"(?<![^\W_])[hu][a-z]{2,4}(?=\d{1,3}(?![^\W_]))"
_BROKEN = r"[^\W\d_]{2,}-\n[^\S\n]*[^\W\d_]{2,}"
_WORD = re.compile(rf"{_DOTTED}|{_BROKEN}|{_GLUED}|[^\W_]+|[^\w\s]|\n\s*\n")
_HYPHENATION = re.compile(r"-\n\s*")
_PASSED_OVER = SMALL_WORDS | {".", "-"}
_WRITTEN_SHORT = {
    unify(short): unify(whole)
    for short, whole in (
        ("cd", "ciudad"),
        ("edo", "estado"),
        ("gral", "general"),
        ("mpio", "municipio"),
        ("sta", "santa"),
        ("sto", "santo"),
    )
}
_LONGEST_ABBREVIATION = 5
_LONGEST_NAME = 200
_REMEMBERED = 1 << 15
"""Words whose form is kept: all that bulletins share, however many are read."""


class Place(NamedTuple):
    """A place by its one name. `kind` is None where nothing tells what it is.

    `state` is the state that it lies in, where the gazetteer or the printed words say so.
    """

    name: str
    kind: PlaceKind | None
    state: str | None


class Word(NamedTuple):
    """A word, a mark or a blank line: where it stands, folded, and as names are compared."""

    start: int
    end: int
    plain: str
    canonical: str


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StateNames(_Frozen):
    """Other names of a state. `short` may be common words, `people` are adjectives."""

    other: tuple[str, ...] = ()
    short: tuple[str, ...]
    people: tuple[str, ...]


class PartOfState(_Frozen):
    """A representation that is a part of a state; `also` names the state only beside the part."""

    state: str
    also: tuple[str, ...] = ()
    part: tuple[str, ...]


class UnitType(_Frozen):
    """A kind of unit: `sure` if no one else's hospital is called so, `umae` if always a UMAE."""

    long: tuple[str, ...]
    short: tuple[str, ...] = ()
    sure: bool = False
    umae: bool = False


class HighlySpecialisedUnit(_Frozen):
    """One of the UMAE, and what it is known by."""

    name: str
    type: str
    number: str = ""
    center: str = ""
    town: str = ""
    state: str
    own: tuple[str, ...] = ()


class Towns(_Frozen):
    """Names that towns of several states have, and other names of towns."""

    ambiguous: tuple[str, ...]
    other: Mapping[str, str]


class Leads(_Frozen):
    """Words before or in the place of a name that add nothing to it."""

    representation: tuple[str, ...]
    town: tuple[str, ...]
    person: tuple[str, ...]
    nowhere: tuple[str, ...]


class GazetteerData(_Frozen):
    """The data file under its names."""

    national: tuple[str, ...]
    sides: Mapping[str, tuple[str, ...]]
    states: Mapping[str, StateNames]
    ooad: Mapping[str, PartOfState]
    leads: Leads
    types: Mapping[str, UnitType]
    additions: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]
    centers: Mapping[str, tuple[str, ...]]
    umae: tuple[HighlySpecialisedUnit, ...]
    municipalities: Mapping[str, tuple[str, ...]]
    towns: Towns


class TypeName(NamedTuple):
    """A kind of unit as printed: abbreviated or not, of one or of several."""

    name: str
    addition: str = ""
    long: bool = False
    plural: bool = False


Named = TypeVar("Named")


class NameIndex(Generic[Named]):
    """Names, each with what it names; of two that are written alike the first counts."""

    def __init__(self, named: Iterable[tuple[str, Named]], forms: Mapping[str, str]) -> None:
        self.named: dict[str, Named] = {}
        self._beginnings: set[str] = set()
        for name, value in named:
            key = key_of(_words(name, partial(_canonical, forms=forms)))
            if key not in self.named:
                self.named[key] = value
                self._beginnings.update(key[:at] for at, char in enumerate(key) if char == " ")
        self._beginnings.update(self.named)

    @property
    def first_words(self) -> frozenset[str]:
        """The words that names begin with."""
        return frozenset(key for key in self._beginnings if " " not in key)

    def get(self, words: Sequence[Word]) -> Named | None:
        """Return what all of the words name together."""
        return self.named.get(key_of(words))

    def longest(self, words: Sequence[Word], at: int) -> tuple[Named, int] | None:
        """Return what the longest name that begins at a word names, and the word behind it."""
        key, best = "", None
        for here in range(at, len(words)):
            word = words[here].canonical
            if key and word in _PASSED_OVER:
                if word == "." and len(words[here - 1].canonical) > _LONGEST_ABBREVIATION:
                    break  # the end of a sentence
                continue
            key = f"{key} {word}" if key else word
            if key not in self._beginnings:
                break
            if key in self.named:
                best = self.named[key], here + 1
        return best


class Gazetteer(NamedTuple):
    """The data file, ready to be asked."""

    data: GazetteerData
    forms: Mapping[str, str]
    names: NameIndex[Place]
    short: NameIndex[Place]
    types: NameIndex[TypeName]
    additions: NameIndex[str]
    others: NameIndex[str]
    centers: NameIndex[str]
    own: NameIndex[HighlySpecialisedUnit]
    """UMAE by the names of persons and quarters."""
    representation: frozenset[str]
    town: frozenset[str]
    person: frozenset[str]
    nowhere: frozenset[str]
    spellings: Mapping[str, frozenset[str]]
    """All keys of each canonical name that are no abbreviation."""


def state_names() -> Iterator[tuple[str, str]]:
    """Yield every name of a state or representation with its canonical name, no abbreviations."""
    for name, place in _places(gazetteer().data):
        if place.kind in (PlaceKind.STATE, PlaceKind.OOAD) and "." not in name:
            yield name, place.name


def words_of(text: str) -> tuple[Word, ...]:
    """Cut a text into words and marks; a whole text, which is searched again, is kept."""
    return _kept_words(text) if len(text) > _LONGEST_NAME else tuple(_words(text, _known_canonical))


@lru_cache(maxsize=8)
def _kept_words(text: str) -> tuple[Word, ...]:
    return tuple(_words(text, _known_canonical))


def key_of(words: Iterable[Word]) -> str:
    """Return what a name is looked up by: its words without small ones and marks."""
    return " ".join(
        word.canonical
        for word in words
        if word.canonical not in _PASSED_OVER and word.canonical[0].isalnum()
    )


def _words(text: str, canonical: Callable[[str], str]) -> list[Word]:
    return [
        Word(match.start(), match.end(), plain, canonical(plain))
        for match in _WORD.finditer(fold(text))
        for plain in (_HYPHENATION.sub("", match[0]) if "\n" in match[0] else match[0],)
    ]


@lru_cache(maxsize=_REMEMBERED)
def _known_canonical(folded: str) -> str:
    return _canonical(folded, gazetteer().forms)


def _canonical(folded: str, forms: Mapping[str, str]) -> str:
    if "." in folded and len(folded) > 1:
        return unify("".join(filter(str.isalpha, folded)))
    word = unify(folded)
    return forms.get(word) or _WRITTEN_SHORT.get(word, word)


@cache
def gazetteer() -> Gazetteer:
    """Load the data file, once a process."""
    text = files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    data = GazetteerData.model_validate(tomllib.loads(text))
    forms = _forms(text)
    places = list(_places(data))
    names = NameIndex(places, forms)
    spellings: dict[str, set[str]] = {}
    for key, place in names.named.items():
        spellings.setdefault(place.name, set()).add(key)

    def keys(phrases: Iterable[str]) -> frozenset[str]:
        return frozenset(
            key_of(_words(phrase, partial(_canonical, forms=forms))) for phrase in phrases
        )

    return Gazetteer(
        data=data,
        forms=forms,
        names=names,
        short=NameIndex(
            (
                (name, Place(state, PlaceKind.STATE, state))
                for state, known in data.states.items()
                for name in (state, *known.other, *known.short)
            ),
            forms,
        ),
        types=NameIndex(_types(data), forms),
        additions=NameIndex(
            ((name, short) for short, names in data.additions.items() for name in names), forms
        ),
        others=NameIndex(((name, name) for name in data.others), forms),
        centers=NameIndex(
            ((name, center) for center, names in data.centers.items() for name in names), forms
        ),
        own=NameIndex(((name, unit) for unit in data.umae for name in unit.own), forms),
        representation=keys(data.leads.representation),
        town=keys(data.leads.town),
        person=keys(data.leads.person),
        nowhere=keys(data.leads.nowhere),
        spellings={name: frozenset(keys) for name, keys in spellings.items()},
    )


def _forms(text: str) -> dict[str, str]:
    """Map all forms that OCR may give the accented words of the data to their plain form."""
    accented = {word for word in re.findall(r"[^\W\d_]{3,}", text) if not word.isascii()}
    plain = {unify(fold(word)) for word in re.findall(r"[^\W\d_]+", text)}
    return {
        form: unify(fold(word))
        for word in sorted(accented)
        for form in misreadings(word)
        if form not in plain
    }


def _places(data: GazetteerData) -> Iterator[tuple[str, Place]]:
    """Yield every name of a place that is no abbreviation of a dateline, states before towns."""
    for name in data.national:
        yield name, Place(NATIONAL, PlaceKind.NATIONAL, None)
    for side, names in data.sides.items():
        for name in (side, *names):
            yield name, Place(side, PlaceKind.SIDE, None)
    for state, known in data.states.items():
        for name in (state, *known.other):
            yield name, Place(state, PlaceKind.STATE, state)
    for ooad, part in data.ooad.items():
        whole = data.states[part.state]
        for state in (part.state, *whole.other, *whole.short, *part.also):
            for side in part.part:
                for name in (f"{state} {side}", f"{side} {state}"):
                    yield name, Place(ooad, PlaceKind.OOAD, part.state)
                for name in (f"{state} zona {side}", f"zona {side} {state}"):
                    yield name, Place(ooad, PlaceKind.OOAD, part.state)
    of_state = {town: state for state, towns in data.municipalities.items() for town in towns}
    for town in (*of_state, *data.towns.ambiguous):
        yield town, Place(town, PlaceKind.MUNICIPALITY, of_state.get(town))
    for name, town in data.towns.other.items():
        yield name, Place(town, PlaceKind.MUNICIPALITY, of_state.get(town))


def _types(data: GazetteerData) -> Iterator[tuple[str, TypeName]]:
    for name in (UMAE, *data.sides[UMAE]):
        yield name, TypeName(UMAE, plural=name != UMAE)
    yield "Unidad Médica de Alta Especialidad", TypeName(UMAE)
    for kind, known in data.types.items():
        for name in known.long:
            yield name, TypeName(kind, long=True)
            yield _in_plural(name), TypeName(kind, long=True, plural=True)
        for name in (kind, *known.short):
            yield name, TypeName(kind)
            yield f"{name}s", TypeName(kind, plural=True)
    for kind, known in data.types.items():
        for name in (kind, *known.short):
            for addition in data.additions:
                yield f"{name}{addition}", TypeName(kind, addition)


def _in_plural(phrase: str) -> str:
    """Write a name of hospitals in the plural: "Hospitales Generales de Zona"."""
    words = phrase.split()
    end = next((at for at, word in enumerate(words) if word == "de"), len(words))
    named = [word + ("s" if fold(word)[-1] in "aeiou" else "es") for word in words[:end]]
    return " ".join((*named, *words[end:]))
