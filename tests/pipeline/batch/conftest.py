"""What whole batch jobs share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from examples.fault_server import Options, serving
from pipeline.llm import retry
from tests.batch_jobs import Jobs


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Jobs]]:
    """Give jobs against a server with the options that are asked for; calls are soon repeated."""
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)
    with ExitStack() as stack:

        def make(**options: object) -> Jobs:
            server = stack.enter_context(serving(Options(**{"batch_seconds": 0.02, **options})))
            return Jobs(tmp_path, server)

        yield make
