"""An eval as one page to read: HTML that needs nothing else, runs nothing and asks nobody."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from eval.report import number_format, texts
from eval.report.number_format import Axis
from eval.report.texts import MOST_PAIRS, WORST, Pair, Shown, Two
from eval.runs.result import Comparison, Result
from eval.runs.slices import slices
from eval.runs.summary import Summary
from eval.scoring.align import FULL, STRICT, FigureOutcome
from eval.scoring.bootstrap import Difference
from eval.scoring.score import MEASURES, Score

_SHADES = 10

SIGNS = {
    FigureOutcome.RIGHT: "✓",
    FigureOutcome.WRONG_LABEL: "≠",
    FigureOutcome.WRONG_VALUE: "✗",
    FigureOutcome.OMITTED: "−",
    FigureOutcome.INVENTED: "+",
    FigureOutcome.UNGROUNDED: "?",
}
"""So that an outcome is told without colour too."""

NAMES = {
    FigureOutcome.RIGHT: "right",
    FigureOutcome.WRONG_LABEL: "wrong label",
    FigureOutcome.WRONG_VALUE: "wrong value",
    FigureOutcome.OMITTED: "missed",
    FigureOutcome.INVENTED: "invented",
    FigureOutcome.UNGROUNDED: "ungrounded",
}


class About(NamedTuple):
    """What the page is about beside the results; `created` is UTC, `excluded` says what and why."""

    created: datetime
    gold: str
    bulletins: int
    figures: int
    software: str
    excluded: Sequence[str] = ()


class Variant(NamedTuple):
    """One variant with what is drawn of it."""

    result: Result
    summary: Summary
    outcomes: dict[FigureOutcome, int]
    worst: tuple[Shown, ...]


class Slice(NamedTuple):
    """One way to cut the gold: a row a part, in it a score a variant, None where it has none."""

    name: str
    rows: tuple[tuple[str, tuple[Score | None, ...]], ...]


class Duel(NamedTuple):
    """Two variants side by side; `hidden` bulletins differ too, but are left out for size."""

    before: str
    after: str
    pairs: tuple[Pair, ...]
    hidden: int


def page(
    results: Sequence[Result],
    summaries: Sequence[Summary],
    comparisons: Sequence[Comparison],
    about: About,
) -> str:
    """Build the page. The first result is what the others are compared with.

    Names, quotes and texts come from anywhere: each is escaped, and what is not printable, or
    would turn the direction of writing, is made visible.
    """
    choice = [texts.worst(result) for result in results]
    differing = [texts.differing(results[0], result) for result in results[1:]]
    pairs = sum(len(found[:MOST_PAIRS]) for found in differing)
    limit = texts.text_limit(sum(map(len, choice)) + 2 * pairs)
    variants = [
        Variant(
            result,
            summary,
            _outcomes(result),
            tuple(texts.shown(read, limit) for read in reads),
        )
        for result, summary, reads in zip(results, summaries, choice, strict=True)
    ]
    written = _template().render(
        about=about,
        variants=variants,
        comparisons=comparisons,
        score_axis=_score_axis(variants),
        difference_axes=[_difference_axis(c.measures.values()) for c in comparisons],
        slices=_slices(results),
        duels=[
            _duel(results[0], result, found, limit)
            for result, found in zip(results[1:], differing, strict=True)
        ],
    )
    return written.lstrip()  # macros stand before the doctype and leave their line ends


def visible(text: str) -> str:
    """Make visible what does not print or would change how the text around it is read.

    Each such character becomes one other; line breaks and tabs stay.
    """
    return text.translate(_VISIBLE)


def _replacements() -> dict[int, int]:
    unseen = (
        *range(0x7F, 0xA0),
        0x61C,
        *range(0x200B, 0x2010),  # zero width, and marks of direction
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xD800, 0xE000),  # halves of characters cannot be written
        *range(0xFFF9, 0xFFFC),
        0xFEFF,
        0xFFFE,
        0xFFFF,
    )
    pictures = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
    return dict.fromkeys(unseen, 0xFFFD) | pictures


_VISIBLE = _replacements()


def _finalized(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        name: getattr(number_format, name)
        for name in ("ratio", "signed", "count", "rounded", "money", "probability", "span")
    } | {"signed_span": number_format.signed_span, "shade": _shade}
    environment.globals |= {
        "sentence": number_format.sentence,
        "distinct": number_format.distinct,
        "Outcome": FigureOutcome,
        "signs": SIGNS,
        "names": NAMES,
        "measures": MEASURES,
        "figure_measures": ("value", "strict", "full", *FULL[1:]),
        "strict_labels": STRICT,
        "most_worst": WORST,
    }
    return environment.from_string(files(__package__).joinpath("page.html").read_text("utf-8"))


def _shade(value: float) -> int:
    return round(value * _SHADES)


def _score_axis(variants: Iterable[Variant]) -> Axis:
    values = [variant.summary.strict.f1 for variant in variants]
    ends = [end for variant in variants for end in variant.summary.interval or ()]
    return number_format.axis(value for value in (*values, *ends) if value is not None)


def _difference_axis(differences: Iterable[Difference]) -> Axis:
    known = [(found.estimate, *(found.interval or ())) for found in differences]
    return number_format.axis(
        [0.0, *(value for row in known for value in row if value is not None)]
    )


def _outcomes(result: Result) -> dict[FigureOutcome, int]:
    counted = dict.fromkeys(FigureOutcome, 0)
    for read in result.reads:
        # Readings are stored without what the text does not hold.
        counted[FigureOutcome.UNGROUNDED] += read.dropped
        for verdict in read.scored.verdicts:
            counted[verdict.outcome] += 1
    return counted


def _slices(results: Sequence[Result]) -> tuple[Slice, ...]:
    found = [slices(result) for result in results]
    return tuple(
        Slice(
            name,
            tuple(
                (part, tuple(each[name].get(part) for each in found))
                for part in dict.fromkeys(part for each in found for part in each[name])
            ),
        )
        for name in found[0]
    )


def _duel(before: Result, after: Result, found: Sequence[Two], limit: int) -> Duel:
    return Duel(
        before.name,
        after.name,
        tuple(texts.pair(one, other, limit) for one, other in found[:MOST_PAIRS]),
        max(0, len(found) - MOST_PAIRS),
    )
