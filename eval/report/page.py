"""An eval as one page to read: HTML that needs nothing else, runs nothing and asks nobody."""

import importlib.metadata
import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from eval.report import number_format
from eval.report.comparison_sentence import describe_comparison
from eval.report.page_bulletins import (
    MOST_PAIRS,
    WORST,
    BulletinPair,
    BulletinView,
    ReadingPair,
    pick_differing,
    pick_worst,
    text_limit,
    view_bulletin,
    view_pair,
)
from eval.runs.comparison import Comparison
from eval.runs.evaluation import Evaluation
from eval.runs.slices import score_slices
from eval.runs.summary import VariantSummary
from eval.runs.variant import VariantResult
from eval.scoring.align import FigureOutcome
from eval.scoring.paired import Difference
from eval.scoring.score import MEASURES, Score
from pipeline.console.destination import Target, write_file
from pipeline.console.terminal import tell
from pipeline.store.rows import now

_SHADES = 10
_MOST_TICKS = 7

SIGNS = {
    FigureOutcome.RIGHT: "✓",
    FigureOutcome.WRONG_LABEL: "≠",
    FigureOutcome.WRONG_VALUE: "✗",
    FigureOutcome.OMITTED: "−",
    FigureOutcome.INVENTED: "+",
    FigureOutcome.UNGROUNDED: "?",
}
"""So that outcomes differ without colour too."""

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


class VariantView(NamedTuple):
    """One variant with what is drawn of it."""

    result: VariantResult
    summary: VariantSummary
    outcomes: dict[FigureOutcome, int]
    worst: tuple[BulletinView, ...]


class SliceTable(NamedTuple):
    """One way to cut the gold: a row a part, in it a score a variant, None where it has none."""

    name: str
    rows: tuple[tuple[str, tuple[Score | None, ...]], ...]


class VariantPair(NamedTuple):
    """Two variants side by side; `hidden` bulletins differ too, but are left out for size."""

    before: str
    after: str
    bulletins: tuple[BulletinPair, ...]
    hidden: int


class Axis(NamedTuple):
    """A scale shared by several drawings; `ticks` are its round numbers, ends included."""

    ticks: tuple[float, ...]

    def at(self, value: float) -> str:
        """Return the place of a value in percent of the drawing's width, a margin left free."""
        low, high = self.ticks[0], self.ticks[-1]
        return f"{4 + 92 * (value - low) / (high - low):.2f}%"


def make_axis(values: Iterable[float]) -> Axis:
    """Make the smallest scale of few round numbers that holds all values."""
    listed = sorted(values) or [0.0, 1.0]
    for hundredths in (1, 2, 5, 10, 20, 25, 50):
        first = math.floor(listed[0] * 100 / hundredths + 1e-9)
        last = max(first + 1, math.ceil(listed[-1] * 100 / hundredths - 1e-9))
        if last - first < _MOST_TICKS:
            break
    return Axis(tuple(step * hundredths / 100 for step in range(first, last + 1)))


def write_page(evaluation: Evaluation, target: Target) -> None:
    """Write the page of an eval. Raises `UsageError` if it cannot be written."""
    about = About(
        created=now(),
        gold=evaluation.gold,
        bulletins=len(evaluation.bulletins),
        figures=evaluation.figures,
        software=importlib.metadata.version("jornada"),
        excluded=evaluation.left_out,
    )
    page = render_page(evaluation.results, evaluation.summaries, evaluation.comparisons, about)
    write_file(target, lambda file: file.write(page.encode()))
    tell(f"Report written to {target.to}")


def render_page(
    results: Sequence[VariantResult],
    summaries: Sequence[VariantSummary],
    comparisons: Sequence[Comparison],
    about: About,
) -> str:
    """Build the page. The first result is what the others are compared with.

    Names, quotes and texts come from anywhere: each is escaped, and what is not printable, or
    would turn the direction of writing, is made visible.
    """
    worst = [pick_worst(result) for result in results]
    differing = [pick_differing(results[0], result) for result in results[1:]]
    pairs = sum(len(each[:MOST_PAIRS]) for each in differing)
    limit = text_limit(sum(map(len, worst)) + 2 * pairs)
    variants = [
        VariantView(
            result,
            summary,
            _count_outcomes(result),
            tuple(view_bulletin(read, limit) for read in reads),
        )
        for result, summary, reads in zip(results, summaries, worst, strict=True)
    ]
    page = _template().render(
        about=about,
        variants=variants,
        comparisons=comparisons,
        score_axis=_score_axis(variants),
        difference_axes=[_difference_axis(c.measures.values()) for c in comparisons],
        slices=_slice_tables(results),
        variant_pairs=[
            _pair_variants(results[0], result, readings, limit)
            for result, readings in zip(results[1:], differing, strict=True)
        ],
    )
    return page.lstrip()  # macros stand before the doctype and leave their line ends


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


def _finalize(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "ratio": number_format.format_ratio,
        "difference": number_format.format_difference,
        "count": number_format.format_count,
        "average": number_format.format_average,
        "money": number_format.format_money,
        "p_value": number_format.format_p_value,
        "interval": number_format.format_interval,
        "difference_interval": number_format.format_difference_interval,
        "shade": _shade,
    }
    environment.globals |= {
        "describe_comparison": describe_comparison,
        "Outcome": FigureOutcome,
        "signs": SIGNS,
        "names": NAMES,
        "measures": MEASURES,
        "most_worst": WORST,
    }
    return environment.from_string(files(__package__).joinpath("page.html").read_text("utf-8"))


def _shade(value: float) -> int:
    return round(value * _SHADES)


def _score_axis(variants: Iterable[VariantView]) -> Axis:
    values = [variant.summary.strict.f1 for variant in variants]
    ends = [end for variant in variants for end in variant.summary.interval or ()]
    return make_axis(value for value in (*values, *ends) if value is not None)


def _difference_axis(differences: Iterable[Difference]) -> Axis:
    values = [(each.estimate, *(each.interval or ())) for each in differences]
    return make_axis([0.0, *(value for row in values for value in row if value is not None)])


def _count_outcomes(result: VariantResult) -> dict[FigureOutcome, int]:
    counts = dict.fromkeys(FigureOutcome, 0)
    for read in result.reads:
        # Readings are stored without what the text does not hold.
        counts[FigureOutcome.UNGROUNDED] += read.dropped
        for verdict in read.scores.verdicts:
            counts[verdict.outcome] += 1
    return counts


def _slice_tables(results: Sequence[VariantResult]) -> tuple[SliceTable, ...]:
    slices = [score_slices(result) for result in results]
    return tuple(
        SliceTable(
            name,
            tuple(
                (part, tuple(each[name].get(part) for each in slices))
                for part in dict.fromkeys(part for each in slices for part in each[name])
            ),
        )
        for name in slices[0]
    )


def _pair_variants(
    before: VariantResult, after: VariantResult, readings: Sequence[ReadingPair], limit: int
) -> VariantPair:
    return VariantPair(
        before.name,
        after.name,
        tuple(view_pair(one, other, limit) for one, other in readings[:MOST_PAIRS]),
        max(0, len(readings) - MOST_PAIRS),
    )
