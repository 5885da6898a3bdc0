"""The backlog to try long runs on: different bulletins, right in themselves, some reposted."""

import itertools
import json
import re
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from examples.make_backlog import FORMATS, bulletins, write
from pipeline.documents import read_all
from pipeline.numerals import numerals

COUNT = 400


@pytest.fixture(scope="module")
def made() -> list[tuple[str, str]]:
    return list(bulletins(COUNT, seed=7, near=0.2))


def body(text: str) -> str:
    return text.partition("\n\n")[2]


def test_all_are_different_and_come_in_the_order_of_their_names(
    made: list[tuple[str, str]],
) -> None:
    assert len({text for _, text in made}) == COUNT
    names = [name for name, _ in made]
    assert sorted(set(names)) == names


def test_the_same_seed_makes_the_same_and_more_of_them_begin_alike(
    made: list[tuple[str, str]],
) -> None:
    assert list(bulletins(COUNT // 2, seed=7, near=0.2)) == made[: COUNT // 2]
    assert list(bulletins(COUNT // 2, seed=8, near=0.2)) != made[: COUNT // 2]


def test_a_repost_has_the_body_of_the_bulletin_that_its_name_says(
    made: list[tuple[str, str]],
) -> None:
    reposts = {name: text for name, text in made if "repost" in name}
    assert 0.1 * COUNT < len(reposts) < 0.3 * COUNT
    for name, text in reposts.items():
        first_name, first = made[int(name.rpartition("-")[2])]
        assert "repost" not in first_name
        assert body(text) in first
        assert body(text) != first


def test_no_other_two_share_more_than_half_of_their_numbers(made: list[tuple[str, str]]) -> None:
    """What is no repost must not look like one: the same words, but other figures."""
    seen: dict[str, list[set[str]]] = {}
    for name, text in made:
        if "repost" not in name:
            figures = {one.raw for one in numerals(text) if one.value >= 100}
            seen.setdefault(name[7:], []).append(figures - {"2021", "2022", "2023", "2024"})
    alike = pairs = 0
    for variants in seen.values():
        for first, second in itertools.pairwise(variants):
            pairs += 1
            alike += len(first & second) > len(first | second) / 2
    assert pairs > 100
    assert alike < pairs / 50


def test_a_total_stays_the_sum_of_its_parts(made: list[tuple[str, str]]) -> None:
    check_reading = 0
    for _, text in made:
        if found := re.search(r"cerró con \S+ cirugías \(.*?\)", text):
            total, *parts = (one.value for one in numerals(found[0]))
            assert total == sum(parts)
            check_reading += 1
    assert check_reading > 3


def test_numbers_are_printed_as_the_press_prints_them(made: list[tuple[str, str]]) -> None:
    whole = "\n".join(text for _, text in made)
    for printed in (r"\b\d+ mil \d{1,3}\b", r"[^\d] mil \d{1,3}\b", r"\b\d{1,3},\d{3}\b"):
        assert len(set(re.findall(printed, whole))) > 20
    assert not re.search(r"\b\d{4} mil|\b[01] mil\b|\bmil 0|\b\d{1,3},\d{1,2}\b", whole)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_is_read_back_as_so_many_documents(
    form: str, tmp_path: Path, made: list[tuple[str, str]]
) -> None:
    out = tmp_path / ("folder" if form == "txt" else f"backlog.{form}")
    assert write(out, form, iter(made)) == COUNT
    read = [one.document for one in read_all([str(out)])]
    assert None not in read
    assert len({document.id for document in read if document}) == COUNT


def test_records_have_an_id_and_a_text(tmp_path: Path, made: list[tuple[str, str]]) -> None:
    wanted = [{"id": name, "text": text} for name, text in made[:50]]
    lines, table = tmp_path / "b.jsonl", tmp_path / "b.parquet"
    write(lines, "jsonl", made[:50])
    write(table, "parquet", made[:50])
    assert [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()] == wanted
    assert pq.read_table(table).to_pylist() == wanted
