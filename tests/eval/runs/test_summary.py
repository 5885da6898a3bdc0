"""What is told of a variant: sums, prices and comparisons over scored readings."""

import random
from pathlib import Path
from string import ascii_lowercase

import pytest

from eval.labels.gold import GoldBulletin
from eval.report.comparison_sentence import describe_comparison
from eval.runs.comparison import compare_variants
from eval.runs.releases import label_releases
from eval.runs.slices import measure_slices, score_slices
from eval.runs.summary import count_by_document, summarise
from eval.runs.total_failures import TotalFailure
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.bootstrap import f1_interval
from eval.scoring.bounds import most_share
from eval.scoring.ratio import Interval
from eval.scoring.score import score
from schemas.document import Document, Metadata, Source
from schemas.reading import ReadingStatus
from schemas.report import JornadaReport
from tests.readings import KEY, a_document, a_figure, a_report


def bulletin(number: int, *, figures: int = 3, noise: tuple[str, ...] = ()) -> GoldBulletin:
    # Of other letters each: two of the same would be one release.
    letters = random.Random(number).choices(ascii_lowercase, k=1200)  # noqa: S311 - no secret
    filler = "".join(letters) * (number % 2)
    text = f"Boletín {number}. Se otorgaron 58 mil 610 consultas. {filler}"
    document = Document(
        id=a_document(text).id, text=text, metadata=Metadata(format=("txt", "pdf")[number % 2])
    )
    gold = a_report(*(a_figure(value) for value in range(1, figures + 1)))
    path = Path(f"b{number}.json")
    return GoldBulletin(path.stem, path, document, gold, noise, Source(path=f"b{number}.txt"))


def reading(
    about: GoldBulletin,
    right: int | None,
    *,
    repeat: int = 1,
    first: int | None = None,
    cost: float | None = 0.5,
) -> ScoredReading:
    """Make a reading that has the first `right` figures of the gold; None for a failed one."""
    report = None if right is None else with_figures(about, right)
    return ScoredReading(
        bulletin=about,
        repeat=repeat,
        status=ReadingStatus.FAILED if report is None else ReadingStatus.OK,
        error=None,
        report=report,
        scores=score(report, about.gold, about.document.text),
        first_try=None
        if first is None
        else score(with_figures(about, first), about.gold, about.document.text),
        input_tokens=None if report is None else 100,
        output_tokens=None if report is None else 20,
        cost_usd=None if report is None else cost,
        seconds=2.0,
        attempts=1,
    )


def with_figures(about: GoldBulletin, right: int) -> JornadaReport:
    return about.gold.model_copy(update={"figures": about.gold.figures[:right]})


def result(*reads: ScoredReading, name: str = "a", repeats: int = 1) -> VariantResult:
    return VariantResult(f"run-{name}", KEY, name, repeats, reads)


def test_a_failed_bulletin_counts_as_omitted_and_never_drops_out() -> None:
    found = summarise(result(reading(bulletin(0), 3), reading(bulletin(1), None)))
    assert (found.strict.right, found.strict.read, found.strict.gold) == (3, 3, 6)
    assert (found.bulletins, found.failed, found.readings) == (2, 1, 2)
    assert found.per_bulletin == pytest.approx(0.5)


def test_prices_are_per_figure_that_is_right() -> None:
    found = summarise(result(reading(bulletin(0), 3), reading(bulletin(1), 1)))
    assert found.cost_usd == pytest.approx(1.0)
    assert found.cost_per_right == pytest.approx(1.0 / 4)
    assert found.tokens_per_right == pytest.approx(240 / 4)
    assert found.each(found.seconds) == pytest.approx(2.0)


def test_an_unknown_cost_leaves_the_sum_unknown_but_a_call_without_answer_does_not() -> None:
    known, unknown = reading(bulletin(0), 3), reading(bulletin(1), 1, cost=None)
    assert summarise(result(known, unknown)).cost_usd is None
    assert summarise(result(known, reading(bulletin(1), None))).cost_usd == pytest.approx(0.5)


def test_what_a_failed_reading_cost_is_counted_though_its_price_is_unknown() -> None:
    failed = reading(bulletin(1), None)._replace(input_tokens=9000, output_tokens=4000)
    found = summarise(result(reading(bulletin(0), 3, cost=None), failed))
    assert (found.input_tokens, found.output_tokens, found.cost_usd) == (9100, 4020, None)


def test_with_nothing_right_there_is_no_price_of_a_right_figure() -> None:
    found = summarise(result(reading(bulletin(0), 0)))
    assert (found.cost_per_right, found.tokens_per_right) == (None, None)


