"""Bulletins are changed in one place, and all that is read in them stays where it was."""

from datetime import date
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.checks.bulletin import (
    Bulletin,
    append,
    change_digit,
    ideal,
    numeral_of,
    print_number,
    relabel,
    revalue,
    rewrite,
)
from pipeline.numerals import numerals
from schemas.document import Document, Metadata
from schemas.finding import Span
from schemas.report import (
    BulletinKind,
    Figure,
    JornadaReport,
    Period,
    Service,
    Status,
    Unit,
)

TITLE = "Da el IMSS 9 mil 66 consultas"
TEXT = f"{TITLE}\n\nEl 7 de marzo de 2025 hubo 118 cirugías en 35 hospitales y 240 detecciones."


def a_figure(value: float, quote: str, service: Service) -> Figure:
    return Figure(
        value=value,
        unit=Unit.COUNT,
        service=service,
        status=Status.PERFORMED,
        period=Period.OTHER,
        place="national",
        approximate=False,
        starts_on=date(2025, 3, 7),
        quote=quote,
    )


FIGURES = (
    a_figure(9066, "9 mil 66 consultas", Service.CONSULTATION),
    a_figure(118, "118 cirugías", Service.SURGERY),
    a_figure(240, "240 detecciones", Service.SCREENING),
)


def a_bulletin() -> Bulletin:
    metadata = Metadata(format="txt", title=TITLE)
    document = Document(id=sha256(TEXT.encode()).hexdigest(), text=TEXT, metadata=metadata)
    return ideal(document, JornadaReport(bulletin_kind=BulletinKind.RESULTS, figures=FIGURES))


def assert_whole(bulletin: Bulletin) -> None:
    text = bulletin.document.text
    assert bulletin.document.id == sha256(text.encode()).hexdigest()
    for figure in bulletin.report.figures:
        assert figure.char_start is not None
        assert text[figure.char_start : figure.char_end] == figure.quote
    for aside in bulletin.report.set_aside:
        assert text[aside.char_start : aside.char_end] == aside.quote
    Bulletin(bulletin.document, JornadaReport(**bulletin.report.model_dump()))


def test_an_ideal_reading_sets_every_other_quantity_aside() -> None:
    bulletin = a_bulletin()
    assert_whole(bulletin)
    assert [aside.quote for aside in bulletin.report.set_aside] == ["35"]
    missing = JornadaReport(
        bulletin_kind=BulletinKind.RESULTS, figures=(a_figure(1, "nowhere", Service.SURGERY),)
    )
    with pytest.raises(ValueError, match="stands nowhere"):
        ideal(bulletin.document, missing)


@given(st.integers(0, 2), st.integers(1, 10**6))
def test_another_number_moves_all_that_stands_behind_it(index: int, value: int) -> None:
    planted = revalue(a_bulletin(), index, value)
    assert planted is not None
    assert_whole(planted.bulletin)
    figures = planted.bulletin.report.figures
    assert [f.value for f in figures] == [
        value if i == index else f.value for i, f in enumerate(FIGURES)
    ]
    for figure in figures:
        assert numeral_of(planted.bulletin.document.text, figure)
    assert planted.bulletin.document.metadata.title in planted.bulletin.document.text
    assert len(planted.bulletin.report.set_aside) == 1


@given(st.integers(0, len(TEXT)), st.text("abc ñ\n", max_size=9))
def test_words_put_between_others_move_them(at: int, words: str) -> None:
    inside = any(
        (figure.char_start or 0) < at < (figure.char_end or 0)
        for figure in a_bulletin().report.figures
    )
    new = rewrite(a_bulletin(), Span(at, at), words)
    assert new.document.text == TEXT[:at] + words + TEXT[at:]
    if not inside:
        assert [figure.quote for figure in new.report.figures] == [one.quote for one in FIGURES]


def test_a_paragraph_at_the_end_moves_nothing() -> None:
    new = append(a_bulletin(), "Fin.")
    assert_whole(new)
    assert new.report.figures == a_bulletin().report.figures
    assert new.document.text.endswith(".\n\nFin.")


def test_a_label_alone_leaves_the_text_as_it_is() -> None:
    new = relabel(a_bulletin(), 1, place="Nayarit")
    assert new.document == a_bulletin().document
    assert [figure.place for figure in new.report.figures] == ["national", "Nayarit", "national"]


@given(st.integers(1, 999_999))
def test_printed_numbers_are_read_as_they_were_meant(value: int) -> None:
    (numeral,) = numerals(f"Fueron {print_number(value)} consultas.")
    assert numeral.value == value


@given(st.integers(1, 10**7), st.integers())
def test_one_digit_is_another_and_no_other_is(value: int, seed: int) -> None:
    other = change_digit(value, Random(seed))  # noqa: S311 - no secret
    first, second = str(value), str(other)
    assert len(first) == len(second)
    assert sum(a != b for a, b in zip(first, second, strict=True)) == 1
