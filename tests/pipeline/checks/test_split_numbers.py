import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks import grounding, split_numbers
from schemas.finding import Finding, Severity
from schemas.report import Figure, Service, SetAside
from tests.pipeline.checks.made import a_document, a_figure, a_report, quoted

GAPS = (", ", " , ", ",\n", ". ", "'", " ")


def found(text: str, *figures: Figure, aside: str = "") -> list[Finding]:
    at = text.find(aside)
    asides = [SetAside(quote=aside, reason="?", char_start=at, char_end=at + len(aside))]
    report = a_report(*figures, set_aside=tuple(asides) if aside else ())
    return list(split_numbers.check(a_document(text), report))


def test_a_piece_that_is_a_figure_beside_one_that_is_set_aside_is_a_warning() -> None:
    text = "Se practicaron 64, 255 detecciones en tres días."
    figure = quoted(text, "255 detecciones", a_figure(255, Service.SCREENING))
    (finding,) = found(text, figure, aside="64")
    assert finding.severity is Severity.WARNING
    assert "255 is a figure and '64' beside it is none" in finding.message
    assert "most likely one number, 64,255" in finding.message
    assert finding.span is not None
    assert text[slice(*finding.span)] == "64, 255"


def test_a_piece_may_lie_in_the_quote() -> None:
    text = "Se practicaron 64, 255 detecciones en tres días."
    figure = quoted(text, "64, 255 detecciones", a_figure(255, Service.SCREENING))
    assert len(found(text, figure)) == 1


def test_the_first_piece_alone_is_told_too() -> None:
    text = "Se practicaron 64, 255 detecciones en tres días."
    figure = quoted(text, "64", a_figure(64, Service.SCREENING))
    (finding,) = found(text, figure, aside="255")
    assert "64 is a figure and '255' beside it is none" in finding.message


def test_the_whole_number_is_no_finding() -> None:
    text = "Se practicaron 64, 255 detecciones en tres días."
    assert found(text, quoted(text, "64, 255 detecciones", a_figure(64255))) == []


def test_a_figure_elsewhere_does_not_take_the_other_piece() -> None:
    text = "Hubo 64 cirugías. Se practicaron 64, 255 detecciones en tres días."
    elsewhere = quoted(text, "64 cirugías", a_figure(64, Service.SURGERY))
    figure = quoted(text, "255 detecciones", a_figure(255, Service.SCREENING))
    assert len(found(text, elsewhere, figure, aside="64,")) == 1


def test_both_pieces_may_be_figures() -> None:
    text = "Se practicaron 64, 255 detecciones en tres días."
    pieces = [quoted(text, "64", a_figure(64)), quoted(text, "255 detecciones", a_figure(255))]
    assert found(text, *pieces) == []


@pytest.mark.parametrize(
    "text",
    [
        "Hubo 64; 255 detecciones se practicaron.",
        "En la UMF 64, 255 detecciones.",
        "El 14 de agosto de 2022, 255 detecciones.",
        "Fueron 64, 255, 31 y 12 detecciones.",
        "Abrieron a las 10:00, 255 detecciones.",
    ],
)
def test_numbers_that_print_keeps_apart_are_two(text: str) -> None:
    assert found(text, quoted(text, "255", a_figure(255)), aside=text[:4]) == []


@given(st.integers(1, 999), st.integers(100, 999), st.sampled_from(GAPS))
def test_a_grounded_piece_is_told_wherever_the_whole_is_likely(
    thousands: int, rest: int, gap: str
) -> None:
    text = f"Se dieron {thousands}{gap}{rest} consultas."
    whole = quoted(text, f"{thousands}{gap}{rest} consultas", a_figure(1000 * thousands + rest))
    piece = quoted(text, f"{rest} consultas", a_figure(rest))
    assert found(text, whole) == []
    is_likely = grounding.figure_fault(text, whole) is None and thousands != rest
    if is_likely and grounding.figure_fault(text, piece) is None:
        assert len(found(text, piece)) == 1
