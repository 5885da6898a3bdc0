"""What takes long is named, while it is in hand."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from pipeline.console.run_list import parse_progress
from pipeline.console.run_status import StatusReport, show
from pipeline.isolation.slot import InHand
from pipeline.runs import telling
from pipeline.runs.progress import Failure, Progress, Watch
from pipeline.runs.progress_file import ProgressFile, read_progress
from pipeline.runs.recording import Recorder
from pipeline.store import new_run
from tests.readings import KEY

if TYPE_CHECKING:
    from pipeline.runs.writer import Writer


def test_what_is_in_hand_for_long_is_told_once_and_shown_by_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(telling, "_TELL_SECONDS", 0.0)
    said: list[str] = []
    steps: list[tuple[str | None, float | None]] = []

    def step(progress: Progress) -> None:
        steps.append((progress.in_hand, progress.in_hand_seconds))

    def failure(_: Failure) -> None:
        raise AssertionError

    recorder = Recorder(cast("Writer", SimpleNamespace()), Watch(step, failure, said.append))
    found = iter([None, InHand("a.pdf", 9.0), InHand("a.pdf", 10.5), InHand("a.pdf", 11.5)])
    file = ProgressFile(tmp_path / "a.progress")

    async def run() -> None:
        def find() -> InHand | None:
            if (one := next(found, "end")) == "end":
                raise asyncio.CancelledError
            return cast("InHand | None", one)

        with pytest.raises(asyncio.CancelledError):
            await telling.tell_progress(recorder, new_run(KEY), file, None, lambda: 3, find)

    asyncio.run(run())
    assert said == ["a.pdf: in hand for 10 s"]
    assert steps == [(None, None), ("a.pdf", 9.0), ("a.pdf", 10.5), ("a.pdf", 11.5)]
    (record,) = read_progress(tmp_path / "a.progress")
    show(StatusReport(parse_progress(record), busy=True, last=None), as_json=False)
    assert "in hand" in (shown := capsys.readouterr().out)
    assert "a.pdf, 12 s" in shown or "a.pdf, 11 s" in shown
