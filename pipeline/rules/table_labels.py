"""What the name of a row or column says: a service, a kind, meta or realizado, a place, a total."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from pipeline.rules.items import item_of
from pipeline.rules.nouns import detail_for, join_details
from pipeline.rules.passages import passages
from pipeline.rules.spot import Context, Item, Spot
from pipeline.rules.table_lines import group_of_people
from pipeline.rules.vocabulary import Role, Term, vocabulary
from pipeline.spanish.folding import fold
from pipeline.spanish.gazetteer import NATIONAL
from pipeline.spanish.places import read_place
from schemas.report import PlaceKind, Service, Status

_FILE = "table_words.toml"
_WORD = re.compile(r"[^\W_]+\.?|[%#/,;:()&+]")
_QUOTED = re.compile(r"\s*[\"“«][^\"”»]{1,60}[\"”»]")
_BRACKETS = re.compile(r"\s*\([^)]{0,80}\)")
_MARKS = re.compile(r"[*†‡¹²³]+")
_OWN = re.compile(r"(?:total(?:es)?|suma|gran total|subtotal)\s+(?:del?\s+)?", re.IGNORECASE)
_COUNTRY = re.compile(r"\b(?:pais|nacional|nacion|republica|national)\b")
_LONGEST, _SHORT = 160, 20
_ONE_JORNADA = re.compile(r"\b(?:jornada|edicion)\b")
_REGION = re.compile(r"(?:la\s+|en\s+la\s+)?region(?:al)?\W*")
_TIME = "a length of time"
_ALONE = frozenset(("a number in order", "a count of days, dates or times", "an age"))
"""Reasons that only a name of one word gives: "No.", but not "No. de consultas"."""


class Label(NamedTuple):
    """What one name says."""

    item: Item | None = None
    headed: bool = False
    """A noun names the service, not its kind alone."""
    terms: tuple[Term, ...] = ()
    status: Status | None = None
    compared: bool = False
    """What was done is set against what was planned."""
    share: bool = False
    whole: bool = False
    """A sum of what the other rows or columns count."""
    listed: bool = False
    """A sum of the places that the table lists, which need not be the whole country."""
    people: bool = False
    """People by age or sex, who got what all others got."""
    rest: bool = False
    longer: bool = False
    place: str | None = None
    kind: PlaceKind | None = None
    reason: str | None = None
    """Why numbers under the name are no figures."""


class _Words(NamedTuple):
    short: Mapping[str, str]
    says: Mapping[str, re.Pattern[str]]
    none: Mapping[str, re.Pattern[str]]


@cache
def _words() -> _Words:
    data = tomllib.loads(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))
    return _Words(
        {short: words for words, written in data["short"].items() for short in written},
        {name: _any_of(written) for name, written in data["says"].items()},
        {name: _any_of(written) for name, written in data["none"].items()},
    )


def _any_of(written: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(written, key=len, reverse=True)
    listed = "|".join(
        re.escape(one.removesuffix("*")) + ("[a-z]*" if one.endswith("*") else "")
        for one in longest_first
    )
    return re.compile(rf"(?<![a-z0-9])(?:{listed})(?:s|es)?\.?(?![a-z0-9])")


@lru_cache(maxsize=1 << 14)
def read_label(printed: str) -> Label:
    """Read the name of a row, a column or a table."""
    if len(printed) > _LONGEST or not printed.strip():
        return Label()
    plain = " ".join(_MARKS.sub("", printed).split())
    folded = fold(plain)
    words = _words()
    place, kind = _place(plain)
    says = {name: bool(pattern.search(folded)) for name, pattern in words.says.items()}
    listed = says["listed"]
    whole = says["whole"] or (listed and _REGION.fullmatch(folded) is not None)
    if group_of_people(plain, (0, len(plain))):
        return Label(people=True)
    if whole and kind is None:
        place, kind = _place(_OWN.sub("", plain))
        kind = None if kind is PlaceKind.SIDE else kind  # "Total OOAD": of this one
    bare = _without(plain, folded, ("planned", "performed", "whole", "share"))
    item, headed, terms = (None, False, ()) if kind else _named(bare)
    summed = whole or says["rest"] or says["longer"]
    reason = None if kind else _reason(folded, item, () if summed else terms)
    status = None
    if says["planned"] and not (says["performed"] and says["share"]):
        status = Status.PLANNED
    elif says["performed"]:
        status = Status.PERFORMED
    if kind is None and (summed or len(folded) <= _SHORT) and _COUNTRY.search(folded):
        place, kind = NATIONAL, PlaceKind.NATIONAL
    return Label(
        item,
        headed,
        terms,
        status,
        says["planned"] and says["performed"],
        says["share"],
        whole,
        whole and listed,
        rest=says["rest"],
        longer=says["longer"],
        place=place if kind else None,
        kind=kind,
        reason=reason,
    )


def _without(plain: str, folded: str, said: Sequence[str]) -> str:
    """Blank out the words of a name that say something else than a service."""
    for name in said:
        for match in _words().says[name].finditer(folded):
            start, end = match.span()
            plain = plain[:start] + " " * (end - start) + plain[end:]
    return plain


def name_as_place(printed: str) -> str:
    """Return an unknown name as that of a place, among others that are known."""
    return read_place(_MARKS.sub("", _BRACKETS.sub("", printed))).name


def _place(printed: str) -> tuple[str, PlaceKind | None]:
    for written in (printed, _QUOTED.sub("", printed), _BRACKETS.sub("", printed)):
        place = read_place(written)
        if place.kind and place.name:
            return place.name, place.kind
    return "", None


def _reason(folded: str, item: Item | None, terms: Sequence[Term]) -> str | None:
    for reason, pattern in _words().none.items():
        match = pattern.search(folded)
        if match and (reason not in _ALONE or not pattern.sub("", folded).strip(" ./()#")):
            return reason
    if item is None:
        for term in terms:
            aside = term.get(Role.ASIDE)
            if aside and not (aside.label.startswith(_TIME) or _ONE_JORNADA.search(folded)):
                return aside.label  # a day, a month, a jornada say when
    return None


@lru_cache(maxsize=1 << 14)
def _named(printed: str) -> tuple[Item | None, bool, tuple[Term, ...]]:
    """Read the words of a name, those that are written short spelt out."""
    known = vocabulary()
    spelt = _spelt_out(printed)
    if not spelt:
        return None, False, ()
    text = f"{spelt}: 7"
    source = passages(text, known)
    sentence = source.sentences[-1]
    terms = tuple(term for one in source.sentences for term in one.terms)
    if not sentence.quantities:
        return None, False, terms
    numeral = sentence.quantities[-1]
    spot = Spot(text, source.folded, sentence, numeral, Context(None, (), None), known)
    found = item_of(spot)
    heads = [head for term in terms if (head := term.get(Role.HEAD))]
    if not isinstance(found, Item) and heads and heads[0].service is Service.STAFF:
        kinds = [kind for term in terms if (kind := detail_for(term, Service.STAFF))]
        return Item(Service.STAFF, join_details(Service.STAFF, kinds), 0, 0), True, terms
    if not isinstance(found, Item):
        return None, False, terms
    headed = any(head.service is found.service for head in heads)
    return found, headed, terms


def _spelt_out(printed: str) -> str:
    short = _words().short
    words = _WORD.findall(printed)
    spelt: list[str] = []
    for word in words:
        stem = word.rstrip(".")
        if fold(stem) in short:
            spelt.append(short[fold(stem)])
        elif word in ("/", "&", "+"):
            spelt.append("y")
        else:
            spelt.append(stem or word)
    return " ".join(spelt).strip(" ,;:y")


def detail_in(label: Label, service: Service) -> str | None:
    """Return the kind of `service` that a name says."""
    if label.item and label.item.service is service and label.item.detail:
        return label.item.detail
    return next((d for term in label.terms if (d := detail_for(term, service))), None)
