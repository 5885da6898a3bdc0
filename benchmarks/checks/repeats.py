"""Facts that are said again, with another number or rightly, and facts that only look the same."""

import random
import re
from collections.abc import Iterator

from benchmarks.checks.bulletin import (
    Bulletin,
    Planted,
    append,
    change_digit,
    counts,
    numeral_of,
    place_of,
    placed,
    print_number,
    rewrite,
    with_figures,
)
from pipeline.facts import kind_of
from schemas.finding import Span
from schemas.report import Figure, Period, Service

_SMALLEST = 2000
"""Below it headlines do not round."""
_SMALLEST_OF_TWO_DIGITS = 10_000
"""From here up a headline keeps two digits."""
_HARDLY_MORE = 1.1
"""What is rounded up by more than this is not "almost" so much."""
_WORDS_BEHIND = re.compile(r"\s+[^\W\d][^\n.;:,()]{2,60}")


def _sole(bulletin: Bulletin, least: int = _SMALLEST) -> Iterator[tuple[Figure, str]]:
    """Yield the large exact figures that are the only ones of their kind, with their noun."""
    text = bulletin.document.text
    for _, figure in counts(bulletin):
        alike = [one for one in bulletin.report.figures if kind_of(one) == kind_of(figure)]
        numeral = numeral_of(text, figure)
        if figure.value < least or len(alike) > 1 or numeral is None:
            continue
        behind = _WORDS_BEHIND.match(text, numeral.end, place_of(figure).end)
        if behind:
            yield figure, " ".join(behind[0].split())


def _round(value: float, *, up: bool = False) -> int:
    step = _step(value)
    return int(value // step + up) * step


def _step(value: float) -> int:
    return max(1000, int(10 ** (len(str(int(value))) - 2)))


def _head(bulletin: Bulletin, figure: Figure, value: int, before: str, noun: str) -> Planted:
    """Give a bulletin a headline above the one that it has."""
    quote = f"{print_number(value)} {noun}"
    title = f"{before}{quote} en el IMSS"
    new = rewrite(bulletin, Span(0, 0), f"{title}\n\n")
    metadata = new.document.metadata.model_copy(update={"title": title})
    document = new.document.model_copy(update={"metadata": metadata})
    span = Span(len(before), len(before) + len(quote))
    approximate = before != "Suman "
    head = placed(figure, document.text, span, value=value, approximate=approximate)
    return Planted(with_figures(new._replace(document=document), head), value)


def other_headline(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Round to something else than the body says: 155 mil for 150 mil 483."""
    for figure, noun in _sole(bulletin, _SMALLEST_OF_TWO_DIGITS):
        step = _step(figure.value)
        others = [_round(figure.value) + step * more for more in (2, 3, 4)]
        # 90 mil for 88 mil 876 rounds once more, and is right.
        value = rng.choice([one for one in others if one % (10 * step)])
        for before in ("Más de ", "Suman "):
            yield _head(bulletin, figure, value, before, noun)


def right_headline(bulletin: Bulletin, _rng: random.Random) -> Iterator[Planted]:
    """Round as headlines do."""
    for figure, noun in _sole(bulletin):
        for before, up in (("Más de ", False), ("Casi ", True), ("Cerca de ", True)):
            value = _round(figure.value, up=up and figure.value % _step(figure.value) > 0)
            if value <= _HARDLY_MORE * figure.value:
                yield _head(bulletin, figure, value, before, noun)


def _say_again(bulletin: Bulletin, figure: Figure, value: int, noun: str) -> Planted:
    quote = f"{print_number(value)} {noun}"
    new = append(bulletin, f"En suma, se registraron {quote}.")
    if value == figure.value:
        return Planted(new, value)
    end = len(new.document.text) - 1
    again = placed(figure, new.document.text, Span(end - len(quote), end), value=value)
    return Planted(with_figures(new, again), value)


def other_repeat(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Say a fact again with another digit."""
    for figure, noun in _sole(bulletin):
        yield _say_again(bulletin, figure, change_digit(figure.value, rng), noun)


def right_repeat(bulletin: Bulletin, _rng: random.Random) -> Iterator[Planted]:
    """Say a fact again as it is."""
    for figure, noun in _sole(bulletin):
        yield _say_again(bulletin, figure, int(figure.value), noun)


def two_days(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Count the same service on two days of one jornada."""
    for _, figure in counts(bulletin):
        if figure.period is Period.JORNADA and figure.service is not Service.STAFF:
            first, second = rng.sample(range(20, 60), 2)
            sessions = f"{first} sesiones de diálisis peritoneal"
            day = figure.model_copy(update={"service": Service.DIALYSIS, "detail": "peritoneal"})
            yield _told(
                bulletin,
                f"El primer día se dieron {sessions} y el segundo, {second} más.",
                [day.model_copy(update={"value": value}) for value in (first, second)],
                [sessions, f"{second} más"],
            )


def donors(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Tell what donors gave: organs out of each, and units of blood."""
    for _, figure in counts(bulletin):
        tissue, several = rng.randint(20, 60), rng.randint(5, 15)
        kidneys, corneas = 2 * several, 2 * tissue
        units, givers = (rng.randint(1000, 1100) for _ in range(2))
        said = (
            f"Hubo {tissue + several} donaciones: {tissue} de tejidos y {several} multiorgánicas; "
            f"se obtuvieron {kidneys} riñones y {corneas} córneas. "
            f"Además, {givers} donadores dieron {units} unidades de sangre."
        )
        facts = (
            (tissue + several, None, "donaciones"),
            (tissue, "tissue", "de tejidos"),
            (several, "multiorgan", "multiorgánicas"),
            (kidneys, "kidney", "riñones"),
            (corneas, "cornea", "córneas"),
            (givers, "blood", "donadores"),
            (units, "blood", "unidades de sangre"),
        )
        figures = [
            figure.model_copy(
                update={"value": value, "service": Service.DONATION, "detail": detail}
            )
            for value, detail, _ in facts
        ]
        yield _told(bulletin, said, figures, [f"{value} {noun}" for value, _, noun in facts])


def _told(bulletin: Bulletin, said: str, figures: list[Figure], quotes: list[str]) -> Planted:
    start = len(bulletin.document.text)
    new = append(bulletin, said)
    text = new.document.text
    found = []
    for figure, quote in zip(figures, quotes, strict=True):
        at = text.index(quote, start)
        found.append(placed(figure, text, Span(at, at + len(quote))))
    return Planted(with_figures(new, *found))
