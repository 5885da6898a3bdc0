"""How well quotes are chosen: whether each shows its own number, and how much beside it. Pure.

Where a figure's value is right, its quote is right if

- it holds the number of the gold figure as printed there, or another print of that number which is
  no other gold figure's: a fact that is printed twice may be quoted from either place;
- and it stays within the sentence of that number (the sentences, where the gold's quote goes over
  several), at most 500 characters to either side of it.

So words may be chosen with more or fewer of what surrounds the number, as prompts that have quotes
written and prompts that have numbers marked do; a paragraph or the whole text shows no number.
How close a choice comes to the gold's is told beside it, by the characters in common.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from eval.scoring.align import FigureOutcome, FigureVerdict
from pipeline.numerals import numerals
from pipeline.quotes import locate_figure, numerals_at, other_numerals_in
from pipeline.sentences import SentenceSpan, cut_sentences, find_context
from schemas.finding import Span
from schemas.report import Figure

_OF_RIGHT_VALUE = (FigureOutcome.RIGHT, FigureOutcome.WRONG_LABEL)


class QuoteFit(NamedTuple):
    """The quote of a figure whose value is right, held against the gold's.

    Lengths are in characters; `shared` of them stand in both quotes.
    """

    right: bool
    shared: int
    read: int
    gold: int

    @property
    def overlap(self) -> float | None:
        """F1 of the characters, 0 to 1; None where another print of the number is well quoted."""
        if self.right and not self.shared:
            return None
        return 2 * self.shared / (self.read + self.gold)


class QuoteFits(NamedTuple):
    """All quotes of a bulletin: `fits` of the figures whose values are right.

    `read` and `gold` count the figures of either side; those of a gold figure whose quote stands
    nowhere in the text are left out, as there is nothing to hold a quote against.
    """

    fits: tuple[QuoteFit, ...]
    read: int
    gold: int


class QuoteSummary(NamedTuple):
    """The quotes of `n` figures with right values: means, None where there is nothing to average.

    `overlap` is the mean F1 of characters, `characters` and `gold_characters` mean lengths.
    """

    n: int
    overlap: float | None
    characters: float | None
    gold_characters: float | None


def judge_quotes(verdicts: Sequence[FigureVerdict], text: str) -> QuoteFits:
    """Hold the quotes of a reading of `text` against those of the gold."""
    places = {
        verdict.gold_number: locate_figure(text, verdict.gold)
        for verdict in verdicts
        if verdict.gold is not None
    }
    counted = [one for one in verdicts if one.gold is None or places[one.gold_number]]
    fits = []
    for verdict in counted:
        if verdict.outcome in _OF_RIGHT_VALUE and verdict.gold and verdict.read:
            others = [
                place
                for other in verdicts
                if other.gold is not None
                and other.gold_number != verdict.gold_number
                and other.gold.value == verdict.gold.value
                for place in places[other.gold_number]
            ]
            fits.append(_judge(text, verdict.read, places[verdict.gold_number], others))
    return QuoteFits(
        tuple(fits),
        read=sum(one.read is not None for one in counted),
        gold=sum(one.gold is not None for one in counted),
    )


def summarise_quotes(fits: Iterable[QuoteFit]) -> QuoteSummary:
    """Average over figures; each weighs the same."""
    listed = list(fits)
    overlaps = [fit.overlap for fit in listed if fit.overlap is not None]
    return QuoteSummary(
        len(listed),
        _mean(overlaps),
        _mean([fit.read for fit in listed]),
        _mean([fit.gold for fit in listed]),
    )


def _mean(numbers: Sequence[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def _judge(text: str, read: Figure, gold: Sequence[Span], others: Sequence[Span]) -> QuoteFit:
    """Judge one quote; where either stands at several places, by the two that agree best."""
    found = [
        QuoteFit(
            _is_right(text, read.value, quote, own, others),
            _count_shared(quote, own),
            quote.end - quote.start,
            own.end - own.start,
        )
        for quote in locate_figure(text, read)
        for own in gold
    ]
    least = min(own.end - own.start for own in gold)
    nowhere = QuoteFit(right=False, shared=0, read=len(read.quote), gold=least)
    return max(found, key=lambda fit: (fit.right, fit.overlap or 0), default=nowhere)


def _is_right(text: str, value: float, quote: Span, own: Span, others: Sequence[Span]) -> bool:
    if quote == own:
        return True  # most are, and no number has to be looked for
    words = _without_blanks(text, quote)
    return any(
        _contains(_sentence_of(text, own if _contains(own, number) else number), words)
        for number in _find_prints(text, value, quote, own)
        if _contains(own, number) or not any(_contains(other, number) for other in others)
    )


def _find_prints(text: str, value: float, quote: Span, own: Span) -> list[Span]:
    """Find where in `quote` the value is printed.

    The gold's own words stand for a number that is no numeral by itself ("una", a damaged one), and
    the quote's beginning where it has none of these either.
    """
    inside = (*numerals_at(text, quote), *other_numerals_in(text, quote))
    prints = [Span(one.start, one.end) for one in inside if one.value == value]
    whole = [number for number in prints if _contains(quote, number)]
    if whole or prints:
        return whole
    start, end = max(quote.start, own.start), min(quote.end, own.end)
    return [Span(start, end) if start < end else Span(quote.start, quote.start + 1)]


def _without_blanks(text: str, stretch: Span) -> Span:
    words = text[slice(*stretch)]
    start = stretch.start + len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()))


def _sentence_of(text: str, stretch: Span) -> Span:
    return find_context(text, _cut(text), stretch)


@lru_cache(maxsize=64)  # asked for each figure of a text
def _cut(text: str) -> tuple[SentenceSpan, ...]:
    return tuple(cut_sentences(text, numerals(text)))


def _contains(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _count_shared(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))
