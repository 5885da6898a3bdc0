"""Which quotes are right: any choice of words in the number's sentence, and nothing beyond it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.labels.gold import load_gold
from eval.scoring.quotes import QuoteFit, QuoteSummary, summarise_quotes
from eval.scoring.score import BulletinScores, Score, score
from schemas.report import (
    BulletinKind,
    Figure,
    JornadaReport,
    Period,
    Service,
    Status,
    Unit,
)

HARD = Path(__file__).parents[3] / "eval" / "hard"
BEFORE = "La jornada nacional terminó ayer en Yucatán.\n\n"
SENTENCE = "En los hospitales se otorgaron 58 mil 610 consultas de Medicina Familiar a familias."
AFTER = "\n\nHubo también 40 cirugías de catarata y 40 cirugías de hernia. Participaron todos.\n"
TEXT = BEFORE + SENTENCE + AFTER
GOLD = "58 mil 610 consultas de Medicina Familiar"
NUMBER = "58 mil 610"


def figure(
    quote: str,
    value: float = 58610,
    *,
    text: str = TEXT,
    service: Service = Service.CONSULTATION,
    detail: str | None = None,
) -> Figure:
    start = text.index(quote)
    return Figure(
        value=value,
        unit=Unit.COUNT,
        service=service,
        detail=detail,
        status=Status.PERFORMED,
        period=Period.JORNADA,
        place="national",
        approximate=False,
        quote=quote,
        char_start=start,
        char_end=start + len(quote),
    )


def unplaced(quote: str, value: float) -> Figure:
    """Make a gold figure as gold files have them, without offsets."""
    bare = figure(quote, value, text=quote)
    return bare.model_copy(update={"char_start": None, "char_end": None})


def report(*figures: Figure) -> JornadaReport:
    return JornadaReport(bulletin_kind=BulletinKind.RESULTS, figures=figures)


def scored(read: Figure, gold: Figure, text: str = TEXT) -> BulletinScores:
    return score(report(read), report(gold), text)


def is_right(read: Figure, gold: Figure, text: str = TEXT) -> bool:
    (fit,) = scored(read, gold, text).quotes
    return fit.right


def stretch(start: int, end: int) -> Figure:
    plain = figure(GOLD)
    return plain.model_copy(update={"quote": TEXT[start:end], "char_start": start, "char_end": end})


FIRST, LAST = len(BEFORE), len(BEFORE) + len(SENTENCE)
AT = TEXT.index(NUMBER)

within = st.tuples(st.integers(FIRST, AT), st.integers(AT + len(NUMBER), LAST))
beyond = st.tuples(st.integers(0, AT), st.integers(AT + len(NUMBER), len(TEXT))).filter(
    lambda ends: bool(TEXT[ends[0] : FIRST].strip() or TEXT[LAST : ends[1]].strip())
)


@given(within)
def test_any_words_round_the_number_within_its_sentence_are_a_right_quote(
    ends: tuple[int, int],
) -> None:
    found = scored(stretch(*ends), figure(GOLD))
    assert found.measures["quote"] == found.measures["value"] == Score(1, 1, 1)
    (fit,) = found.quotes
    assert fit.overlap is not None
    assert 0 < fit.overlap <= 1
    assert (fit.overlap == 1) == (TEXT[slice(*ends)] == GOLD)


@given(beyond)
def test_a_quote_that_goes_on_beyond_the_sentence_is_wrong_and_strict_does_not_ask(
    ends: tuple[int, int],
) -> None:
    found = scored(stretch(*ends), figure(GOLD))
    assert found.measures["quote"] == Score(0, 1, 1)
    assert found.measures["strict"] == Score(1, 1, 1)


@given(within, st.integers(0, 400), st.integers(0, 400))
def test_more_words_than_the_gold_has_overlap_less(
    ends: tuple[int, int], before: int, after: int
) -> None:
    own = TEXT.index(GOLD)
    start, end = min(own, ends[0]), max(own + len(GOLD), ends[1])
    wider = stretch(max(0, start - before), min(len(TEXT), end + after))
    (near,), (far,) = (scored(each, figure(GOLD)).quotes for each in (stretch(start, end), wider))
    assert near.overlap is not None
    assert far.overlap is not None
    assert far.overlap <= near.overlap
    assert far.right <= near.right


def test_the_whole_text_of_a_bulletin_is_no_quote_of_any_of_its_numbers() -> None:
    bulletins = [one for one in load_gold(HARD) if one.gold.figures]
    for bulletin in bulletins:
        text, figures = bulletin.document.text, bulletin.gold.figures
        whole = {"quote": text, "char_start": 0, "char_end": len(text)}
        read = report(*(one.model_copy(update=whole) for one in figures))
        found = score(read, bulletin.gold, text)
        assert found.measures["strict"].f1 == 1
        assert found.measures["quote"] == Score(0, len(figures), len(figures))
        itself = score(bulletin.gold, bulletin.gold, text)
        assert itself.measures["quote"].f1 == 1
        assert summarise_quotes(itself.quotes).overlap == 1


def test_a_right_quote_of_a_wrong_label_counts_and_one_of_a_wrong_value_does_not() -> None:
    label = figure(GOLD).model_copy(update={"status": Status.PLANNED})
    assert scored(label, figure(GOLD)).measures["quote"] == Score(1, 1, 1)
    value = figure(GOLD, 58611)
    assert scored(value, figure(GOLD)).measures["quote"] == Score(0, 1, 1)


def test_a_fact_that_is_printed_twice_may_be_quoted_from_either_place() -> None:
    text = f"Otorga IMSS 58 mil 610 servicios\n\n{SENTENCE}\n\nFin de la jornada.\n"
    gold = figure(GOLD, text=text)
    headline = figure("Otorga IMSS 58 mil 610 servicios", text=text)
    found = scored(headline, gold, text)
    assert found.measures["quote"] == Score(1, 1, 1)
    assert found.quotes[0].overlap is None
    # There too, a quote stays within its sentence.
    end = text.index("En los")
    longer = headline.model_copy(
        update={"quote": text[: end + 6], "char_start": 0, "char_end": end + 6}
    )
    assert not is_right(longer, gold, text)


def test_the_equal_number_of_another_figure_is_no_print_of_this_one() -> None:
    catarata = figure("40 cirugías de catarata", 40, service=Service.SURGERY, detail="cataract")
    hernia = figure("40 cirugías de hernia", 40, service=Service.SURGERY, detail="hernia")
    gold = report(catarata, hernia)
    swapped = report(
        catarata.model_copy(update={"detail": "hernia"}),
        hernia.model_copy(update={"detail": "cataract"}),
    )
    assert score(swapped, gold, TEXT).measures["strict"] == Score(2, 2, 2)
    assert score(swapped, gold, TEXT).measures["quote"] == Score(0, 2, 2)
    assert score(gold, gold, TEXT).measures["quote"] == Score(2, 2, 2)
    both = {"quote": "40 cirugías de catarata y 40 cirugías de hernia"}
    start = TEXT.index(both["quote"])
    place = {"char_start": start, "char_end": start + len(both["quote"])}
    together = report(*(one.model_copy(update=both | place) for one in (catarata, hernia)))
    assert score(together, gold, TEXT).measures["quote"] == Score(2, 2, 2)


def test_two_figures_of_one_number_share_its_print() -> None:
    one = figure(GOLD)
    other = one.model_copy(update={"service": Service.ANCILLARY_STUDY})
    found = score(report(one, other), report(one, other), TEXT)
    assert found.measures["quote"] == Score(2, 2, 2)


@pytest.mark.parametrize("quote", ["una cirugía de corazón", "hizo una cirugía", "una"])
def test_a_number_that_is_an_article_is_quoted_like_any_other(quote: str) -> None:
    text = "Terminó la jornada.\n\nEl hospital hizo una cirugía de corazón el lunes. Ninguna más.\n"
    gold = figure("una cirugía de corazón", 1, text=text, service=Service.SURGERY)
    assert is_right(figure(quote, 1, text=text, service=Service.SURGERY), gold, text)
    whole = figure(text.strip(), 1, text=text, service=Service.SURGERY)
    assert not is_right(whole, gold, text)


def test_a_quote_that_cuts_the_number_does_not_hold_it() -> None:
    text = "Terminó.\n\nSe llegó al 71.2 por ciento de la meta de cirugías ayer, dijo. Fin.\n"
    gold = figure("71.2 por ciento de la meta", 71.2, text=text, service=Service.SURGERY)
    gold = gold.model_copy(update={"unit": Unit.PERCENT})
    for quote, right in (("llegó al 71.2 por ciento", True), ("llegó al 71.2", False)):
        read = figure(quote, 71.2, text=text, service=Service.SURGERY)
        assert is_right(read.model_copy(update={"unit": Unit.PERCENT}), gold, text) is right


def test_one_may_be_quoted_in_letters_where_the_gold_has_the_digit() -> None:
    text = "Una donación en Colima\n\nEn la jornada hubo 1 donación de órganos. Fin.\n"
    gold = figure("1 donación de órganos", 1, text=text, service=Service.DONATION)
    headline = figure("Una donación en Colima", 1, text=text, service=Service.DONATION)
    assert is_right(headline, gold, text)
    neither = figure("donación de órganos. Fin", 1, text=text, service=Service.DONATION)
    assert scored(neither, gold, text).measures["quote"] == Score(0, 1, 1)


def test_a_number_too_damaged_to_be_read_is_held_by_its_words() -> None:
    text = "Terminó.\n\nSe hicieron l4 rnll Z08 cirugías de catarata el sábado. Fin.\n"
    gold = figure("l4 rnll Z08 cirugías", 14208, text=text, service=Service.SURGERY)
    words = figure("hicieron l4 rnll Z08 cirugías de catarata", 14208, text=text)
    assert is_right(words.model_copy(update={"service": Service.SURGERY}), gold, text)


def test_gold_without_offsets_is_looked_for_wherever_it_stands() -> None:
    text = "Jornada: 90 cirugías.\n\nEn total se hicieron 90 cirugías el sábado. Así fue.\n"
    gold = unplaced("90 cirugías", 90)
    (fit,) = scored(figure("se hicieron 90 cirugías", 90, text=text), gold, text).quotes
    assert fit.right
    assert fit.shared == len("90 cirugías")


def test_a_gold_quote_that_the_text_does_not_hold_counts_nothing() -> None:
    read, gold = figure(GOLD), unplaced("58 mil 610 CONSULTAS", 58610)
    found = scored(read, gold)
    assert found.measures["value"] == Score(1, 1, 1)
    assert found.measures["quote"] == Score(0, 0, 0)
    assert found.quotes == ()


def test_what_is_missed_or_invented_counts_as_in_every_measure() -> None:
    gold = report(figure(GOLD), figure("40 cirugías de hernia", 40, service=Service.SURGERY))
    assert score(None, gold, TEXT).measures["quote"] == Score(0, 0, 2)
    assert score(gold, report(), TEXT).measures["quote"] == Score(0, 2, 0)


def test_means_are_of_figures_and_undefined_without_any() -> None:
    elsewhere = QuoteFit(right=True, shared=0, read=30, gold=10)
    wrong = QuoteFit(right=False, shared=0, read=30, gold=10)
    exact = QuoteFit(right=True, shared=10, read=10, gold=10)
    assert summarise_quotes([]) == QuoteSummary(0, None, None, None)
    assert summarise_quotes([elsewhere]) == QuoteSummary(1, None, 30, 10)
    assert summarise_quotes([elsewhere, wrong, exact, exact]) == QuoteSummary(4, 2 / 3, 20, 10)
