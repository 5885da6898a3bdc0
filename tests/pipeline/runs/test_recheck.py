"""Stored answers judged anew: by the real checks, out of a real database, without a server."""

import asyncio
import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

import pipeline.extract
from pipeline.checks import CHECKS
from pipeline.extract import extract
from pipeline.forms import prompts
from pipeline.forms.form import Fault
from pipeline.llm.reader import LlmReader
from pipeline.runs import recheck
from pipeline.settings import LlmSettings
from pipeline.store import QueryResult, Store, new_run
from pipeline.store.rows import Entry, now
from schemas.answer import QuotedAnswer
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import JornadaReport
from tests.command import right_answer
from tests.llm_server import Reply, answer, failure, serve
from tests.readings import KEY, a_document, a_reading

pytestmark = pytest.mark.slow

TEXT = "Se otorgaron 100 consultas en la jornada. En otra sede se dieron 250 consultas más."
RIGHT = right_answer(TEXT, form="quoted")
HALF = right_answer(TEXT, only=1, form="quoted")


@pytest.fixture
def closed_store(tmp_path: Path) -> Store:
    """Give a store that opens its file for each step, as that of the command does."""
    made = Store(tmp_path / "a.duckdb", patience=0.2)
    made.prepare()
    return made


@pytest.fixture
def store(closed_store: Store) -> Iterator[Store]:
    """Give one whose file stays open: to open it takes longer than to judge what is in it."""
    with closed_store.keep_open():
        yield closed_store


def read(*script: Reply, text: str = TEXT) -> tuple[Document, Reading]:
    """Have a text read by a scripted model, as `extract` does."""
    document = a_document(text)

    async def run() -> Reading:
        settings = LlmSettings(
            model="scripted", base_url=server.base_url, max_output_tokens=1000, transport_attempts=1
        )
        reader = LlmReader(settings, prompts.load_prompt("quoted-v1"))
        try:
            return await extract(document, reader)
        finally:
            await reader.aclose()

    with serve(*script) as server:
        reading = asyncio.run(run())
        assert not server.script, "the whole script was needed"
    return document, reading


@functools.cache
def read_right(text: str = TEXT) -> tuple[Document, Reading]:
    """Have a text read by a model that is right at once; the reading is each test's to put."""
    return read(answer(RIGHT), text=text)


def put(store: Store, *read_now: tuple[Document, Reading]) -> None:
    entries = [Entry(document, reading, now()) for document, reading in read_now]
    store.append(new_run(KEY), entries, [])


def rechecked(store: Store, *, dry_run: bool = False) -> recheck.Recheck:
    counts = recheck.Recheck()
    recheck.recheck(store, counts, dry_run=dry_run)
    return counts


def readings(store: Store) -> int:
    return int(store.read("SELECT count(*) FROM readings").rows[0][0])


def suspicious(_: Document, report: JornadaReport) -> Iterable[Finding]:
    for figure in report.figures:
        yield Finding(check="new", severity=Severity.WARNING, message=f"{figure.value}?")


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ([answer(RIGHT)], "ok"),
        ([answer("nada"), answer(RIGHT)], "ok"),
        ([answer(HALF)] * 3, "partial"),
        ([answer(HALF), answer("nada"), answer(HALF)], "partial"),
        ([answer(RIGHT[:-30], finish_reason="length"), answer(RIGHT)], "ok"),
        ([answer(RIGHT[:-30], finish_reason="length")] * 2, "partial"),
        ([answer(HALF), failure(400, "bad")], "partial"),
        ([answer("nada"), failure(400, "bad")], "failed"),
        ([answer("nada"), answer(None, refusal="no")], "failed"),
        ([answer(None)] * 3, "failed"),
        ([answer("nada")] * 3, "failed"),
    ],
)
def test_with_the_same_checks_every_conversation_is_judged_the_same(
    store: Store, script: list[Reply], status: str
) -> None:
    document, reading = read(*script)
    assert reading.status == status
    put(store, (document, reading))
    counts = rechecked(store)
    assert (counts.same, counts.changed, dict(counts.not_judged)) == (1, 0, {})
    assert readings(store) == 1
    assert store.read("SELECT count(*) FROM runs").rows == [(1,)], "nothing stored, no run"


