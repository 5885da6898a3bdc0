"""Files that were made to do harm, of every kind, cost the good ones beside them nothing."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from examples.make_backlog import bulletins
from pipeline.store import Store
from tests import hostile
from tests.command import jornada_here, start

GOOD = 24
WORDS = ("Traceback", "unexpected", "Error:")
_FIGURES = """
SELECT s.path, d.text, f.value, f.service, f.detail, f.status, f.place, f.char_start
FROM sources s JOIN documents d USING (document_id) LEFT JOIN current_figures f USING (document_id)
WHERE s.path LIKE '%-bueno.txt' ORDER BY ALL
"""


@pytest.fixture(scope="module")
def backlog(
    tmp_path_factory: pytest.TempPathFactory, _empty_database: Path
) -> tuple[Path, set[str]]:
    """Give a folder in which `b` is to be read, and the names of hostile files in that.

    What is to be stored of the good ones is in `good.duckdb`; the databases of the runs are begun.
    """
    folder = tmp_path_factory.mktemp("hostile")
    names = hostile.lay_out(folder / "b", (text for _, text in bulletins(GOOD, near=0)))
    (folder / "jornada.toml").write_text(
        "document_seconds = 5\ndocument_megabytes = 200\n", "utf-8"
    )
    for name in ("good", "1", "2"):
        shutil.copyfile(_empty_database, folder / f"{name}.duckdb")
    ran = jornada_here(folder)("extract", "b/*-bueno.txt", "--db", "good.duckdb")
    assert ran.returncode == 0, ran.stderr
    return folder, names


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("workers", [1, 2])
def test_each_hostile_file_costs_itself(backlog: tuple[Path, set[str]], workers: int) -> None:
    folder, names = backlog
    db = folder / f"{workers}.duckdb"
    arguments = ("extract", "b", "--db", db.name, "--workers", str(workers), "--reader", "baseline")
    with start(folder, *arguments) as process:
        out, err = process.communicate(timeout=300)
    assert process.returncode == 1, err
    assert not [line for line in (out + err).splitlines() if any(word in line for word in WORDS)]
    store, good = Store(db), Store(folder / "good.duckdb")
    assert len({path for path, *_ in store.read(_FIGURES).rows}) == GOOD
    assert store.read(_FIGURES).rows == good.read(_FIGURES).rows
    told = Counter(line.split(": ")[1] for line in err.splitlines() if line.startswith("failed: "))
    assert set(told.values()) == {1}, "one line a source"
    failed = {Path(source.partition("#")[0]).name for source in told}
    rows = store.read("SELECT path FROM sources WHERE error IS NULL").rows
    read = {Path(path).name for (path,) in rows}
    assert failed <= names <= failed | read, "each is read, or told of"
