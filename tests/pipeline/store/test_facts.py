"""The view to start from: one row a figure, with all that is known of it."""

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store import Store
from schemas.document import Document
from schemas.finding import Finding, Severity, Span
from schemas.reading import Reading
from tests.bulletins import a_bulletin, a_jornada, figure, keep, rows

ELEVENTH = a_jornada(11, date(2022, 8, 12), date(2022, 8, 14))

DAYS = st.sampled_from([None, date(2022, 8, 11), date(2022, 8, 12), date(2022, 8, 13)])
KINDS = st.sampled_from(["national", "extraordinary", "monothematic", "state"])
EDITIONS = st.sampled_from([None, 1, 2])


@st.composite
def bulletins(draw: st.DrawFn) -> tuple[Document, Reading]:
    jornadas = [
        a_jornada(
            draw(EDITIONS),
            draw(DAYS),
            kind=draw(KINDS),
            year=draw(st.sampled_from([None, 2022])),
            subject=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    figures = []
    for _ in range(draw(st.integers(0, 4))):
        period = draw(st.sampled_from(["jornada", "jornada", "cumulative", "other"]))
        first = draw(DAYS)
        figures.append(
            figure(
                draw(st.sampled_from([1, 2, 2000])),
                period=period,
                edition=draw(EDITIONS) if period == "jornada" else None,
                starts_on=first,
                ends_on=draw(st.sampled_from([first, None])),
                detail=draw(st.sampled_from([None, "cataract", "cataract+hernia", "other"])),
                place=draw(st.sampled_from(["national", "Sonora", "Sonora; Jalisco"])),
                status=draw(st.sampled_from(["performed", "planned"])),
                approximate=draw(st.booleans()),
            )
        )
    found = [
        Finding(check="sums", severity=draw(st.sampled_from(Severity)), message="m", span=span)
        for span in draw(st.lists(st.sampled_from([None, Span(0, 500), Span(9, 60)]), max_size=3))
    ]
    day = draw(st.sampled_from([None, date(2022, 8, 16)]))
    return a_bulletin(*figures, jornadas=jornadas, published_on=day, findings=found)


KEY = "jornada, place, service, detail, status, unit, basis"
SPAN = f"period, starts_on, ends_on, {KEY}"


@pytest.mark.slow
@settings(max_examples=3)  # what is asked takes long, however few bulletins there are
@given(bulletins=st.lists(bulletins(), min_size=6, max_size=12))
def test_no_view_repeats_a_row_or_loses_a_figure(
    emptied: Callable[[], Store], bulletins: list[tuple[Document, Reading]]
) -> None:
    store = emptied()
    keep(store, *bulletins)
    what = "reading_id, number, value, period, place, quote"
    facts = rows(store, f"SELECT {what}, document_id, jornada FROM facts ORDER BY ALL")  # noqa: S608 - ours
    figures = rows(store, f"SELECT {what} FROM current_figures ORDER BY ALL")  # noqa: S608 - ours
    assert [fact[:-2] for fact in facts] == figures
    assert len({(document, number) for _, number, *_, document, _ in facts}) == len(facts)
    for view, key in {
        "totals": SPAN,
        "jornada_totals": KEY,
        "plan_and_result": "period, jornada, starts_on, ends_on, place, service, detail",
        "coverage": "series, edition",
    }.items():
        repeated = f"SELECT {key} FROM {view} GROUP BY {key} HAVING count(*) > 1"  # noqa: S608 - ours
        assert rows(store, repeated) == [], view
    # Each jornada that a figure names is known, and the joins that documents show repeat none.
    for table, key, named in (
        ("documents", "document_id", {document for *_, document, _ in facts}),
        ("current_documents", "document_id", {document for *_, document, _ in facts}),
        ("current_readings", "reading_id", {reading for reading, *_ in facts}),
        ("known_jornadas", "jornada", {jornada for *_, jornada in facts} - {None}),
    ):
        there = Counter(found for (found,) in rows(store, f"SELECT {key} FROM {table}"))  # noqa: S608 - ours
        assert set(there.values()) <= {1}, table
        assert named <= set(there), table


def test_spans_count_from_0_and_end_exclusive_as_in_python(store: Store) -> None:
    document, reading = a_bulletin(figure(1), header="Jornada única: niños, 3 cirugías 👩‍⚕️ ayer")
    keep(store, (document, reading))
    ((start, end, quote, sliced, measured),) = rows(
        store,
        """SELECT char_start, char_end, quote, text[char_start + 1:char_end],
        substr(text, char_start + 1, char_end - char_start)
        FROM facts JOIN documents USING (document_id)""",
    )
    assert quote == sliced == measured == document.text[start:end]


def test_the_context_is_the_sentence_of_the_quote(store: Store) -> None:
    keep(store, a_bulletin(figure(1), header="Boletín. Otra frase"))
    assert rows(store, "SELECT context FROM facts") == [
        ("En el national se hicieron 1 cirugías ese fin de semana.",)
    ]


def test_figures_of_before_show_the_words_around(store: Store) -> None:
    keep(store, a_bulletin(figure(1), header="x" * 1000))
    store.insert({"figures": [_without_context(store)]})
    contexts = rows(store, "SELECT context, quote FROM facts WHERE number = 2")
    ((around, quote),) = contexts
    assert quote in around
    assert len(around) < 300


def _without_context(store: Store) -> dict[str, object]:
    read = store.read("SELECT * FROM figures")
    row = dict(zip(read.columns, read.rows[0], strict=True))
    return {**row, "number": 2, "context_start": None, "context_end": None, "context_key": None}


def test_findings_that_touch_a_figure_are_with_it_the_worst_first(store: Store) -> None:
    document, reading = a_bulletin(figure(1), figure(2), figure(3))
    spans = [Span(f.char_start or 0, f.char_end or 0) for f in reading.report.figures]  # type: ignore[union-attr]
    findings = (
        Finding(check="sums", severity=Severity.INFO, message="less", span=spans[0]),
        Finding(check="dates", severity=Severity.WARNING, message="odd", span=Span(0, 9999)),
        Finding(check="years", severity=Severity.ERROR, message="no span"),
        Finding(
            check="goals", severity=Severity.ERROR, message="off", span=Span(0, spans[0].start)
        ),
    )
    keep(store, (document, reading.model_copy(update={"findings": findings})))
    assert rows(store, "SELECT value, checked, findings FROM facts ORDER BY 1") == [
        (1, "warning", "dates: odd; sums: less"),
        (2, "warning", "dates: odd"),
        (3, "warning", "dates: odd"),
    ]


def test_what_no_finding_touches_has_none(store: Store) -> None:
    keep(store, a_bulletin(figure(1)))
    assert rows(store, "SELECT checked, findings FROM facts") == [(None, None)]


def test_codes_come_with_their_names_and_the_wider_code(store: Store) -> None:
    keep(
        store,
        a_bulletin(
            figure(1, service="consultation", detail="psychology"),
            figure(2, service="consultation", detail="cardiology+psychology"),
            figure(3),
            figure(4, detail="other"),
        ),
    )
    assert rows(
        store,
        "SELECT service_es, service_en, detail_es, detail_en, broader FROM facts ORDER BY value",
    ) == [
        ("consultas", "consultations", "psicología", "psychology", "mental_health"),
        (
            *("consultas", "consultations", "cardiología, psicología", "cardiology, psychology"),
            "mental_health+specialty",
        ),
        ("cirugías", "surgeries", None, None, None),
        ("cirugías", "surgeries", *other_names(store), None),
    ]


def other_names(store: Store) -> tuple[str, str]:
    """Give the names of what has no code, as the table of codes has them."""
    ((spanish, english),) = rows(
        store, "SELECT spanish, english FROM codes WHERE service = 'surgery' AND detail = 'other'"
    )
    return spanish, english


def test_days_that_a_bulletin_does_not_print_are_those_of_the_jornada(store: Store) -> None:
    keep(
        store,
        a_bulletin(
            figure(1),
            figure(2, starts_on=date(2022, 8, 12), ends_on=date(2022, 8, 13)),
            figure(3, starts_on=date(2022, 1, 1), period="cumulative"),
            figure(4, period="other"),
            jornadas=[ELEVENTH],
        ),
    )
    assert rows(store, "SELECT starts_on, ends_on, year FROM facts ORDER BY value") == [
        (date(2022, 8, 12), date(2022, 8, 14), 2022),
        (date(2022, 8, 12), date(2022, 8, 13), 2022),
        (date(2022, 1, 1), None, 2022),
        (None, None, None),
    ]


def test_a_corrected_file_counts_once(store: Store) -> None:
    keep(store, a_bulletin(figure(1)), paths=["/a.txt"])
    keep(store, a_bulletin(figure(2)), paths=["/a.txt"])
    assert rows(store, "SELECT value, path FROM facts") == [(2, "/a.txt")]