def test_a_new_check_is_a_new_reading_and_the_answers_stay_with_the_old(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, reading = read(answer("nada"), answer(RIGHT))
    put(store, (document, reading))
    monkeypatch.setattr(pipeline.extract, "CHECKS", (*CHECKS, suspicious))
    counts = rechecked(store)
    assert (counts.changed, counts.findings_more, counts.findings_less) == (1, 2, 0)
    assert (counts.figures_more, counts.figures_less, dict(counts.statuses)) == (0, 0, {})

    ((new, *facts),) = store.read(
        "SELECT reading_id, derived, derived_from, cost_usd, input_tokens, attempts, model, prompt "
        "FROM current_readings"
    ).rows
    assert facts == ["recheck", reading.reading_id, None, None, 0, "scripted", "quoted-v1"]
    assert store.read("SELECT DISTINCT reading_id FROM attempts").rows == [(reading.reading_id,)]
    assert store.read("SELECT message FROM current_findings ORDER BY 1").rows == [
        ("100?",), ("250?",),
    ]  # fmt: skip
    ((outcome, reader),) = store.read(
        "SELECT outcome, reader FROM run_ends JOIN runs USING (run_id)"
    ).rows
    assert (outcome, reader) == ("finished", "recheck")

    assert rechecked(store).same == 1
    assert readings(store) == 2

    monkeypatch.setattr(pipeline.extract, "CHECKS", CHECKS)
    back = rechecked(store)
    assert (back.changed, back.findings_less) == (1, 2)
    ((third, came_from),) = store.read("SELECT reading_id, derived_from FROM current_readings").rows
    assert came_from == reading.reading_id, "not a recheck of a recheck"
    assert third not in {new, reading.reading_id}
    assert rechecked(store).same == 1


def test_what_an_earlier_version_did_not_take_from_the_answers_is_taken_now(store: Store) -> None:
    document, reading = read_right()
    assert reading.report is not None
    less = reading.report.model_copy(update={"figures": reading.report.figures[:1]})
    older = reading.model_copy(update={"report": less, "status": ReadingStatus.PARTIAL})
    put(store, (document, older))
    counts = rechecked(store)
    assert (counts.figures_more, counts.figures_less) == (1, 0)
    assert dict(counts.statuses) == {"partial -> ok": 1}
    assert store.read("SELECT value FROM current_figures ORDER BY 1").rows == [(100.0,), (250.0,)]


def test_a_failed_reading_whose_answer_holds_now_becomes_usable(store: Store) -> None:
    document, reading = read_right()
    failed = {"report": None, "status": ReadingStatus.FAILED, "error": "no usable answer"}
    put(store, (document, reading.model_copy(update=failed)))
    assert dict(rechecked(store).statuses) == {"failed -> ok": 1}
    assert store.read("SELECT status, error FROM current_readings").rows == [("ok", None)]
    assert rechecked(store).same == 1


def test_a_reading_that_holds_no_longer_is_stored_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, read_right())
    wrong = Fault("answer", "is wrong by the new rules")
    monkeypatch.setattr(
        recheck, "judge_answer", lambda *args, **_: recheck.Draft(args[2], None, (wrong,))
    )
    assert dict(rechecked(store).statuses) == {"ok -> failed": 1}
    assert rechecked(store).same == 1, "although the view still has the usable one"
    assert readings(store) == 2


def test_the_newest_reading_counts_not_one_that_was_rechecked_before_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, read(answer(HALF), answer(HALF), answer(HALF)))
    monkeypatch.setattr(pipeline.extract, "CHECKS", (*CHECKS, suspicious))
    assert rechecked(store).changed == 1
    document, newer = read(answer(RIGHT))
    put(store, (document, newer))
    monkeypatch.setattr(pipeline.extract, "CHECKS", ())
    rechecked(store)
    ((came_from,),) = store.read("SELECT derived_from FROM current_readings").rows
    assert came_from == newer.reading_id


def test_what_cannot_be_judged_is_counted_with_the_reason(store: Store) -> None:
    silent, reading = read(failure(400, "bad"), text="Se otorgaron 5 consultas.")
    put(store, (silent, reading))
    counts = rechecked(store)
    assert dict(counts.not_judged) == {"failed without an answer": 1}
    assert (counts.judged, readings(store)) == (0, 1)


def test_labels_of_an_older_version_become_codes_and_what_cannot_is_a_finding(
    closed_store: Store,
) -> None:
    store = closed_store
    document, reading = read_right()
    put(store, (document, reading))
    assert reading.report is not None
    former = json.loads(reading.report.model_dump_json())
    for figure, detail in zip(
        former["figures"], ("gynecology+obstetrics", "chiropody"), strict=True
    ):
        figure["detail"] = detail
        for unknown in ("starts_on", "ends_on", "basis"):
            del figure[unknown]
    with duckdb.connect(store.path) as con:
        con.execute(
            "UPDATE readings SET report = ?, schema_hash = 'of an older version'",
            [json.dumps(former)],
        )
        con.execute("UPDATE figures SET detail = 'gynecology+obstetrics' WHERE value = 100")
        con.execute("UPDATE figures SET detail = 'chiropody' WHERE value = 250")
    counts = rechecked(store)
    assert (counts.changed, dict(counts.not_judged)) == (1, {})
    assert store.read("SELECT value, detail FROM current_figures ORDER BY value").rows == [
        (100.0, "gynecology_obstetrics"),
        (250.0, "other"),
    ]
    told = store.read("SELECT message FROM current_findings WHERE check_name = 'labels'").rows
    assert len(told) == 1
    assert "chiropody" in told[0][0]
    assert rechecked(store).same == 1


