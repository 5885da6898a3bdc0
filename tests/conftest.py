"""What every test run needs."""

import gc
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from pipeline.store import Store

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("jornada", deadline=None)
settings.load_profile("jornada")

# Nothing that is imported and collected becomes garbage; to walk it again and again takes a quarter
# of the time until the first test, and some of each test.
gc.disable()

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_IGNORED = [number for number in _SIGNALS if signal.getsignal(number) is signal.SIG_IGN]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run files with slow tests first: where files are shared out, none is left for the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    # In the background of a shell without jobs, or under nohup, signals are ignored, and so they
    # would be by all processes that tests start and then stop with a signal. One that is taken and
    # not heeded goes on being ignored here, but not there.
    for number in _IGNORED:
        signal.signal(number, lambda *_: None)


_TESTS_OF_TABLES = {"test_migrations.py", "test_store.py", "test_store_faults.py"}


@pytest.fixture(scope="session")
def _empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "empty.duckdb"
    Store(path).prepare()
    return path


@pytest.fixture(autouse=True)
def _tables_are_copied(
    _empty_database: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begin a database as a copy of an empty one, but where making its tables is what is tested.

    To make them takes a third of a second, and hundreds of tests begin one.
    """
    if request.path.name in _TESTS_OF_TABLES:
        return
    prepare = Store.prepare

    def copied(store: Store) -> None:
        if store.path.parent.is_dir() and not store.path.exists():
            shutil.copyfile(_empty_database, store.path)
        prepare(store)

    monkeypatch.setattr(Store, "prepare", copied)


def pytest_unconfigure() -> None:
    # Hypothesis leaves a callback here that keeps modules alive past the interpreter's end, and
    # DuckDB's binding then prints a page about leaks; so it does of what is frozen.
    gc.callbacks.clear()
    gc.unfreeze()
