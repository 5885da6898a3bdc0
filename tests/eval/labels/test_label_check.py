import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.labels.gold import GoldBulletin, load_gold, locate_gold
from eval.labels.gold_file import Noise
from eval.labels.label_check import LabelFinding, check_bulletin, check_folder
from eval.labels.tie import tie_folder
from pipeline.errors import GoldError
from schemas.document import Document, Metadata, Source
from schemas.finding import Severity
from schemas.report import BulletinKind, Figure, JornadaReport, Period, Service, Status, Unit
from tests.eval.labels.gold_folder import STUDIES, SURGERIES, TEXT, put

ROOT = Path(__file__).parents[3]
WHOLE = "58 mil 610 cirugías"
SWAPPED = "58 mil 160 cirugías"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def graver(found: tuple[LabelFinding, ...]) -> list[tuple[str, str, str | None]]:
    """List severity, check and field of all that is more than worth a look."""
    return [
        (one.finding.severity.value, one.finding.check, one.finding.field)
        for one in found
        if one.finding.severity is not Severity.INFO
    ]


def messages(found: tuple[LabelFinding, ...], check: str) -> list[str]:
    return [one.finding.message for one in found if one.finding.check == check]


def test_labels_that_hold_give_no_error(folder: Path) -> None:
    put(folder, SURGERIES, STUDIES)
    assert graver(check_folder(folder)) == []


def test_a_number_in_no_figure_is_shown_with_the_words_around_it(folder: Path) -> None:
    put(folder, SURGERIES)
    looks = [one for one in check_folder(folder) if one.finding.check == "second look"]
    assert [one.finding.message for one in looks] == [
        "'35' (35) is in no figure: is it none?",
        "'90' (90) is in no figure: is it none?",
    ]
    assert (
        looks[0].words
        == "En la 4ª Jornada Nacional, en 35 estados, se hicieron 58 mil 610 cirugía…"
    )
    assert not any(one.is_error for one in looks)


def test_labels_without_the_id_of_their_text_are_told(folder: Path) -> None:
    put(folder, SURGERIES)
    assert messages(check_folder(folder), "tie") == ["not tied to its text: jornada gold tie"]
    assert list(tie_folder(folder)) == [folder / "a.gold.json"]
    assert messages(check_folder(folder), "tie") == []


@pytest.mark.parametrize(
    ("changes", "kind", "field", "message"),
    [
        (
            {"quote": SWAPPED},
            "quote",
            "figures[0].quote",
            f"the quote {SWAPPED!r} does not stand in the text; the nearest is {WHOLE!r}",
        ),
        (
            {"quote": "XYZW"},
            "quote",
            "figures[0].quote",
            "the quote 'XYZW' does not stand in the text",
        ),
        (
            {"value": 58601},
            "value",
            "figures[0].value",
            "the quote '58 mil 610 cirugías' holds '58 mil 610' (58610), not the value 58601",
        ),
        (
            {"quote": "8 mil 610 cirugías", "value": 8610},
            "quote",
            "figures[0].quote",
            "the quote '8 mil 610 cirugías' cuts the number '58 mil 610' in two",
        ),
        (
            {"char_start": 3, "char_end": 22},
            "span",
            "figures[0].char_start",
            f"the text has {TEXT[3:22]!r} at 3, not the quote '58 mil 610 cirugías'",
        ),
        (
            {"char_start": 3000, "char_end": 3019},
            "span",
            "figures[0].char_start",
            "the text has '' at 3000, not the quote '58 mil 610 cirugías'",
        ),
    ],
)
def test_a_figure_that_its_text_does_not_hold_is_an_error(
    folder: Path, changes: dict[str, object], kind: str, field: str, message: str
) -> None:
    put(folder, SURGERIES | changes)
    found = check_folder(folder)
    assert graver(found) == [("error", kind, field)]
    assert messages(found, kind) == [message]
    assert any(one.is_error for one in found)


def test_a_quote_that_holds_at_one_of_its_places_holds(folder: Path) -> None:
    (folder / "a.txt").write_text("Hubo 458 cirugías y 58 cirugías.", encoding="utf-8")
    put(folder, SURGERIES | {"quote": "58 cirugías", "value": 58})
    assert graver(check_folder(folder)) == []


def test_the_same_fact_twice_is_an_error(folder: Path) -> None:
    put(folder, SURGERIES, SURGERIES | {"quote": "hicieron 58 mil 610", "approximate": True})
    found = check_folder(folder)
    assert ("error", "duplicate", "figures[1]") in graver(found)
    assert (
        "the same value and labels as figures[0]: one fact is one figure; "
        "two facts have char_start and char_end each"
    ) in messages(found, "duplicate")


