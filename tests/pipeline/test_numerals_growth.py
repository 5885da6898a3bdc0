"""Finding numbers and sentences takes as long as the text is, whatever run of numerals it has."""

from itertools import count

import pytest

from pipeline.numerals import ambiguities, numerals
from pipeline.sentences import cut_sentences
from tests import growth


@pytest.mark.slow
@pytest.mark.parametrize(
    "period",
    [
        *("1,", "mil ", "treinta y ", "una y ", "<p>5 a</p>", "64, 255 ", "12 345 ", "1.000.000 "),
        *("01-", "1 al ", "lunes 5, ", "HGZ No. 1, ", "las UMF 1, ", "veinti", "5 por ", "1\n\n"),
    ],
)
def test_steps_grow_as_a_run_of_numerals_does(period: str) -> None:
    others = count()

    def run(times: int) -> None:
        text = f"Hubo {period * times} {'z' * next(others)}"  # another one, that nothing remembers
        ambiguities(text)
        list(cut_sentences(text, numerals(text, articles=True)))

    assert not growth.growing(run, (100, 200))
