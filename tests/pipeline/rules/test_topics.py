import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata


@pytest.mark.parametrize(
    "about",
    ["Por lo que hace a las cirugías", "En cuanto a cirugías", "Respecto de las cirugías"],
)
def test_a_sentence_says_first_what_its_numbers_count(about: str) -> None:
    text = (
        "IMSS Veracruz Sur. Se dieron 40 consultas y 136 estudios auxiliares de diagnóstico.\n\n"
        f"{about}, el HGR 1 de Orizaba llevó a cabo 58; el HGZ 8 de Córdoba, 41."
    )
    found = read_report(document_from(text, Metadata(format="txt"))).figures
    assert [f"{one.value:g} {one.service} {one.place}" for one in found[2:]] == [
        "58 surgery HGR 1 Orizaba",
        "41 surgery HGZ 8 Córdoba",
    ]
