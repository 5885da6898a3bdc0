"""What two readings say of one figure, label by label, as a person reads it. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel

from pipeline.facts import format_value
from pipeline.review.compare.diff import FieldPair
from schemas.codebook import codebook
from schemas.report import Figure

NAMES = {
    "starts_on": "first day",
    "ends_on": "last day",
    "approximate": "approximate",
    "published_on": "day of publication",
    "bulletin_kind": "kind of bulletin",
}
"""What labels are called where the name of their column would not do."""


class Label(NamedTuple):
    """One label of a figure as it is shown, and whether the other reading says otherwise."""

    name: str
    text: str
    differs: bool
    spanish: str = ""


class FieldTexts(NamedTuple):
    """A field of the report, and what each reading alone has there."""

    name: str
    one: tuple[str, ...]
    other: tuple[str, ...]


def name_label(name: str) -> str:
    """Call a label or a field as a person does."""
    return NAMES.get(name, name.replace("_", " "))


def describe(figure: Figure, differing: Sequence[str]) -> tuple[Label, ...]:
    """List the labels of a figure that say something, and those that differ though they do not."""
    return tuple(
        Label(name_label(name), text or "–", name in differing, spanish)
        for name, text, spanish in _texts(figure)
        if text or name in differing
    )


def _texts(figure: Figure) -> Iterator[tuple[str, str, str]]:
    book, service = codebook(), figure.service.value
    yield "value", format_value(figure.value, figure.unit), ""
    yield "unit", "" if figure.unit.value == "count" else figure.unit.value, ""
    yield "service", service, book.name_of(service, spanish=True)
    detail = figure.detail
    yield "detail", detail or "", book.name_of(service, detail, spanish=True) if detail else ""
    yield "status", figure.status.value, ""
    yield "period", figure.period.value, ""
    yield "edition", _text(figure.edition), ""
    yield "starts_on", _text(figure.starts_on), ""
    yield "ends_on", _text(figure.ends_on), ""
    yield "place", figure.place, ""
    yield "approximate", "yes" if figure.approximate else "", ""
    yield "basis", _text(figure.basis and figure.basis.value), ""


def describe_field(pair: FieldPair) -> FieldTexts:
    """Show a field of the report; of a list, what stands in one reading alone."""
    one, other = _items(pair.one), _items(pair.other)
    if isinstance(pair.one, tuple):
        one, other = _without(one, other), _without(other, one)
    return FieldTexts(name_label(pair.name), one, other)


def _items(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(_item(each) for each in values)


def _item(value: object) -> str:
    if isinstance(value, BaseModel):
        said = ((name, _text(each)) for name, each in value)
        return ", ".join(f"{name_label(name)} {text}" for name, text in said if text)
    return _text(value) or "–"


def _text(value: object) -> str:
    if value is None:
        return ""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _without(items: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    rest = list(others)
    kept: list[str] = []
    for item in items:
        if item in rest:
            rest.remove(item)
        else:
            kept.append(item)
    return tuple(kept)