def test_one_reading_of_an_unknown_shape_keeps_none_of_the_others_from_being_judged(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, *(read_right(f"{TEXT}\n{letter}") for letter in "abcdef"))
    odd = a_document("odd")
    put(store, (odd, a_reading(odd).model_copy(update={"derived": "by magic"})))
    monkeypatch.setattr(recheck, "_BATCH", 3)
    counts = rechecked(store)
    assert (counts.same, dict(counts.not_judged)) == (6, {"stored by another version": 1})


@pytest.mark.parametrize("derived", [None, "near"])
def test_what_has_no_answers_is_checked_as_it_is_and_keeps_what_was_dropped(
    store: Store, monkeypatch: pytest.MonkeyPatch, derived: str | None
) -> None:
    document, reading = read_right()
    dropped = Finding(check="grounding", severity=Severity.ERROR, message="900 is not there")
    changes: dict[str, Any] = {"attempts": (), "derived": derived}
    if derived is None:
        changes |= {"key": ReaderKey(reader="baseline", schema_hash="rules")}
        changes |= {"findings": (dropped,), "status": ReadingStatus.PARTIAL}
    reading = reading.model_copy(update=changes)
    put(store, (document, reading))
    assert rechecked(store).same == 1
    monkeypatch.setattr(pipeline.extract, "CHECKS", (*CHECKS, suspicious))
    counts = rechecked(store)
    assert (counts.changed, counts.findings_more, counts.findings_less) == (1, 2, 0)
    assert rechecked(store).same == 1


def test_a_dry_run_counts_the_same_and_stores_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, read_right())
    monkeypatch.setattr(pipeline.extract, "CHECKS", (*CHECKS, suspicious))
    dry = rechecked(store, dry_run=True)
    assert readings(store) == 1
    assert dry == rechecked(store)
    assert readings(store) == 2


def test_many_documents_are_judged_batch_by_batch(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, *(read_right(f"{TEXT}\n{letter}") for letter in "abcde"))
    monkeypatch.setattr(recheck, "_BATCH", 2)
    monkeypatch.setattr(pipeline.extract, "CHECKS", (*CHECKS, suspicious))
    seen = []
    counts = recheck.Recheck()
    recheck.recheck(store, counts, lambda _, so_far: seen.append(so_far.judged))
    assert seen == [2, 4, 5]
    assert (counts.total, counts.changed) == (5, 5)
    assert store.read("SELECT count(DISTINCT run_id), count(*) FROM current_readings").rows == [
        (1, 5)
    ]


def test_what_is_to_be_judged_is_listed_a_page_at_a_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, *(read_right(f"{TEXT}\n{letter}") for letter in "abcde"))
    monkeypatch.setattr(recheck, "_PAGE", 2)
    monkeypatch.setattr(pipeline.extract, "CHECKS", (*CHECKS, suspicious))
    asked, pages = store.read, []

    def noting(sql: str, parameters: Sequence[object] = ()) -> QueryResult:
        found = asked(sql, parameters)
        if "original" in found.columns:
            pages.append(len(found.rows))
        return found

    monkeypatch.setattr(store, "read", noting)
    counts = rechecked(store)
    assert (counts.total, counts.changed, readings(store)) == (5, 5, 10)
    assert pages == [2, 2, 1, 0]


def test_the_forms_are_described_once_and_not_for_each_document(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, *(read_right(f"{TEXT}\n{letter}") for letter in "abc"))
    described, describe = [], QuotedAnswer.model_json_schema
    monkeypatch.setattr(
        QuotedAnswer, "model_json_schema", lambda: described.append(1) or describe()
    )
    assert rechecked(store).same == 3
    assert len(described) <= 1


def test_stopped_half_way_what_was_stored_stays_and_its_run_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, *(read_right(f"{TEXT}\n{letter}") for letter in "abc"))
    monkeypatch.setattr(recheck, "_BATCH", 2)
    monkeypatch.setattr(pipeline.extract, "CHECKS", (*CHECKS, suspicious))

    def ctrl_c(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recheck.recheck(store, recheck.Recheck(), ctrl_c)
    assert store.read("SELECT outcome FROM run_ends").rows == [("interrupted",)]
    counts = rechecked(store)
    assert (counts.same, counts.changed) == (2, 1)


def test_the_counts_are_json(store: Store) -> None:
    put(store, read_right())
    facts = json.loads(json.dumps(recheck.as_json(rechecked(store))))
    assert (facts["documents"], facts["judged"], facts["same"]) == (1, 1, 1)
