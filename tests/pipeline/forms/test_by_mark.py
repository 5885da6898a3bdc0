"""The anchored form by marks: what its schema lets be written, and that it says the same."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from eval.labels.gold import list_gold_files
from eval.labels.gold_file import stem_of
from pipeline.forms.anchored import FORM, judge
from pipeline.forms.by_mark import BY_MARKS, MOST_ITEMS
from pipeline.forms.numbering import number_document
from pipeline.labels import read_detail
from pipeline.llm.salvage import salvage
from schemas.anchored import AnchoredAnswer
from schemas.codebook import codebook
from schemas.document import Document
from schemas.report import JornadaReport, Period, Service, Status
from tests.pipeline.forms.allowed import DAYS, definitions, written_by
from tests.pipeline.forms.made import ROOT, anchored, document, gold, one, scope, texts

TEXT = "Se otorgaron 58 mil 610 consultas y casi 2 mil 590 cirugías en 35 hospitales."
DOUBTFUL = "Se hicieron 30 detecciones, de las cuales 64, 255 de diabetes, y una donación de riñón."
BULLETINS = {
    "eval/gold": "examples/bulletins",
    "eval/hard": "eval/hard",
    "eval/unseen": "eval/unseen",
}
ALL_GOLD = [
    f"{labels}/{stem_of(path)}" for labels in BULLETINS for path in list_gold_files(ROOT / labels)
]

# Documents share all definitions: a strategy for each is made once.
MADE_UP = re.compile(
    r"(title|day|programme)|(jornadas|specialties|places)(\[\d+\].*)?|scopes\.(figures|edition|place|starts_on|ends_on)"
)
ASIDE = {"service": "aside"}
LABELS = definitions(BY_MARKS.schema(document(TEXT)))


def labelled_by_hand(name: str) -> tuple[Document, JornadaReport]:
    labels, _, stem = name.rpartition("/")
    return gold(BULLETINS[labels], labels)[stem]


def is_valid(schema: dict[str, Any], answer: object) -> bool:
    return Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(answer)


@st.composite
def labelled(draw: st.DrawFn, marks: list[int]) -> AnchoredAnswer:
    """Label some of the marks, each once, whatever a scope may say."""
    figures = draw(st.lists(st.sampled_from(marks), unique=True)) if marks else []
    left = [mark for mark in marks if mark not in figures]
    kinds = codebook().all_kinds()
    scopes: list[dict[str, Any]] = []
    while figures:
        count = draw(st.integers(1, len(figures)))
        labels = {
            "status": draw(st.sampled_from(Status)),
            "period": draw(st.sampled_from(Period)),
            "edition": draw(st.none() | st.integers(1, 20)),
            "starts_on": draw(st.none() | DAYS),
            "ends_on": draw(st.none() | DAYS),
            "place": draw(st.sampled_from(["national", "Colima", "HGZ 1 Ñ; x"])),
        }
        made = [
            {
                "n": figures.pop(),
                "service": draw(st.sampled_from(Service)),
                "detail": draw(st.lists(st.sampled_from(kinds), max_size=3)),
            }
            for _ in range(count)
        ]
        scopes.append(scope(*made, **labels))
    some = st.lists(st.sampled_from(marks), unique=True) if marks else st.just([])
    return anchored(
        *scopes,
        aside=draw(st.lists(st.sampled_from(left), unique=True)) if left else [],
        **{name: draw(some) for name in ("approx", "percent", "above_goal", "productivity")},
    )


def labels_of(answer: AnchoredAnswer) -> dict[int, tuple[object, ...]]:
    """Give all that is said of each mark."""
    said: dict[int, tuple[object, ...]] = dict.fromkeys(answer.aside, ("aside",))
    for each in answer.scopes:
        edition = each.edition if each.period is Period.JORNADA else None
        for figure in each.figures:
            said[figure.n] = (
                *(each.status, each.period, edition, each.starts_on, each.ends_on, each.place),
                *(figure.service, figure.detail, figure.n in answer.approx),
                *(figure.n in answer.percent, figure.n in answer.above_goal),
                figure.n in answer.productivity,
            )
    return said


def read(answer: dict[str, Any]) -> AnchoredAnswer:
    return AnchoredAnswer.model_validate_json(json.dumps(answer))


def as_schema(text: str) -> dict[str, Any]:
    return BY_MARKS.schema(document(text))


def test_the_doubtful_text_can_be_read_in_two_ways() -> None:
    assert list(as_schema(DOUBTFUL)["properties"]["numbers"]["properties"]) == [
        "1",
        "2 or 4+5",
        "3",
    ]


@given(text=st.one_of(st.just(DOUBTFUL), texts), data=st.data())
def test_what_the_schema_allows_has_no_fault(text: str, data: st.DataObject) -> None:
    one_of = document(text)
    raw = data.draw(written_by(BY_MARKS.schema(one_of), LABELS))
    # Words, editions and days can be made up in any schema, and a noun be of another service.
    assert [
        one for one in judge(one_of, read(raw)).faults if not MADE_UP.fullmatch(one.field)
    ] == []


@given(text=st.one_of(st.just(DOUBTFUL), texts), data=st.data())
def test_an_answer_says_the_same_by_marks(text: str, data: st.DataObject) -> None:
    one_of = document(text)
    # Marks that the document does not have, and marks of several readings, among them.
    marks = [*number_document(one_of).by_mark, 997, 998]
    answer = data.draw(labelled(marks))
    again = read(BY_MARKS.write(one_of, answer))
    assert labels_of(again) == labels_of(answer)
    rest = {"scopes", "aside", "approx", "percent", "above_goal", "productivity"}
    assert again.model_dump(exclude=rest) == answer.model_dump(exclude=rest)


@pytest.mark.parametrize("name", ALL_GOLD)
def test_gold_can_be_written_by_marks_and_is_judged_as_in_scopes(name: str) -> None:
    one_of, wanted = labelled_by_hand(name)
    answer = FORM.answer_for(one_of, wanted)
    written = BY_MARKS.write(one_of, answer)
    assert is_valid(BY_MARKS.schema(one_of), written)
    assert list(written["numbers"]) == list(
        BY_MARKS.schema(one_of)["properties"]["numbers"]["properties"]
    )
    assert judge(one_of, read(written)) == judge(one_of, answer)


def test_the_scope_of_the_first_figure_stands_above_and_is_told_again_where_it_changes() -> None:
    answer = anchored(
        scope(one(3), place="Colima"), scope(one(1), one(2, "surgery")), approx=[2], aside=[]
    )
    written = BY_MARKS.write(document(TEXT), answer)
    assert list(written) == [
        *("relevant", "title", "day", "kind", "programme", "jornadas"),
        *("scope", "numbers", "specialties", "places"),
    ]
    assert written["scope"]["place"] == "national"
    assert {mark: said["scope"] for mark, said in written["numbers"].items()} == {
        "1": "same",
        "2": "same",
        "3": {**written["scope"], "place": "Colima"},
    }
    assert written["numbers"]["2"] == {
        "service": "surgery",
        "detail": [],
        "remarks": ["approx"],
        "scope": "same",
    }


def test_marks_are_keys_in_the_order_of_the_text_and_readings_of_a_stretch_exclude_each_other() -> (
    None
):
    one_of, wanted = labelled_by_hand("eval/hard/12-bcs-septima-2021-comparada")
    schema = BY_MARKS.schema(one_of)
    keys = list(schema["properties"]["numbers"]["properties"])
    assert keys == [*map(str, range(1, 12)), "12+13 or 20", *map(str, range(14, 20))]
    written = BY_MARKS.write(one_of, FORM.answer_for(one_of, wanted))
    stretch = written["numbers"]["12+13 or 20"]
    assert is_valid(schema, written)
    for wrong in ({**stretch, "20": ASIDE}, {"12": ASIDE}, {}, ASIDE):
        broken = {**written, "numbers": {**written["numbers"], "12+13 or 20": wrong}}
        assert not is_valid(schema, broken)
    other = {**written, "numbers": {**written["numbers"], "12+13 or 20": {"20": ASIDE}}}
    assert is_valid(schema, other)
    assert judge(one_of, read(other)).faults == ()


@pytest.mark.parametrize(
    "change",
    [
        {"1": None},
        {"4": ASIDE},
        {"1": "consultation"},
        {"1": "aside"},
        {"1": {"service": "staff"}},
        {"1": {**ASIDE, "detail": []}},
        {"1": {"service": "surgery", "detail": ["cornea"], "remarks": [], "scope": "same"}},
        {"1": {"service": "surgery", "detail": ["other", "hip"], "remarks": [], "scope": "same"}},
        {"1": {"service": "staff", "detail": [], "remarks": ["round"], "scope": "same"}},
        {"1": {"service": "staff", "detail": [], "remarks": [], "scope": "other"}},
        {"1": {"service": "staff", "detail": [], "remarks": []}},
    ],
)
def test_no_wrong_label_and_no_wrong_mark_can_be_written(change: dict[str, Any]) -> None:
    schema = as_schema(TEXT)
    written = BY_MARKS.write(document(TEXT), anchored(scope(one(1), one(2)), aside=[3]))
    assert is_valid(schema, written)
    numbers = {key: it for key, it in {**written["numbers"], **change}.items() if it is not None}
    assert not is_valid(schema, {**written, "numbers": numbers})


def test_only_a_jornada_has_an_edition() -> None:
    def labels(period: str, edition: int | None) -> dict[str, Any]:
        answer = anchored(scope(one(1), period=period), aside=[2, 3])
        written = BY_MARKS.write(document(TEXT), answer)
        return {**written, "scope": {**written["scope"], "edition": edition}}

    schema = as_schema(TEXT)
    assert is_valid(schema, labels("jornada", 3))
    assert is_valid(schema, labels("cumulative", None))
    assert not is_valid(schema, labels("cumulative", 3))
    assert not is_valid(schema, labels("jornada", 10**9))


@pytest.mark.parametrize(
    ("place", "holds"),
    [
        ("HGZ/MF 2 Irapuato", True),
        ("Manzanillo; Teco\u0301man", True),
        ("CMN «La Raza»", True),
        ("; ".join(["Estado de México Oriente"] * 30), True),
        ("", False),
        (" ", False),
        ("Colima; " * 200, False),
    ],
)
def test_a_place_is_any_words_with_an_end(place: str, *, holds: bool) -> None:
    schema = as_schema(TEXT)
    written = BY_MARKS.write(document(TEXT), anchored(aside=[1, 2, 3]))
    scope_ = {**written["scope"], "place": place}
    assert is_valid(schema, {**written, "scope": scope_}) == holds


def test_every_code_of_the_codebook_can_be_written() -> None:
    schema = as_schema(TEXT)
    numbers = Draft202012Validator({**schema["$defs"]["number"], "$defs": schema["$defs"]})
    for service in Service:
        for kind in ([], *([kind] for kind in codebook().root[service].detail)):
            figure = {"service": service, "detail": kind, "remarks": [], "scope": "same"}
            assert read_detail(service, kind).faults == ()
            assert numbers.is_valid(figure)


def test_a_percentage_has_its_basis_and_an_article_is_none() -> None:
    text = "Se logró el 98 por ciento, y hubo una donación multiorgánica entre 12."
    schema = as_schema(text)

    def says(mark: int, *remarks: str) -> bool:
        figure = {"service": "total", "detail": [], "remarks": [*remarks], "scope": "same"}
        written = BY_MARKS.write(document(text), anchored(aside=[1, 2, 3]))
        return is_valid(schema, {**written, "numbers": {**written["numbers"], str(mark): figure}})

    assert [says(mark, "percent") for mark in (1, 2, 3)] == [False, False, True]
    assert [says(mark, "above_goal") for mark in (1, 2, 3)] == [True, False, True]
    assert [says(mark, "approx") for mark in (1, 2, 3)] == [True, True, True]


def test_every_list_and_every_text_has_an_end() -> None:
    def walk(part: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        own = [part] if isinstance(part, dict) and isinstance(part.get("type"), str) else []
        return own + [found for each in inner for found in walk(each)]

    parts = walk(as_schema(DOUBTFUL))
    for part in parts:
        if part["type"] == "array":
            assert part["maxItems"] <= MOST_ITEMS
        if part["type"] == "string":
            assert part.keys() & {"enum", "format", "maxLength"}
        if part["type"] == "integer":
            assert {"minimum", "maximum"} <= part.keys()
    assert {"array", "string", "integer", "object"} <= {part["type"] for part in parts}


@pytest.mark.parametrize("name", ALL_GOLD)
def test_more_jornadas_fit_than_a_text_names(name: str) -> None:
    one_of, wanted = labelled_by_hand(name)
    most = BY_MARKS.schema(one_of)["properties"]["jornadas"]["maxItems"]
    assert len(wanted.jornadas) + 3 <= most <= 30


def test_schemas_of_documents_share_all_but_their_marks() -> None:
    few, many = as_schema(TEXT), as_schema(" ".join(f"Hubo {n} cirugías." for n in range(101, 161)))
    assert few["$defs"] == many["$defs"]
    assert len(many["properties"]["numbers"]["required"]) == 60
    assert len(json.dumps(many)) - len(json.dumps(few)) < 60 * 60


def test_a_bulletin_without_numbers_has_none_to_label() -> None:
    schema = as_schema("Hola.")
    written = BY_MARKS.write(document("Hola."), anchored())
    assert written["numbers"] == {}
    assert is_valid(schema, written)
    assert not is_valid(schema, {**written, "numbers": {"1": ASIDE}})
    assert judge(document("Hola."), read(written)).faults == ()


@pytest.mark.parametrize(
    "name", ["07-chiapas-balance-marzo-noviembre-2022", "05-umae-25-monterrey-13a-2022"]
)
@given(data=st.data())
def test_wherever_an_answer_is_cut_whole_figures_keep_their_labels(
    name: str, data: st.DataObject
) -> None:
    one_of, wanted = labelled_by_hand(f"eval/hard/{name}")
    answer = FORM.answer_for(one_of, wanted)
    raw = json.dumps(BY_MARKS.write(one_of, answer), ensure_ascii=False)
    cut = data.draw(st.integers(0, len(raw)))
    kept = salvage(FORM, raw[:cut])
    labels = labels_of(answer)
    marks = labels_of(kept) if kept else {}
    assert list(marks.items()) == [(mark, labels[mark]) for mark in marks]
    whole = len(re.findall(r'"scope": "same"\}|"place": "[^"]+"\}\}', raw[:cut]))
    # A cut right behind a scope leaves a figure that lacks nothing but its brace.
    assert whole <= len(marks.keys() - set(answer.aside)) <= whole + 1


def test_a_number_that_is_out_of_shape_falls_away_alone() -> None:
    one_of, right = document(TEXT), anchored(scope(one(1), one(2)), aside=[3])
    written = BY_MARKS.write(one_of, right)
    for wrong in ("consultation", None, 5, [], {"service": "x", "detail": [], "scope": "same"}):
        broken = {**written, "numbers": {**written["numbers"], "1": wrong}}
        kept = salvage(FORM, json.dumps(broken))
        assert kept is not None
        assert labels_of(kept) == {mark: labels_of(right)[mark] for mark in (2, 3)}


def test_marks_in_brackets_are_marks_and_other_keys_are_none() -> None:
    written = BY_MARKS.write(document(TEXT), anchored(scope(one(1), one(2)), aside=[3]))
    bracketed = {f"[{mark}]": said for mark, said in written["numbers"].items()}
    assert labels_of(read({**written, "numbers": bracketed})).keys() == {1, 2, 3}
    with pytest.raises(ValueError, match=r"scopes\.0\.figures\.0\.n"):
        read({**written, "numbers": {"first": written["numbers"]["1"]}})


def test_an_answer_in_scopes_stays_as_it_is() -> None:
    given_: dict[str, Any] = {"scopes": [], "numbers": {"1": ASIDE}}
    assert BY_MARKS.gather(given_) is given_
    assert BY_MARKS.gather({"numbers": 5}) == {"numbers": 5}
