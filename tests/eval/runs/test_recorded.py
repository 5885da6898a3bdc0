"""Answers of real models, recorded, judged anew and scored: floors, and the recording itself."""

import json
import tomllib
from pathlib import Path

import pytest

from eval.labels.gold import GoldBulletin, load_gold
from eval.runs.recorded import (
    Number,
    RecordedBulletin,
    find_numbers,
    read_recording,
    record,
    score_recording,
    write_recording,
)
from eval.runs.summary import VariantSummary, summarise
from pipeline.errors import GoldError
from pipeline.forms import FORMS
from pipeline.forms.prompts import load_prompt
from pipeline.store import Store, new_run
from schemas.document import Document, Metadata, Source
from schemas.reading import Attempt, ReaderKey, Reading, ReadingStatus
from schemas.report import BulletinKind, Figure, JornadaReport, Period, Service, Status, Unit
from tests.readings import a_document, put

ROOT = Path(__file__).parents[3]
RECORDED = ROOT / "tests" / "recorded"
FLOORS = sorted(RECORDED.glob("*/floors.toml"))
ANCHORED = FORMS["anchored"]


# What is recorded


@pytest.mark.parametrize("floors", FLOORS, ids=lambda path: path.parent.name)
def test_recorded_answers_score_as_well_as_they_did(floors: Path) -> None:
    form = FORMS[load_prompt(floors.parent.name).form]
    misses = []
    for name, wanted in tomllib.loads(floors.read_text(encoding="utf-8")).items():
        texts = [ROOT / path for path in wanted.pop("texts", ())]
        bulletins = load_gold(ROOT / wanted.pop("gold"), texts)
        recorded = read_recording(floors.parent / f"{name}.jsonl")
        found = summarise(score_recording(recorded, bulletins, form, name))
        misses += [
            f"{name}: {key} is {value}, not {bound}"
            for key, bound in wanted.items()
            for value, holds in (measure(found, key, bound),)
            if not holds
        ]
    assert misses == []


def measure(found: VariantSummary, key: str, bound: float) -> tuple[float | None, bool]:
    """Measure what a key of the floors names: F1 at least, a share of first answers at most."""
    if key in found.measures:
        value = found.measures[key].f1
        return value, value is not None and value >= bound
    reasks = found.reasks
    assert reasks is not None
    counts = {"sent_back": reasks.sent_back, "sent_back_needlessly": reasks.needless}
    share = counts[key] / reasks.first
    return share, share <= bound


# Recording


TEXTS = (
    "La clínica de Colima abrió: 120 consultas y 15 cirugías de hernia en 7 consultorios.",
    "En Colima se aplicaron 900 vacunas. La meta era de 1,000.",
)


def labelled(text: str, quote: str, value: int, service: Service, **labels: object) -> Figure:
    start = text.index(quote)
    fields = {
        "value": value,
        "unit": Unit.COUNT,
        "service": service,
        "status": Status.PERFORMED,
        "period": Period.OTHER,
        "starts_on": None,
        "ends_on": None,
        "place": "Colima",
        "approximate": False,
        "quote": quote,
        "char_start": start,
        "char_end": start + len(quote),
    }
    return Figure.model_validate(fields | labels)


def make_bulletin(number: int, *figures: Figure) -> GoldBulletin:
    text = TEXTS[number]
    document = Document(id=a_document(text).id, text=text, metadata=Metadata(format="txt"))
    gold = JornadaReport(bulletin_kind=BulletinKind.RESULTS, figures=figures)
    stem = f"b{number}"
    return GoldBulletin(stem, Path(f"{stem}.json"), document, gold, (), Source(path=f"{stem}.txt"))


BULLETINS = (
    make_bulletin(
        0,
        labelled(TEXTS[0], "120 consultas", 120, Service.CONSULTATION),
        labelled(TEXTS[0], "15 cirugías de hernia", 15, Service.SURGERY, detail="hernia"),
    ),
    make_bulletin(
        1,
        labelled(TEXTS[1], "900 vacunas", 900, Service.VACCINATION),
        labelled(TEXTS[1], "1,000", 1000, Service.VACCINATION, status=Status.PLANNED),
    ),
)


def right_answer(bulletin: GoldBulletin, **changes: object) -> str:
    answer = ANCHORED.answer_for(bulletin.document, bulletin.gold).model_dump(mode="json")
    return json.dumps(answer | changes)


