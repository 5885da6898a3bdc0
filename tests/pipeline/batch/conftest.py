"""What whole batch jobs share."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest

from examples.fault_server import Options, serving
from pipeline.batch import round  # noqa: A004 - a round of a batch
from pipeline.llm import retry
from pipeline.store import database
from pipeline.store.connection import Config
from tests.batch_jobs import Jobs
from tests.command import ReadHere


@pytest.fixture(autouse=True)
def _jobs_read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read without a process for it: jobs are killed and run by the hundred."""
    monkeypatch.setattr(round, "Workers", ReadHere)


@pytest.fixture
def _databases_stay_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Open each database once, where a job opens it anew for every step.

    A job opens it a hundred times, and most of a test's time went into that. That the file is free
    between steps is seen where commands work on it, and processes are killed.
    """
    held: dict[Path, duckdb.DuckDBPyConnection] = {}
    one_at_a_time = threading.Lock()
    connect = database.connect

    def connect_once(
        path: Path, config: Config, patience: float, *, read_only: bool
    ) -> duckdb.DuckDBPyConnection:
        assert path.exists() or not read_only
        with one_at_a_time:
            if path not in held:
                held[path] = connect(path, config, patience, read_only=False)
            return held[path].cursor()

    monkeypatch.setattr(database, "connect", connect_once)
    yield
    for connection in held.values():
        connection.close()


@pytest.fixture
def jobs_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Jobs]]:
    """Give jobs against a server with the options that are asked for; calls are soon repeated."""
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)
    with ExitStack() as stack:

        def make(**options: object) -> Jobs:
            server = stack.enter_context(serving(Options(**{"batch_seconds": 0.02, **options})))
            return Jobs(tmp_path, server)

        yield make


@pytest.fixture
def jobs(_databases_stay_open: None, jobs_as_ever: Callable[..., Jobs]) -> Callable[..., Jobs]:
    """Give the same jobs, whose databases stay open."""
    return jobs_as_ever
