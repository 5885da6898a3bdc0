"""Ctrl-C, once and twice."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from pipeline.runs.stopping import on_interrupt
from tests import hostile
from tests.command import start
from tests.processes import PATIENCE, Process, run_program, wait_until


async def struck(*numbers: signal.Signals) -> None:
    """Send signals to this process; each has been seen to when the one behind it has."""
    behind, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, behind.set)
    for number in numbers:
        for each in (number, signal.SIGUSR1):
            os.kill(os.getpid(), each)
        await asyncio.wait_for(behind.wait(), PATIENCE)
        behind.clear()
    loop.remove_signal_handler(signal.SIGUSR1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_interrupt_takes_the_next_step_and_then_the_last_again(number: signal.Signals) -> None:
    taken: list[str] = []

    async def run() -> None:
        with on_interrupt(lambda: taken.append("finish"), lambda: taken.append("stop")):
            await struck(number, number, number)

    asyncio.run(run())
    assert taken == ["finish", "stop", "stop"]


def test_all_signals_count_together() -> None:
    taken: list[str] = []

    async def run() -> None:
        with on_interrupt(lambda: taken.append("finish"), lambda: taken.append("stop")):
            await struck(signal.SIGTERM, signal.SIGINT)

    asyncio.run(run())
    assert taken == ["finish", "stop"]


def test_a_signal_that_was_to_be_ignored_still_is() -> None:
    taken: list[str] = []

    async def run() -> None:
        with on_interrupt(lambda: taken.append("finish")):
            await struck(signal.SIGHUP)

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        asyncio.run(run())
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert taken == []


def test_in_another_thread_nothing_is_taken_over() -> None:
    async def run() -> str:
        with on_interrupt(lambda: None):
            return "done"

    async def main() -> str:
        return await asyncio.to_thread(lambda: asyncio.run(run()))

    assert asyncio.run(main()) == "done"


def test_nothing_holds_up_a_program_that_is_to_end() -> None:
    code = (
        "import time; from pipeline.runs.stopping import exit_soon; exit_soon();"
        f"time.sleep({PATIENCE - 5})"
    )
    assert run_program([sys.executable, "-c", code], check=False).returncode == 130


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_run_that_computes_for_ever_ends_with_the_second_interrupt(
    tmp_path: Path, workers: str
) -> None:
    (tmp_path / "in").mkdir()
    hostile.endless(tmp_path / "in" / "a.jsonl")
    (tmp_path / "jornada.toml").write_text("document_seconds = 3600\n", "utf-8")
    with start(tmp_path, "extract", "in", "--workers", workers) as process:
        wait_until((tmp_path / "jornada.duckdb").exists)
        process.send_signal(signal.SIGINT)
        assert _read_to(process, "Stopping: ")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "leaked" not in err


@pytest.mark.slow
def test_an_interrupt_while_the_program_is_loaded_ends_it_without_a_word() -> None:
    code = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'pipeline.cli':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from pipeline.entry import main\n"
        "main()\n"
    )
    ran = run_program([sys.executable, "-c", code], check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


def _read_to(process: Process, beginning: str) -> bool:
    assert process.stderr is not None
    return any(line.startswith(beginning) for line in process.stderr)