def test_two_facts_with_equal_labels_say_where_they_stand(folder: Path) -> None:
    (folder / "a.txt").write_text("Hubo 40 cirugías ayer y 40 cirugías hoy.", encoding="utf-8")
    forty = SURGERIES | {"quote": "40 cirugías", "value": 40}
    first, second = {"char_start": 5, "char_end": 16}, {"char_start": 24, "char_end": 35}
    put(folder, forty | first, forty | second)
    assert graver(check_folder(folder)) == []


def test_one_printed_number_for_two_figures_is_an_error(folder: Path) -> None:
    put(folder, SURGERIES, SURGERIES | {"status": "planned", "quote": "58 mil 610"})
    found = check_folder(folder)
    assert graver(found) == [("error", "duplicate", "figures[1].quote")]
    assert messages(found, "duplicate") == ["claims the same printed number as figures[0]"]


def test_a_number_printed_twice_may_be_two_figures(folder: Path) -> None:
    (folder / "a.txt").write_text("Hubo 90 cirugías; meta: 90. Son 90 cirugías.", encoding="utf-8")
    one = SURGERIES | {"value": 90, "quote": "90 cirugías"}
    loose = one | {"status": "planned", "quote": "90"}
    first = one | {"period": "other", "quote": "Hubo 90 cirugías"}
    put(folder, one, loose, first)
    assert graver(check_folder(folder)) == []
    put(folder, one, loose, first, one | {"place": "OOAD"})
    assert graver(check_folder(folder)) == [("error", "duplicate", "figures[3].quote")]


def test_one_in_words_is_no_number_to_quarrel_about(folder: Path) -> None:
    (folder / "a.txt").write_text("Se hizo una cirugía.", encoding="utf-8")
    one = SURGERIES | {"value": 1, "quote": "una cirugía"}
    put(folder, one, one | {"place": "OOAD"})
    assert graver(check_folder(folder)) == []


def test_jornadas_are_checked(folder: Path) -> None:
    jornada = {"edition": 4, "kind": "national", "subject": True}
    backwards = jornada | {"start": "2022-05-15", "end": "2022-05-13"}
    put(folder, SURGERIES | {"edition": 4}, jornadas=[backwards, backwards | {"end": None}])
    found = check_folder(folder)
    assert graver(found) == [("error", "days", "jornadas[0].end")]
    assert messages(found, "days") == ["ends on 2022-05-13, before it starts on 2022-05-15"]
    put(folder, SURGERIES | {"edition": 5}, jornadas=[jornada, jornada])
    found = check_folder(folder)
    assert graver(found) == [
        ("warning", "edition", "figures[0].edition"),
        ("error", "duplicate", "jornadas[1]"),
    ]
    assert messages(found, "edition") == ["no jornada has the edition 5"]


def days(first: str | None, last: str | None) -> dict[str, str | None]:
    return {"starts_on": first, "ends_on": last}


FOURTH = {
    "edition": 4,
    "kind": "national",
    "subject": True,
    "start": "2022-05-13",
    "end": "2022-05-15",
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (days("2022-05-13", "2022-05-15"), None),
        (days("2022-05-14", "2022-05-14"), None),  # a cut inside it
        (days("2022-05-13", None), None),
        (days("2022-05-13", "2022-05-16"), "error"),
        (days(None, "2022-05-12"), "error"),
        (days(None, None), "warning"),
        (days(None, None) | {"edition": None}, None),
        (days("2022-06-01", None) | {"edition": None}, "warning"),
        (days("2022-01-01", None) | {"edition": None, "period": "cumulative"}, None),
        (days("2022-05-16", "2022-05-14") | {"edition": None, "period": "other"}, "error"),
    ],
)
def test_the_days_of_a_figure_lie_within_its_jornada(
    folder: Path, changes: dict[str, object], said: str | None
) -> None:
    put(folder, SURGERIES | {"edition": 4} | changes, jornadas=[FOURTH])
    assert [(severity, check) for severity, check, _ in graver(check_folder(folder))] == (
        [(said, "days")] if said else []
    )


def test_a_contradiction_of_days_names_both(folder: Path) -> None:
    put(folder, SURGERIES | {"edition": 4} | days("2022-05-13", "2022-05-16"), jornadas=[FOURTH])
    assert messages(check_folder(folder), "days") == [
        "2022-05-13 to 2022-05-16 does not lie within its jornada: 2022-05-13 to 2022-05-15"
    ]


