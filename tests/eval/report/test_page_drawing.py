from hypothesis import given
from hypothesis import strategies as st

from eval.report.page_drawing import draw_tradeoff, make_axis, span_estimates
from eval.runs.tradeoff import TradeOff


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=6))
def test_an_axis_holds_all_values_on_few_round_ticks(values: list[float]) -> None:
    scale = make_axis(values)
    assert 2 <= len(scale.ticks) <= 7
    assert scale.ticks[0] <= min(values) + 1e-9
    assert scale.ticks[-1] >= max(values) - 1e-9
    assert list(scale.ticks) == sorted(set(scale.ticks))
    assert all(0 <= float(scale.at(value)[:-1]) <= 100 for value in values)


@given(st.lists(st.floats(0, 1e7, allow_subnormal=False), min_size=1, max_size=6))
def test_an_axis_of_costs_is_as_fine_or_coarse_as_they_are(values: list[float]) -> None:
    scale = make_axis([0.0, *values], finest=1e-9)
    assert 2 <= len(scale.ticks) <= 7
    assert scale.ticks[0] == 0
    assert scale.ticks[-1] >= max(values) * (1 - 1e-9)
    if max(values) > 1e-8:
        assert scale.ticks[-1] <= 2 * max(values)


def test_high_is_up_and_right_is_more() -> None:
    scale = make_axis([0.8, 0.9])
    assert scale.ticks == (0.8, 0.82, 0.84, 0.86, 0.88, 0.9)
    assert (scale.at(0.8), scale.at(0.9)) == ("4.00%", "96.00%")
    assert (scale.up(0.8), scale.up(0.9)) == ("96.00%", "4.00%")


def test_estimates_are_spanned_with_their_intervals_and_what_is_undefined_is_left_out() -> None:
    spanned = span_estimates([(0.5, (0.4, 0.61)), (None, None)]).ticks
    assert (spanned[0], spanned[-1]) == (0.4, 0.65)
    assert span_estimates([(0.05, None)], 0.0).ticks[0] == 0


def test_only_what_is_known_is_drawn_and_the_front_is_joined_in_order() -> None:
    points = [
        TradeOff("dear", 0.9, 0.02, 1.0, on_front=True),
        TradeOff("unknown", 0.95, None, 1.0, on_front=True),
        TradeOff("beaten", 0.7, 0.03, 1.0, on_front=False),
        TradeOff("cheap", 0.8, 0.01, 1.0, on_front=True),
        TradeOff("undefined", None, 0.01, 1.0, on_front=False),
    ]
    plot = draw_tradeoff(points, [point.usd for point in points])
    assert [(number, on_front) for number, _, _, on_front in plot.points] == [
        (1, True),
        (3, False),
        (4, True),
    ]
    assert plot.front == ((0.01, 0.8), (0.02, 0.9))
    assert plot.unknown == (2, 5)
