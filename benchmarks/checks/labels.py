"""Faults of days and of the reading alone: what is there is labelled wrongly, or left out."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks.checks.bulletin import (
    Bulletin,
    Planted,
    append,
    numeral_of,
    place_of,
    relabel,
)
from pipeline.quotes import numerals_at
from schemas.report import Jornada

_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
    *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
_WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_PLACES = ("Baja California Sur", "Campeche", "Nayarit", "Zacatecas")
_FAR = timedelta(weeks=52 * 5)


def _begun(bulletin: Bulletin, day: date, weekday: int) -> Planted:
    name = _WEEKDAYS[weekday % 7]
    when = f"{name} {day.day} de {_MONTHS[day.month - 1]} de {day.year}"
    return Planted(append(bulletin, f"Las actividades iniciaron el {when}."))


def other_weekday(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Say that a jornada began on another weekday than it did."""
    for jornada in bulletin.report.jornadas:
        if day := jornada.start:
            yield _begun(bulletin, day, day.weekday() + rng.randint(1, 6))


def right_weekday(bulletin: Bulletin, _rng: random.Random) -> Iterator[Planted]:
    """Say on which weekday a jornada began."""
    for jornada in bulletin.report.jornadas:
        if day := jornada.start:
            yield _begun(bulletin, day, day.weekday())


def reversed_days(bulletin: Bulletin, _rng: random.Random) -> Iterator[Planted]:
    """Let a jornada end before it starts."""
    for index, jornada in enumerate(bulletin.report.jornadas):
        if jornada.start and jornada.end and jornada.start < jornada.end:
            days = {"start": jornada.end, "end": jornada.start}
            yield Planted(_with_jornada(bulletin, index, jornada.model_copy(update=days)))


def other_year(bulletin: Bulletin, _rng: random.Random) -> Iterator[Planted]:
    """Give a jornada a year that stands nowhere."""
    for index, jornada in enumerate(bulletin.report.jornadas):
        if not (jornada.year and jornada.start and jornada.end):
            continue
        start, end = jornada.start + _FAR, jornada.end + _FAR
        if start.year == end.year and str(start.year) not in bulletin.document.text:
            days = {"start": start, "end": end, "year": start.year}
            yield Planted(_with_jornada(bulletin, index, jornada.model_copy(update=days)))


def _with_jornada(bulletin: Bulletin, index: int, jornada: Jornada) -> Bulletin:
    jornadas = list(bulletin.report.jornadas)
    jornadas[index] = jornada
    report = bulletin.report.model_copy(update={"jornadas": tuple(jornadas)})
    return bulletin._replace(report=report)


def other_place(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Give a figure a place that stands nowhere."""
    places = [place for place in _PLACES if place not in bulletin.document.text]
    for index in range(len(bulletin.report.figures)):
        yield Planted(relabel(bulletin, index, place=rng.choice(places)))


def other_value(bulletin: Bulletin, _rng: random.Random) -> Iterator[Planted]:
    """Give a figure a value that is not in its quote."""
    for index, figure in enumerate(bulletin.report.figures):
        near = numerals_at(bulletin.document.text, place_of(figure))
        if not any(one.value == figure.value + 1 for one in near):
            yield Planted(relabel(bulletin, index, value=figure.value + 1), figure.value + 1)


def left_out(bulletin: Bulletin, _rng: random.Random) -> Iterator[Planted]:
    """Lose a figure whose number no other claims."""
    figures = bulletin.report.figures
    for index, figure in enumerate(figures):
        numeral = numeral_of(bulletin.document.text, figure)
        others = (*figures[:index], *figures[index + 1 :])
        if numeral and not any(
            other.value == figure.value
            or (place_of(other).start < numeral.end and numeral.start < place_of(other).end)
            for other in others
        ):
            report = bulletin.report.model_copy(update={"figures": others})
            yield Planted(bulletin._replace(report=report), figure.value)
