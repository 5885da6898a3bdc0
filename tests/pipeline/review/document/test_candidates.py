import pytest

from pipeline.review.document.candidates import find_candidates, guess_labels, readings_at
from schemas.finding import Span
from schemas.report import Figure, Unit
from tests.reviewed import BULLETIN, a_bulletin, read_by_rules


def span_of(words: str, text: str = BULLETIN) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def worth(text: str, words: str) -> list[tuple[float, str, str]]:
    return [
        (one.value, one.unit.value, text[slice(*one.span)])
        for one in readings_at(text, span_of(words, text))
    ]


def test_print_that_can_be_one_number_or_two_is_offered_as_each_the_likeliest_first() -> None:
    assert worth(BULLETIN, "64, 255") == [
        (64255, "count", "64, 255"),
        (64, "count", "64"),
        (255, "count", "255"),
    ]


def test_part_of_a_number_that_is_selected_stands_for_all_of_it() -> None:
    (one,) = find_candidates(BULLETIN, span_of("mil 610 cons"))
    assert BULLETIN[slice(*one.span)] == "58 mil 610"
    assert [(reading.value, reading.unit) for reading in one.readings] == [(58610, Unit.COUNT)]
    assert BULLETIN[slice(*one.readings[0].quote)] == "58 mil 610 consultas de Medicina Familiar"


def test_every_number_of_a_selection_is_a_candidate_in_order() -> None:
    found = find_candidates(BULLETIN, span_of("58 mil 610 consultas de Medicina Familiar y 23 mil"))
    assert [BULLETIN[slice(*one.span)] for one in found] == ["58 mil 610", "23 mil 138"]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Hubo una cirugía.", "una", (1, "count", "una")),
        ("Se logró 71.2 por ciento de la meta", "71.2", (71.2, "percent", "71.2 por ciento")),
        ("Se hicieron 2022 cirugías", "2022", (2022, "count", "2022")),
        ("Dieron 2O mil 812 consultas", "2O mil", (20812, "count", "2O mil 812")),
    ],
)
def test_words_percentages_years_and_damaged_print_are_numbers_too(
    text: str, words: str, expected: tuple[float, str, str]
) -> None:
    (one,) = find_candidates(text, span_of(words, text))
    first = one.readings[0]
    assert (first.value, first.unit.value, text[slice(*first.span)]) == expected


def test_a_number_without_its_sign_is_a_percentage_only_where_the_sign_stands_near() -> None:
    shares = "Avance de la meta por ciento: 80 y 75"
    assert (75, "percent", "75") in worth(shares, "75")
    assert all(unit == "count" for _, unit, _ in worth(BULLETIN, "58 mil 610"))


def test_no_number_is_no_candidate() -> None:
    assert find_candidates(BULLETIN, span_of("Durante la")) == ()


def test_labels_are_guessed_as_rules_read_them_else_from_the_figure_before() -> None:
    document = a_bulletin()
    report = read_by_rules(document).report
    assert report is not None

    def guess(words: str, figures: tuple[Figure, ...]) -> dict[str, object]:
        (one,) = find_candidates(BULLETIN, span_of(words))
        return guess_labels(document, one, figures)

    read = guess("58 mil 610", ())
    assert (read["service"], read["detail"]) == ("consultation", "family_medicine")
    beside = guess("15", report.figures)
    assert beside["place"] == report.figures[0].place
    assert "service" not in beside
    assert guess("15", ()) == {}
