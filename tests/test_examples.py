"""The example bulletins can be read, and their gold labels hold against their texts."""

from pathlib import Path

import pytest

from eval.gold import Gold, gold_files
from eval.strict import read_bulletins
from pipeline.checks.grounding import locate, value_fault
from pipeline.documents import read_all
from schemas.document import Document

ROOT = Path(__file__).parents[1]
BULLETINS = ROOT / "examples" / "bulletins"
GOLD = list(gold_files(ROOT / "eval" / "gold"))


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return read_bulletins(BULLETINS)


def test_every_file_is_read() -> None:
    found = list(read_all([str(BULLETINS)]))
    assert [(str(one.source), one.error) for one in found if one.error] == []
    read = {Path(one.source.path).name for one in found}
    assert read == {path.name for path in BULLETINS.iterdir()}


def test_there_are_bulletins_of_every_format_and_enough_of_them(
    documents: dict[str, Document],
) -> None:
    assert len({document.id for document in documents.values()}) >= 30
    formats = {document.metadata.format for document in documents.values()}
    assert {"txt", "md", "html", "pdf", "docx", "jsonl", "csv"} <= formats


def test_every_bulletin_has_its_gold_and_the_reverse(documents: dict[str, Document]) -> None:
    assert {one.stem for one in GOLD} == set(documents)


@pytest.mark.parametrize("gold", GOLD, ids=lambda one: one.stem)
def test_the_quotes_of_the_gold_stand_in_its_bulletin(
    gold: Gold, documents: dict[str, Document]
) -> None:
    text = documents[gold.stem].text
    assert [f.quote for f in gold.report.figures if not locate(text, f.quote)] == []


@pytest.mark.parametrize("gold", GOLD, ids=lambda one: one.stem)
def test_the_values_of_the_gold_are_printed_in_its_quotes(
    gold: Gold, documents: dict[str, Document]
) -> None:
    text = documents[gold.stem].text
    for figure in gold.report.figures:
        places = locate(text, figure.quote)
        assert places
        faults = [value_fault(text, place, figure.value, figure.unit) for place in places]
        assert None in faults, faults


@pytest.mark.parametrize("gold", GOLD, ids=lambda one: one.stem)
def test_the_gold_counts_no_fact_twice(gold: Gold) -> None:
    facts = [
        figure.model_dump(exclude={"quote", "char_start", "char_end", "approximate"})
        for figure in gold.report.figures
    ]
    assert [fact for index, fact in enumerate(facts) if fact in facts[:index]] == []
