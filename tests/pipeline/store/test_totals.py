"""What bulletins say together: totals, plans and results, and counts that go on."""

from datetime import date

from pipeline.store import Store
from schemas.document import Document
from schemas.reading import Reading
from tests.bulletins import a_bulletin, a_jornada, figure, keep, rows

Bulletin = tuple[Document, Reading]
ELEVENTH = a_jornada(11, date(2022, 8, 12), date(2022, 8, 14))
TOTALS = "SELECT value, approximate, bulletins, lowest, highest, exact_values FROM jornada_totals"


def test_the_exact_value_stands_for_a_jornada_however_often_a_rounded_one_is_printed(
    store: Store,
) -> None:
    rough = [
        a_bulletin(
            figure(2800, approximate=True),
            jornadas=[ELEVENTH],
            sentence=f"En su nota {n} dice {{quote}} en el {{place}}.",
        )
        for n in "abc"
    ]
    keep(store, *rough, a_bulletin(figure(2774), jornadas=[ELEVENTH]))
    assert rows(store, TOTALS) == [(2774, False, 1, 2774, 2800, 1)]


def test_the_value_that_most_bulletins_print_stands_for_a_jornada(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(2877), jornadas=[ELEVENTH]),
        a_bulletin(figure(2774), jornadas=[ELEVENTH]),
        a_bulletin(figure(2774), jornadas=[ELEVENTH], sentence="El {place} sumó {quote}."),
    )
    assert rows(store, TOTALS) == [(2774, False, 2, 2774, 2877, 2)]


def test_a_reposted_text_counts_once(store: Store) -> None:
    repost = {"sentence": "EN  EL {place} se\nhicieron {quote}, ese fin de semana"}
    keep(
        store,
        a_bulletin(figure(2774), jornadas=[ELEVENTH]),
        a_bulletin(figure(2774), jornadas=[ELEVENTH], header="Redacción"),
        a_bulletin(figure(2774), jornadas=[ELEVENTH], **repost),
        a_bulletin(figure(2877), jornadas=[ELEVENTH], sentence="Hubo {quote} en el {place}."),
        a_bulletin(figure(2877), jornadas=[ELEVENTH], sentence="{quote} dio el {place}."),
    )
    assert rows(store, TOTALS) == [(2877, False, 2, 2774, 2877, 2)]


def test_places_kinds_and_plans_have_totals_of_their_own(store: Store) -> None:
    keep(
        store,
        a_bulletin(
            figure(1),
            figure(2, place="Sonora"),
            figure(3, detail="cataract"),
            figure(4, status="planned"),
            figure(95, unit="percent", basis="goal"),
            jornadas=[ELEVENTH],
        ),
    )
    assert [value for value, *_ in rows(store, f"{TOTALS} ORDER BY 1")] == [1, 2, 3, 4, 95]


def test_a_count_of_the_first_days_is_not_that_of_the_jornada(store: Store) -> None:
    keep(
        store,
        a_bulletin(
            figure(900, starts_on=date(2022, 8, 12), ends_on=date(2022, 8, 13)),
            figure(500),
            jornadas=[ELEVENTH],
        ),
    )
    assert [value for value, *_ in rows(store, TOTALS)] == [500]


def test_the_last_day_alone_is_not_the_jornada_either(store: Store) -> None:
    last = date(2022, 8, 14)
    keep(
        store,
        a_bulletin(figure(900), jornadas=[ELEVENTH]),
        a_bulletin(figure(500, starts_on=last, ends_on=last), jornadas=[ELEVENTH]),
    )
    assert [value for value, *_ in rows(store, TOTALS)] == [900]


def test_a_bulletin_that_prints_a_shorter_jornada_counts(store: Store) -> None:
    days = {"starts_on": date(2022, 8, 12), "ends_on": date(2022, 8, 13)}
    keep(
        store,
        a_bulletin(figure(900, **days), jornadas=[a_jornada(11, *days.values())]),
        *(a_bulletin(jornadas=[ELEVENTH]) for _ in range(2)),
    )
    assert [value for value, *_ in rows(store, TOTALS)] == [900]


def test_a_bulletin_counts_once_however_often_it_prints_a_number(store: Store) -> None:
    keep(
        store,
        a_bulletin(
            *(figure(2877, quote=f"2877 {name}") for name in ("cirugías", "cirugias", "personas")),
            jornadas=[ELEVENTH],
        ),
        a_bulletin(figure(2774), jornadas=[ELEVENTH]),
        a_bulletin(figure(2774), jornadas=[ELEVENTH], sentence="El {place} sumó {quote}."),
    )
    assert rows(store, TOTALS) == [(2774, False, 2, 2774, 2877, 2)]


def test_an_exact_total_has_the_words_of_an_exact_print(store: Store) -> None:
    rough = figure(2774, approximate=True, quote="más de 2774")
    keep(store, a_bulletin(rough, jornadas=[ELEVENTH]))
    keep(store, a_bulletin(figure(2774), jornadas=[ELEVENTH]))
    assert rows(store, "SELECT approximate, quote FROM totals") == [(False, "2774 cirugías")]


