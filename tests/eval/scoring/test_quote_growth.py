"""Judging quotes takes no more for each figure where there are many of them."""

import pytest

from eval.scoring.align import FigureOutcome, FigureVerdict
from eval.scoring.quotes import judge_quotes
from schemas.finding import Span
from schemas.report import Figure, Period, Service, Status, Unit
from tests import growth


def figure(text: str, quote: Span, value: float) -> Figure:
    return Figure(
        value=value,
        unit=Unit.COUNT,
        service=Service.SURGERY,
        status=Status.PERFORMED,
        period=Period.JORNADA,
        place="national",
        approximate=False,
        quote=text[slice(*quote)],
        char_start=quote.start,
        char_end=quote.end,
    )


def judge(count: int, *, same_value: bool, whole: bool) -> None:
    """Judge as many figures; each is quoted a word longer, from the next print, or as a whole."""
    sentences = [f"Hubo {90 if same_value else 90 + at} cirugías, dijo. " for at in range(count)]
    text = "".join(sentences)
    starts = [len("".join(sentences[:at])) for at in range(count)]
    verdicts = []
    for at, (start, sentence) in enumerate(zip(starts, sentences, strict=True)):
        number = 90 if same_value else 90 + at
        gold = Span(start + 5, start + sentence.index(","))
        other = starts[(at + 1) % count] if same_value else start
        read = Span(0, len(text)) if whole else Span(other, other + sentence.index(","))
        verdicts.append(
            FigureVerdict(
                FigureOutcome.RIGHT,
                (),
                at + 1,
                figure(text, gold, number),
                at + 1,
                figure(text, read, number),
            )
        )
    fits = judge_quotes(verdicts, text).fits
    assert {fit.right for fit in fits} == {not (same_value or whole)}


@pytest.mark.parametrize("same_value", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_steps_grow_no_faster_than_figures(same_value: bool, whole: bool) -> None:  # noqa: FBT001
    assert growth.growing(lambda n: judge(n, same_value=same_value, whole=whole), (60, 120)) == []
