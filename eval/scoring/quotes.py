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

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from eval.scoring.align import FigureOutcome, FigureVerdict
from pipeline.numerals import ARTICLE, numerals
from pipeline.quotes import locate_figure, numerals_at, other_numerals_in
from pipeline.sentences import SentenceSpan, cut_sentences, find_context
from pipeline.spanish.folding import fold
from schemas.finding import Span
from schemas.report import Figure

_OF_RIGHT_VALUE = (FigureOutcome.RIGHT, FigureOutcome.WRONG_LABEL)


_LONGEST = 1_500
"""Characters that no sentence of a number has round it, as far as it is looked at."""
_Number = tuple[float, Span]  # a value, and where it is printed


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
    paired = [
        (one.read, places[one.gold_number])
        for one in counted
        if one.outcome in _OF_RIGHT_VALUE and one.read is not None
    ]
    taken = {
        (one.gold.value, number)
        for one in verdicts
        if one.gold is not None
        for place in places[one.gold_number]
        for number in _list_prints(text, one.gold.value, place)
    }
    return QuoteFits(
        tuple(_judge(text, read, gold, taken) for read, gold in paired),
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


def _judge(text: str, read: Figure, gold: Sequence[Span], taken: Collection[_Number]) -> QuoteFit:
    """Judge one quote; where either stands at several places, by the two that agree best."""
    found = [
        QuoteFit(
            _is_right(text, read.value, quote, own, taken),
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


def _is_right(text: str, value: float, quote: Span, own: Span, taken: Collection[_Number]) -> bool:
    if quote == own:
        return True  # most are, and no number has to be looked for
    words = _without_blanks(text, quote)
    if words.end - words.start > _LONGEST + own.end - own.start:
        return False
    numbers = _list_prints(text, value, words)
    if not numbers and not _list_prints(text, value, own):
        numbers = [_stand_in(words, own)]
    for number in numbers:
        is_own = _contains(own, number)
        sentence = _sentence_of(text, own if is_own else number)
        if _contains(sentence, words) and (is_own or (value, number) not in taken):
            return True
    return False


def _list_prints(text: str, value: float, stretch: Span) -> list[Span]:
    """List where in a stretch of text the value is printed, as a numeral or as "un" or "una"."""
    inside = (*numerals_at(text, stretch), *other_numerals_in(text, stretch))
    prints = [Span(one.start, one.end) for one in inside if one.value == value]
    if value == 1:
        articles = ARTICLE.finditer(fold(text[slice(*stretch)]))
        prints += [Span(stretch.start + it.start(), stretch.start + it.end()) for it in articles]
    return [number for number in prints if _contains(stretch, number)]


def _stand_in(quote: Span, own: Span) -> Span:
    """Give what stands for a number that is damaged too much to be a numeral.

    The gold's own words in the quote, or its beginning where it has none.
    """
    start, end = max(quote.start, own.start), min(quote.end, own.end)
    return Span(start, end) if start < end else Span(quote.start, quote.start + 1)


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
