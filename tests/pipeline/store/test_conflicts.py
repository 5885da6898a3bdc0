"""Numbers that cannot both be right, and editions that are missing."""

from datetime import date

from pipeline.store import Store
from schemas.document import Document
from schemas.reading import Reading
from schemas.report import BulletinKind
from tests.bulletins import a_bulletin, a_jornada, figure, keep, rows

Bulletin = tuple[Document, Reading]
ELEVENTH = a_jornada(11, date(2022, 8, 12), date(2022, 8, 14))
FOUND = "SELECT conflict, value, other_value FROM conflicts ORDER BY ALL"


def since(value: float, first: date | None, last: date, **labels: object) -> Bulletin:
    """Make a bulletin with one count that goes on."""
    return a_bulletin(figure(value, period="cumulative", starts_on=first, ends_on=last, **labels))


def test_one_fact_with_two_exact_values_in_two_bulletins_has_both_quotes(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(2774), jornadas=[ELEVENTH]),
        a_bulletin(figure(2774), jornadas=[ELEVENTH]),
        a_bulletin(figure(2877), jornadas=[ELEVENTH]),
    )
    assert rows(store, "SELECT conflict, jornada, quote, other_quote FROM conflicts") == [
        ("value", "11ª nacional 2022", "2877 cirugías", "2774 cirugías")
    ]


def test_another_fact_contradicts_nothing(store: Store) -> None:
    others: list[dict[str, object]] = [
        {},
        {"approximate": True},
        {"place": "Sonora"},
        {"detail": "cataract"},
        {"status": "planned"},
        {"service": "consultation"},
        {"edition": 10},
        {"unit": "percent", "basis": "goal"},
        {"starts_on": date(2008, 8, 12), "ends_on": date(2008, 8, 13)},
        {"period": "other"},
        {"period": "cumulative"},
    ]
    for year, labels in enumerate(others, 2000):
        first = date(year, 8, 12)
        eleventh = a_jornada(11, first, date(year, 8, 14))
        tenth = a_jornada(10, date(year, 7, 29), subject=False)
        keep(
            store,
            a_bulletin(figure(2774), jornadas=[eleventh]),
            a_bulletin(figure(2877, **labels), jornadas=[eleventh, tenth]),
        )
    told = "SELECT conflict, jornada FROM conflicts"
    assert rows(store, told) == [("value", "11ª nacional 2000")], "the same fact, and no other"


def test_a_list_under_the_same_labels_contradicts_no_other_bulletin(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(40), figure(60), jornadas=[ELEVENTH]),
        a_bulletin(figure(100), jornadas=[ELEVENTH]),
    )
    assert rows(store, FOUND) == []


def test_a_lost_thousand_is_a_matter_of_size(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(58), jornadas=[ELEVENTH]),
        a_bulletin(figure(58610), jornadas=[ELEVENTH]),
    )
    assert rows(store, FOUND) == [("size", 58610, 58)]


def test_reposts_do_not_decide_which_value_deviates(store: Store) -> None:
    once = {"sentence": "Hubo {quote} en el {place}."}
    keep(
        store,
        *(a_bulletin(figure(2774), jornadas=[ELEVENTH]) for _ in range(3)),
        a_bulletin(figure(2877), jornadas=[ELEVENTH]),
        a_bulletin(figure(2877), jornadas=[ELEVENTH], sentence="Hubo {quote} en el {place}."),
        a_bulletin(figure(9, place="Sonora"), jornadas=[ELEVENTH], **once),
    )
    assert rows(store, FOUND) == [("value", 2774, 2877)]
    assert rows(store, "SELECT value FROM totals WHERE place = 'national'") == [(2877,)]


def test_a_percentage_and_its_whole_are_one(store: Store) -> None:
    share = {"unit": "percent", "basis": "goal"}
    keep(
        store,
        a_bulletin(figure(95, **share), jornadas=[ELEVENTH]),
        a_bulletin(figure(95.3, **share), jornadas=[ELEVENTH]),
        a_bulletin(figure(97, **share), jornadas=[ELEVENTH]),
    )
    assert [found[1:] for found in rows(store, FOUND)] == [(97, 95)]