def test_the_first_try_is_scored_apart_from_the_last() -> None:
    found = summarise(result(reading(bulletin(0), 3, first=1), reading(bulletin(1), 2, first=2)))
    assert found.first_try is not None
    assert (found.first_try.right, found.strict.right) == (3, 5)
    assert summarise(result(reading(bulletin(0), 3))).first_try is None


def test_repeats_are_added_up_within_a_bulletin_and_spread_apart_from_bulletins() -> None:
    one, two = bulletin(0), bulletin(1)
    reads = (
        reading(one, 3, repeat=1),
        reading(one, 1, repeat=2),
        reading(two, 3, repeat=1),
        reading(two, 3, repeat=2),
    )
    assert count_by_document(reads).tolist() == [[4, 4, 6], [6, 6, 6]]
    found = summarise(result(*reads, repeats=2))
    assert found.spread.f1 == (1.0, pytest.approx(2 * 4 / (4 + 6)))
    assert found.spread.deviation is not None
    assert found.changing == 1


def test_variants_that_read_alike_are_said_to_read_alike() -> None:
    reads = [reading(bulletin(number), number % 3 + 1) for number in range(8)]
    (comparison,) = compare_variants([result(*reads), result(*reads, name="b")])
    assert comparison.measures["strict"].interval == Interval(0, 0)
    assert describe_comparison(comparison) == (
        "b and a have the same strict score on all 8 bulletins: up to 31 % of such bulletins may "
        "still differ (95 % sure)."
    )


def test_a_variant_that_misses_much_is_worse_and_is_said_to_be() -> None:
    bulletins = [bulletin(number, figures=4) for number in range(20)]
    good = result(*(reading(each, 4) for each in bulletins))
    poor = result(*(reading(each, number % 3) for number, each in enumerate(bulletins)), name="b")
    (comparison,) = compare_variants([good, poor])
    strict = comparison.measures["strict"]
    assert strict.interval is not None
    assert strict.interval.high < 0
    assert describe_comparison(comparison).startswith("b is worse than a by 0.")


def test_interval_and_p_are_for_all_variants_at_once() -> None:
    bulletins = [bulletin(number, figures=4) for number in range(10)]
    good = result(*(reading(each, 4 - number % 2) for number, each in enumerate(bulletins)))
    poor = result(*(reading(each, number % 5) for number, each in enumerate(bulletins)), name="b")
    other = result(*(reading(each, number % 3) for number, each in enumerate(bulletins)), name="c")
    (alone,) = compare_variants([good, poor])
    beside, _ = compare_variants([good, poor, other])
    one, several = alone.measures["strict"], beside.measures["strict"]
    assert (alone.compared, beside.compared) == (1, 2)
    assert one.estimate == several.estimate
    assert one.interval is not None
    assert several.interval is not None
    assert several.interval.low <= one.interval.low < one.interval.high <= several.interval.high
    assert one.p is not None
    assert several.p is not None
    assert several.p >= one.p
    assert "both for 2 variants at once" in describe_comparison(beside)
    assert "at once" not in describe_comparison(alone)
    assert alone.measures["value"] == beside.measures["value"], "each by itself"


def copied(about: GoldBulletin, number: int) -> GoldBulletin:
    """Make the same release again, with a page's number more."""
    text = f"{about.document.text}\n\nPágina {number}"
    document = Document(id=a_document(text).id, text=text, metadata=about.document.metadata)
    return about._replace(stem=f"{about.stem}-again", document=document)


RELEASES = tuple(bulletin(number, figures=4) for number in (1, 3, 5, 7, 9))


def test_reposts_are_drawn_as_one_and_said_to_be() -> None:
    reposted = [*RELEASES, copied(RELEASES[0], 3), copied(RELEASES[1], 4)]
    good = result(*(reading(each, 4) for each in reposted))
    poor = result(*(reading(each, n % 4) for n, each in enumerate(reposted)), name="b")
    assert label_releases(good.reads) == (0, 1, 2, 3, 4, 0, 1)
    assert summarise(good).reposts == 2
    (comparison,) = compare_variants([good, poor])
    strict = comparison.measures["strict"]
    assert (strict.documents, strict.drawn) == (7, 5)
    assert strict.more != 0, "five releases cannot show a difference, seven bulletins could"
    assert "7 bulletins of 5 releases" in describe_comparison(comparison)


def test_documents_are_labelled_in_the_order_that_is_asked_for() -> None:
    reposted = [*RELEASES, copied(RELEASES[0], 3)]
    reads = [reading(each, 4) for each in reposted]
    wanted = [reposted[number].document.id for number in (5, 2, 0)]
    assert label_releases(reads, wanted) == (0, 1, 0)


