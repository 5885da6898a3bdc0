"""How a text is read, as tables: the words that are known, the numbers, and what decides."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.text import Text

from pipeline.console.show import format_days
from pipeline.console.terminal import console, say, table
from pipeline.explanation import (
    DAYS,
    FUTURE,
    MENTION,
    PAST,
    UNIT,
    Explanation,
    Known,
    ReadNumber,
    name_figure,
)
from pipeline.plain_text import one_line, to_json
from pipeline.rules.vocabulary import Phrase, Role
from schemas.report import Figure

_DOES = {
    Role.HEAD: "names a service",
    Role.DETAIL: "narrows a service",
    Role.SPECIALTY: "names a specialty",
    Role.GENERIC: "counts what the words around it say",
    Role.ASIDE: "makes no figure",
    Role.ACT: "says what people got",
    Role.CUMULATIVE: "a longer stretch",
    Role.JORNADA: "one jornada",
    Role.OTHER_PERIOD: "another time",
    Role.GOAL_NOUN: "a goal",
    Role.PLANNED: "planned, what follows",
    Role.PLANNED_AFTER: "planned, what stands before",
    Role.PERFORMED: "performed",
    Role.SAYING: "says, does nothing",
    Role.APPROXIMATE: "approximate",
    Role.APPROXIMATE_ROUND: "approximate, a round number",
    Role.GOAL: "a percentage of a goal",
    Role.GROWTH: "a percentage of growth",
    Role.NO_GOAL: "no percentage of a goal",
    Role.PRODUCTIVITY: "a percentage of productivity",
    Role.RATE_BEFORE: "a rate, what follows",
    Role.RATE_AFTER: "a rate, what stands before",
    Role.MORE_BEFORE: "growth, what follows",
    Role.MORE_AFTER: "growth, what stands before",
    Role.PUT_OFF_BEFORE: "put off, what follows",
    Role.PUT_OFF_AFTER: "put off, what stands before",
    Role.STOCK_BEFORE: "in store, what follows",
    Role.HONOURED_BEFORE: "honoured, who follows",
    Role.NATIONAL: "the whole country",
    Role.OOAD: "a state's representation",
    Role.UMAE: "high-specialty units",
    Role.STATE: "a state",
    PAST: "a verb in the past, performed",
    FUTURE: "a verb in the future, planned",
    DAYS: "days",
    UNIT: "a hospital or clinic",
    MENTION: "a jornada",
}
_NOTE = (
    "What decides: the text is read again without these words. A label that none decides alone is "
    "said by several, by days, units or jornadas, or by an earlier sentence, or is assumed."
)


def show_explanation(explanation: Explanation, *, as_json: bool) -> None:
    """Print how a text is read."""
    if as_json:
        say(to_json(_facts(explanation)))
        return
    known = [
        (_place(one.start, one.end), one_line(one.words), _does(one), _say_lists(one.source))
        for one in explanation.known
    ]
    _section("Words that are known", ("at", "words", "does", "list: phrase"), known)
    numbers = [
        (
            _place(one.numeral.start, one.numeral.end),
            one_line(one.numeral.raw),
            _worth(one),
            _became(one),
        )
        for one in explanation.numbers
    ]
    _section("Numbers", ("at", "number", "worth", "became"), numbers)
    decided = [
        (
            one_line(number.numeral.raw),
            one_line(decider.words),
            one_line("; ".join(decider.otherwise)),
            _say_lists(decider.phrases) or "the form of a verb",
        )
        for number in explanation.numbers
        for decider in number.deciders
    ]
    _section("What decides", ("number", "words", "without them", "list: phrase"), decided)
    if explanation.numbers:
        console().print(Text(_NOTE))


def show_phrases(phrases: Sequence[Phrase], *, as_json: bool) -> None:
    """Print where phrases stand."""
    if as_json:
        say(to_json([_phrase_facts(phrase) for phrase in phrases]))
        return
    rows = [(one_line(phrase.where), one_line(phrase.written)) for phrase in phrases]
    console().print(table(("list", "phrase"), rows))


def _section(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    rows = list(rows)
    if rows:
        console().print(table(columns, rows, f"{title} ({len(rows)})"))
    else:
        say(f"{title}: none.")


def _place(start: int, end: int) -> str:
    return f"{start}-{end}"


def _does(known: Known) -> str:
    does = _DOES[known.role]
    return one_line(f"{does}: {known.meaning}" if known.meaning else does)


def _say_lists(phrases: Iterable[Phrase]) -> str:
    return one_line("; ".join(f"{phrase.where}: {phrase.written}" for phrase in phrases))


def _worth(number: ReadNumber) -> str:
    value = f"{number.numeral.value:,} ({number.numeral.kind})"
    others = (" and ".join(f"{one:,}" for one in values) for values in number.others)
    return ", or ".join((value, *others))


def _became(number: ReadNumber) -> str:
    if number.figure is None:
        return one_line(f"set aside: {number.reason}")
    return one_line(f"a figure: {_say_figure(number.figure)}")


def _say_figure(figure: Figure) -> str:
    more = (
        f"edition {figure.edition}" if figure.edition else "",
        format_days(figure.starts_on, figure.ends_on),
        figure.place,
        "approximate" if figure.approximate else "",
        f"of the {figure.basis}".replace("_", " ") if figure.basis else "",
    )
    return ", ".join((name_figure(figure), *filter(None, more)))


# JSON


def _facts(explanation: Explanation) -> dict[str, Any]:
    return {
        "text": explanation.text,
        "known": [
            {
                "char_start": one.start,
                "char_end": one.end,
                "words": one.words,
                "role": str(one.role),
                "meaning": one.meaning or None,
                "phrases": [_phrase_facts(phrase) for phrase in one.source],
            }
            for one in explanation.known
        ],
        "numbers": [_number_facts(one) for one in explanation.numbers],
    }


def _number_facts(number: ReadNumber) -> dict[str, Any]:
    return {
        "char_start": number.numeral.start,
        "char_end": number.numeral.end,
        "words": number.numeral.raw,
        "value": number.numeral.value,
        "kind": str(number.numeral.kind),
        "other_readings": [list(values) for values in number.others],
        "figure": number.figure.model_dump(mode="json") if number.figure else None,
        "set_aside": number.reason or None,
        "deciders": [
            {
                "char_start": one.start,
                "char_end": one.end,
                "words": one.words,
                "without": list(one.otherwise),
                "phrases": [_phrase_facts(phrase) for phrase in one.phrases],
            }
            for one in number.deciders
        ],
    }


def _phrase_facts(phrase: Phrase) -> dict[str, str]:
    return {"list": phrase.where, "phrase": phrase.written}
