"""What the checks say of all labelled bulletins, as they are and with faults planted in them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.checks.__main__ import show
from benchmarks.checks.bulletin import Bulletin, ideal
from benchmarks.checks.count import (
    COUNTED,
    JUDGED,
    Counts,
    Known,
    count,
    load,
    read_known,
)
from benchmarks.checks.faults import FAULTS, HARMLESS, Fault, plant
from pipeline.checks import CHECKS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
LEAST_PRECISION = 0.9
LEAST_RECALL = 0.6
JUDGED_APART = 2
"""Grounding and years are applied before the other checks."""


@pytest.fixture(scope="module")
def counts() -> Counts:
    return count(load(JUDGED), load(COUNTED), read_known())


@pytest.fixture(scope="module")
def ideals() -> list[Bulletin]:
    return [ideal(one.document, one.gold) for one in load(JUDGED[1:])]


def test_nothing_false_is_found_in_bulletins_as_they_are(counts: Counts) -> None:
    assert [(told.bulletin, told.finding.message) for told in counts.wrong] == []


def test_what_is_known_to_be_wrong_is_found(counts: Counts) -> None:
    assert counts.right.total() == len(read_known())


def test_each_check_is_right_nine_times_in_ten(counts: Counts) -> None:
    rows = counts.rows()
    # What `pages` and `hidden_text` say is of files: no label could contradict it, and none of
    # these has such pages, or hides anything.
    assert len({check for check, _ in rows}) == len(CHECKS) + JUDGED_APART - 2
    for row in rows:
        precision = counts.precision(row)
        assert precision is not None, row
        assert precision >= LEAST_PRECISION, row


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_is_found_more_often_than_not(counts: Counts, fault: Fault) -> None:
    assert counts.planted[fault] > 0
    assert counts.found[fault] >= LEAST_RECALL * counts.planted[fault]


@pytest.mark.parametrize("fault", HARMLESS, ids=lambda fault: fault.name)
def test_each_harmless_change_is_tried(counts: Counts, fault: Fault) -> None:
    assert counts.planted[fault] > 0


def test_what_is_not_known_to_be_right_is_false() -> None:
    bulletins = [one for one in load(JUDGED[:1]) if one.stem in {k.bulletin for k in read_known()}]
    nothing_known = count(bulletins)
    assert not nothing_known.right
    told = nothing_known.wrong[0]
    assert nothing_known.false((told.finding.check, told.finding.severity)) > 0
    other = Known(told.bulletin, told.finding.check, "words that are not there")
    assert len(count(bulletins, known=frozenset([other])).wrong) == len(nothing_known.wrong)


@pytest.mark.parametrize("fault", [*FAULTS, *HARMLESS], ids=lambda fault: fault.name)
def test_a_seed_plants_the_same_again(ideals: Sequence[Bulletin], fault: Fault) -> None:
    planted = 0
    for bulletin in ideals:
        first, again = (plant(fault, bulletin, 7) for _ in range(2))
        assert first == again
        if first is not None:
            planted += 1
            assert first.bulletin != bulletin
    assert planted > 0


def test_both_tables_are_printed(counts: Counts, capsys: pytest.CaptureFixture[str]) -> None:
    show(counts)
    printed = capsys.readouterr().out
    first, second = printed.split("\n\n")[:2]
    assert first.startswith("check")
    assert "sizes" in first
    assert second.startswith("planted")
    assert "a headline that rounds" in second
    assert max(map(len, printed.splitlines())) <= 100
