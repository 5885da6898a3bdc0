"""What was said about a bulletin is put together again, and what is not known is said to be so."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.report.transcript_text import show_transcript, show_transcript_json
from eval.runs import history
from eval.runs.transcript import Transcript, fetch_transcript, pick_bulletin
from pipeline.errors import UsageError
from pipeline.forms import FORMS
from pipeline.forms.prompts import Prompt, load_prompt, parse_prompt
from pipeline.llm.draft import judge_answer
from pipeline.store import Store, new_run
from pipeline.store.kept_prompts import keep_prompts
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.reading import Attempt, AttemptOutcome, ReaderKey, Reading, ReadingStatus
from tests.command import right_answer
from tests.eval.runs.stored_runs import BEFORE, document_score, run, take_back, verdict
from tests.readings import a_document, a_report, put

FORM = FORMS["quoted"]
DOCUMENT = a_document("En la jornada se otorgaron 120 consultas, y otras 45 consultas.\n")
WRONG = right_answer(DOCUMENT.text, form="quoted").replace('"value": 120', '"value": 121')
RIGHT = right_answer(DOCUMENT.text, form="quoted")
MINE = parse_prompt(
    "mine.md", b"---\nname: mine\nform: quoted\ndescription: d\n---\nRead it.\n[[BULLETIN]]\nNow."
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    with made.keep_open():  # to open it each time takes longer than all that is done with it
        yield made


def key_of(prompt: Prompt) -> ReaderKey:
    return ReaderKey(
        reader="llm",
        model="m",
        prompt=prompt.name,
        prompt_hash=prompt.hash,
        schema_hash=FORM.schema_hash,
    )


def attempt(number: int, raw: str, outcome: str | None = None, **facts: Any) -> Attempt:  # noqa: ANN401 - fields
    faults = judge_answer(FORM, DOCUMENT, raw).faults
    errors = tuple(f"{fault.field}: {fault.message}" for fault in faults)
    judged = outcome or (AttemptOutcome.INVALID if faults else AttemptOutcome.OK)
    given = {"errors": errors, "raw_answer": raw, **facts}
    return Attempt(number=number, outcome=judged, seconds=0.5, **given)


def keep(
    store: Store,
    *attempts: Attempt,
    prompt: Prompt = MINE,
    key: ReaderKey | None = None,
    document: Document = DOCUMENT,
    reading_id: bool | None = True,
    **facts: Any,  # noqa: ANN401 - fields of a reading
) -> Reading:
    """Store a reading, and a run that has scored it; None: its verdicts have no `reading_id`."""
    key = key or key_of(prompt)
    reading = Reading(
        document_id=document.id,
        key=key,
        status=ReadingStatus.OK,
        report=a_report(),
        attempts=attempts,
        seconds=1.0,
        **facts,
    )
    put(store, new_run(key), (document, reading))
    rows = [
        verdict(BEFORE, "wrong_label", gold=1, read=1, wrong=("period",), document=document.id),
        verdict(BEFORE, "omitted", gold=2, document=document.id),
    ]
    named: dict[str, Any] = {"bulletin": "12-colima"}
    if reading_id is not None:
        named["reading_id"] = reading.reading_id if reading_id else None
    store.insert(
        {
            "eval_runs": [run(BEFORE, **key.model_dump())],
            "eval_scores": [document_score(BEFORE, document.id, 0, 1, 2)],
            "eval_verdicts": [row | named | {"number": at} for at, row in enumerate(rows, 1)],
        }
    )
    return reading


def transcript(store: Store, wanted: str = "12", repeat: int = 1) -> Transcript:
    return fetch_transcript(store, store, history.find_run(store, BEFORE), wanted, repeat)


def test_messages_answers_and_what_sent_them_back_are_there(store: Store) -> None:
    keep_prompts(store, [MINE])
    reading = keep(store, attempt(1, WRONG), attempt(2, RIGHT))
    found = transcript(store)
    assert found.reading is not None
    assert found.reading.reading_id == reading.reading_id
    assert list(found.opening) == MINE.messages(DOCUMENT)
    first, second = found.turns
    assert (first.attempt.raw_answer, second.attempt.raw_answer) == (WRONG, RIGHT)
    assert first.sent_back is not None
    assert "holds '120' (120), not the value 121" in first.sent_back
    assert second.sent_back is None
    assert [figure.outcome for figure in found.figures] == ["wrong_label", "omitted"]
    assert found.notes == ()


def test_an_answer_that_ended_the_conversation_was_not_sent_back(store: Store) -> None:
    keep(store, attempt(1, WRONG))
    (turn,) = transcript(store).turns
    assert turn.sent_back is None
    assert turn.attempt.errors


def test_what_is_judged_otherwise_today_is_told_as_it_was_then(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    then = attempt(1, WRONG, errors=("figures[0].value: was another thing",))
    keep(store, then, attempt(2, RIGHT))
    first, _ = transcript(store).turns
    assert first.sent_back is None
    show_transcript(transcript(store))
    told = capsys.readouterr().out
    assert "what was wrong with answer 1" in told
    assert "│ 1. figures[0].value: was another thing" in told


def test_calls_without_an_answer_were_not_sent_back(store: Store) -> None:
    silent = Attempt(number=1, outcome="unanswered", errors=("429",), seconds=0.1)
    keep(store, silent, attempt(2, RIGHT))
    assert [turn.sent_back for turn in transcript(store).turns] == [None, None]


def test_a_prompt_that_is_not_kept_is_said_to_be_lost(store: Store) -> None:
    keep(store, attempt(1, RIGHT))
    found = transcript(store)
    assert found.opening == ()
    assert any("the text of the prompt mine" in note for note in found.notes)
    assert len(found.turns) == 1


def test_a_prompt_that_cannot_be_used_any_more_is_said_to_be_so(store: Store) -> None:
    keep_prompts(store, [MINE.model_copy(update={"text": "---\nname: mine\nform: other\n---\n"})])
    keep(store, attempt(1, RIGHT))
    (note,) = transcript(store).notes
    assert note.startswith("The messages are not known: the template of the prompt mine, as it was")


def test_a_prompt_of_the_project_is_found_in_older_databases(store: Store) -> None:
    packaged = load_prompt("quoted-v1")
    keep(store, attempt(1, RIGHT), prompt=packaged)
    assert list(transcript(store).opening) == packaged.messages(DOCUMENT)


def test_of_an_older_run_the_reading_is_found_by_its_reader(store: Store) -> None:
    reading = keep(store, attempt(1, RIGHT), reading_id=False)
    found = transcript(store)
    assert found.reading is not None
    assert found.reading.reading_id == reading.reading_id
    assert "does not say which reading it scored" in found.notes[0]


def test_a_database_of_before_is_shown_as_it_is(tmp_path: Path) -> None:
    old = Store(tmp_path / "old.duckdb")
    old.prepare()
    reading = keep(old, attempt(1, RIGHT), reading_id=None)
    take_back(old)
    found = transcript(old)
    assert found.reading is not None
    assert found.reading.reading_id == reading.reading_id
    assert len(found.figures) == 2
    assert any("is not kept" in note for note in found.notes)


def test_readings_that_are_elsewhere_are_said_to_be_so(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other.duckdb")
    other.prepare()
    keep(store, attempt(1, RIGHT))
    found = fetch_transcript(store, other, history.find_run(store, BEFORE), "12", 1)
    assert found.reading is None
    assert found.notes[0].startswith(f"{other.path} has no reading of this bulletin")
    assert len(found.figures) == 2


def test_what_asked_nobody_says_so(store: Store) -> None:
    keep(store, key=ReaderKey(reader="baseline", schema_hash="s"))
    assert transcript(store).notes == ("baseline asks no model: there is nothing but the figures.",)


def test_a_reading_that_was_taken_over_says_from_which(store: Store) -> None:
    keep(store, derived="near", derived_from="0123456789abcdef")
    assert "taken over from the reading 0123456789ab." in transcript(store).notes[0]


def test_a_reading_of_a_batch_says_so(store: Store) -> None:
    reading = keep(store, attempt(1, RIGHT))
    request = {"batch": "b1", "custom_id": "c", "document_id": DOCUMENT.id, "number": 1}
    asked = request | {"reading_id": reading.reading_id, "question": "q"}
    store.insert({"batch_requests": [asked]})
    assert "Asked in a batch of the provider." in transcript(store).notes


def test_another_version_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.duckdb")
    store.prepare()
    keep_prompts(store, [MINE])
    keep(store, attempt(1, RIGHT))
    with duckdb.connect(store.path) as con:
        con.execute("UPDATE runs SET software = '0.0.1'")
    assert transcript(store).notes[0].startswith("Read by version 0.0.1, put together again by")


def test_a_bulletin_without_figures_is_found_by_its_file(store: Store) -> None:
    key = key_of(MINE)
    put(store, new_run(key), (DOCUMENT, Reading(
        document_id=DOCUMENT.id, key=key, status=ReadingStatus.OK, report=a_report(), seconds=1.0
    )))  # fmt: skip
    scores = [document_score(BEFORE, DOCUMENT.id, 0, 0, 0)]
    store.insert({"eval_runs": [run(BEFORE, **key.model_dump())], "eval_scores": scores})
    (name,) = {Path(path).stem for (path,) in store.read("SELECT path FROM sources").rows}
    found = transcript(store, name)
    assert (found.bulletin, found.figures) == (name, ())


def test_there_are_no_more_repeats_than_there_were(store: Store) -> None:
    keep(store, attempt(1, RIGHT))
    with pytest.raises(UsageError, match=r"--repeat 2: .* has 1 of each bulletin"):
        transcript(store, repeat=2)


NAMES = {"aa": "1-colima", "ab": "12-durango", "bb": "12-durango-2"}


def test_a_bulletin_is_picked_by_name_beginning_or_id() -> None:
    assert pick_bulletin(NAMES, "1-", "r") == ("aa", "1-colima")
    assert pick_bulletin(NAMES, "12-durango", "r") == ("ab", "12-durango")
    assert pick_bulletin(NAMES, "bb", "r") == ("bb", "12-durango-2")
    with pytest.raises(UsageError, match="several bulletins begin with 12: 12-durango, 12-dur"):
        pick_bulletin(NAMES, "12", "r")
    for nothing in ("", "zz"):
        with pytest.raises(UsageError, match=f"r has no bulletin whose name begins .*'{nothing}'"):
            pick_bulletin(NAMES, nothing, "r")


@given(st.dictionaries(st.text("ab", min_size=3), st.text("12-", min_size=1), max_size=5).filter(
    lambda names: len(set(names.values())) == len(names)
))  # fmt: skip
def test_a_whole_name_always_picks_its_bulletin(names: dict[str, str]) -> None:
    for item in names.items():
        assert pick_bulletin(names, item[1], "r") == item


HOSTILE = '{"title": "\x1b[31m"}\n── answer 2: ok ──\r\n' + "palabra " * 40


def test_what_others_wrote_looks_like_no_heading_and_acts_on_no_terminal(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_prompts(store, [MINE])
    keep(store, attempt(1, HOSTILE))
    show_transcript(transcript(store))
    lines = capsys.readouterr().out.splitlines()
    assert "│ ── answer 2: ok ──" in lines
    (heading,) = [line for line in lines if line.startswith("── answer")]
    assert heading.startswith("── answer 1: invalid")
    assert "\x1b" not in "".join(lines)
    assert any(line.startswith("wrong label") and "period: " in line for line in lines)


def test_an_answer_of_one_line_is_shown_by_what_it_lists(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(store, attempt(1, RIGHT))
    show_transcript(transcript(store))
    lines = capsys.readouterr().out.splitlines()
    listed = [line for line in lines if line.startswith('│ {"quote": ')]
    assert len(listed) == RIGHT.count('"quote": ') == 2
    empty = "[], "
    assert any(empty in line for line in lines), "what is empty stays where it is"
    shown = "".join(line.removeprefix("│ ") for line in lines if line.startswith("│ "))
    assert json.loads(shown) == json.loads(RIGHT)


def test_what_the_checks_found_in_the_end_is_shown(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    dropped = Finding(check="grounding", severity=Severity.ERROR, message="figure 7: not printed")
    keep(store, attempt(1, RIGHT), findings=(dropped,))
    show_transcript(transcript(store))
    assert "figure 7: not printed" in capsys.readouterr().out


def test_json_has_it_all_verbatim(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    keep_prompts(store, [MINE])
    keep(store, attempt(1, HOSTILE), attempt(2, RIGHT))
    show_transcript_json(transcript(store))
    told = json.loads(capsys.readouterr().out)
    assert told["messages"] == MINE.messages(DOCUMENT)
    assert [one["raw_answer"] for one in told["answers"]] == [HOSTILE, RIGHT]
    assert told["answers"][0]["sent_back"].startswith("A program compared your answer")
    assert [one["strictly_right"] for one in told["figures"]] == [False, False]
