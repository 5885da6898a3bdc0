from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from eval.runs.confusions import MOST_QUOTES, Confusion, confusions
from eval.scoring.align import FigureOutcome, FigureVerdict
from schemas.report import Service
from tests.eval.report.report_samples import bulletin, read, right, spoilt

ONE = bulletin(12)
FIRST = ONE.gold.figures[0]


def _verdict(**read_as: object) -> FigureVerdict:
    (verdict, *_) = read(ONE, FIRST.model_copy(update=read_as)).scores.verdicts
    return verdict


def test_each_wrong_label_is_a_confusion_with_its_quote() -> None:
    found = confusions(spoilt(ONE).scores.verdicts)
    quote = ("12 mil 610 cirugías",)
    assert found == (
        Confusion("period", "jornada", "other", 1, quote),
        Confusion("edition", "4", None, 1, quote),
    )


def test_the_most_frequent_comes_first_and_few_quotes_are_kept() -> None:
    verdicts = [
        read(one, one.gold.figures[0].model_copy(update={"service": Service.STAFF})).scores.verdicts
        for one in map(bulletin, range(12, 18))
    ]
    others = _verdict(service=Service.OTHER, approximate=True)
    found = confusions([others, *(each for several in verdicts for each in several)])
    assert [one[:4] for one in found] == [
        ("service", "surgery", "staff", 6),
        ("service", "surgery", "other", 1),
        ("approximate", "no", "yes", 1),
    ]
    assert len(found[0].quotes) == MOST_QUOTES


def test_days_are_one_label() -> None:
    (found,) = confusions(
        [
            FigureVerdict(
                FigureOutcome.WRONG_LABEL,
                ("days",),
                *(1, FIRST.model_copy(update={"starts_on": "2024-05-10", "ends_on": None})),
                *(1, FIRST),
            )
        ]
    )
    assert found[:3] == ("days", "2024-05-10 to ?", None)


def test_what_is_right_missed_or_invented_confuses_no_label() -> None:
    assert confusions(right(ONE).scores.verdicts) == ()
    assert confusions(read(ONE).scores.verdicts) == ()


@given(st.lists(st.sampled_from([Service.OTHER, Service.STAFF]), max_size=12))
def test_numbers_add_up_to_the_wrong_labels(services: list[Service]) -> None:
    found = confusions([_verdict(service=service) for service in services])
    assert {one.read: one.n for one in found} == Counter(service.value for service in services)
