from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.pages.pieces import DEEPEST, Mark, cut_pieces

TEXTS = st.text(max_size=40)
MARKS = st.lists(
    st.builds(Mark[int], st.integers(-3, 45), st.integers(-3, 45), st.integers(1, 9)),
    max_size=DEEPEST,
)


def _clipped(mark: Mark[int], text: str) -> tuple[int, int]:
    return max(0, mark.start), min(mark.end, len(text))


@given(TEXTS, MARKS)
def test_pieces_together_are_the_text_and_stand_where_they_say(
    text: str, marks: list[Mark[int]]
) -> None:
    pieces = cut_pieces(text, marks)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text == text[piece.start : piece.end] != "" for piece in pieces)


@given(TEXTS, MARKS)
def test_each_character_carries_the_marks_that_cover_it_and_each_mark_ends_once(
    text: str, marks: list[Mark[int]]
) -> None:
    pieces = cut_pieces(text, marks)
    for piece in pieces:
        for place in range(piece.start, piece.end):
            covering = Counter(mark.about for mark in marks if mark.start <= place < mark.end)
            assert Counter(mark.about for mark in piece.marks) == covering
    ended = Counter((mark.about, piece.end) for piece in pieces for mark in piece.ended)
    shown = [(mark.about, _clipped(mark, text)) for mark in marks]
    assert ended == Counter((about, end) for about, (start, end) in shown if start < end)


@given(TEXTS, MARKS)
def test_neighbours_differ_or_touch_at_an_edge_so_that_no_piece_is_cut_for_nothing(
    text: str, marks: list[Mark[int]]
) -> None:
    edges = {edge for mark in marks for edge in _clipped(mark, text) if mark.start < mark.end}
    assert all(after.start in edges for _, after in pairwise(cut_pieces(text, marks)))


def test_overlapping_marks_are_split_at_their_edges() -> None:
    found = cut_pieces("abcdef", [Mark(0, 4, "one"), Mark(2, 6, "two")])
    assert [(piece.text, [mark.about for mark in piece.marks]) for piece in found] == [
        ("ab", ["one"]),
        ("cd", ["one", "two"]),
        ("ef", ["two"]),
    ]
    assert [[mark.about for mark in piece.ended] for piece in found] == [[], ["one"], ["two"]]


def test_an_empty_text_has_no_pieces() -> None:
    assert cut_pieces("", [Mark(0, 3, None)]) == ()


def test_marks_piled_on_one_place_do_not_cost_the_square_of_their_number() -> None:
    length = 20_000
    marks = [Mark(start, length, start) for start in range(length)]
    pieces = cut_pieces("a" * length, marks)
    assert sum(len(piece.marks) for piece in pieces) <= DEEPEST * len(pieces)
    assert [mark.about for mark in pieces[-1].marks] == list(range(DEEPEST))
