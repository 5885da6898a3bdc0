"""A bulletin with all that is to be read in it, and the ways to change one without spoiling it."""

import random
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from pipeline.numerals import numerals
from pipeline.quotes import locate_figure, numerals_at
from schemas.document import QUANTITIES, Document, Numeral, NumeralKind
from schemas.finding import Span
from schemas.report import Figure, JornadaReport, SetAside, Unit


class Bulletin(NamedTuple):
    """A text and what a reader without a fault makes of it."""

    document: Document
    report: JornadaReport


class Planted(NamedTuple):
    """A bulletin that was changed in one place, and the number that it is about."""

    bulletin: Bulletin
    value: float | None = None


def ideal(document: Document, gold: JornadaReport) -> Bulletin:
    """Give the reading that gold stands for: figures at their places, all other numbers aside."""
    text, taken, figures = document.text, set[Span](), list[Figure]()
    for figure in gold.figures:
        spans = locate_figure(text, figure)
        if not spans:
            raise ValueError(f"{figure.quote!r} stands nowhere in the text")
        span = next((one for one in spans if one not in taken), spans[0])
        taken.add(span)
        figures.append(placed(figure, text, span))
    aside = [
        SetAside(quote=one.raw, reason="no figure", char_start=one.start, char_end=one.end)
        for one in numerals(text)
        if one.kind in QUANTITIES
        and not any(span.start <= one.start and one.end <= span.end for span in taken)
    ]
    report = gold.model_copy(update={"figures": tuple(figures), "set_aside": tuple(aside)})
    return Bulletin(document, report)


def placed(figure: Figure, text: str, span: Span, **labels: object) -> Figure:
    """Give a figure the words at `span` as its quote, and other labels where any are given."""
    place = {"quote": text[slice(*span)], "char_start": span.start, "char_end": span.end}
    return figure.model_copy(update=place | labels)


def place_of(figure: Figure) -> Span:
    """Return where a figure of an ideal reading stands."""
    if figure.char_start is None or figure.char_end is None:
        raise ValueError(f"{figure.quote!r} has no place")
    return Span(figure.char_start, figure.char_end)


def counts(bulletin: Bulletin) -> Iterator[tuple[int, Figure]]:
    """Yield the exact whole counts of a bulletin, each with its index among the figures."""
    for index, figure in enumerate(bulletin.report.figures):
        if figure.unit is Unit.COUNT and not figure.approximate and figure.value % 1 == 0:
            yield index, figure


def numeral_of(text: str, figure: Figure) -> Numeral | None:
    """Return the one numeral that a figure's value stands in; None where several or none are it."""
    span = place_of(figure)
    inside = [
        one
        for one in numerals_at(text, span)
        if one.value == figure.value and span.start <= one.start and one.end <= span.end
    ]
    return inside[0] if len(inside) == 1 else None


def print_number(value: float) -> str:
    """Print a whole number as the press does: "58 mil 610"."""
    thousands, rest = divmod(int(value), 1000)
    if not thousands:
        return str(rest)
    before = "" if thousands == 1 else f"{thousands} "
    return f"{before}mil {rest}" if rest else f"{before}mil"


def change_digit(value: float, rng: random.Random) -> int:
    """Return a whole number of the same length with one other digit in it."""
    digits = list(str(int(value)))
    at = rng.randrange(len(digits))
    digits[at] = rng.choice([d for d in "0123456789" if d != digits[at] and (at or d != "0")])
    return int("".join(digits))


def rewrite(
    bulletin: Bulletin, span: Span, words: str, values: Mapping[int, float] | None = None
) -> Bulletin:
    """Put `words` in the place of those at `span`; `values` are new ones, by figure's index.

    All quotes go with the text, and so does the title where it is changed.
    """
    document, report = bulletin
    text = document.text[: span.start] + words + document.text[span.end :]
    longer = len(words) - (span.end - span.start)

    def moved(start: int, end: int) -> Span:
        behind = end >= span.end and end > span.start
        return Span(start + longer * (start >= span.end), end + longer * behind)

    figures = [
        placed(figure, text, moved(*place_of(figure)), value=(values or {}).get(i, figure.value))
        for i, figure in enumerate(report.figures)
    ]
    aside = [
        one.model_copy(
            update={"quote": text[at.start : at.end], "char_start": at.start, "char_end": at.end}
        )
        for one in report.set_aside
        if one.char_end <= span.start or one.char_start >= span.end
        for at in (moved(one.char_start, one.char_end),)
    ]
    title = document.metadata.title
    start = document.text.find(title) if title else -1
    if title and start <= span.start and span.end <= start + len(title) and start >= 0:
        title = text[start : start + len(title) + longer]
    new = document.model_copy(
        update={
            "id": sha256(text.encode()).hexdigest(),
            "text": text,
            "metadata": document.metadata.model_copy(update={"title": title}),
        }
    )
    update = {"figures": tuple(figures), "set_aside": tuple(aside)}
    return Bulletin(new, report.model_copy(update=update))


def append(bulletin: Bulletin, words: str) -> Bulletin:
    """Add a paragraph at the end."""
    end = len(bulletin.document.text)
    return rewrite(bulletin, Span(end, end), f"\n\n{words}")


def with_figures(bulletin: Bulletin, *figures: Figure) -> Bulletin:
    """Add figures to what is read."""
    report = bulletin.report
    update = {"figures": (*report.figures, *figures)}
    return bulletin._replace(report=report.model_copy(update=update))


def relabel(bulletin: Bulletin, index: int, **labels: object) -> Bulletin:
    """Give one figure other labels, and leave the text as it is."""
    figures = list(bulletin.report.figures)
    figures[index] = figures[index].model_copy(update=labels)
    report = bulletin.report.model_copy(update={"figures": tuple(figures)})
    return bulletin._replace(report=report)


def revalue(bulletin: Bulletin, index: int, value: float) -> Planted | None:
    """Print another number in the place of a figure's; None where it would be read otherwise."""
    numeral = numeral_of(bulletin.document.text, bulletin.report.figures[index])
    if numeral is None or numeral.kind is not NumeralKind.COUNT:
        return None
    span = Span(numeral.start, numeral.end)
    new = rewrite(bulletin, span, print_number(value), {index: value})
    is_read = numeral_of(new.document.text, new.report.figures[index])
    return Planted(new, value) if is_read else None
