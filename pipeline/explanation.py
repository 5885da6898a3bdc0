"""How a text is read, word by word: what is known in it, and which words decide on each number.

What decides is tried, not guessed: the text is read again without a word, and what becomes of a
number then is compared. A word that no other reading turns on decides nothing by itself.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from typing import NamedTuple

from pipeline.numerals import ambiguities, numerals
from pipeline.rules.jornada_mentions import mentions_of
from pipeline.rules.passages import Passages, passages
from pipeline.rules.reader import read_report
from pipeline.rules.spot import is_article
from pipeline.rules.vocabulary import (
    Meaning,
    Phrase,
    Source,
    Vocabulary,
    Word,
    vocabulary,
)
from schemas.document import QUANTITIES, Document, Numeral
from schemas.report import Figure, JornadaReport

PAST, FUTURE, DAYS, UNIT, MENTION = "past", "future", "days", "unit", "mention"
"""What is known by its form and stands in no list of the vocabulary, beside its roles."""

_COMPARED = (
    *("service", "detail", "unit", "status", "period", "edition", "starts_on", "ends_on"),
    *("place", "approximate", "basis"),
)


class Known(NamedTuple):
    """Words that the baseline knows, with one of their meanings."""

    start: int
    end: int
    words: str
    """As printed."""
    role: str
    """What they do: a role of the vocabulary, or one that words have by their form."""
    meaning: str
    """The service and detail, the reason, or the name; empty where the role says all."""
    source: Source = ()
    """Where that stands in the vocabulary; empty of what is known by its form."""


class Decider(NamedTuple):
    """Words without which a number would be read otherwise."""

    start: int
    end: int
    words: str
    phrases: tuple[Phrase, ...]
    """What to mend in the vocabulary; none for the ending of a verb."""
    otherwise: tuple[str, ...]
    """What the number would be without them: "status: planned", "set aside: a rate"."""


class ReadNumber(NamedTuple):
    """One number: what it may be worth, what became of it, and which words decide that."""

    numeral: Numeral
    others: tuple[tuple[int | float, ...], ...]
    """The values that its stretch of print could be read as, too."""
    figure: Figure | None
    reason: str
    """Why it is no figure; empty for one."""
    deciders: tuple[Decider, ...]


class Explanation(NamedTuple):
    """How a text is read."""

    text: str
    known: tuple[Known, ...]
    numbers: tuple[ReadNumber, ...]


class _Trial(NamedTuple):
    """Words that the text was read without, all of them at once."""

    text: str
    places: tuple[tuple[int, int], ...]
    phrases: tuple[Phrase, ...]
    numbers: tuple[ReadNumber, ...]


def explain(document: Document, words: Vocabulary | None = None) -> Explanation:
    """Read a document as the baseline does, and say by what.

    It is read once more for each word that is known: for a sentence or a short bulletin.
    """
    words = words or vocabulary()
    source = passages(document.text, words)
    read = _numbers(document.text, read_report(document, words))
    trials = list(_trials(document, source, words))
    known = sorted((*_terms(source), *_forms(source)), key=lambda one: (one.start, -one.end))
    numbers = [
        number._replace(deciders=tuple(_deciders(number, at, trials)))
        for at, number in enumerate(read)
    ]
    return Explanation(document.text, tuple(known), tuple(filter(_is_told, numbers)))


def _is_told(number: ReadNumber) -> bool:
    """Leave out "un" and "una", which seldom count, where nothing is made of them."""
    return not is_article(number.numeral) or number.figure is not None


# What is known


def _terms(source: Passages) -> Iterator[Known]:
    for sentence in source.sentences:
        for term in sentence.terms:
            printed = source.text[term.start : term.end]
            for meaning in term.meanings:
                for one in term.sources[meaning]:
                    yield Known(term.start, term.end, printed, meaning.role, _say(meaning), one)


def _say(meaning: Meaning) -> str:
    if meaning.label or not meaning.service:
        return meaning.label
    return f"{meaning.service}: {meaning.detail}" if meaning.detail else str(meaning.service)


def _forms(source: Passages) -> Iterator[Known]:
    """Yield what is known without a list: verbs by their endings, days, units, jornadas."""
    text = source.text
    for sentence in source.sentences:
        for word, (start, end) in zip(sentence.words, sentence.places, strict=True):
            if word.past or word.future:
                yield Known(start, end, text[start:end], PAST if word.past else FUTURE, "")
        for unit in sentence.units:
            yield Known(unit.start, unit.end, text[unit.start : unit.end], UNIT, unit.name)
    for span in source.dates:
        yield Known(span.start, span.end, text[span.start : span.end], DAYS, "")
    for mention in mentions_of(source):
        edition = "" if mention.edition is None else f"edition {mention.edition}"
        words = text[mention.start : mention.end]
        yield Known(mention.start, mention.end, words, MENTION, edition)


# What becomes of each number


def _numbers(text: str, report: JornadaReport) -> tuple[ReadNumber, ...]:
    """Return every numeral of a text, in order, and what a report makes of it."""
    open_places = ambiguities(text)
    found = []
    for numeral in numerals(text, articles=True):
        others = tuple(
            tuple(one.value for one in reading)
            for place in open_places
            if place.start <= numeral.start < place.end
            for reading in place.readings[1:]
        )
        figure = _figure_at(report, numeral)
        reason = "" if figure else _reason_at(report, numeral)
        found.append(ReadNumber(numeral, others, figure, reason, ()))
    return tuple(found)


def _figure_at(report: JornadaReport, numeral: Numeral) -> Figure | None:
    """Return the figure that a numeral became: the one of its value with the fewest words."""
    figures = [
        figure
        for figure in report.figures
        if figure.value == numeral.value
        and _holds(figure.char_start, figure.char_end, numeral.start)
    ]
    return min(figures, key=lambda figure: len(figure.quote), default=None)


def _reason_at(report: JornadaReport, numeral: Numeral) -> str:
    asides = [
        aside
        for aside in report.set_aside
        if _holds(aside.char_start, aside.char_end, numeral.start)
    ]
    if asides:
        return min(asides, key=lambda aside: len(aside.quote)).reason
    if numeral.kind not in QUANTITIES:
        return f"by its form: {numeral.kind}"
    return "nothing is said of it"


def _holds(start: int | None, end: int | None, position: int) -> bool:
    return start is not None and end is not None and start <= position < end


# Which words decide


class _Words(NamedTuple):
    """Words that overlap ("se prevén" and the verb in it), which can only be left out together."""

    phrases: tuple[Phrase, ...]
    verbs: tuple[str, ...]
    """Those of them that are known for verbs by their endings."""


def _trials(document: Document, source: Passages, words: Vocabulary) -> Iterator[_Trial]:
    """Read a document without each word that it has: without all its meanings, then each alone."""
    for (phrases, verbs), places in _words_of(source).items():
        alone = [((phrase,), ()) for phrase in phrases] + [((), (verb,)) for verb in verbs]
        for less, plain in ((phrases, verbs), *(alone if len(alone) > 1 else ())):
            with words.without(less), _without_tense(words, plain):
                report = read_report(document, words)
            numbers = _numbers(document.text, report)
            yield _Trial(document.text, tuple(places), less, numbers)


def _words_of(source: Passages) -> dict[_Words, list[tuple[int, int]]]:
    """Return all words that are known, and where they stand."""
    text, found = source.text, dict[_Words, list[tuple[int, int]]]()
    for sentence in source.sentences:
        known = [(term.start, term.end, tuple(term.phrases()), ()) for term in sentence.terms]
        verbs = [
            (start, end, (), (text[start:end],))
            for word, (start, end) in zip(sentence.words, sentence.places, strict=True)
            if word.past or word.future
        ]
        joined: list[tuple[int, int, _Words]] = []
        for start, end, phrases, tensed in sorted((*known, *verbs)):
            if joined and start < joined[-1][1]:
                first, last, one = joined.pop()
                both = _Words((*one.phrases, *phrases), (*one.verbs, *tensed))
                joined.append((first, max(last, end), both))
            else:
                joined.append((start, end, _Words(phrases, tensed)))
        for start, end, one in joined:
            found.setdefault(one, []).append((start, end))
    return found


@contextmanager
def _without_tense(words: Vocabulary, verbs: Collection[str]) -> Iterator[None]:
    """Take words as printed for no verbs for a while."""
    known = words.word

    def told(word: str) -> Word:
        found = known(word)
        return found._replace(past=False, future=False) if word in verbs else found

    try:
        if verbs:
            vars(words)["word"] = told
        yield
    finally:
        vars(words)["word"] = known


def _deciders(number: ReadNumber, at: int, trials: Iterable[_Trial]) -> Iterator[Decider]:
    """Yield the words that a number turns on, in the text's order.

    Where one meaning of a word decides as much as all of them, that one is named.
    """
    found: dict[tuple[tuple[int, int], tuple[str, ...]], _Trial] = {}
    for trial in trials:
        if otherwise := tuple(_differences(number, trial.numbers[at])):
            place = min(trial.places, key=lambda one: abs(one[0] - number.numeral.start))
            found[place, otherwise] = trial
    for (place, otherwise), trial in sorted(found.items(), key=itemgetter(0)):
        start, end = place
        yield Decider(start, end, trial.text[start:end], trial.phrases, otherwise)


def _differences(one: ReadNumber, other: ReadNumber) -> Iterator[str]:
    """Say what a number is in another reading, where it is not what it is in this one."""
    if other.figure is None:
        if other.reason != one.reason:
            yield f"set aside: {other.reason}"
        return
    if one.figure is None:
        yield f"a figure: {name_figure(other.figure)}"
        return
    for label in _COMPARED:
        if getattr(one.figure, label) != (value := getattr(other.figure, label)):
            yield f"{label}: {_say_label(value)}"


def _say_label(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def name_figure(figure: Figure) -> str:
    """Say what a figure counts: "surgery: hernia, performed, period jornada"."""
    detail = f": {figure.detail}" if figure.detail else ""
    return f"{figure.service}{detail}, {figure.status}, period {figure.period}"
