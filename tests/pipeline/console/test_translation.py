import pyarrow as pa

from pipeline.console.translation import translate
from pipeline.words import Language
from schemas.codebook import codebook

ES, EN = Language.SPANISH, Language.ENGLISH


def test_details_have_the_names_of_the_codebook() -> None:
    rows = [row for row in codebook().rows() if row.detail is not None]
    table = pa.table(
        {"service": [row.service for row in rows], "detail": [row.detail for row in rows]}
    )
    told = translate(table, ES, truth=False)
    assert told.column("detalle").to_pylist() == [row.spanish for row in rows]
    told = translate(table, EN, truth=False)
    assert told.column("detail").to_pylist() == [row.english for row in rows]


def test_kinds_that_are_joined_are_named_one_by_one() -> None:
    table = pa.table({"service": ["screening"], "detail": ["diabetes+hypertension"]})
    told = translate(table, ES, truth=False)
    assert told.to_pylist() == [{"servicio": "detecciones", "detalle": "diabetes, hipertensión"}]


def test_a_kind_without_its_service_is_named_where_all_services_agree() -> None:
    rows = [row for row in codebook().rows() if row.detail is not None]
    names = {
        code: {row.spanish for row in rows if row.detail == code}
        for code in {r.detail for r in rows}
    }
    alike = next(code for code in sorted(names, key=str) if len(names[code]) == 1)
    unlike = next(code for code in sorted(names, key=str) if len(names[code]) > 1)
    told = translate(pa.table({"detail": [alike, unlike, None]}), ES, truth=False)
    assert told.to_pylist() == [
        {"detalle": names[alike].pop()},
        {"detalle": unlike},
        {"detalle": None},
    ]


def test_what_has_no_word_stays_as_it_is() -> None:
    table = pa.table(
        {
            "status": ["read", None],
            "unit": [1, 2],
            "mine": ["count", "x"],
            "place": ["León", "UMAE"],
        }
    )
    told = translate(table, ES, truth=True)
    assert told.to_pylist() == [
        {"estatus": "read", "unidad": 1, "mine": "count", "lugar": "León"},
        {"estatus": None, "unidad": 2, "mine": "x", "lugar": "UMAE"},
    ]


def test_a_heading_that_is_a_column_already_is_given_to_no_other() -> None:
    told = translate(pa.table({"value": [1], "valor": [2]}), ES, truth=True)
    assert told.to_pylist() == [{"value": 1, "valor": 2}]


def test_true_and_false_have_words_where_they_are_wanted() -> None:
    table = pa.table({"approximate": [True, False, None]})
    told = translate(table, ES, truth=True).column("aproximado").to_pylist()
    assert told == ["sí", "no", None]
    kept = translate(table, ES, truth=False).column("aproximado").to_pylist()
    assert kept == [True, False, None]
