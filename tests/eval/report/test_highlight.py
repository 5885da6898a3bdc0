from eval.report.highlight import MOST_MARKS, Verdict, find_marks, worst_outcome
from eval.scoring.align import FigureOutcome, align
from eval.scoring.score import score
from pipeline.pages.pieces import Mark, cut_pieces
from schemas.report import Service
from tests.eval.report.report_samples import bulletin, figure, mistaken, right, spoilt


def test_a_piece_shows_the_worst_of_what_became_of_its_figures() -> None:
    marks = [
        Mark(0, 4, Verdict(1, FigureOutcome.RIGHT)),
        Mark(2, 6, Verdict(2, FigureOutcome.INVENTED)),
    ]
    found = cut_pieces("abcdefgh", marks)
    assert [(piece.text, worst_outcome(piece)) for piece in found] == [
        ("ab", FigureOutcome.RIGHT),
        ("cd", FigureOutcome.INVENTED),
        ("ef", FigureOutcome.INVENTED),
        ("gh", None),
    ]


def test_a_missed_figure_is_marked_where_the_gold_has_it_though_gold_gives_no_span() -> None:
    one = bulletin(12)
    bare = [
        gold.model_copy(update={"char_start": None, "char_end": None}) for gold in one.gold.figures
    ]
    text = one.document.text
    found = find_marks(align((), bare, text), text)
    assert [text[mark.start : mark.end] for mark in found] == [gold.quote for gold in bare]
    assert {mark.about.outcome for mark in found} == {FigureOutcome.OMITTED}


def test_two_missed_figures_with_the_same_quote_take_a_place_each() -> None:
    text = "Sonora: 10 cirugías. Puebla: 10 cirugías."
    one = figure(text, "10 cirugías", 10).model_copy(update={"char_start": None, "char_end": None})
    found = find_marks(align((), (one, one.model_copy(update={"place": "Puebla"})), text), text)
    assert [mark.start for mark in found] == [8, 29]


def test_marks_are_numbered_like_the_verdicts_and_carry_the_wrong_labels() -> None:
    one = spoilt(bulletin(12))
    found = find_marks(one.scores.verdicts, one.bulletin.document.text)
    outcomes = {mark.about.number: mark.about.outcome for mark in found}
    assert outcomes == dict(enumerate((v.outcome for v in one.scores.verdicts), 1))
    assert found[0].about.wrong == ("period", "edition")


def test_a_wrong_value_is_marked_once_where_both_quotes_overlap() -> None:
    one = mistaken(bulletin(12))
    assert FigureOutcome.WRONG_VALUE in {verdict.outcome for verdict in one.scores.verdicts}
    found = find_marks(one.scores.verdicts, one.bulletin.document.text)
    assert [mark.about.number for mark in found] == [1, 2, 3]


def test_a_quote_that_stands_nowhere_gives_no_mark() -> None:
    one = right(bulletin(12))
    text = "otro texto"
    assert find_marks(score(one.report, one.bulletin.gold, text).verdicts, text) == ()


def test_no_more_than_a_bearable_number_of_marks_is_made() -> None:
    text = "10 cirugías"
    many = [figure(text, text, 10, Service.SURGERY)] * (MOST_MARKS + 50)
    assert len(find_marks(align(many, (), text), text)) == MOST_MARKS