def test_what_prepares_a_jornada_comes_before_it(folder: Path) -> None:
    before = SURGERIES | {"edition": 4} | days("2022-04-01", "2022-04-30")
    put(
        folder, before | {"service": "other", "detail": "presurgical_assessment"}, jornadas=[FOURTH]
    )
    assert graver(check_folder(folder)) == []


def test_a_figure_of_an_undated_jornada_contradicts_none(folder: Path) -> None:
    undated = FOURTH | {"start": None, "end": None}
    put(folder, SURGERIES | {"edition": 4} | days("2022-05-13", None), jornadas=[undated])
    assert graver(check_folder(folder)) == []


def test_days_that_are_left_out_are_told_once_where_no_figure_has_any(folder: Path) -> None:
    bare = {key: value for key, value in SURGERIES.items() if key not in days(None, None)}
    put(folder, bare, STUDIES)
    assert graver(check_folder(folder)) == [("warning", "days", "figures[0].starts_on")]
    put(folder, bare)
    assert graver(check_folder(folder)) == [("warning", "days", "figures")]
    put(folder)
    assert graver(check_folder(folder)) == []


def test_a_percentage_says_what_it_is_of(folder: Path) -> None:
    (folder / "a.txt").write_text("Se cumplió el 98.5 por ciento.", encoding="utf-8")
    percent = SURGERIES | {"value": 98.5, "unit": "percent", "quote": "98.5 por ciento"}
    put(folder, percent)
    found = check_folder(folder)
    assert graver(found) == [("warning", "basis", "figures[0].basis")]
    assert messages(found, "basis") == [
        "a percentage is of something: goal, above_goal, productivity"
    ]
    put(folder, percent | {"basis": "goal"})
    assert graver(check_folder(folder)) == []


def test_a_place_that_is_written_otherwise_is_an_error_that_names_its_form(folder: Path) -> None:
    put(
        folder,
        SURGERIES | {"place": "IMSS Jalisco; Hospital General de Zona No. 33"},
        places=[{"name": "HGZ No. 33", "role": "participant"}],
    )
    found = check_folder(folder)
    assert graver(found) == [
        ("error", "place", "figures[0].place"),
        ("error", "place", "places[0].name"),
    ]
    assert messages(found, "place") == [
        "'IMSS Jalisco; Hospital General de Zona No. 33' is written 'Jalisco; HGZ 33'",
        "'HGZ No. 33' is written 'HGZ 33'",
    ]


def test_a_wider_kind_beside_a_narrower_one_is_an_error(folder: Path) -> None:
    put(folder, SURGERIES | {"detail": "cataract+ophthalmology"})
    assert messages(check_folder(folder), "detail") == [
        "'cataract+ophthalmology' is written 'cataract': the wider kind says nothing more"
    ]


def test_names_that_are_not_printed_or_given_twice_are_told(folder: Path) -> None:
    place = {"name": "Sonora", "role": "participant"}
    put(
        folder,
        title="Otra cosa",
        specialties=[
            {"service": "surgery", "name": "cirugías"},
            {"service": "surgery", "name": "X"},
        ],
        places=[place, place | {"role": "highlighted"}, place],
    )
    assert graver(check_folder(folder)) == [
        ("warning", "words", "title"),
        ("warning", "words", "specialties[1].name"),
        ("error", "duplicate", "places[2]"),
    ]


def test_a_title_may_be_broken_over_lines_or_stand_in_the_metadata(folder: Path) -> None:
    put(folder, title="se hicieron 58 mil 610 cirugías y 90 estudios.")
    assert graver(check_folder(folder)) == []
    page = f"---\ntitle: Otra cosa\n---\n\n{TEXT}"
    (folder / "a.txt").unlink()
    (folder / "a.md").write_text(page, encoding="utf-8")
    put(folder, title="Otra cosa")
    assert graver(check_folder(folder)) == []


def test_a_bulletin_that_contradicts_itself_is_no_fault_of_its_labels(folder: Path) -> None:
    (folder / "a.txt").write_text("Hubo 100 acciones: 90 cirugías y 40 estudios.", encoding="utf-8")
    put(
        folder,
        SURGERIES | {"value": 100, "service": "total", "quote": "100 acciones"},
        SURGERIES | {"value": 90, "quote": "90 cirugías"},
        STUDIES | {"value": 40, "quote": "40 estudios"},
    )
    assert graver(check_folder(folder)) == []


