"""The anchored form by marks: a schema made for one document, in which each mark is a required key.

Where a server keeps to it, no mark can be left out, doubled or made up, and no label is any but
one of the codebook's. It is another schema for each document: for servers that read one with each
request (llama.cpp, vLLM), not for those that compile it once for all.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pipeline.checks import grounding
from pipeline.forms.form import ByMarks
from pipeline.forms.numbering import Marks, Numbering, number_document
from pipeline.forms.shortest_quote import quote_of
from pipeline.numerals import numerals
from pipeline.spanish.folding import fold
from schemas.anchored import AnchoredAnswer, AnchoredFigure, AnchoredScope
from schemas.by_mark import ASIDE, REMARKS, SAME, gather_scopes
from schemas.codebook import MOST_KINDS, OTHER, codebook
from schemas.document import Document, Numeral, NumeralKind
from schemas.report import Period, Status, Unit

Schema = dict[str, Any]
"""A JSON schema, or the properties of one."""

LONGEST_TEXT = 800
"""Characters of a text in an answer: 35 places joined fit. A small model may never end one."""
LONGEST_NAME = 120
"""Characters of a name in a list, for the same reason."""
MOST_ITEMS = 80
"""Items of a list in an answer, for the same reason."""
LAST_EDITION = 999

_TOLD = """# How the answer is written here
Not in scopes, but mark by mark. In place of `scopes`, `aside`, `approx`, `percent`, `above_goal` \
and `productivity` the object has `numbers`, in which each mark is a key, in the order of the \
text. At a mark stands what its number is: `service`, `detail`, `remarks` (which of `approx`, \
`percent`, `above_goal` and `productivity` hold for it) and `scope`. A number that is no figure \
has the `service` "aside" and nothing else. A `scope` is an object of `status`, `period`, \
`edition`, `starts_on`, `ends_on` and `place`, or "same" where all of these are as for the figure \
before. The `scope` above `numbers` is that of the first figure. Where a stretch can be read in \
several ways, one key such as "8 or 11+12" stands for it, and in it only the marks of the reading \
that was meant. All else holds as it was said."""

_JORNADA = re.compile(r"jornada|semana|campana|feria")
_BY_MARKS = frozenset(("scopes", "aside", *REMARKS))
"""The keys of an answer in scopes whose place `numbers` takes."""
_COUNT, _NUMBER, _PERCENTAGE = "count", "number", "percentage"
_REMARKS_OF = {
    _COUNT: ("approx",),
    _NUMBER: REMARKS,
    _PERCENTAGE: tuple(name for name in REMARKS if name != "percent"),
}
"""What may be said of a count, of a number that may be a percentage, of a percentage."""
# What stands for the scope of the first figure where there is none.
_NO_SCOPE = {
    "status": "performed",
    "period": "other",
    "edition": None,
    "starts_on": None,
    "ends_on": None,
    "place": "national",
}


def schema_for(document: Document) -> Schema:
    """Give the JSON schema of the answers to one document."""
    numbers = number_document(document)
    keys = {
        _key(readings): _schema_of(document.text, numbers, readings)
        for readings in _in_order(numbers)
    }
    head, definitions = _shared()
    properties: Schema = {}
    for name, part in head.items():
        properties[name] = part
        if name == "scope":
            properties["numbers"] = _object(keys)
    properties["jornadas"] = {**head["jornadas"], "maxItems": _most_jornadas(document.text)}
    return {**_object(properties), "$defs": definitions}


def write(document: Document, answer: AnchoredAnswer) -> dict[str, Any]:
    """Write an answer by marks, as JSON data: the inverse of `gather_scopes`.

    Of a mark that is labelled twice the first labels count; marks that the document does not have
    come last.
    """
    numbers, labels = number_document(document), _labels_by_mark(answer)
    known = numbers.by_mark
    unknown = (((mark,),) for mark in labels if mark not in known)
    first = held = None
    keys: dict[str, Any] = {}
    for readings in (*_in_order(numbers), *unknown):
        said: dict[str, Any] = {}
        for mark in (mark for marks in readings for mark in marks if mark in labels):
            if str(mark) in said:
                continue  # it is of several readings
            figure = labels[mark]
            if figure is None:
                said[str(mark)] = {"service": ASIDE}
                continue
            scope = figure["scope"]
            first, held = first or scope, held or scope
            said[str(mark)] = {**figure, "scope": SAME} if scope == held else figure
            held = scope
        if said:
            keys[_key(readings)] = said if len(readings) > 1 else said[str(readings[0][0])]
    written: dict[str, Any] = {}
    for name, part in answer.model_dump(mode="json").items():
        if name == "scopes":
            written |= {"scope": first or _NO_SCOPE, "numbers": keys}
        elif name not in _BY_MARKS:
            written[name] = part
    return written


def _labels_by_mark(answer: AnchoredAnswer) -> dict[int, dict[str, Any] | None]:
    """List the first labels of each mark, None for one that is set aside."""
    labels: dict[int, dict[str, Any] | None] = {}
    for scope in answer.scopes:
        shared = scope.model_dump(mode="json", exclude={"figures"})
        if scope.period is not Period.JORNADA:
            shared["edition"] = None
        for figure in scope.figures:
            own = {
                "service": figure.service.value,
                "detail": list(figure.detail),
                "remarks": [name for name in REMARKS if figure.n in getattr(answer, name)],
                "scope": shared,
            }
            labels.setdefault(figure.n, own)
    for mark in answer.aside:
        labels.setdefault(mark, None)
    return labels


def _in_order(numbers: Numbering) -> Iterator[tuple[Marks, ...]]:
    """Give what stands under each key, in the order of the text: the readings of a stretch."""
    choices = {choice.readings[0][0]: choice for choice in numbers.choices}
    in_doubt = {mark for choice in numbers.choices for mark in choice.marks}
    for mark, _ in enumerate(numbers.numerals, start=1):
        if mark in choices:
            yield choices[mark].readings
        elif mark not in in_doubt:
            yield ((mark,),)


def _key(readings: tuple[Marks, ...]) -> str:
    """Name a mark by itself, and a stretch by the marks of its readings: "8 or 11+12"."""
    return " or ".join("+".join(map(str, marks)) for marks in readings)


def _schema_of(text: str, numbers: Numbering, readings: tuple[Marks, ...]) -> Schema:
    said = [
        {str(mark): _labels_of(text, numbers.number_of(mark)) for mark in marks}
        for marks in readings
    ]
    return {"anyOf": [*map(_object, said)]} if len(said) > 1 else next(iter(said[0].values()))


def _labels_of(text: str, numeral: Numeral) -> Schema:
    """Point to the labels that fit a number as it is printed."""
    if numeral.kind is NumeralKind.PERCENT:
        return _ref(_PERCENTAGE)
    # "un" and "una" count, but are no percentage.
    quote = quote_of(text, numeral)
    is_count = grounding.value_fault(text, quote, numeral.value, Unit.PERCENT) is not None
    return _ref(_COUNT if is_count else _NUMBER)


def _most_jornadas(text: str) -> int:
    """Give more jornadas than a text can name: each has an ordinal, a day or a name of its own."""
    known_by = (NumeralKind.ORDINAL, NumeralKind.DATE)
    named = sum(numeral.kind in known_by for numeral in numerals(text))
    return min(MOST_ITEMS, 3 + named + len(_JORNADA.findall(fold(text))))


@cache
def _shared() -> tuple[Mapping[str, Schema], Mapping[str, Schema]]:
    """Give the properties and definitions that the schemas of all documents share."""
    whole = AnchoredAnswer.model_json_schema()
    head: Schema = {}
    for name, part in whole["properties"].items():
        if name == "scopes":
            head["scope"] = _ref("scope")
        elif name not in _BY_MARKS:
            head[name] = _bounded(part)
    kept = {
        name: _bounded(part)
        for name, part in whole["$defs"].items()
        if name not in (AnchoredScope.__name__, AnchoredFigure.__name__)
    }
    made = {
        "scope": _scope(),
        "scope_or_same": {"anyOf": [{"const": SAME}, _ref("scope")]},
        **{name: _labels(remarks) for name, remarks in _REMARKS_OF.items()},
    }
    return head, kept | made


def _scope() -> Schema:
    edition = {"type": "integer", "minimum": 1, "maximum": LAST_EDITION}
    day = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}
    longer = [period.value for period in Period if period is not Period.JORNADA]
    kinds = [
        ([Period.JORNADA.value], {"anyOf": [edition, {"type": "null"}]}),
        (longer, {"type": "null"}),
    ]
    return {
        "anyOf": [
            _object(
                {
                    "status": _ref(Status.__name__),
                    "period": {"type": "string", "enum": periods},
                    "edition": editions,
                    "starts_on": day,
                    "ends_on": day,
                    # No pattern, which would keep out a place of blanks: a bounded one takes some
                    # compilers of schemas (xgrammar) seconds, and no place has a single letter.
                    "place": {"type": "string", "minLength": 2, "maxLength": LONGEST_TEXT},
                }
            )
            for periods, editions in kinds
        ]
    }


def _labels(remarks: tuple[str, ...]) -> Schema:
    """Define what a number is: no figure, or one of a service with codes of that service."""
    said = {"type": "string", "enum": list(remarks)}
    figures = [
        _object(
            {
                "service": {"const": service},
                "detail": _detail(tuple(book.detail)),
                "remarks": {"type": "array", "items": said, "maxItems": len(remarks)},
                "scope": _ref("scope_or_same"),
            }
        )
        for service, book in codebook().root.items()
    ]
    # An object like all others: a small model that may choose between "aside" and an object goes on
    # with whichever it took before, and never comes to the question what the number is.
    return {"anyOf": [_object({"service": {"const": ASIDE}}), *figures]}


def _detail(codes: tuple[str, ...]) -> Schema:
    """Define the kinds of a service: up to three of its codes, or "other" alone."""
    if not codes:
        return {"const": []}
    kinds = {"type": "string", "enum": list(codes)}
    joined = {"type": "array", "items": kinds, "maxItems": MOST_KINDS}
    return {"anyOf": [joined, {"const": [OTHER]}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _bounded(schema: Any, longest: int = LONGEST_TEXT) -> Any:  # noqa: ANN401 - any JSON
    """Give an end to every text, list and number of a schema that has none, and no words to it."""
    if isinstance(schema, list):
        return [_bounded(part, longest) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    within = LONGEST_NAME if kind == "array" else longest
    # Under `properties` a title or a description is a key of the answer, and an object.
    bounded = {
        name: _bounded(part, within)
        for name, part in schema.items()
        if name not in ("title", "description") or isinstance(part, dict)
    }
    if kind == "string" and not schema.keys() & {"enum", "format"}:
        bounded["maxLength"] = longest
    elif kind == "array":
        bounded["maxItems"] = MOST_ITEMS
    elif kind == "integer":
        bounded.setdefault("maximum", LAST_EDITION)
    return bounded


BY_MARKS = ByMarks(schema_for, write, gather_scopes, _TOLD)
