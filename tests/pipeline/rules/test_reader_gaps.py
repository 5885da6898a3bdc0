"""What the baseline is known to read wrongly. A case that comes right fails here: move it then."""

import pytest

from pipeline.checks.completeness import list_unclaimed
from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import JornadaReport


def read(text: str) -> JornadaReport:
    return read_report(document_from(text, Metadata(format="txt")))


@pytest.mark.xfail(strict=True, reason="known gaps of the rules", raises=AssertionError)
@pytest.mark.parametrize(
    ("text", "figures"),
    [
        pytest.param(
            "En la 4ª Jornada Nacional se otorgaron 912 modernas y gratuitas consultas.",
            ["912 consultation performed jornada"],
            id="two adjectives before the noun",
        ),
    ],
)
def test_figures(text: str, figures: list[str]) -> None:
    assert [
        f"{f.value} {f.service}{f'/{f.detail}' if f.detail else ''} {f.status} {f.period}"
        for f in read(text).figures
    ] == figures


@pytest.mark.xfail(strict=True, reason="a known gap of the numerals", raises=AssertionError)
def test_glued_words_hold_no_article() -> None:
    document = document_from("Hubo un millón0 consultas.", Metadata(format="txt"))
    assert list_unclaimed(document.text, read_report(document)) == ()
