"""What every test run needs."""

import atexit
import functools
import gc
import os
import shutil
import signal
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpcore2
import pytest
from hypothesis import settings

from pipeline.store import Store
from tests.browser import _launched, browser, complaints, context, page  # noqa: F401 - fixtures

# How long an example takes says how busy the machine is, and nothing of the code. The same examples
# come with each run, so that a gate says the same of the same code;
# `--hypothesis-profile=thorough` looks for new ones, which then stand as `@example`.
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.register_profile("jornada", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("jornada")

# Images of containers often forbid to keep bytecode. Hundreds of processes that tests start would
# then compile all modules again, which takes as long as the rest of a start, and each worker all
# tests with their asserts rewritten.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

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


_TESTS_OF_TABLES = {"test_migrations.py", "test_store_faults.py"}


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
    prepare, keep_open = Store.prepare, Store.keep_open

    def is_copied(store: Store) -> bool:
        if not store.path.parent.is_dir() or store.path.exists():
            return False
        shutil.copyfile(_empty_database, store.path)
        return True

    def copied(store: Store) -> None:
        if not is_copied(store):
            prepare(store)

    @contextmanager
    def copied_and_kept_open(store: Store, *, read_only: bool = False) -> Iterator[None]:
        if not read_only:
            is_copied(store)
        with keep_open(store, read_only=read_only):
            yield

    monkeypatch.setattr(Store, "prepare", copied)
    monkeypatch.setattr(Store, "keep_open", copied_and_kept_open)


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """Give all clients of an environment one context: those of the system take long to read."""
    read = httpcore2.default_ssl_context

    @functools.cache
    def read_for(*_: str | None, **options: bool) -> ssl.SSLContext:
        return read(**options)

    def remembered(**options: bool) -> ssl.SSLContext:
        return read_for(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"), **options)

    with pytest.MonkeyPatch.context() as change:
        change.setattr(httpcore2, "default_ssl_context", remembered)
        yield


@atexit.register
def _let_go_of_all() -> None:
    # Hypothesis leaves a callback here that keeps modules alive past the interpreter's end, and
    # DuckDB's binding then prints a page about leaks; so it does of what is frozen. Not before the
    # end: pytest walks all that is not frozen several times when it is done.
    gc.callbacks.clear()
    gc.unfreeze()
