"""A scripted model on real bulletins: wrong at first, then right, ends in the right figures."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from pipeline.checks import completeness
from pipeline.documents import RecordFields, read_all
from pipeline.extract import extract
from pipeline.forms import prompts
from pipeline.forms.quoted import judge
from pipeline.llm.reader import LlmReader
from pipeline.numerals import numerals
from pipeline.settings import LlmSettings
from schemas.answer import QuotedAnswer
from schemas.document import Document
from schemas.reading import Reading, ReadingStatus
from schemas.report import JornadaReport
from tests.llm_server import LlmServer, answer, serve

ROOT = Path(__file__).parents[3]
SEEDS = Path(os.environ.get("JORNADA_SEEDS", ROOT.parent / "shared" / "seeds"))
GOLD: dict[str, Any] = json.loads((ROOT / "tests" / "seeds_gold.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not at hand")


def seed(name: str) -> Document:
    (loaded,) = read_all([str(SEEDS / name)], RecordFields())
    assert loaded.document is not None
    return loaded.document


def right(name: str) -> dict[str, Any]:
    """Build the right answer: the gold labels, with every other number set aside by its place."""
    blank = {"set_aside": [], "specialties": [], "places": []}
    given = {key: GOLD[name][key] for key in GOLD[name]} | blank
    document = seed(name)
    report = judge(document, QuotedAnswer.model_validate(given)).report
    assert report is not None
    asides = [
        {"quote": around(document.text, numeral.start, numeral.end), "reason": "no figure"}
        for numeral in completeness.find_unclaimed(document.text, report)
    ]
    return given | {"set_aside": asides}


def around(text: str, start: int, end: int) -> str:
    """Widen a number to the words around it, so that its place is the only one."""
    others = [n for n in numerals(text) if n.end <= start or n.start >= end]
    left = max((n.end for n in others if n.end <= start), default=0)
    edge = min((n.start for n in others if n.start >= end), default=len(text))
    return text[max(left, start - 20) : min(edge, end + 20)].strip()


def read(server: LlmServer, name: str) -> Reading:
    async def run() -> Reading:
        reader = LlmReader(
            LlmSettings(model="scripted", base_url=server.base_url),
            prompts.load_prompt("quoted-v1"),
        )
        try:
            return await extract(seed(name), reader)
        finally:
            await reader.aclose()

    return asyncio.run(run())


def labels(report: JornadaReport | None) -> list[dict[str, Any]]:
    assert report is not None
    return [figure.model_dump(exclude={"char_start", "char_end"}) for figure in report.figures]


def as_json(given: dict[str, Any]) -> str:
    return json.dumps(given, ensure_ascii=False)


@pytest.mark.parametrize("name", GOLD)
def test_the_labels_of_a_seed_hold_against_its_text(name: str) -> None:
    gold = JornadaReport.model_validate(GOLD[name])
    verdict = judge(seed(name), QuotedAnswer.model_validate(right(name)))
    assert verdict.faults == ()
    assert labels(verdict.report) == labels(gold)


@pytest.mark.parametrize("name", GOLD)
def test_wrong_answers_to_a_seed_are_corrected_and_stay_on_record(name: str) -> None:
    good = right(name)
    figures = good["figures"]
    invented = {**figures[0], "value": 123456, "quote": "123 mil 456 vacunas"}
    misread = {**figures[0], "value": figures[0]["value"] + 1}
    with_invented = good | {"figures": [*figures, invented]}
    with_two_faults = good | {"figures": [misread, *figures[2:]]}
    script = [with_invented, with_two_faults, good]
    with serve(*(answer(as_json(given)) for given in script)) as server:
        reading = read(server, name)
    assert "123 mil 456 vacunas" in server.said(1)
    assert f"figures[{len(figures)}].quote" in server.said(1)
    assert "figures[0].value" in server.said(2)
    assert "is in the quote of no figure" in server.said(2)
    assert labels(reading.report) == labels(JornadaReport.model_validate(GOLD[name]))
    assert [attempt.outcome for attempt in reading.attempts] == ["invalid", "invalid", "ok"]
    assert [attempt.raw_answer for attempt in reading.attempts] == [as_json(g) for g in script]
    assert all(attempt.errors for attempt in reading.attempts[:2])
    assert (reading.input_tokens, reading.output_tokens) == (300, 150)


@pytest.mark.parametrize("name", GOLD)
def test_a_seed_answered_rightly_at_once_needs_one_call(name: str) -> None:
    with serve(answer(as_json(right(name)))) as server:
        reading = read(server, name)
    assert len(server.requests) == 1
    assert reading.status in (ReadingStatus.OK, ReadingStatus.PARTIAL)
    assert not [f for f in reading.findings if f.check in ("validation", "grounding")]
    assert labels(reading.report) == labels(JornadaReport.model_validate(GOLD[name]))
    report = reading.report
    assert report is not None
    assert [j.model_dump(mode="json") for j in report.jornadas] == GOLD[name]["jornadas"]
    assert report.model_dump(mode="json")["published_on"] == GOLD[name]["published_on"]
