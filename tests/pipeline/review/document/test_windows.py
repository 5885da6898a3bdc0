import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.numerals import numerals
from pipeline.review.document.windows import MOST_CHARACTERS, MOST_NUMERALS, window_at, windows

_PARTS = st.sampled_from(
    ["300 consultas\n", "58 mil 610 cirugías. ", "palabra ", "x" * 3000, "\n", "1 ", "🏥"]
)


@pytest.mark.slow
@given(st.lists(st.tuples(_PARTS, st.integers(1, 600)), max_size=6))
def test_windows_are_the_text_and_cut_no_number(parts: list[tuple[str, int]]) -> None:
    text = "".join(part * times for part, times in parts)
    spans = windows(text)
    assert "".join(text[slice(*span)] for span in spans) == text
    edges = {span.start for span in spans} - {0}
    found = numerals(text)
    assert not any(one.start < edge < one.end for one in found for edge in edges)
    for at, span in enumerate(spans):
        inside = [one for one in found if span.start <= one.start < span.end]
        assert len(inside) <= MOST_NUMERALS + 1
        assert span.end - span.start <= MOST_CHARACTERS + 100
        assert span.start == span.end == 0 or window_at(text, span.end - 1) == at


def test_a_bulletin_is_one_window_and_a_book_is_several() -> None:
    assert len(windows("Se otorgaron 300 consultas. " * 100)) == 1
    assert len(windows("Se otorgaron consultas. " * 10_000)) > 3
    assert len(windows("9 citas, " * 5_000)) > 10