def recording(bulletin: GoldBulletin, *answers: str) -> RecordedBulletin:
    return RecordedBulletin(
        gold=bulletin.stem,
        document_id=bulletin.document.id,
        model="m",
        answers=answers,
        numbers=find_numbers(bulletin.document),
    )


def scored(*recorded: RecordedBulletin) -> VariantSummary:
    return summarise(score_recording(recorded, BULLETINS, ANCHORED, "anchored-v2"))


def test_right_answers_are_right_and_not_sent_back() -> None:
    found = scored(*(recording(one, right_answer(one)) for one in BULLETINS))
    for name in ("value", "strict", "full", "place", "days"):
        assert found.measures[name].f1 == 1, name
    assert found.reasks is not None
    assert (found.reasks.first, found.reasks.sent_back) == (2, 0)


def test_each_answer_is_scored_and_the_best_counts() -> None:
    first, second = BULLETINS
    silent = right_answer(first, aside=[])
    found = scored(
        recording(first, silent, right_answer(first)),
        recording(second, "{", right_answer(second)),
    )
    assert found.measures["strict"].f1 == 1
    assert found.reasks is not None
    assert (found.reasks.sent_back, found.reasks.needless) == (2, 1)
    assert found.reasks.reasks == (1, 0, 1)
    assert {kind.value: tuple(counts) for kind, counts in found.reasks.by_kind.items()} == {
        "shape": (1, 0, 0),
        "unclaimed number": (0, 0, 1),
    }


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    lines = tuple(recording(one, "{\u2028", right_answer(one)) for one in BULLETINS)
    write_recording(tmp_path / "p" / "set.jsonl", lines)
    assert read_recording(tmp_path / "p" / "set.jsonl") == lines


def test_answers_are_taken_from_the_newest_reading_with_the_prompt(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.duckdb")
    store.prepare()
    first = BULLETINS[0]
    for prompt, raw in (("mine", "{old"), ("mine", right_answer(first)), ("other", "{other")):
        key = ReaderKey(reader="llm", model="m", prompt=prompt, schema_hash="s")
        attempts = [
            Attempt(number=1, outcome="unanswered", seconds=0),
            Attempt(number=2, outcome="invalid", raw_answer="{", seconds=0),
            Attempt(number=3, outcome="ok", raw_answer=raw, seconds=0),
        ]
        reading = Reading(
            document_id=first.document.id,
            key=key,
            status=ReadingStatus.OK,
            report=first.gold,
            attempts=attempts,
            seconds=0,
        )
        put(store, new_run(key), (first.document, reading))
    assert record(store, BULLETINS, "mine") == (recording(first, "{", right_answer(first)),)
    assert record(store, BULLETINS, "unknown") == ()


def test_marks_move_with_their_numbers() -> None:
    first = BULLETINS[0]
    whole = recording(first, right_answer(first))
    answer = json.loads(whole.answers[0])
    answer["scopes"][0]["figures"] = [{"n": 1, "service": "surgery", "detail": ["hernia"]}]
    # As if 120 had been no number then.
    before = whole.model_copy(
        update={
            "numbers": whole.numbers[1:],
            "answers": (json.dumps(answer | {"aside": [2], "approx": [9]}),),
        }
    )
    found = scored(before)
    assert found.measures["strict"] == (1, 1, 2)
    assert found.reasks is not None
    assert found.reasks.sent_back == 1
    reads = score_recording([before], BULLETINS, ANCHORED, "m").reads
    assert {kind.value for kind in reads[0].answers[0].faults} == {
        "unclaimed number",
        "unknown mark",
    }


def test_numbers_that_are_none_any_more_are_left_out_of_answers() -> None:
    first = BULLETINS[0]
    whole = recording(first, right_answer(first, aside=[2, 4]))
    answer = json.loads(whole.answers[0])
    answer["scopes"][0]["figures"][1]["n"] = 3
    # As if the word "clínica" had been a number then.
    numbers = (whole.numbers[0], Number(3, 10, 1), *whole.numbers[1:])
    before = whole.model_copy(update={"numbers": numbers, "answers": (json.dumps(answer),)})
    found = scored(before)
    assert found.measures["strict"] == (2, 2, 2)
    assert found.reasks is not None
    assert found.reasks.sent_back == 0


def test_a_text_that_changed_is_told() -> None:
    gone = recording(BULLETINS[0], "{").model_copy(update={"document_id": "0" * 64})
    with pytest.raises(GoldError, match="b0: its text has changed since its answers were recorded"):
        scored(gone)