def test_bulletins_that_failed_wholly_are_found_and_no_others() -> None:
    reads = (
        reading(bulletin(0), 0),
        reading(bulletin(1), None),
        reading(bulletin(2), 1),
        reading(bulletin(3)._replace(gold=with_figures(bulletin(3), 0)), 0),
        reading(bulletin(4)._replace(gold=with_figures(bulletin(4), 0)), 2),
    )
    assert summarise(result(*reads)).total_failures == (
        TotalFailure("b0", 0, 1),
        TotalFailure("b1", 1, 1),
    )


def test_a_release_that_failed_twice_failed_once_of_all_releases() -> None:
    reposted = [*RELEASES, copied(RELEASES[0], 3)]
    assert label_releases([reading(each, 4) for each in reposted]) == (0, 1, 2, 3, 4, 0)
    found = summarise(
        result(*(reading(each, 0 if n % 5 == 0 else 4) for n, each in enumerate(reposted)))
    )
    assert len(found.total_failures) == 2
    assert found.most_failing == most_share(1, 5)
    assert summarise(result(*(reading(each, 4) for each in RELEASES))).most_failing == most_share(
        0, 5
    )


def test_a_bulletin_that_fails_now_and_then_is_a_failure_and_one_that_is_poor_is_none() -> None:
    reads = (
        reading(bulletin(0), None, repeat=1),
        reading(bulletin(0), 3, repeat=2),
        reading(bulletin(1), 0, repeat=1),
        reading(bulletin(1), 1, repeat=2),
    )
    found = summarise(result(*reads, repeats=2)).total_failures
    assert found == (TotalFailure("b0", 1, 2),)


def test_variances_need_repeats() -> None:
    bulletins = [bulletin(number, figures=4) for number in range(6)]
    once = result(*(reading(each, n % 5) for n, each in enumerate(bulletins)))
    assert summarise(once).variances is None
    twice = result(
        *(
            reading(each, (n + times) % 5, repeat=times)
            for n, each in enumerate(bulletins)
            for times in (1, 2)
        ),
        repeats=2,
    )
    found = summarise(twice).variances
    assert found is not None
    assert (found.bulletins, found.repeats) == (6, 2)
    assert found.within > 0
    (comparison,) = compare_variants([twice, twice._replace(name="b")])
    assert comparison.variances is not None
    assert comparison.variances.within == pytest.approx(2 * found.within)


def test_parts_of_the_gold_add_up_to_the_whole() -> None:
    reads = [
        reading(bulletin(number, noise=("ocr",) if number == 2 else ()), number % 4)
        for number in range(6)
    ]
    whole = summarise(result(*reads)).strict
    parts = score_slices(result(*reads))
    for name in ("kind", "format", "length", "noise", "service", "status", "period", "unit"):
        assert sum(score.gold for score in parts[name].values()) == whole.gold, name
        assert sum(score.right for score in parts[name].values()) == whole.right, name
    assert set(parts["noise"]) == {"ocr", "clean"}
    assert set(parts["format"]) == {"txt", "pdf"}
    assert set(parts["length"]) == {"under 1,000 characters", "1,000 to 2,000 characters"}


def test_parts_have_intervals_over_the_bulletins_that_have_any_of_them() -> None:
    reads = [
        reading(bulletin(number, noise=("ocr",) if number == 2 else ()), number % 4)
        for number in range(6)
    ]
    parts = measure_slices(result(*reads))
    scores = {
        name: {part: found.score for part, found in several.items()}
        for name, several in parts.items()
    }
    assert scores == score_slices(result(*reads))
    assert parts["noise"]["ocr"].interval is None  # a single bulletin
    clean = [read for read in reads if not read.bulletin.noise]
    assert parts["noise"]["clean"].interval == summarise(result(*clean)).interval
    whole = summarise(result(*reads)).interval
    (service,) = parts["service"].values()
    assert service.interval == whole


def test_a_variant_without_any_figure_has_all_slices_and_no_parts_of_labels() -> None:
    one = bulletin(1)
    silent = one._replace(gold=with_figures(one, 0))
    parts = score_slices(result(reading(silent, 0)))
    assert list(parts) == [
        *("kind", "format", "noise", "length"),
        *("service", "status", "period", "unit"),
    ]
    assert parts["service"] == {}


def test_a_repost_is_drawn_with_its_release_in_parts_too() -> None:
    bulletins = [bulletin(number) for number in range(6)]
    again = [
        one._replace(document=one.document.model_copy(update={"id": f"again {number}"}))
        for number, one in enumerate(bulletins[:4])
    ]
    reads = [reading(one, number % 4) for number, one in enumerate([*bulletins, *again])]
    assert summarise(result(*reads)).reposts == 2  # the others are too short to tell
    (service,) = measure_slices(result(*reads))["service"].values()
    assert service.interval == summarise(result(*reads)).interval
    assert service.interval != f1_interval(count_by_document(reads))