def test_hospitals_of_one_name_in_two_states_are_two(store: Store) -> None:
    for state, value in (("Colima", 10), ("Sonora", 20)):
        figures = (figure(value, place="HGZ 1"), figure(value / 2, place=state))
        keep(store, a_bulletin(*figures, jornadas=[ELEVENTH]))
    assert rows(store, FOUND) == []
    told = "SELECT state, value FROM totals WHERE place = 'HGZ 1' ORDER BY ALL"
    assert rows(store, told) == [("Colima", 10), ("Sonora", 20)]


def test_a_count_that_falls_is_found(store: Store) -> None:
    first = date(2022, 3, 11)
    keep(
        store,
        since(100, first, date(2022, 5, 1)),
        since(90, first, date(2022, 6, 1)),
        since(95, first, date(2022, 7, 1)),
        since(10, date(2022, 4, 1), date(2022, 8, 1)),
        since(50, None, date(2022, 9, 1)),
        since(40, None, date(2022, 10, 1)),
    )
    assert rows(store, FOUND) == [("falls", 90, 100)]


def test_a_count_that_is_less_than_a_jornada_within_it_is_found(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(2774), jornadas=[ELEVENTH]),
        since(2000, date(2022, 1, 1), date(2022, 8, 31)),
        since(1500, date(2022, 8, 13), date(2022, 8, 31)),
        since(9000, date(2022, 1, 1), date(2022, 9, 30)),
    )
    assert rows(store, FOUND) == [("part", 2000, 2774)]
    assert rows(store, "SELECT jornada, quote, other_quote FROM conflicts") == [
        ("11ª nacional 2022", "2000 cirugías", "2774 cirugías")
    ]


def test_editions_up_to_the_last_are_reported_mentioned_or_missing(store: Store) -> None:
    keep(
        store,
        a_bulletin(
            figure(1, edition=4),
            jornadas=[a_jornada(4, year=2022), a_jornada(2, year=2022, subject=False)],
        ),
        a_bulletin(
            figure(1, place="Sonora"), jornadas=[a_jornada(1, date(2025, 5, 10), kind="state")]
        ),
        a_bulletin(figure(1), jornadas=[a_jornada(1, date(2025, 5, 10), kind="state")]),
        a_bulletin(jornadas=[a_jornada(3, date(2025, 6, 6), kind="monothematic")]),
    )
    coverage = "SELECT series, edition, coverage FROM coverage WHERE kind = 'national' ORDER BY 2"
    assert rows(store, coverage) == [
        ("nacional 2022", 1, "missing"),
        ("nacional 2022", 2, "mentioned"),
        ("nacional 2022", 3, "missing"),
        ("nacional 2022", 4, "reported"),
    ]
    assert rows(store, "SELECT DISTINCT kind FROM coverage ORDER BY 1") == [
        ("national",),
        ("state",),
    ]


def test_an_edition_that_is_announced_alone_is_not_reported(store: Store) -> None:
    document, reading = a_bulletin(jornadas=[a_jornada(1, year=2022)])
    report = reading.report
    assert report is not None
    announced = report.model_copy(update={"bulletin_kind": BulletinKind.ANNOUNCEMENT})
    keep(store, (document, reading.model_copy(update={"report": announced})))
    assert rows(store, "SELECT coverage, bulletins FROM coverage") == [("announced", 1)]


def test_an_edition_whose_year_nobody_knows_may_be_the_missing_one(store: Store) -> None:
    keep(
        store,
        a_bulletin(jornadas=[a_jornada(2, date(2022, 5, 13))]),
        a_bulletin(jornadas=[a_jornada(1)]),
    )
    assert rows(store, "SELECT edition, coverage FROM coverage ORDER BY 1") == [
        (1, "undated"),
        (2, "reported"),
    ]


def test_an_edition_out_of_all_bounds_makes_no_others_missing(store: Store) -> None:
    keep(store, a_bulletin(jornadas=[a_jornada(2_000_000_000, year=2022)]))
    assert rows(store, "SELECT count(*) FROM coverage") == [(0,)]
