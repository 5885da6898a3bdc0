"""The quote of a number, found in the text alone."""

from itertools import pairwise

import pytest
from hypothesis import given

from pipeline.checks.grounding import keep_grounded, value_fault
from pipeline.forms.numbering import number_document
from pipeline.forms.shortest_quote import quote_of
from pipeline.quotes import cut_numeral, locate
from schemas.document import Document, Numeral
from schemas.finding import Span
from schemas.report import BulletinKind, Figure, JornadaReport, Period, Service, Status, Unit
from tests.pipeline.forms.made import document, gold, texts


def quotes(text: str) -> list[str]:
    return [text[slice(*quote_of(text, n))] for n in number_document(document(text)).numerals]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Hubo 58 mil 610 consultas de Medicina Familiar y 23 mil 138 de Especialidad.",
            ["58 mil 610 consultas de Medicina Familiar", "23 mil 138 de Especialidad"],
        ),
        ("Con más de 900 cirugías, alivia.", ["más de 900 cirugías"]),
        ("Superó las 900 cirugías en mayo.", ["Superó las 900 cirugías"]),
        ("Rebasó la meta, casi 40 por ciento arriba.", ["casi 40 por ciento arriba"]),
        ("• Consultas: 1,200\n• Cirugías: 85\n", ["Consultas: 1,200", "Cirugías: 85"]),
        ("En egresos (56 por ciento).", ["egresos (56 por ciento)"]),
        ("Realizó 2 mil\nconsultas hoy", ["2 mil\nconsultas hoy"]),
        ("Realizó 2 mil\nDirección General", ["Realizó 2 mil"]),
        ("Dio 2 mil consultas de\nMedicina Familiar", ["2 mil consultas de\nMedicina Familiar"]),
        ("De ellas, 40 fueron de cadera.", ["40 fueron de cadera"]),
        ("Hubo 12; nada.", ["Hubo 12"]),
        ("12", ["12"]),
        (
            "Dio 3 mil 20 a consulta externa, 7 a 9 más.",
            ["3 mil 20 a consulta externa", "7", "9 más"],
        ),
    ],
)
def test_a_quote_holds_the_number_and_what_it_counts(text: str, wanted: list[str]) -> None:
    assert quotes(text) == wanted


def test_a_quote_ends_before_a_page_foot() -> None:
    text = (
        "Además se otorgaron 6 mil 710\n\n"
        "Pag. 1 de 2     Av. Poniente 7 No. 1350     Tel. 272 728 7100\n\n"
        " detecciones de diabetes en la entidad."
    )
    assert quotes(text)[0] == "Además se otorgaron 6 mil 710"


def service_of(text: str, numeral: Numeral, quote: Span) -> Service:
    """Give a service that a number can count: "una donación" is of no other."""
    unit = Unit(numeral.kind.value)
    fitting = (
        service
        for service in Service
        if value_fault(text, quote, numeral.value, unit, service) is None
    )
    return next(fitting, Service.OTHER)


def report(one: Document) -> JornadaReport:
    """Make a figure of every number with a mark."""
    figures = []
    for numeral in number_document(one).numerals:
        start, end = quote_of(one.text, numeral)
        figures.append(
            Figure(
                value=numeral.value,
                unit=Unit(numeral.kind.value),
                service=service_of(one.text, numeral, Span(start, end)),
                status=Status.PERFORMED,
                period=Period.OTHER,
                place="national",
                approximate=False,
                quote=one.text[start:end],
                char_start=start,
                char_end=end,
            )
        )
    return JornadaReport(bulletin_kind=BulletinKind.RESULTS, figures=tuple(figures))


def assert_sound(one: Document) -> None:
    made = report(one)
    kept, dropped = keep_grounded(one, made)
    assert dropped == ()
    assert len(kept.figures) == len(number_document(one).numerals)
    spans = [quote_of(one.text, numeral) for numeral in number_document(one).numerals]
    for numeral, span in zip(number_document(one).numerals, spans, strict=True):
        assert span.start <= numeral.start
        assert numeral.end <= span.end
        assert cut_numeral(one.text, span) is None
    for (numeral, span), (following, _) in pairwise(
        zip(number_document(one).numerals, spans, strict=True)
    ):
        # "un" may stand inside another number's words; no other number may.
        assert span.end <= following.start or following.raw.lower() in ("un", "una"), numeral


@pytest.mark.parametrize("folders", [("examples/bulletins", "eval/gold"), ("eval/hard",) * 2])
def test_every_number_of_the_examples_has_a_quote_that_grounds_it(folders: tuple[str, str]) -> None:
    for one, _ in gold(*folders).values():
        assert_sound(one)


@given(texts)
def test_every_number_of_any_text_has_a_quote_that_grounds_it(text: str) -> None:
    assert_sound(document(text))


def test_most_quotes_are_what_a_person_would_quote() -> None:
    same, overlapping, all_ = 0, 0, 0
    for one, labels in gold("examples/bulletins", "eval/gold").values():
        for figure in labels.figures:
            places = locate(one.text, figure.quote)
            found = [
                quote_of(one.text, n)
                for place in places
                for n in number_document(one).numerals
                if place.start <= n.start and n.end <= place.end and n.value == figure.value
            ]
            if found:
                all_ += 1
                same += found[0] in places
                overlapping += any(
                    place.start <= found[0].start <= found[0].end <= place.end
                    or found[0].start <= place.start <= place.end <= found[0].end
                    for place in places
                )
    assert all_ > 500
    assert same / all_ > 0.7
    assert overlapping / all_ > 0.95
