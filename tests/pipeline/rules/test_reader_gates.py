"""How much the baseline gets right on whole bulletins with gold labels.

All of these bulletins were seen while the rules were made: the floors catch regressions, and say
nothing of how well unseen bulletins are read.
"""

import asyncio
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eval.labels.gold import load_gold
from eval.scoring.score import add_scores, score
from pipeline.documents import read_all
from pipeline.extract import extract
from pipeline.rules.reader import BaselineReader
from schemas.document import Document
from schemas.report import JornadaReport

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
GOLD: dict[str, Any] = json.loads((ROOT / "tests" / "seeds_gold.json").read_text(encoding="utf-8"))
SEPTEMBER_2021 = ("001_68c7b72851ca9453.txt", "004_4e7f88594abcbb5c.txt")

with_bulletins = pytest.mark.skipif(
    not (SHARED / "bulletins").is_dir(), reason="the labelled bulletins are not at hand"
)
with_seeds = pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the seeds are not at hand")


def read(document: Document) -> JornadaReport:
    """Read a document by the baseline, as a run would store it."""
    report = asyncio.run(extract(document, BaselineReader())).report
    assert report is not None
    return report


def strict_f1(gold: Path, texts: Path, count: int) -> float:
    bulletins = load_gold(gold, (texts,))
    assert len(bulletins) == count
    f1 = add_scores(
        score(read(one.document), one.gold, one.document.text).measures["strict"]
        for one in bulletins
    ).f1
    assert f1 is not None
    return f1


@pytest.fixture(scope="module")
def seeds() -> dict[str, Document]:
    loaded = read_all([str(SHARED / "seeds")])
    return {Path(one.source.path).name: one.document for one in loaded if one.document}


def test_the_example_bulletins_are_read_as_well_as_before() -> None:
    assert strict_f1(ROOT / "eval" / "gold", ROOT / "examples" / "bulletins", 50) >= 0.93


@with_bulletins
def test_the_labelled_bulletins_are_read_well() -> None:
    assert strict_f1(SHARED / "bulletins", SHARED / "bulletins", 14) >= 0.95


@with_seeds
@pytest.mark.parametrize("name", GOLD)
def test_a_seed_comes_out_right_and_nothing_is_invented(
    seeds: dict[str, Document], name: str
) -> None:
    gold = JornadaReport.model_validate(GOLD[name])
    found = read(seeds[name])
    measures = score(found, gold, seeds[name].text).measures
    assert measures["strict"].f1 == 1
    assert measures["approximate"].f1 == 1
    assert [f.basis for f in found.figures] == [f.basis for f in gold.figures]


@with_seeds
@pytest.mark.parametrize("name", SEPTEMBER_2021)
def test_both_jornadas_of_the_september_2021_release_have_their_days(
    seeds: dict[str, Document], name: str
) -> None:
    found = read(seeds[name])
    assert [(j.edition, j.start, j.end, j.subject) for j in found.jornadas] == [
        (8, date(2021, 9, 24), date(2021, 9, 26), True),
        (7, date(2021, 9, 10), date(2021, 9, 12), False),
    ]


@with_seeds
@pytest.mark.parametrize("name", GOLD)
def test_the_other_fields_of_a_seed_come_out_right(seeds: dict[str, Document], name: str) -> None:
    fields = {"published_on", "bulletin_kind", "programme", "jornadas"}
    gold = JornadaReport.model_validate(GOLD[name]).model_dump(include=fields)
    assert read(seeds[name]).model_dump(include=fields) == gold


@with_seeds
@pytest.mark.parametrize("name", GOLD)
def test_the_days_of_the_figures_of_a_seed_come_out_right(
    seeds: dict[str, Document], name: str
) -> None:
    gold = JornadaReport.model_validate(GOLD[name])
    right = Counter((f.value, f.starts_on, f.ends_on) for f in gold.figures)
    read_days = Counter((f.value, f.starts_on, f.ends_on) for f in read(seeds[name]).figures)
    assert right - read_days == Counter()


@with_seeds
def test_the_two_copies_of_one_release_are_two_documents(seeds: dict[str, Document]) -> None:
    first, second = (seeds[name] for name in SEPTEMBER_2021)
    assert first.id != second.id
