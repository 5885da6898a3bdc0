"""Real bulletins through the deterministic reader: what their contradictions look like."""

import asyncio
import os
from pathlib import Path

import pytest

from pipeline.documents import RecordFields, read_all
from pipeline.extract import extract
from pipeline.rules.reader import BaselineReader
from schemas.document import Document
from schemas.finding import Finding, Severity

ROOT = Path(__file__).parents[3]
SEEDS = Path(os.environ.get("JORNADA_SEEDS", ROOT.parent / "shared" / "seeds"))

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not at hand")


def seed(number: str) -> Document:
    (path,) = SEEDS.glob(f"{number}_*.txt")
    (loaded,) = read_all([str(path)], RecordFields())
    assert loaded.document is not None
    return loaded.document


def warnings(document: Document, check: str) -> list[Finding]:
    reading = asyncio.run(extract(document, BaselineReader()))
    return [f for f in reading.findings if f.check == check and f.severity is Severity.WARNING]


def test_the_body_of_july_2022_repeats_the_plan() -> None:
    document = seed("000")
    (finding,) = warnings(document, "repeated_plan")
    assert "126,247 planned" in finding.message
    assert "139,962 performed" in finding.message
    assert finding.span is not None
    passage = document.text[slice(*finding.span)]
    assert passage.startswith("55 mil 396 consultas")
    assert "2 mil 703 estudios" in passage


def test_the_parts_of_july_2022_fall_short_of_its_result() -> None:
    (finding,) = warnings(seed("000"), "sums")
    assert "add up to 139,916, 46 less than the 139,962" in finding.message


def test_the_press_copy_of_september_2021_contradicts_itself() -> None:
    document = seed("004")
    (finding,) = warnings(document, "same_fact")
    assert "475,275" in finding.message
    assert "475,725" in finding.message
    assert finding.span is not None
    assert "475 mil 725" in document.text[slice(*finding.span)]


@pytest.mark.parametrize("number", ["001", "002", "003"])
def test_the_others_do_not(number: str) -> None:
    document = seed(number)
    for check in ("repeated_plan", "sums", "same_fact", "goals", "dates"):
        assert warnings(document, check) == []
