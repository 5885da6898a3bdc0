"""What the tests of the command line share; `tests/command.py` has the parts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import Jornada, Model, jornada_here, jornada_in, lay_out, serve_model


@pytest.fixture
def jornada(tmp_path: Path) -> Jornada:
    return jornada_in(tmp_path)


@pytest.fixture
def here(tmp_path: Path) -> Jornada:
    """Give the same command without a process of its own, in the same folder."""
    return jornada_here(tmp_path)


@pytest.fixture
def model() -> Iterator[Model]:
    with serve_model() as state:
        yield state


@pytest.fixture
def bulletins(tmp_path: Path) -> Path:
    lay_out(tmp_path / "bulletins")
    return tmp_path / "bulletins"


@pytest.fixture
def begun(_empty_database: Path, tmp_path: Path) -> None:
    """Give the default database, still empty: a process takes half a second to make its tables."""
    shutil.copyfile(_empty_database, tmp_path / "jornada.duckdb")


@pytest.fixture(scope="session")
def _extracted_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once")
    lay_out(folder / "bulletins")
    with serve_model() as state:
        ran = jornada_here(folder)("extract", "bulletins", **state.configured)
    assert ran.returncode == 0, ran.stderr
    assert state.asked == 12
    return folder


@pytest.fixture
def extracted(_extracted_once: Path, tmp_path: Path) -> Path:
    """Give the folder of twelve bulletins, read by a model into the default database beside it."""
    shutil.copytree(_extracted_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "bulletins"
