"""Which documents are asked about again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.runs import selection
from pipeline.runs.selection import Flaw, choose_documents
from pipeline.store import Store, new_run
from pipeline.store.rows import Entry, Run, Sighting, now
from schemas.document import Source
from schemas.finding import Finding, Severity
from schemas.reading import ReaderKey, ReadingStatus
from tests.readings import KEY, a_document, a_reading

OK, PARTIAL, FAILED = ReadingStatus.OK, ReadingStatus.PARTIAL, ReadingStatus.FAILED
DEAR = KEY.model_copy(update={"model": "dear"})
WARNED = Finding(check="sums", severity=Severity.WARNING, message="odd")
TOLD = Finding(check="sums", severity=Severity.INFO, message="by the way")


class Shelf:
    """A store, and documents by the name of their text."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path, patience=0.2)
        self.store.prepare()
        self.clock = now()
        self.names: dict[str, str] = {}

    def put(
        self,
        run: Run,
        name: str,
        status: ReadingStatus,
        *findings: Finding,
        key: ReaderKey = KEY,
        answered: bool = True,
    ) -> None:
        """Store a reading, each a second after the last."""
        document = a_document(name)
        self.names[document.id] = name
        self.clock += timedelta(seconds=1)
        update: dict[str, object] = {"findings": findings}
        if not answered:
            update["attempts"] = ()
        reading = a_reading(document, status, key=key).model_copy(update=update)
        self.store.append(run, [Entry(document, reading, self.clock)], [])

    def unread(self, name: str) -> None:
        self.store.append(new_run(KEY), [], [], [a_document(name)])

    def run(self, key: ReaderKey = KEY) -> Run:
        self.clock += timedelta(seconds=1)
        return new_run(key)._replace(started_at=self.clock)

    def end(self, run: Run, outcome: str = "finished") -> None:
        self.store.end(run, outcome, None, "{}")

    def choose_documents(
        self, *flaws: Flaw, passed: selection.Exclusion | None = None
    ) -> dict[str, str]:
        found = choose_documents(self.store, flaws, passed).flaws
        return {self.names[each]: flaw.value for each, flaw in found.items()}


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "a.duckdb")
    with shelf.store.keep_open():
        yield shelf


@pytest.fixture
def mixed(shelf: Shelf) -> Shelf:
    run = shelf.run()
    shelf.put(run, "sound", OK, TOLD)
    shelf.put(run, "warned", OK, WARNED)
    shelf.put(run, "partial", PARTIAL)
    shelf.put(run, "failed", FAILED)
    shelf.put(run, "mended", FAILED)
    shelf.put(run, "mended", OK)
    shelf.put(run, "failed after it was read", PARTIAL)
    shelf.put(run, "failed after it was read", FAILED)
    shelf.unread("unread")
    return shelf


@pytest.mark.parametrize(
    ("flaws", "names"),
    [
        ((Flaw.FAILED,), {"failed": "failed"}),
        ((Flaw.PARTIAL,), {"partial": "partial", "failed after it was read": "partial"}),
        (
            (Flaw.FAILED, Flaw.PARTIAL),
            {"failed": "failed", "partial": "partial", "failed after it was read": "partial"},
        ),
        (
            (Flaw.FINDINGS,),
            {
                "warned": "findings",
                "partial": "partial",
                "failed": "failed",
                "failed after it was read": "partial",
            },
        ),
    ],
)
def test_each_flaw_chooses_the_documents_whose_current_reading_has_it(
    mixed: Shelf, flaws: tuple[Flaw, ...], names: dict[str, str]
) -> None:
    assert mixed.choose_documents(*flaws) == names


def test_only_the_documents_that_are_given_are_chosen_among(mixed: Shelf) -> None:
    among = [each for each, name in mixed.names.items() if name in {"failed", "sound"}]
    found = choose_documents(mixed.store, [Flaw.FINDINGS], among=among)
    assert [mixed.names[each] for each in found.flaws] == ["failed"]
    assert choose_documents(mixed.store, [Flaw.FINDINGS], among=[]).flaws == {}


