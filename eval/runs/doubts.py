"""Labels that different readers agree against: more often wrong than the readers are.

Readers err, each in its own way. Where two that know nothing of each other say one thing of a
figure and the gold another, the gold is worth a second look. What they read is in the verdicts that
evals have stored; it is compared with the gold as it is now.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from eval.labels.gold import GoldBulletin
from eval.labels.labelled import is_labelled
from eval.labels.seen import make_mark
from eval.runs.stored_reads import StoredReads
from eval.scoring.align import (
    COMPARED,
    STRICT,
    FigureOutcome,
    FigureVerdict,
    align,
    comparable_fields,
    has,
)
from pipeline.numerals import numerals
from pipeline.quotes import locate_figure
from schemas.finding import Span
from schemas.report import Figure

LEAST = 2
"""So many variants have to agree."""

_OMITTED = "omitted"

Kind = Literal["labels", "omitted", "invented"]


class Doubt(NamedTuple):
    """One thing that variants agree on against the gold, with the mark it is known by.

    Of kind `labels` it is `labels` of the gold's figure number `at` (from 0); `omitted` is a figure
    of the gold that none has read, `invented` one that all have and the gold has not: `at` is
    where it belongs. `by` are the variants that read so, `with_gold` those that read as the gold
    does, `variants` counts all that have an opinion. `read` is the figure as one of `by` has it.
    """

    mark: str
    bulletin: GoldBulletin
    kind: Kind
    at: int
    gold: Figure | None
    read: Figure | None
    labels: tuple[str, ...]
    by: tuple[str, ...]
    with_gold: tuple[str, ...]
    variants: int

    @property
    def figure(self) -> Figure | None:
        """The figure that it is about, as the gold has it, or else as it was read."""
        return self.gold or self.read

    @property
    def is_seen(self) -> bool:
        """Whether a person has looked at it and kept the label."""
        return self.mark in self.bulletin.seen


class _Opinion(NamedTuple):
    """What a variant makes of a gold figure in most of its repeats: labels, and figures with them.

    `is_omitted` says that it mostly has no such figure. A label without a majority is not there.
    """

    name: str
    is_omitted: bool
    labels: Mapping[str, Hashable]
    figures: tuple[Figure, ...]


def find_doubts(
    bulletins: Iterable[GoldBulletin], reads: Mapping[str, Sequence[StoredReads]]
) -> tuple[Doubt, ...]:
    """Find what at least two variants agree on against the gold, the worst first."""
    found = [
        doubt
        for bulletin in bulletins
        for doubt in _find_in(bulletin, reads.get(bulletin.document.id, ()))
    ]
    return tuple(sorted(found, key=_rank))


def _rank(doubt: Doubt) -> tuple[object, ...]:
    is_strict = doubt.kind != "labels" or not set(STRICT).isdisjoint(doubt.labels)
    against = len(doubt.by) / doubt.variants
    return -against, -len(doubt.by), not is_strict, doubt.bulletin.stem, doubt.at


def _find_in(bulletin: GoldBulletin, reads: Sequence[StoredReads]) -> Iterator[Doubt]:
    if len(reads) < LEAST:
        return
    text, gold = bulletin.document.text, bulletin.gold.figures
    aligned = {
        number: [align(figures, gold, text) for figures in one.repeats]
        for number, one in enumerate(reads)
    }
    for index, figure in enumerate(gold):
        opinions = [
            _form_opinion(one.name, [verdicts[index] for verdicts in aligned[number]], figure)
            for number, one in enumerate(reads)
        ]
        yield from _doubt_figure(bulletin, index, figure, opinions)
    invented = [_list_invented(bulletin, aligned[number]) for number in range(len(reads))]
    yield from _doubt_lack(bulletin, [one.name for one in reads], invented)


def _form_opinion(name: str, verdicts: Sequence[FigureVerdict], gold: Figure) -> _Opinion:
    figures = [verdict.read for verdict in verdicts if verdict.read is not None]
    omitted = len(verdicts) - len(figures)
    said: dict[str, Counter[Hashable]] = defaultdict(Counter)
    for figure in figures:
        for label, value in zip(COMPARED, comparable_fields(figure), strict=True):
            if is_labelled(gold, label) and has(gold, label) and has(figure, label):
                said[label][value] += 1
    labels = {
        label: value
        for label, counts in said.items()
        for value, count in counts.items()
        if 2 * count > len(verdicts)
    }
    return _Opinion(name, 2 * omitted > len(verdicts), labels, tuple(figures))


def _doubt_figure(
    bulletin: GoldBulletin, index: int, gold: Figure, opinions: Sequence[_Opinion]
) -> Iterator[Doubt]:
    """Doubt a figure of the gold: labels that several read alike and otherwise, or all of it."""
    names = tuple(one.name for one in opinions)
    whole = gold.model_dump(mode="json", exclude_unset=True)
    if all(one.is_omitted for one in opinions):
        mark = make_mark(bulletin, "doubt", _OMITTED, whole)
        yield Doubt(mark, bulletin, "omitted", index, gold, None, (), names, (), len(names))
        return
    known = dict(zip(COMPARED, comparable_fields(gold), strict=True))
    against: dict[tuple[int, ...], dict[str, Hashable]] = defaultdict(dict)
    for label in COMPARED:
        voters: dict[Hashable, list[int]] = defaultdict(list)
        for number, one in enumerate(opinions):
            if label in one.labels and one.labels[label] != known[label]:
                voters[one.labels[label]].append(number)
        for value, voting in voters.items():
            if len(voting) >= LEAST:
                against[tuple(voting)][label] = value
    for numbers, labels in against.items():
        by = tuple(opinions[number].name for number in numbers)
        with_gold = tuple(
            one.name
            for one in opinions
            if all(one.labels.get(label, _OMITTED) == known[label] for label in labels)
        )
        read = _choose_figure([opinions[number] for number in numbers], labels)
        mark = make_mark(bulletin, "doubt", whole, sorted(labels.items(), key=str))
        yield Doubt(
            mark, bulletin, "labels", index, gold, read, tuple(labels), by, with_gold, len(names)
        )


def _choose_figure(opinions: Sequence[_Opinion], labels: Mapping[str, Hashable]) -> Figure:
    """Choose the figure that most read so; of its other labels, those that most of them have."""
    figures = [figure for one in opinions for figure in one.figures]
    said = {
        figure: dict(zip(COMPARED, comparable_fields(figure), strict=True)) for figure in figures
    }
    best = max(figures, key=lambda figure: sum(said[figure][k] == v for k, v in labels.items()))
    alike = [figure for figure in figures if labels.items() <= said[figure].items()] or [best]
    counts = Counter(comparable_fields(figure) for figure in alike)
    return max(alike, key=lambda figure: counts[comparable_fields(figure)])


_Number = tuple[float, str, int]
"""Value, unit, and where the printed number starts."""


def _list_invented(
    bulletin: GoldBulletin, repeats: Sequence[Sequence[FigureVerdict]]
) -> dict[_Number, list[Figure]]:
    """List the numbers that a variant mostly has as a figure and the gold has not."""
    found: dict[_Number, list[Figure]] = defaultdict(list)
    for verdicts in repeats:
        for verdict in verdicts:
            if verdict.outcome is FigureOutcome.INVENTED and verdict.read is not None:
                figure = verdict.read
                start = _number_of(bulletin.document.text, figure)
                found[figure.value, figure.unit, start].append(figure)
    return {key: figures for key, figures in found.items() if 2 * len(figures) > len(repeats)}


def _number_of(text: str, figure: Figure) -> int:
    spans = locate_figure(text, figure)
    for span in spans:
        for numeral in numerals(text):
            if numeral.value == figure.value and _lies_within(numeral.start, numeral.end, span):
                return numeral.start
    return spans[0].start if spans else -1


def _lies_within(start: int, end: int, span: Span) -> bool:
    return span.start <= start and end <= span.end


def _doubt_lack(
    bulletin: GoldBulletin, names: Sequence[str], invented: Sequence[Mapping[_Number, list[Figure]]]
) -> Iterator[Doubt]:
    """Doubt that the gold lacks rightly what all variants have, unless a label sets it aside."""
    text = bulletin.document.text
    for key in invented[0]:
        if not all(key in one for one in invented) or _is_set_aside(bulletin, key[2]):
            continue
        figures = [figure for one in invented for figure in one[key]]
        counts = Counter(comparable_fields(figure) for figure in figures)
        read = max(figures, key=lambda figure: counts[comparable_fields(figure)])
        mark = make_mark(bulletin, "doubt", "invented", key)
        index = sum(_number_of(text, figure) < key[2] for figure in bulletin.gold.figures)
        by = tuple(names)
        yield Doubt(mark, bulletin, "invented", index, None, read, (), by, (), len(names))


def _is_set_aside(bulletin: GoldBulletin, start: int) -> bool:
    return any(one.char_start <= start < one.char_end for one in bulletin.gold.set_aside)
