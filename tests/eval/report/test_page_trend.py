from eval.report.page_trend import MOST_OTHERS, MOST_RUNS, MOST_SERIES, trace_runs
from tests.eval.report.report_samples import bulletin, result, right, run_of

ONE = result("one", right(bulletin(12)))
TWO = result("two", right(bulletin(12)))


def test_variants_of_this_eval_come_first_and_runs_from_old_to_new() -> None:
    runs = (
        run_of(TWO, 9, 0.9, eval_run_id="two"),
        run_of(ONE, 9, 0.8, eval_run_id="one"),
        run_of(ONE._replace(name="retired"), 8, 0.7),
        run_of(ONE, 7, 0.6),
        run_of(ONE, 5, None),
    )
    trend = trace_runs(runs, ["one", "two"])
    assert trend is not None
    assert [series.name for series in trend.series] == ["one", "two", "retired"]
    assert [each.run.strict_f1 for each in trend.series[0].runs] == [None, 0.6, 0.8]
    assert [each.is_own for each in trend.series[0].runs] == [False, False, True]
    assert (trend.axis.ticks[0], trend.axis.ticks[-1]) == (0.5, 1.0)
    assert trend.others == ()


def test_without_runs_of_this_eval_there_is_no_trend() -> None:
    assert trace_runs((), ["one"]) is None
    assert trace_runs((run_of(ONE, 9, 0.9),), ["one"]) is None


def test_what_is_too_much_is_counted() -> None:
    own = run_of(ONE, 28, 0.9, eval_run_id="one")
    older = [run_of(ONE, 20, 0.5, eval_run_id=f"old {number}") for number in range(MOST_RUNS)]
    names = [run_of(ONE._replace(name=f"n{number}"), 19, 0.5) for number in range(MOST_SERIES)]
    others = [run_of(ONE, 18, 0.5, gold_hash="other") for _ in range(MOST_OTHERS + 2)]
    trend = trace_runs((own, *older, *names, *others), ["one"])
    assert trend is not None
    assert (len(trend.series[0].runs), trend.series[0].hidden) == (MOST_RUNS, 1)
    assert trend.series[0].runs[-1].is_own
    assert (len(trend.series), trend.hidden_series) == (MOST_SERIES, 1)
    assert (len(trend.others), trend.hidden_others) == (MOST_OTHERS, 2)
