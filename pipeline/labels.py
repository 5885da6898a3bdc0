"""Details as people and models word them -> codes of the codebook.

What differs from a code in its form alone (a plural, a hyphen, the order of its words) or is one of
its aliases is taken for it. For what is left, the nearest code is named.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from pipeline.plain_text import one_line
from pipeline.spanish.folding import fold
from schemas.codebook import JOINT, MOST_KINDS, OTHER, codebook
from schemas.report import Service

_SPECIALTY = "specialty"
_NEAR = 75
"""From this likeness up, in percent, a code is worth naming."""
_LONGEST_SHOWN = 40
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_NOTHING = frozenset(("", "null", "none"))


class DetailRead(NamedTuple):
    """A detail in codes; `faults` say what was not understood, and `detail` is without that."""

    detail: str | None
    faults: tuple[str, ...] = ()


def read_detail(service: Service, kinds: Iterable[str]) -> DetailRead:
    """Bring the kinds that are said of a number of `service` into codes.

    A kind that no code is known for is `other`; beside kinds with codes it is left out. A wider
    kind beside a narrower one says nothing more, and of more kinds than are joined none is said:
    for consultations that is `specialty`.
    """
    known: set[str] = set()
    faults: list[str] = []
    for kind in kinds:
        form = _form(kind)
        code = _codes_by_form(service).get(form)
        if code is not None:
            known.add(code)
        elif form not in _NOTHING:
            faults.append(_describe_unknown(service, kind))
    if OTHER in known and len(known) > 1:
        known.remove(OTHER)
        faults.append(f'"{OTHER}" cannot stand beside {", ".join(sorted(known))}')
    known -= _wider(service, known)
    if not known and faults and codebook().root[service].detail:
        known = {OTHER}
    if len(known) > MOST_KINDS:
        known = {_SPECIALTY} if service is Service.CONSULTATION else set()
    return DetailRead(JOINT.join(sorted(known)) or None, tuple(faults))


def kinds_of(detail: str | None) -> tuple[str, ...]:
    """List the codes of a detail."""
    return tuple(detail.split(JOINT)) if detail else ()


def nearest_kind(service: Service, kind: str) -> str | None:
    """Name the code of `service` that is most like a word, None where none is."""
    return nearest_code(kind, _codes_by_word(service))


def nearest_code(word: str, codes: Mapping[str, str], least: int = _NEAR) -> str | None:
    """Name the code that `word` is most like, of those that words in snake case stand for.

    None where it is like none by at least so many per cent.
    """
    found = process.extractOne(snake(word), codes.keys(), scorer=fuzz.WRatio, score_cutoff=least)
    return codes[found[0]] if found else None


def _describe_unknown(service: Service, kind: str) -> str:
    shown = one_line(kind[: 2 * _LONGEST_SHOWN].replace('"', "'"))[:_LONGEST_SHOWN]
    if not codebook().root[service].detail:
        return f'"{shown}" is no kind of {service}, which has none: give []'
    if homes := [one for one in Service if _form(kind) in _codes_by_form(one).keys() - {OTHER}]:
        hint = f"it is one of the service {' or '.join(homes)}; "
    else:
        near = nearest_kind(service, kind)
        hint = f'"{near}" is the nearest; ' if near else ""
    return (
        f'"{shown}" is no kind of {service}: {hint}"{OTHER}" is for a kind that is printed and has '
        "no code, [] for none"
    )


def _wider(service: Service, codes: set[str]) -> set[str]:
    """Name those of `codes` that a narrower one among them is of."""
    details, wider = codebook().root[service].detail, set[str]()
    for code in codes:
        up = details[code].broader if code in details else None
        while up is not None:
            wider.add(up)
            up = details[up].broader
    return wider


def snake(word: str) -> str:
    """Give a word as codes are written: small letters without accents, joined by `_`."""
    return "_".join(_NOT_A_LETTER.sub(" ", fold(word[:200])).split())


def _form(word: str) -> str:
    """Give a word without what its form alone makes of it: number, order, hyphens."""
    return "_".join(sorted(map(_singular, snake(word).split("_"))))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > len("dies"):
        return word.removesuffix("ies") + "y"
    return word if word.endswith(("ss", "us", "sis", "tis")) else word.removesuffix("s")


@cache
def _codes_by_form(service: Service) -> Mapping[str, str]:
    """Map the form of each code, and of each alias and name that is one code's alone, to it."""
    forms: dict[str, str | None] = {}
    for word, code in _codes_by_word(service).items():
        form = _form(word)
        forms[form] = code if forms.get(form, code) == code else None
    codes = {_form(code): code for code in codebook().kinds_of(service)}
    return {form: code for form, code in forms.items() if code is not None} | codes


@cache
def _codes_by_word(service: Service) -> Mapping[str, str]:
    """Map all words for the codes of a service to them, in snake case."""
    words = {OTHER: OTHER}
    for name, code in codebook().root[service].detail.items():
        for word in (name, *code.aliases, code.es, code.en or name):
            words.setdefault(snake(word), name)
    return words
