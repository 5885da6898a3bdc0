"""What holds for every form: an answer written from a report gives that report back."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from jsonschema.exceptions import SchemaError

from eval.labels.gold import list_gold_files
from eval.labels.gold_file import stem_of
from pipeline.checks import completeness, grounding
from pipeline.forms import FORMS, anchored, quoted
from schemas.codebook import codebook
from schemas.report import BulletinKind, Figure, Jornada, JornadaReport
from tests.json_schema import assert_is_json_schema
from tests.pipeline.forms.made import LABELS, ROOT, document, gold, texts

BLANK = JornadaReport(bulletin_kind=BulletinKind.RESULTS)


def labels(figures: tuple[Figure, ...]) -> list[tuple[Any, ...]]:
    return sorted(tuple(str(getattr(figure, name)) for name in LABELS) for figure in figures)


def without_year_source(jornadas: tuple[Jornada, ...]) -> list[Jornada]:
    return [jornada.model_copy(update={"year_source": None}) for jornada in jornadas]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", [stem_of(path) for path in list_gold_files(ROOT / "eval/gold")])
def test_gold_written_in_a_form_is_judged_to_be_gold(form: Any, name: str) -> None:  # noqa: ANN401 - any form
    one, wanted = gold("examples/bulletins", "eval/gold")[name]
    written = form.answer_for(one, wanted).model_dump_json()
    verdict = form.judge(one, form.answer.model_validate_json(written))
    assert verdict.faults == ()
    assert verdict.report is not None
    assert labels(verdict.report.figures) == labels(wanted.figures)
    assert verdict.report.title == (wanted.title or one.metadata.title)
    for field in ("relevant", "published_on", "bulletin_kind", "programme"):
        assert getattr(verdict.report, field) == getattr(wanted, field)
    # How a year is known is found in the text, and not asked for.
    assert without_year_source(verdict.report.jornadas) == without_year_source(wanted.jornadas)
    for field in ("specialties", "places"):
        assert set(getattr(verdict.report, field)) == set(getattr(wanted, field))
    assert grounding.keep_grounded(one, verdict.report)[1] == ()
    assert completeness.find_unclaimed(one.text, verdict.report) == ()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_an_answer_written_from_a_judged_report_is_judged_the_same(form: Any) -> None:  # noqa: ANN401 - any form
    for one, wanted in gold("eval/hard", "eval/hard").values():
        first = form.judge(one, form.answer_for(one, wanted)).report
        again = form.judge(one, form.answer_for(one, first))
        assert again.faults == ()
        assert labels(again.report.figures) == labels(first.figures)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(text=texts)
def test_a_bulletin_without_figures_can_be_answered_for(form: Any, text: str) -> None:  # noqa: ANN401 - any form
    one = document(text)
    verdict = form.judge(one, form.answer_for(one, BLANK))
    assert verdict.faults == ()
    assert verdict.report is not None
    assert verdict.report.figures == ()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_stands_in_for_missing_keys_is_an_answer_that_says_nothing(form: Any) -> None:  # noqa: ANN401 - any form
    assert list(form.blank) == list(form.answer.model_fields)
    assert not form.says_something(form.answer.model_validate(form.blank))


def test_forms_are_known_by_their_names() -> None:
    assert {name: form.name for name, form in FORMS.items()} == {
        "quoted": "quoted",
        "anchored": "anchored",
    }
    assert FORMS["quoted"] is quoted.FORM
    assert FORMS["anchored"] is anchored.FORM


def test_the_schemas_that_answers_were_paid_for_change_with_the_codes_alone() -> None:
    # A stored answer counts as long as the hash of its schema holds: a new hash asks for all anew.
    codes = json.dumps(codebook().all_kinds())
    schemas = {
        name: json.dumps(form.answer.model_json_schema(), sort_keys=True)
        for name, form in FORMS.items()
    }
    # It was sent once, by mistake.
    schemas["quoted"] = schemas["quoted"].replace('"title": "Value"', '"ge": 0, "title": "Value"')
    assert {name: form.schema_hash for name, form in FORMS.items()} == {
        name: hashlib.sha256(schema.encode()).hexdigest() for name, schema in schemas.items()
    }
    assert {
        name: hashlib.sha256(schema.replace(codes, "[]").encode()).hexdigest()
        for name, schema in schemas.items()
    } == {
        "quoted": "c7aa0bd989284b4b7b11636bb2c94b1358e65263beb2c2b17c7c1d81f2ca82c4",
        "anchored": "a4878a1471fba53e3848e1d67937d852497dcf34ff4804987051e83da5b4b8b5",
    }


def test_the_hash_of_a_shape_holds_for_all_documents_and_changes_with_what_is_told() -> None:
    shape = anchored.BY_MARKS
    assert shape.schema_hash == shape._replace().schema_hash
    assert shape.schema_hash != shape._replace(told="Otherwise.").schema_hash
    assert shape.schema_hash != shape._replace(schema=lambda _: {}).schema_hash
    assert shape.schema_hash != FORMS["anchored"].schema_hash


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_schema_is_json_schema_and_nothing_else(form: Any) -> None:  # noqa: ANN401 - any form
    assert_is_json_schema(form.answer.model_json_schema())


@pytest.mark.parametrize("odd", [{"ge": 0}, {"anyOf": [{"type": "integer", "ge": 0}]}, {"type": 7}])
def test_a_keyword_of_another_make_would_be_found(odd: dict[str, Any]) -> None:
    assert_is_json_schema({"type": "object", "properties": {"ge": {"type": "integer"}}})
    with pytest.raises((AssertionError, SchemaError)):
        assert_is_json_schema({"type": "object", "properties": {"x": {"items": odd}}})
