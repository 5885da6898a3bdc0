"""`jornada gold doubt` after evals of two scripted readers and the baseline, on seeded labels."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.labels import gold
from examples.scripted_server import Scripted, known_gold, running
from pipeline.documents import read_all
from tests.command import Jornada, jornada_here

ROOT = Path(__file__).parents[3]
NAMES = (
    *(
        "01-nacional-sexta-2022",
        "04-jalisco-11a-extraordinaria-2023",
        "05-umae-25-monterrey-13a-2022",
    ),
    "06-sonora-2a-extraordinaria-2023-metas",
)
SEEDS: tuple[dict[str, Any] | None, ...] = (
    {"status": "planned"},
    {"detail": "other"},
    None,  # the figure is left out
    {"place": "Tlaxcala"},
)
"""What is done to the third figure of each of these bulletins."""
AT = 2
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def _texts_are_read_here() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as change:
        change.setattr(gold, "read_all", read_all)
        yield


def labels_of(path: Path) -> dict[str, Any]:
    labels: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return labels


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give gold, a copy of it with seeded faults, and evals of three readers on the copy."""
    folder = tmp_path_factory.mktemp("doubt")
    (folder / "true").mkdir()
    for name in NAMES:
        for ending in ("txt", "gold.json"):
            shutil.copy(ROOT / "eval" / "hard" / f"{name}.{ending}", folder / "true")
    shutil.copytree(folder / "true", folder / "gold")
    for name, seed in zip(NAMES, SEEDS, strict=True):
        path = folder / "gold" / f"{name}.gold.json"
        labels = labels_of(path)
        if seed is None:
            del labels["figures"][AT]
        else:
            labels["figures"][AT] |= seed
        path.write_text(json.dumps(labels, ensure_ascii=False, indent=1) + "\n", "utf-8")
    jornada = jornada_here(folder)
    with running(Scripted(known_gold(folder / "true"))) as server:
        ran = jornada(
            *("eval", "--gold", "gold", "--prompt", "quoted-v1", "--prompt", "anchored-v1"),
            *("--reader", "llm", "--reader", "baseline"),
            *("--base-url", server.base_url, "--model", "scripted"),
        )
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture
def jornada(folder: Path, tmp_path: Path) -> Jornada:
    """Give a command that runs in a copy of the folder."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return jornada_here(tmp_path)


def list_doubts(jornada: Jornada, *arguments: str) -> list[dict[str, Any]]:
    ran = jornada("gold", "doubt", "--gold", "gold", "--json", *arguments)
    assert ran.returncode == 0, ran.stderr
    doubts: list[dict[str, Any]] = json.loads(ran.stdout)
    return doubts


def seeded(doubts: list[dict[str, Any]]) -> set[str]:
    """Name the bulletins whose seeded fault all readers agree on."""
    return {
        Path(one["file"]).name.removesuffix(".gold.json") for one in doubts if one["index"] == AT
    }


def test_wrong_labels_are_found_and_accepting_them_mends_the_files(
    jornada: Jornada, tmp_path: Path
) -> None:
    doubts = list_doubts(jornada)
    assert seeded(doubts) == set(NAMES)
    assert len(doubts) <= len(NAMES) + 1
    ours = [one for one in doubts if one["index"] == AT]
    assert all(one["variants"] == 3 and len(one["by"]) >= 2 for one in ours)
    accepting = [part for one in ours for part in ("--accept", one["id"][:8])]
    ran = jornada("gold", "doubt", "--gold", "gold", *accepting)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(": accepted: ") == len(NAMES)
    for name in NAMES:
        mended, true = (tmp_path / kind / f"{name}.gold.json" for kind in ("gold", "true"))
        assert labels_of(mended) == labels_of(true)
    assert seeded(list_doubts(jornada)) == set()


def test_what_is_kept_is_listed_no_more(jornada: Jornada) -> None:
    first = list_doubts(jornada)[0]
    assert jornada("gold", "doubt", "--gold", "gold", "--keep", first["id"]).returncode == 0
    assert first["id"] not in {one["id"] for one in list_doubts(jornada)}
    assert first["id"] in {one["id"] for one in list_doubts(jornada, "--all") if one["kept"]}
    checked = jornada("gold", "check", "--gold", "gold")
    assert checked.returncode == 0, checked.stdout


def test_what_is_finished_is_doubted_beside_what_is_not(jornada: Jornada, tmp_path: Path) -> None:
    path = tmp_path / "gold" / f"{NAMES[1]}.gold.json"
    path.write_text(json.dumps(labels_of(path) | {"unfinished": "again"}), "utf-8")
    assert jornada("gold", "doubt", "--gold", "gold").returncode == 2
    doubts = list_doubts(jornada, "--only", NAMES[0])
    assert seeded(doubts) == {NAMES[0]}
    ran = jornada("gold", "doubt", "--gold", "gold", "--only", "nothing")
    assert "no gold file in gold has such a name" in ran.stderr


def test_the_list_says_what_who_and_where_of_the_gold_that_was_evaluated(jornada: Jornada) -> None:
    ran = jornada("gold", "doubt")
    assert ran.returncode == 0, ran.stderr
    assert "The gold is that of the newest eval: gold" in ran.stderr
    assert "gold says    status planned" in ran.stdout
    assert "they read    status performed" in ran.stdout
    assert "quoted-v1 · scripted" in ran.stdout
    assert " labels in doubt." in ran.stdout


def test_what_cannot_be_done_is_one_line(jornada: Jornada, tmp_path: Path) -> None:
    (known, *_) = list_doubts(jornada)
    before = {path.name: path.read_bytes() for path in (tmp_path / "gold").iterdir()}
    for arguments, said in (
        (("--accept", "ffff0000"), "is no doubt's ID"),
        (("--accept", known["id"], "--keep", known["id"]), "either accept it or keep it"),
        (("--db", "gone.duckdb"), "there is no such database"),
    ):
        ran = jornada("gold", "doubt", "--gold", "gold", *arguments)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert said in ran.stderr
        assert len(ran.stderr.splitlines()) == 1
    ran = jornada("gold", "doubt", "--gold", str(ROOT / "eval" / "unseen"))
    assert ran.returncode == 2
    assert "no variant has read this gold, and doubts need two" in ran.stderr
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "gold").iterdir()}