def test_places_in_another_order_are_the_same(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(5, place="Sonora; Jalisco"), jornadas=[ELEVENTH]),
        a_bulletin(
            figure(5, place="Jalisco; Sonora"), jornadas=[ELEVENTH], sentence="{place}: {quote}"
        ),
    )
    assert [bulletins for _, _, bulletins, *_ in rows(store, TOTALS)] == [2]


def test_the_words_behind_a_total_are_with_it(store: Store) -> None:
    document, reading = a_bulletin(figure(2774), jornadas=[ELEVENTH])
    keep(store, (document, reading))
    assert rows(store, "SELECT quote, document_id FROM jornada_totals") == [
        ("2774 cirugías", document.id)
    ]


def test_a_result_stands_beside_its_plan_with_the_percentage_that_follows(store: Store) -> None:
    keep(
        store,
        a_bulletin(figure(3000, status="planned"), jornadas=[ELEVENTH]),
        a_bulletin(
            figure(3555),
            figure(18.5, unit="percent", basis="above_goal"),
            figure(118.5, unit="percent", basis="goal"),
            figure(10, detail="cataract"),
            jornadas=[ELEVENTH],
        ),
    )
    assert rows(
        store,
        "SELECT jornada, planned, performed, printed_percent, printed_above, percent, approximate"
        " FROM plan_and_result",
    ) == [("11ª nacional 2022", 3000, 3555, 118.5, 18.5, 118.5, False)]


def test_a_percentage_alone_is_a_result_too(store: Store) -> None:
    keep(store, a_bulletin(figure(95, unit="percent", basis="goal"), jornadas=[ELEVENTH]))
    assert rows(
        store, "SELECT planned, performed, printed_percent, percent FROM plan_and_result"
    ) == [(None, None, 95, None)]


def test_a_plan_of_nothing_has_no_percentage(store: Store) -> None:
    keep(store, a_bulletin(figure(0, status="planned"), figure(5), jornadas=[ELEVENTH]))
    assert rows(store, "SELECT planned, performed, percent FROM plan_and_result") == [(0, 5, None)]


def test_counts_that_go_on_are_lines_along_their_last_days(store: Store) -> None:
    def until(day: date, value: float) -> Bulletin:
        since = date(2022, 3, 11)
        return a_bulletin(figure(value, period="cumulative", starts_on=since, ends_on=day))

    may, july = date(2022, 5, 29), date(2022, 7, 31)
    keep(
        store,
        until(july, 28105),
        until(may, 16985),
        a_bulletin(figure(7, period="cumulative", starts_on=may)),
        a_bulletin(figure(9, period="cumulative", starts_on=date(2022, 1, 1), ends_on=july)),
        a_bulletin(figure(5), jornadas=[ELEVENTH]),
    )
    assert rows(
        store, "SELECT starts_on, ends_on, value, added, previous_ends_on FROM series ORDER BY ALL"
    ) == [
        (date(2022, 1, 1), july, 9, None, None),
        (date(2022, 3, 11), may, 16985, None, None),
        (date(2022, 3, 11), july, 28105, 11120, may),
    ]


WITHIN = {
    "national": set[str](),
    "UMAE": {"national"},
    "OOAD": {"national"},
    "Sonora": {"national", "OOAD"},
    "Jalisco": {"national", "OOAD"},
    "Estado de México Oriente": {"national", "OOAD"},
    "HGR 1 Ciudad Obregón": {"national", "OOAD", "Sonora"},
    "UMAE HE CMN Occidente": {"national", "UMAE", "Jalisco"},
}


def test_a_place_is_the_widest_where_none_that_holds_it_is_known(store: Store) -> None:
    others = ["national", "OOAD", "UMAE", "Sonora", "Jalisco", "Estado de México Oriente"]
    keep(
        store,
        *(
            # A jornada for each two places, and nothing else in it.
            a_bulletin(
                figure(2, place=other),
                figure(1, place=place),
                jornadas=[a_jornada(edition, year=2000 + year)],
            )
            for year, place in enumerate(WITHIN)
            for edition, other in enumerate(others, 1)
            if other != place
        ),
    )
    told = rows(store, "SELECT place, edition, widest FROM jornada_totals WHERE value = 1")
    for place, within in WITHIN.items():
        widest = {others[edition - 1]: is_so for of, edition, is_so in told if of == place}
        assert set(widest) == set(others) - {place}
        assert {other for other, is_so in widest.items() if not is_so} == within, place


def test_of_places_beside_each_other_each_is_the_widest(store: Store) -> None:
    places = ("Chiapas", "UMAE 25 Monterrey", "HGR 1 Ciudad Obregón")
    figures = [figure(n, place=place) for n, place in enumerate(places)]
    keep(store, a_bulletin(*figures, jornadas=[ELEVENTH]))
    assert rows(store, "SELECT place FROM jornada_totals WHERE widest ORDER BY value") == [
        (place,) for place in places
    ]
