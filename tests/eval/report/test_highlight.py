from hypothesis import given
from hypothesis import strategies as st

from eval.report.highlight import MOST_MARKS, Mark, cut_pieces, find_marks
from eval.scoring.align import FigureOutcome, align
from eval.scoring.score import score
from schemas.report import Service
from tests.eval.report.report_samples import bulletin, figure, mistaken, right, spoilt

SPANS = st.lists(
    st.builds(
        Mark,
        start=st.integers(-3, 45),
        end=st.integers(-3, 45),
        number=st.integers(1, 9),
        outcome=st.sampled_from(FigureOutcome),
    ),
    max_size=12,
)


def _at(start: int, end: int, number: int, outcome: FigureOutcome = FigureOutcome.RIGHT) -> Mark:
    return Mark(start, end, number, outcome)


@given(st.text(max_size=40), SPANS)
def test_pieces_together_are_the_text_whatever_the_spans(text: str, spans: list[Mark]) -> None:
    assert "".join(piece.text for piece in cut_pieces(text, spans)) == text


@given(st.text(min_size=1, max_size=40), SPANS)
def test_each_character_carries_the_marks_that_cover_it_and_each_mark_ends_once(
    text: str, spans: list[Mark]
) -> None:
    at = 0
    ended: list[int] = []
    for piece in cut_pieces(text, spans):
        assert piece.text
        for place in range(at, at + len(piece.text)):
            covering = sorted(mark.number for mark in spans if mark.start <= place < mark.end)
            assert sorted(mark.number for mark in piece.marks) == covering
        at += len(piece.text)
        assert all(mark.end == at for mark in piece.ended)
        ended += [mark.number for mark in piece.ended]
    shown = [mark for mark in spans if max(0, mark.start) < min(mark.end, len(text))]
    assert sorted(ended) == sorted(mark.number for mark in shown)


def test_overlapping_marks_are_split_at_their_edges() -> None:
    found = cut_pieces("abcdef", [_at(0, 4, 1), _at(2, 6, 2, FigureOutcome.INVENTED)])
    assert [(piece.text, piece.outcome) for piece in found] == [
        ("ab", FigureOutcome.RIGHT),
        ("cd", FigureOutcome.INVENTED),
        ("ef", FigureOutcome.INVENTED),
    ]
    assert [[mark.number for mark in piece.ended] for piece in found] == [[], [1], [2]]


def test_an_empty_text_has_no_pieces() -> None:
    assert cut_pieces("", [_at(0, 3, 1)]) == ()


def test_a_missed_figure_is_marked_where_the_gold_has_it_though_gold_gives_no_span() -> None:
    one = bulletin(12)
    bare = [
        gold.model_copy(update={"char_start": None, "char_end": None}) for gold in one.gold.figures
    ]
    text = one.document.text
    found = find_marks(align((), bare, text), text)
    assert [text[mark.start : mark.end] for mark in found] == [gold.quote for gold in bare]
    assert {mark.outcome for mark in found} == {FigureOutcome.OMITTED}


def test_two_missed_figures_with_the_same_quote_take_a_place_each() -> None:
    text = "Sonora: 10 cirugías. Puebla: 10 cirugías."
    one = figure(text, "10 cirugías", 10).model_copy(update={"char_start": None, "char_end": None})
    found = find_marks(align((), (one, one.model_copy(update={"place": "Puebla"})), text), text)
    assert [mark.start for mark in found] == [8, 29]


def test_marks_are_numbered_like_the_verdicts_and_carry_the_wrong_labels() -> None:
    one = spoilt(bulletin(12))
    found = find_marks(one.scores.verdicts, one.bulletin.document.text)
    outcomes = {mark.number: mark.outcome for mark in found}
    assert outcomes == dict(enumerate((v.outcome for v in one.scores.verdicts), 1))
    assert found[0].wrong == ("period", "edition")


def test_a_wrong_value_is_marked_once_where_both_quotes_overlap() -> None:
    one = mistaken(bulletin(12))
    assert FigureOutcome.WRONG_VALUE in {verdict.outcome for verdict in one.scores.verdicts}
    found = find_marks(one.scores.verdicts, one.bulletin.document.text)
    assert [mark.number for mark in found] == [1, 2, 3]


def test_a_quote_that_stands_nowhere_gives_no_mark() -> None:
    one = right(bulletin(12))
    text = "otro texto"
    assert find_marks(score(one.report, one.bulletin.gold, text).verdicts, text) == ()


def test_no_more_than_a_bearable_number_of_marks_is_made() -> None:
    text = "10 cirugías"
    many = [figure(text, text, 10, Service.SURGERY)] * (MOST_MARKS + 50)
    assert len(find_marks(align(many, (), text), text)) == MOST_MARKS
