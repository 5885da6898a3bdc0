"""What a person decides gets nothing into the store that the text does not have."""

import pytest

from pipeline.decisions.validation import hold
from pipeline.errors import UsageError
from schemas.finding import Span
from schemas.report import Figure
from tests.decisions import TEXT, a_decision, a_figure_at, at, decidable
from tests.readings import a_document

DOCUMENT = decidable()
READ = a_figure_at(58610, "58 mil 610 consultas")


def added(figure: Figure, span: Span) -> str:
    """Say why a figure cannot be added."""
    with pytest.raises(UsageError) as told:
        hold(DOCUMENT, a_decision("add", DOCUMENT, span=span, figure=figure))
    return str(told.value)


def test_what_the_text_has_at_that_place_is_held() -> None:
    one = a_decision("add", DOCUMENT, span=at("58 mil 610"), figure=READ)
    assert hold(DOCUMENT, one) == one


def test_each_way_to_read_doubtful_print_is_held() -> None:
    for value, quote, words in [
        (64255, "64, 255 estudios", "64, 255"),
        (255, "255 estudios", "255"),
    ]:
        one = a_decision("add", DOCUMENT, span=at(words), figure=a_figure_at(value, quote))
        assert hold(DOCUMENT, one) == one


def test_a_person_may_count_what_the_rules_set_aside() -> None:
    document = a_document("Durante 120 días se atendió.")
    figure = a_figure_at(120, "120 días", document.text)
    one = a_decision("add", document, span=at("120", document.text), figure=figure)
    assert hold(document, one) == one


@pytest.mark.parametrize(
    ("figure", "words", "fault"),
    [
        (READ, "58 mil", "no number stands at 13 to 19"),
        (READ, "Se otorgaron", "no number stands"),
        (a_figure_at(58611, "58 mil 610 consultas"), "58 mil 610", "cannot be read as 58611"),
        (a_figure_at(610, "58 mil 610 consultas"), "58 mil 610", "cannot be read as 610"),
        (a_figure_at(320, "58 mil 610 consultas"), "320", "does not hold the number"),
        (
            READ.model_copy(update={"char_start": 12, "char_end": 32}),
            "58 mil 610",
            "does not stand",
        ),
        (a_figure_at(320, "610 consultas y 320 cirugías"), "320", "cuts the number '58 mil 610'"),
        (a_figure_at(71.2, "71.2 por ciento"), "71.2 por ciento", "is a percentage, and no count"),
        (
            READ.model_copy(update={"char_start": None, "char_end": None}),
            "58 mil 610",
            "has no place in the text",
        ),
    ],
)
def test_what_the_text_does_not_have_there_is_refused(
    figure: Figure, words: str, fault: str
) -> None:
    assert fault in added(figure, at(words))


def test_a_number_beyond_the_text_and_another_text_are_refused() -> None:
    with pytest.raises(UsageError, match="no number stands"):
        hold(DOCUMENT, a_decision("delete", DOCUMENT, span=Span(len(TEXT), len(TEXT) + 9)))
    with pytest.raises(UsageError, match="another document"):
        hold(DOCUMENT, a_decision("delete", a_document("Otro"), span=Span(0, 2)))


def test_places_get_their_one_name() -> None:
    figure = a_figure_at(320, "320 cirugías", place="yucatan")
    held = hold(DOCUMENT, a_decision("add", DOCUMENT, span=at("320"), figure=figure))
    assert held.figure is not None
    assert held.figure.place == "Yucatán"
    places = [{"name": "yucatan", "role": "participant"}]
    held = hold(DOCUMENT, a_decision("change", DOCUMENT, field="places", value=places))
    assert held.value == [{"name": "Yucatán", "role": "participant"}]


def test_a_field_that_is_not_of_its_shape_is_refused() -> None:
    with pytest.raises(UsageError, match="published_on: ") as told:
        hold(DOCUMENT, a_decision("change", DOCUMENT, field="published_on", value="ayer\n"))
    assert "\n" not in str(told.value)
    with pytest.raises(UsageError, match="bulletin_kind: "):
        hold(DOCUMENT, a_decision("change", DOCUMENT, field="bulletin_kind", value=None))
