"""`jornada conflicts` and `jornada coverage`, and their lines at the end of a run."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.bulletins import a_bulletin, a_jornada, a_store, figure, keep
from tests.command import Jornada

BULLETIN = "Del 12 al 14 de agosto de 2022, en la {} Jornada Nacional, el IMSS hizo {} cirugías.\n"


@pytest.fixture
def db(tmp_path: Path) -> str:
    since = {"period": "cumulative", "starts_on": date(2022, 3, 11)}
    eleventh = [a_jornada(11, date(2022, 8, 12), date(2022, 8, 14))]
    with a_store(tmp_path) as store:
        keep(
            store,
            a_bulletin(figure(2774, quote="2 mil\n774 cirugías"), jornadas=eleventh),
            a_bulletin(figure(2877), jornadas=eleventh),
            a_bulletin(figure(9, place="Sonora"), jornadas=eleventh),
            a_bulletin(figure(9610, place="Sonora"), jornadas=eleventh),
            a_bulletin(figure(90, **since, ends_on=date(2022, 7, 31))),
            a_bulletin(figure(100, **since, ends_on=date(2022, 6, 30))),
            a_bulletin(jornadas=[a_jornada(8, year=2022)]),
        )
    return str(tmp_path / "a.duckdb")


def test_conflicts_have_both_numbers_with_their_words(here: Jornada, db: str) -> None:
    ran = here("conflicts", "--db", db)
    assert ran.returncode == 0, ran.stderr
    blocks = [block.splitlines() for block in ran.stdout.split("\n\n")]
    assert [block[0].strip() for block in blocks[:3]] == [
        "size: 11ª nacional 2022, Sonora: surgery, performed",
        "value: 11ª nacional 2022, national: surgery, performed",
        "falls: 2022-03-11 to 2022-07-31 against 2022-03-11 to 2022-06-30, national: surgery, performed",  # noqa: E501 - as it is printed
    ]
    assert "«2 mil 774 cirugías»" in ran.stdout
    assert ran.stdout.endswith(
        "1 size: the same fact, 500 times as large or more\n"
        "1 value: the same fact with another value\n"
        "1 falls: a count that goes on is less than it was\n"
    )


def test_conflicts_are_objects_for_a_machine(here: Jornada, db: str) -> None:
    told = json.loads(here("conflicts", "--db", db, "--json").stdout)
    assert [(one["conflict"], one["value"], one["other_value"]) for one in told] == [
        ("size", 9610, 9),
        ("value", 2877, 2774),
        ("falls", 90, 100),
    ]
    assert told[1]["other_quote"] == "2 mil\n774 cirugías"


def test_coverage_has_a_line_a_series_and_an_object_an_edition(here: Jornada, db: str) -> None:
    ran = here("coverage", "--db", db)
    assert ran.returncode == 0, ran.stderr
    (line,) = [line for line in ran.stdout.splitlines() if line.startswith("nacional 2022")]
    assert line.split() == ["nacional", "2022", "8,", "11", "-", "-", "1-7,", "9-10"]
    assert "9 editions missing" in ran.stdout
    told = json.loads(here("coverage", "--db", db, "--json").stdout)
    assert [one["edition"] for one in told if one["coverage"] == "reported"] == [8, 11]


@pytest.mark.parametrize("command", ["conflicts", "coverage"])
def test_a_database_without_any_says_so(here: Jornada, tmp_path: Path, command: str) -> None:
    with a_store(tmp_path) as store:
        keep(store, a_bulletin(figure(1)))
    ran = here(command, "--db", str(tmp_path / "a.duckdb"))
    assert ran.returncode == 0
    assert ran.stdout.startswith("No ")


@pytest.mark.parametrize("command", ["conflicts", "coverage"])
def test_where_there_is_no_database_it_says_what_to_do(here: Jornada, command: str) -> None:
    ran = here(command)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "jornada extract" in ran.stderr


def test_the_end_of_a_run_has_a_line_of_each(here: Jornada, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, cirugias in enumerate(("2 mil 774", "2 mil 877")):
        (folder / f"{number}.txt").write_text(BULLETIN.format("Tercera", cirugias), "utf-8")
    ran = here("extract", "in", "--reader", "baseline")
    assert ran.returncode == 0, ran.stderr
    said = " ".join(ran.stdout.split())
    assert "conflicts 1 in the whole database (`jornada conflicts`)" in said
    assert "coverage 2 of 3 editions missing (`jornada coverage`)" in said
    told = json.loads(here("extract", "in", "--reader", "baseline", "--json").stdout)
    assert (told["conflicts"], told["editions_missing"], told["editions_expected"]) == (1, 2, 3)


def test_one_bulletin_alone_contradicts_nothing(here: Jornada, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BULLETIN.format("Primera", "2 mil 774"), "utf-8")
    ran = here("extract", "a.txt", "--reader", "baseline")
    assert "conflicts" not in ran.stdout
    assert "coverage" not in ran.stdout