def test_what_the_dear_reader_has_read_is_passed_over_but_not_where_no_answer_came(
    shelf: Shelf,
) -> None:
    cheap, dear = shelf.run(), shelf.run(DEAR)
    for name in ("read in part", "answered in vain", "not answered", "not asked"):
        shelf.put(cheap, name, PARTIAL)
    shelf.put(dear, "read in part", PARTIAL, key=DEAR)
    shelf.put(dear, "answered in vain", FAILED, key=DEAR)
    shelf.put(dear, "not answered", FAILED, key=DEAR, answered=False)
    found = choose_documents(shelf.store, [Flaw.PARTIAL], selection.read_by(DEAR))
    assert [shelf.names[each] for each in found.flaws] == ["not answered", "not asked"]
    assert found.passed == 2


@pytest.mark.parametrize("outcome", [None, "interrupted", "budget"])
def test_a_retry_that_was_broken_off_goes_on_and_the_next_begins_anew(
    shelf: Shelf, outcome: str | None
) -> None:
    names = ("first", "second", "third", "fourth")
    run = shelf.run()
    for name in names:
        shelf.put(run, name, PARTIAL)
    shelf.end(run)

    def left() -> list[str]:
        passed = selection.read_again_before_the_break(KEY)
        return list(shelf.choose_documents(Flaw.PARTIAL, passed=passed))

    assert left() == [*names]
    for name in names[:2]:  # broken off twice
        again = shelf.run()
        shelf.put(again, name, PARTIAL)
        if outcome:
            shelf.end(again, outcome)
    assert left() == ["third", "fourth"]

    last = shelf.run()
    shelf.put(last, "third", PARTIAL)
    shelf.put(last, "fourth", PARTIAL)
    shelf.end(last)
    assert left() == [*names]


def test_what_an_extract_that_was_broken_off_read_for_the_first_time_is_asked_about_again(
    shelf: Shelf,
) -> None:
    shelf.put(shelf.run(), "first time", FAILED)
    passed = selection.read_again_before_the_break(KEY)
    assert shelf.choose_documents(Flaw.FAILED, passed=passed) == {"first time": "failed"}


def test_reading_again_means_after_another_reading_and_a_recheck_is_none(shelf: Shelf) -> None:
    cheap, dear = shelf.run(), shelf.run(DEAR)
    shelf.put(cheap, "once", PARTIAL)
    shelf.put(cheap, "twice", PARTIAL)
    shelf.put(cheap, "twice", PARTIAL)
    shelf.put(dear, "after another", PARTIAL, key=DEAR)
    shelf.put(cheap, "after another", PARTIAL)
    rechecked = a_reading(a_document("once"), PARTIAL).model_copy(
        update={"derived": "recheck", "findings": ()}
    )
    shelf.store.append(cheap, [Entry(a_document("once"), rechecked, now())], [])
    passed = selection.read_again_by(KEY)
    assert shelf.choose_documents(Flaw.PARTIAL, passed=passed) == {"once": "partial"}
    both = selection.read_again_by(KEY) | selection.read_by(KEY)
    assert shelf.choose_documents(Flaw.PARTIAL, passed=both) == {}


def test_a_text_that_no_file_holds_today_is_none_to_be_asked_about(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "a.duckdb")
    run = new_run(KEY)
    for name in ("old", "gone", "kept", "of no file"):
        shelf.put(run, name, FAILED)
    for path, name, status in (
        ("/a.txt", "old", "read"),
        ("/a.txt", "kept", "read"),
        ("/b.txt", "gone", "read"),
        ("/b.txt", "gone", "forgotten"),
    ):
        sighting = Sighting(Source(path=path), a_document(name).id, status)
        shelf.store.append(run, [], [sighting])
    chosen = choose_documents(shelf.store, [Flaw.FAILED])
    assert {shelf.names[each] for each in chosen.flaws} == {"kept", "of no file"}
