"""How an answer in the quoted form becomes a report."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.quoted_answer import to_report
from schemas.finding import Span
from schemas.report import Period, Service
from tests.pipeline.forms.made import quoted as answer
from tests.pipeline.forms.made import quoted_figure as figure

TEXT = "Se dieron 30 trasplantes; 10 de córnea. En el año, 10 de córnea y 30 trasplantes."


def locate(quote: str) -> tuple[Span, ...]:
    return tuple(Span(*match.span()) for match in re.finditer(re.escape(quote), TEXT))


def test_figures_get_the_spans_of_their_quotes() -> None:
    report = to_report(answer(figure(), figure("10 de córnea", 10, detail="cornea")), TEXT, locate)
    assert [(f.char_start, f.char_end) for f in report.figures] == [(10, 24), (26, 38)]
    assert report.figures[1].detail == "cornea"


def test_the_same_quote_with_other_labels_gets_the_next_place() -> None:
    total = figure(period="cumulative", edition=None)
    report = to_report(answer(figure(), total), TEXT, locate)
    first, second = report.figures
    assert (first.period, second.period) == (Period.JORNADA, Period.CUMULATIVE)
    assert first.char_start == TEXT.index("30 trasplantes")
    assert second.char_start == TEXT.rindex("30 trasplantes")


def test_more_figures_than_places_share_the_first_place() -> None:
    figures = [figure(place=place) for place in ("Colima", "Jalisco", "Sonora")]
    starts = [f.char_start for f in to_report(answer(*figures), TEXT, locate).figures]
    assert starts == [10, TEXT.rindex("30 trasplantes"), 10]


def test_the_same_fact_twice_is_one_figure_and_its_repetition_is_set_aside() -> None:
    report = to_report(answer(figure(), figure()), TEXT, locate)
    assert len(report.figures) == 1
    (repeated,) = report.set_aside
    assert repeated.char_start == TEXT.rindex("30 trasplantes")
    assert "again" in repeated.reason


def test_a_fact_printed_exactly_once_is_exact() -> None:
    report = to_report(answer(figure(approximate=True), figure()), TEXT, locate)
    assert [f.approximate for f in report.figures] == [False]


def test_a_quote_that_stands_nowhere_is_kept_without_a_span() -> None:
    (kept,) = to_report(answer(figure("31 trasplantes", 31)), TEXT, locate).figures
    assert (kept.quote, kept.char_start, kept.char_end) == ("31 trasplantes", None, None)


def test_an_edition_outside_of_a_jornada_is_left_out() -> None:
    (kept,) = to_report(answer(figure(period="cumulative")), TEXT, locate).figures
    assert kept.edition is None


def test_a_number_is_set_aside_with_its_noun_everywhere_and_bare_only_once() -> None:
    def aside(quote: str) -> list[int]:
        given = answer(set_aside=[{"quote": quote, "reason": "a test"}])
        return [one.char_start for one in to_report(given, TEXT, locate).set_aside]

    assert aside("10 de córnea") == [26, TEXT.rindex("10 de")]
    assert aside("10") == [26]


def test_a_place_that_a_figure_has_is_not_set_aside() -> None:
    given = answer(figure(), set_aside=[{"quote": "30 trasplantes", "reason": "a test"}])
    (aside,) = to_report(given, TEXT, locate).set_aside
    assert aside.char_start == TEXT.rindex("30 trasplantes")


def test_everything_else_of_the_answer_reaches_the_report() -> None:
    given = answer(
        title="Título",
        published_on="2022-07-31",
        bulletin_kind="balance",
        programme="120 días",
        jornadas=[
            {
                "edition": 3,
                "kind": "state",
                "year": 2022,
                "start": "2022-07-29",
                "end": "2022-07-31",
                "subject": True,
            }
        ],
        specialties=[{"service": "surgery", "name": "Urología"}],
        places=[{"name": "Colima", "role": "highlighted"}],
    )
    report = to_report(given, TEXT, locate)
    left_out = {"figures": True, "set_aside": True, "jornadas": {"__all__": {"year_source"}}}
    assert report.model_dump(mode="json", exclude=left_out) == given.model_dump(
        mode="json", exclude={"figures", "set_aside"}
    )


@given(
    st.lists(
        st.builds(
            figure,
            quote=st.sampled_from(["30 trasplantes", "10 de córnea", "9 nada"]),
            value=st.sampled_from([10, 30]),
            service=st.sampled_from(list(Service)),
            period=st.sampled_from(list(Period)),
            edition=st.sampled_from([None, 1, 2]),
        )
    )
)
def test_spans_always_hold_their_quotes_and_no_fact_comes_twice(
    figures: list[dict[str, Any]],
) -> None:
    report = to_report(answer(*figures), TEXT, locate)
    facts = [f.model_dump(exclude={"quote", "char_start", "char_end"}) for f in report.figures]
    assert all(fact not in facts[:i] for i, fact in enumerate(facts))
    for one in (*report.figures, *report.set_aside):
        if one.char_start is not None:
            assert TEXT[one.char_start : one.char_end] == one.quote


PASSAGE = f"Hubo 45 consultas a mujeres de 30 años. {'Nadie esperó. ' * 30}{TEXT}"


def locate_in_passage(quote: str) -> tuple[Span, ...]:
    return tuple(Span(*match.span()) for match in re.finditer(re.escape(quote), PASSAGE))


def test_a_figure_that_quotes_a_whole_passage_claims_its_own_number_alone() -> None:
    figures = (
        figure(PASSAGE, 45, service="consultation"),
        figure(PASSAGE),
        figure(PASSAGE, period="cumulative"),
    )
    report = to_report(answer(*figures), PASSAGE, locate_in_passage)
    assert [one.quote for one in report.figures] == ["45 consultas", *["30 trasplantes"] * 2]
    assert len({one.char_start for one in report.figures}) == len(figures)


def test_a_passage_that_does_not_hold_a_value_stays_to_be_refused() -> None:
    (kept,) = to_report(answer(figure(PASSAGE, 46)), PASSAGE, locate_in_passage).figures
    assert kept.quote == PASSAGE


def test_a_whole_passage_is_not_set_aside() -> None:
    asides = [{"quote": PASSAGE, "reason": "no"}, {"quote": "10 de córnea", "reason": "no"}]
    report = to_report(answer(set_aside=asides), PASSAGE, locate_in_passage)
    assert {one.quote for one in report.set_aside} == {"10 de córnea"}
