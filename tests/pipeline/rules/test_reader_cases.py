"""Turns of phrase that rules of this kind trip over, each a bulletin of a sentence or two."""

from datetime import date

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import JornadaReport


def read(text: str, published_on: date | None = None) -> JornadaReport:
    return read_report(document_from(text, Metadata(format="txt", published_on=published_on)))


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        pytest.param(
            "En la 4ª Jornada Nacional habrá 200 cirugías.",
            ["200 surgery planned jornada"],
            id="habrá",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional serán 2 mil 100 las consultas.",
            ["2100 consultation planned jornada"],
            id="serán",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se harán 200 cirugías.",
            ["200 surgery planned jornada"],
            id="harán",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se planeaban 800 consultas; se otorgaron 912.",
            ["800 consultation planned jornada", "912 consultation performed jornada"],
            id="planeaban",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se alcanzó 104.5 por ciento de la meta, con 340 consultas.",
            ["104.5 total performed jornada", "340 consultation performed jornada"],
            id="the goal of a percentage does not plan what follows",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se hicieron 14 trasplantes, uno de hígado y un corazón.",
            [
                "14 transplant performed jornada",
                "1 transplant/liver performed jornada",
                "1 transplant/heart performed jornada",
            ],
            id="an article begins the next item of a list",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se otorgaron 912 consultas. Entre el 11 de marzo y el 4 de "
            "julio se otorgaron 9 mil 120 consultas.",
            ["912 consultation performed jornada", "9120 consultation performed cumulative"],
            id="entre ... y ...",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional, 33 pacientes fueron dados de alta.",
            ["33 hospital_discharge performed jornada"],
            id="dados de alta",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo 340 cirugías, según el oficio 127.",
            ["340 surgery performed jornada"],
            id="an unknown noun before a number",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo 1,500 consultas y en la 3ª Jornada Nacional, 1,500 "
            "consultas.",
            ["1500 consultation performed jornada", "1500 consultation performed jornada"],
            id="one value for two jornadas",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se otorgaron las 800 consultas que se habían aplazado.",
            ["800 consultation performed jornada"],
            id="que se habían",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se hicieron 120 chequeos anuales y 340 consultas.",
            [
                "120 screening/annual_checkup performed jornada",
                "340 consultation performed jornada",
            ],
            id="the year of a yearly check-up",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se hicieron 88 procedimientos y 61 cirugías.",
            ["88 other/procedure performed jornada", "61 surgery performed jornada"],
            id="procedures set beside surgery",
        ),
        pytest.param(
            "Mastografías. En la 4ª Jornada Nacional se hicieron 320.",
            ["320 screening/mammography performed jornada"],
            id="the noun in the sentence before",
        ),
        pytest.param(
            "Resultados de la 4ª Jornada Nacional\n\nServicio | Meta | Realizado\n"
            "Cirugías | 300 | 340\nDetecciones de VIH | 90 | 86\nTotal | 390 | 426",
            [
                "300 surgery planned jornada",
                "340 surgery performed jornada",
                "90 screening/hiv planned jornada",
                "86 screening/hiv performed jornada",
                "390 total planned jornada",
                "426 total performed jornada",
            ],
            id="a table of goals and results",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo 61 cirugías en el IMSS.\n\nNotas relacionadas\n"
            "Suman 77 cirugías los heridos del choque",
            ["61 surgery performed jornada"],
            id="a neighbouring story",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se hicieron 40 cirugías el sábado y 40 cirugías el domingo.",
            ["40 surgery performed jornada", "40 surgery performed jornada"],
            id="two days with the same number",
        ),
        pytest.param(
            "En la Jornada de Cirugía de Catarata se operó el sábado a 37 pacientes, 20 mujeres y "
            "17 hombres, y el domingo a 29 más.",
            [
                "37 surgery/cataract performed jornada",
                "20 surgery/cataract performed jornada",
                "17 surgery/cataract performed jornada",
                "29 surgery/cataract performed jornada",
            ],
            id="people operated on, in a jornada with one theme",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional 40 mujeres se sometieron a salpingoclasia y 30 hombres a "
            "vasectomía.",
            [
                "40 family_planning/tubal_ligation performed jornada",
                "30 family_planning/vasectomy performed jornada",
            ],
            id="people and the act that they got",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se dieron 912 consultas; es 107 por ciento de la meta de "
            "850, y 61 cirugías.",
            [
                "912 consultation performed jornada",
                "107 consultation performed jornada",
                "850 consultation planned jornada",
                "61 surgery performed jornada",
            ],
            id="the number of a goal that was reached",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo 14 trasplantes: nueve de riñón y cinco de córnea; se "
            "tenían considerados diez.",
            [
                "14 transplant performed jornada",
                "9 transplant/kidney performed jornada",
                "5 transplant/cornea performed jornada",
                "10 transplant planned jornada",
            ],
            id="a goal goes back behind the kinds",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo once trasplantes de riñón, siete de donador vivo.",
            ["11 transplant/kidney performed jornada", "7 transplant/kidney performed jornada"],
            id="a donor says where organs are from",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional las UMF dieron 700 consultas y los hospitales 500.",
            [
                "700 consultation/family_medicine performed jornada",
                "500 consultation/specialty performed jornada",
            ],
            id="places set against each other",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional el primer nivel dio 880 consultas.",
            ["880 consultation performed jornada"],
            id="a level of care is no kind",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo 600 cirugías: 200 de vesícula y 250 de otras.",
            [
                "600 surgery performed jornada",
                "200 surgery/cholecystectomy performed jornada",
                "250 surgery/other performed jornada",
            ],
            id="others",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo:\n\n| Servicio | Cantidad |\n| Cirugías | 340 |",
            ["340 surgery performed jornada"],
            id="the head of a table",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo 61 cirugías. En lo que va del año suman 904.",
            ["61 surgery performed jornada", "904 surgery performed cumulative"],
            id="a bare number of the sentence before",
        ),
    ],
)
def test_figures(text: str, figures: list[str]) -> None:
    assert [
        f"{f.value} {f.service}{f'/{f.detail}' if f.detail else ''} {f.status} {f.period}"
        for f in read(text).figures
    ] == figures


def test_money() -> None:
    report = read("En la 4ª Jornada Nacional se hicieron 480 cirugías con 12 millones de pesos.")
    assert [aside.reason for aside in report.set_aside] == ["money"]


def test_days_over_the_turn_of_the_year_take_the_year_of_publication() -> None:
    text = "Terminó la 3ª Jornada Nacional, del 30 de diciembre al 1 de enero. Salud 2023."
    (jornada,) = read(text, date(2023, 1, 3)).jornadas
    assert (jornada.start, jornada.end) == (date(2022, 12, 30), date(2023, 1, 1))
