import pytest

from pipeline.rules.passages import Passages, passages
from pipeline.rules.vocabulary import vocabulary


def cut(text: str) -> Passages:
    return passages(text, vocabulary())


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end].strip() for s in cut(text).sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Hubo 9 cirugías. Son más.", ["Hubo 9 cirugías.", "Son más."], id="full stop"),
        pytest.param(
            "El Dr. Pérez y la Lic. Soto, del HGZ No. 15.",
            ["El Dr. Pérez y la Lic. Soto, del HGZ No. 15."],
            id="abbreviations",
        ),
        pytest.param("Sumó 6.5 millones.", ["Sumó 6.5 millones."], id="decimal point"),
        pytest.param("Hubo consultas;\nhubo más.", ["Hubo consultas;\nhubo más."], id="semicolon"),
        pytest.param(
            "Se dieron:\n• 9 cirugías\n• 4 vacunas",
            ["Se dieron:", "• 9 cirugías", "• 4 vacunas"],
            id="list",
        ),
        pytest.param(
            "Un título sin punto\n\nEl IMSS informó.",
            ["Un título sin punto", "El IMSS informó."],
            id="blank line",
        ),
        pytest.param(
            "Se otorgaron más de\n\nmil consultas.",
            ["Se otorgaron más de\n\nmil consultas."],
            id="page break in mid-sentence",
        ),
        pytest.param(
            "Dio 23 mil\n138 consultas.", ["Dio 23 mil\n138 consultas."], id="in a number"
        ),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_sentences_of_one_paragraph_share_its_block() -> None:
    blocks = [s.block for s in cut("Uno es. Dos son.\n\nTres van.").sentences]
    assert blocks == [0, 0, 1]


def test_every_numeral_lies_in_exactly_one_sentence() -> None:
    source = cut("Hubo 9 cirugías. Y 23 mil\n138 consultas;\n\n• 14 vacunas\n• una más. Fin 7")
    inside = [n for s in source.sentences for n in s.numerals]
    assert inside == list(source.numerals)


@pytest.mark.parametrize(
    ("word", "future", "past"),
    [
        ("realizarán", True, False),
        ("otorgará", True, False),
        ("realizaran", True, False),
        ("realizaron", False, True),
        ("otorgó", False, True),
        ("realizan", False, False),
        ("además", False, False),
    ],
)
def test_verbs_show_their_tense(word: str, future: bool, past: bool) -> None:  # noqa: FBT001
    words = cut(f"El IMSS {word} consultas").sentences[0].words
    assert (words[2].future, words[2].past) == (future, past)
