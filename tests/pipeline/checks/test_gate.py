"""The gate: gold passes it whole, and nothing that is made up passes it at all."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.labels.gold import GoldBulletin, load_gold
from pipeline.checks.gate import keep_held
from pipeline.checks.grounding import value_fault
from pipeline.extract import check_reading
from pipeline.places import canonical_places
from pipeline.plain_text import one_line
from pipeline.quotes import locate_figure
from schemas.finding import Severity
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import (
    Figure,
    Jornada,
    JornadaReport,
    Period,
    PlaceMention,
    PlaceRole,
    Service,
    SetAside,
    Specialty,
    Status,
    Unit,
)
from tests.pipeline.checks.made import a_document, a_jornada, a_report
from tests.pipeline.forms.made import ROOT

GOLD = (("eval/gold", "examples/bulletins"), ("eval/hard", None), ("eval/unseen", None))
DROPPING = ("grounding", "printed", "years")


def placed(bulletin: GoldBulletin) -> JornadaReport:
    """Give the gold of a bulletin with each figure where a quote like its own grounds it."""

    def place(figure: Figure) -> Figure:
        text = bulletin.document.text
        spans = locate_figure(text, figure)
        start, end = next(
            span
            for span in spans
            if value_fault(text, span, figure.value, figure.unit, figure.service) is None
        )
        update = {"quote": text[start:end], "char_start": start, "char_end": end}
        return figure.model_copy(update=update)

    figures = tuple(map(place, bulletin.gold.figures))
    return canonical_places(bulletin.gold.model_copy(update={"figures": figures}))


def without_year_source(report: JornadaReport) -> JornadaReport:
    jornadas = tuple(one.model_copy(update={"year_source": None}) for one in report.jornadas)
    return report.model_copy(update={"jornadas": jornadas})


@pytest.mark.parametrize(("labels", "texts"), GOLD)
def test_gold_loses_nothing(labels: str, texts: str | None) -> None:
    for bulletin in load_gold(ROOT / labels, (ROOT / texts,) if texts else ()):
        report = placed(bulletin)
        reading = Reading(
            document_id=bulletin.document.id,
            key=ReaderKey(reader="gold", schema_hash="s"),
            status=ReadingStatus.OK,
            report=report,
            seconds=0,
        )
        checked = check_reading(bulletin.document, reading)
        assert checked.report is not None
        assert without_year_source(checked.report) == without_year_source(report), bulletin.stem
        assert [one for one in checked.findings if one.check in DROPPING] == [], bulletin.stem


NOUNS = {Service.SURGERY: "cirugías", Service.CONSULTATION: "consultas"}
PLACES = ("Puebla", "Colima", "HGZ 33")
SPECIALTIES = ("Oftalmología", "Cirugía General")
counts = st.integers(2, 1800)
editions = st.integers(2, 40)
starts = st.dates(date(2021, 1, 1), date(2025, 12, 28))


@st.composite
def made_from_text(draw: st.DrawFn) -> tuple[str, JornadaReport]:
    """Write a bulletin and the report that says what it says."""
    edition, start = draw(editions), draw(starts)
    end = start.replace(day=min(start.day + 2, 28)) if start.day < 28 else start
    services = draw(st.lists(st.sampled_from(list(NOUNS)), min_size=1, max_size=4))
    specialty = draw(st.sampled_from(SPECIALTIES))
    title = f"Concluye la {edition}ª Jornada de Continuidad"
    text = f"{title}\n\nDel {start.day} al {end.day} de {MONTHS[start.month - 1]} de {start.year}. "
    figures = []
    for service in services:
        value, place = draw(counts), draw(st.sampled_from(PLACES))
        text += "Se dieron "
        quote = f"{value} {NOUNS[service]}"
        figures.append(
            Figure(
                value=value,
                unit=Unit.COUNT,
                service=service,
                status=Status.PERFORMED,
                period=Period.JORNADA,
                edition=edition,
                starts_on=start,
                ends_on=end,
                place=place,
                approximate=False,
                quote=quote,
                char_start=len(text),
                char_end=len(text) + len(quote),
            )
        )
        text += f"{quote} en {place}. "
    text += f"Hubo {specialty}."
    return text, a_report(
        *figures,
        title=title,
        programme="Jornada de Continuidad",
        jornadas=(a_jornada(edition=edition, year=start.year, start=start, end=end),),
        specialties=(Specialty(service=Service.SURGERY, name=specialty),),
        places=tuple(
            PlaceMention(name=name, role=PlaceRole.PARTICIPANT)
            for name in dict.fromkeys(figure.place for figure in figures)
        ),
    )


MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre"),
    *("octubre", "noviembre", "diciembre"),
)


@given(made_from_text())
def test_a_report_made_from_the_text_loses_nothing(made: tuple[str, JornadaReport]) -> None:
    text, report = made
    kept, findings = keep_held(a_document(text), report)
    assert findings == ()
    assert without_year_source(kept) == without_year_source(report)


words = st.text(min_size=1, max_size=40) | st.sampled_from(
    ["=1+1", "<b>x</b>", "\x1b[31m", "Oaxaca", "HGZ 21", "Neurología", "Plan Nacional", "x; y"]
)
days = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))
# None of it says a word, an edition or a day that `words`, `days` and `numbers` can make up.
SILENT = "IMSS realizó 120 cirugías a una mujer en 7 hospitales"
numbers = st.integers(100, 2**31 - 1)


@st.composite
def figures_made_up(draw: st.DrawFn) -> Figure:
    """Claim any words of the text, for any value and with any labels."""
    start = draw(st.integers(0, len(SILENT) - 1))
    end = draw(st.integers(start + 1, len(SILENT)))
    period = draw(st.sampled_from(Period))
    unit = draw(st.sampled_from(Unit))
    return Figure(
        value=draw(st.sampled_from([1, 7, 120, 2022, 45])),
        unit=unit,
        service=draw(st.sampled_from(Service)),
        status=draw(st.sampled_from(Status)),
        period=period,
        edition=draw(numbers) if period is Period.JORNADA else None,
        starts_on=draw(days),
        ends_on=draw(days),
        place=draw(words),
        approximate=draw(st.booleans()),
        quote=SILENT[start:end],
        char_start=start,
        char_end=end,
    )


@st.composite
def reports_made_up(draw: st.DrawFn) -> JornadaReport:
    jornadas: list[Jornada] = draw(
        st.lists(
            st.builds(
                a_jornada, edition=numbers, start=days, end=days, year=st.integers(1990, 2100)
            ),
            max_size=3,
        )
    )
    some: dict[str, Any] = {
        "title": draw(words),
        "programme": draw(words),
        "published_on": draw(days),
        "jornadas": tuple(jornadas),
        "specialties": tuple(
            Specialty(service=Service.SURGERY, name=name)
            for name in draw(st.lists(words, max_size=3))
        ),
        "places": tuple(
            PlaceMention(name=name, role=PlaceRole.HIGHLIGHTED)
            for name in draw(st.lists(words, max_size=3))
        ),
        "set_aside": (
            SetAside(quote=SILENT[13:16], reason=draw(words), char_start=13, char_end=16),
        ),
    }
    return a_report(*draw(st.lists(figures_made_up(), max_size=4)), **some)


def held_words(report: JornadaReport) -> Iterator[str]:
    yield from filter(None, (report.title, report.programme))
    yield from (one.name for one in (*report.specialties, *report.places))


@given(reports_made_up())
def test_nothing_that_is_made_up_passes(report: JornadaReport) -> None:
    document = a_document(SILENT)
    kept, findings = keep_held(document, report)
    assert kept.published_on is None
    assert kept.jornadas == ()
    for text in held_words(kept):
        assert " ".join(text.split()) in SILENT or text == "national"
    for figure in kept.figures:
        assert (figure.value, figure.unit) in ((120, Unit.COUNT), (7, Unit.COUNT))
        assert (figure.edition, figure.starts_on, figure.ends_on) == (None, None, None)
        assert figure.place in SILENT or figure.place == "national"
    assert all(one.reason == one_line(one.reason) for one in kept.set_aside)
    assert all(one.message == one_line(one.message) for one in findings)
    assert all(one.severity in (Severity.WARNING, Severity.ERROR) for one in findings)
    assert keep_held(document, kept) == (kept, ()), "what is kept is kept again"