def test_every_broken_file_is_told_and_the_rest_checked(folder: Path) -> None:
    put(folder, SURGERIES | {"service": "surgry", "value": "x"})
    put(folder, name="b")
    put(folder, figurs=[], name="c")
    (folder / "d.txt").write_text(TEXT.replace("90", "91"), encoding="utf-8")
    put(folder, SURGERIES, name="d")
    found = check_folder(folder)
    assert [(one.path.name, one.finding.check, one.finding.field) for one in found][:4] == [
        ("a.gold.json", "form", "figures[0].value"),
        ("a.gold.json", "form", "figures[0].service"),
        ("b.gold.json", "text", None),
        ("c.gold.json", "form", "figurs"),
    ]
    assert {one.path.name for one in found if not one.is_error} == {"d.gold.json"}


def test_two_labellings_of_one_text_are_an_error(folder: Path) -> None:
    (folder / "b.txt").write_text(TEXT, encoding="utf-8")
    put(folder, SURGERIES)
    put(folder, SURGERIES, name="b")
    found = check_folder(folder)
    assert graver(found) == [("error", "text", None)]
    assert messages(found, "text") == ["labels the same text as a.gold.json"]


def test_a_folder_without_gold_cannot_be_checked_or_tied(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="holds no gold labels"):
        check_folder(tmp_path)
    with pytest.raises(GoldError, match="holds no gold labels"):
        list(tie_folder(tmp_path))


NOUNS = {
    Service.SURGERY: "cirugías",
    Service.CONSULTATION: "consultas",
    Service.SCREENING: "detecciones",
    Service.TRANSPLANT: "trasplantes",
}


def bulletin(text: str, gold: JornadaReport) -> GoldBulletin:
    document = Document(id="0" * 64, text=text, metadata=Metadata(format="txt"))
    return GoldBulletin("a", Path("a.json"), document, gold, (), Source(path="a.txt"))


@given(
    st.lists(st.tuples(st.integers(2, 999), st.sampled_from(sorted(NOUNS))), unique=True),
    st.sampled_from(["spans", "no spans"]),
)
def test_labels_that_pass_still_pass_after_a_round_trip(
    counted: list[tuple[int, Service]], given_with: str
) -> None:
    quotes = [f"{value} {NOUNS[service]}" for value, service in counted]
    text = f"Se hicieron: {'; '.join(quotes)}."
    at = [text.index(f" {quote}") + 1 for quote in quotes]
    figures = tuple(
        Figure(
            value=value,
            unit=Unit.COUNT,
            service=service,
            status=Status.PERFORMED,
            period=Period.OTHER,
            place="national",
            approximate=False,
            starts_on=None,
            ends_on=None,
            quote=quote,
            char_start=start if given_with == "spans" else None,
            char_end=start + len(quote) if given_with == "spans" else None,
        )
        for (value, service), quote, start in zip(counted, quotes, at, strict=True)
    )
    gold = JornadaReport(bulletin_kind=BulletinKind.RESULTS, figures=figures)
    found = check_bulletin(bulletin(text, gold))
    assert [one.check for one in found] == ["tie"]
    again = JornadaReport.model_validate_json(gold.model_dump_json())
    assert check_bulletin(bulletin(text, again)) == found


@pytest.mark.parametrize("folder", ["gold", "hard", "unseen"])
def test_our_own_gold_has_no_fault_and_is_tied(folder: str) -> None:
    gold, texts = locate_gold() if folder == "gold" else (ROOT / "eval" / folder, ())
    found = check_folder(gold, texts)
    assert [one for one in found if one.finding.check != "second look"] == []


def test_the_example_for_people_who_label_holds(tmp_path: Path) -> None:
    readme = (ROOT / "eval" / "README.md").read_text(encoding="utf-8")
    text, labels = re.findall(r"```(?:json)?\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "a.gold.json").write_text(labels, encoding="utf-8")
    assert graver(check_folder(tmp_path)) == []
    assert [b.gold.figures[1].value for b in load_gold(tmp_path)] == [88]
    assert [one.finding.check for one in check_folder(tmp_path)] == ["tie"]


def test_every_kind_of_noise_is_explained_to_people_who_label() -> None:
    readme = (ROOT / "eval" / "README.md").read_text(encoding="utf-8")
    assert [tag.value for tag in Noise if f"| `{tag.value}` |" not in readme] == []
