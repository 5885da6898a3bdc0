"""What the baseline reads in short bulletins, one behaviour each.

The bulletins are written for these tests; test_baseline_gates.py reads whole ones.
"""

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import Figure, JornadaReport, Unit


def read(text: str) -> JornadaReport:
    return read_report(document_from(text, Metadata(format="txt")))


def told(figure: Figure) -> str:
    """Print a figure's strict labels: `71.2% surgery/cataract performed jornada`."""
    unit = "%" if figure.unit is Unit.PERCENT else ""
    detail = f"/{figure.detail}" if figure.detail else ""
    return f"{figure.value}{unit} {figure.service}{detail} {figure.status} {figure.period}"


def reads(text: str) -> list[str]:
    return [told(figure) for figure in read(text).figures]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        pytest.param(
            "En la 5ª Jornada Nacional se otorgaron 12 mil 340 consultas de Medicina Familiar y 4 "
            "mil 15 de Especialidad.",
            [
                "12340 consultation/family_medicine performed jornada",
                "4015 consultation/specialty performed jornada",
            ],
            id="the noun is left out the second time",
        ),
        pytest.param(
            "En la 5ª Jornada Nacional se aplicaron 830 vacunas, se hicieron 94 cirugías y hubo "
            "dos mil 8 consultas.",
            [
                "830 vaccination performed jornada",
                "94 surgery performed jornada",
                "2008 consultation performed jornada",
            ],
            id="several services in one sentence",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se realizaron 60 vasectomías, 40 salpingoclasias, 14 "
            "sesiones de hemodiálisis, 30 egresos hospitalarios y 95 atenciones de trabajo social.",
            [
                "60 family_planning/vasectomy performed jornada",
                "40 family_planning/tubal_ligation performed jornada",
                "14 dialysis/hemodialysis performed jornada",
                "30 hospital_discharge performed jornada",
                "95 social_work performed jornada",
            ],
            id="nouns that name service and detail at once",
        ),
        pytest.param(
            "Durante la 7ª Jornada Nacional hubo 61 cirugías, a saber:\n\n• 44 de catarata\n"
            "• 17 de vesícula",
            [
                "61 surgery performed jornada",
                "44 surgery/cataract performed jornada",
                "17 surgery/cholecystectomy performed jornada",
            ],
            id="a list takes over the noun above it",
        ),
        pytest.param(
            "En la 6ª Jornada Nacional se realizaron 9 mil detecciones: 4 mil 200 de diabetes, 3 "
            "mil 900 de hipertensión y 900 de cáncer cérvico uterino.",
            [
                "9000 screening performed jornada",
                "4200 screening/diabetes performed jornada",
                "3900 screening/hypertension performed jornada",
                "900 screening/cervical_cancer performed jornada",
            ],
            id="a breakdown behind a colon",
        ),
        pytest.param(
            "En la 6ª Jornada Nacional se realizaron 21 trasplantes: 12 de riñón, siete de córnea "
            "y dos de hígado.",
            [
                "21 transplant performed jornada",
                "12 transplant/kidney performed jornada",
                "7 transplant/cornea performed jornada",
                "2 transplant/liver performed jornada",
            ],
            id="a breakdown in words and digits",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se hicieron 410 cirugías, 120 de ellas de catarata.",
            ["410 surgery performed jornada", "120 surgery/cataract performed jornada"],
            id="some of those just counted",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se otorgaron 912 consultas; 700 de primera vez y 212 "
            "subsecuentes.",
            [
                "912 consultation performed jornada",
                "700 consultation/first_visit performed jornada",
                "212 consultation/follow_up performed jornada",
            ],
            id="a breakdown behind a semicolon",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se otorgaron 200 consultas de cardiología y 180 de "
            "oftalmología.",
            [
                "200 consultation/cardiology performed jornada",
                "180 consultation/ophthalmology performed jornada",
            ],
            id="a specialty is the detail",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se hicieron 610 detecciones de diabetes e hipertensión.",
            ["610 screening/diabetes+hypertension performed jornada"],
            id="one number for two kinds",
        ),
        pytest.param(
            "Resultados de la 4ª Jornada Nacional\n\nCirugías: 340\nConsultas: 5 mil 80",
            ["340 surgery performed jornada", "5080 consultation performed jornada"],
            id="the noun stands before its number",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional destacó el primer nivel. Con 6 mil 318, la consulta de "
            "Medicina Familiar fue la más solicitada.",
            ["6318 consultation/family_medicine performed jornada"],
            id="the noun follows behind a comma",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo, por unidad, 41, 36 y 29 cirugías.",
            [
                "41 surgery performed jornada",
                "36 surgery performed jornada",
                "29 surgery performed jornada",
            ],
            id="several numbers share the noun behind them",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional participaron 1 mil 200 médicos y 80 voluntarios.",
            ["1200 staff/physician performed jornada", "80 staff/volunteer performed jornada"],
            id="people taking part",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional, 140 personas fueron intervenidas.",
            ["140 surgery performed jornada"],
            id="people who got a given act",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo seis donaciones, una de éstas multiorgánica.",
            ["6 donation performed jornada", "1 donation/multiorgan performed jornada"],
            id="an article counts a rare service",
        ),
    ],
)
def test_a_number_counts_the_service_that_the_sentence_gives_it(
    text: str, figures: list[str]
) -> None:
    assert reads(text) == figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        pytest.param(
            "En la 9ª Jornada Nacional se brindaron 139 mil 960 atenciones, de las 126 mil 247 "
            "planeadas.",
            ["139960 total performed jornada", "126247 total planned jornada"],
            id="a goal behind its result",
        ),
        pytest.param(
            "En la 9ª Jornada Nacional se hicieron 340 cirugías, contra 300 programadas.",
            ["340 surgery performed jornada", "300 surgery planned jornada"],
            id="a goal set against its result",
        ),
        pytest.param(
            "La meta de la 9ª Jornada Nacional era de 5 mil 200 consultas y se otorgaron 6 mil 10.",
            ["5200 consultation planned jornada", "6010 consultation performed jornada"],
            id="a goal as a noun before its result",
        ),
        pytest.param(
            "Durante la 3ª Jornada Nacional se realizarán mil 250 cirugías y 8 mil 400 consultas.",
            ["1250 surgery planned jornada", "8400 consultation planned jornada"],
            id="the future tense",
        ),
        pytest.param(
            "En la 3ª Jornada Nacional se prevén 2 mil 500 mastografías.",
            ["2500 screening/mammography planned jornada"],
            id="a verb of planning",
        ),
        pytest.param(
            "El IMSS alista la 3ª Jornada Nacional, en la que participarán 310 médicos.",
            ["310 staff/physician performed jornada"],
            id="staff are performed also in an announcement",
        ),
    ],
)
def test_goals_are_told_from_results(text: str, figures: list[str]) -> None:
    assert reads(text) == figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        pytest.param(
            "En la 4ª Jornada Nacional se alcanzó 104.5 por ciento de la meta.",
            ["104.5% total performed jornada"],
            id="the share of a goal of everything",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se rebasó en 23% la meta de consultas.",
            ["23% consultation performed jornada"],
            id="the excess over a goal",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional el avance fue de 71.2 por ciento en consultas y 64.8 por "
            "ciento en cirugías.",
            ["71.2% consultation performed jornada", "64.8% surgery performed jornada"],
            id="a share for each service",
        ),
        pytest.param(
            "La productividad de la 4ª Jornada Nacional fue de 96 por ciento en consulta, contra "
            "el 80 por ciento que se esperaba.",
            ["96% consultation performed jornada", "80% consultation planned jornada"],
            id="the share that was expected",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se hicieron 3 mil 400 consultas, 12 por ciento más que en "
            "el año anterior.",
            ["3400 consultation performed jornada"],
            id="growth is no figure",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se atendió al 12 por ciento de los derechohabientes, con "
            "340 cirugías.",
            ["340 surgery performed jornada"],
            id="a share of people is no figure",
        ),
    ],
)
def test_percentages_are_figures_only_against_a_goal(text: str, figures: list[str]) -> None:
    assert reads(text) == figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        pytest.param(
            "En la 102 Jornada Nacional se hicieron 2 mil 78 estudios auxiliares de diagndstico y "
            "9 trasplantes de 6rganos.",
            ["2078 ancillary_study performed jornada", "9 transplant performed jornada"],
            id="accented letters misread",
        ),
        pytest.param(
            "En la 4a Jornada Nacional se hicieron 14 trasplantes: nueve de rifidén y cinco de "
            "cérnea.",
            [
                "14 transplant performed jornada",
                "9 transplant/kidney performed jornada",
                "5 transplant/cornea performed jornada",
            ],
            id="organs misread",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se otorgaron l5 mil consultas y 2O mil 812 detecciones.",
            ["15000 consultation performed jornada", "20812 screening performed jornada"],
            id="digits misread",
        ),
        pytest.param(
            "en la 4a jornada nacional se hicieron 14 cirugias, 90 mastografias y 80 donaciones "
            "altruistas de sangre.",
            [
                "14 surgery performed jornada",
                "90 screening/mammography performed jornada",
                "80 donation/blood performed jornada",
            ],
            id="accents and capitals lost",
        ),
        pytest.param(
            "Durante la 4ª Jornada Nacional el Instituto otorgó a lo largo de tres días 23 mil\n"
            "138 consultas de Especialidad e hizo además 2 mil 40 cirugías, de ellas 800\n"
            "de catarata.",
            [
                "23138 consultation/specialty performed jornada",
                "2040 surgery performed jornada",
                "800 surgery/cataract performed jornada",
            ],
            id="lines break inside number and noun",
        ),
    ],
)
def test_damaged_text_is_read_as_what_it_was(text: str, figures: list[str]) -> None:
    assert reads(text) == figures


@pytest.mark.parametrize(
    ("text", "quote", "reason"),
    [
        ("participaron 35 Representaciones", "35 Representaciones", "a count of places"),
        ("en 12 hospitales", "12 hospitales", "a count of places"),
        ("con 22 brigadas", "22 brigadas", "a count of levels or groups"),
        ("en mujeres de 40 a 69 años", "69 años", "a length of time or an age"),
        ("en mujeres de 40 a 69 años", "40 a 69 años", "a length of time or an age"),
        ("en 48 horas", "48 horas", "a length of time or an age"),
        ("con 12 mil pesos", "12 mil pesos", "money"),
        ("por $2,720,000", "2,720,000", "money"),
        ("y se instalaron 60 camas", "60 camas", "equipment or supplies"),
        (
            "en beneficio de 900 pacientes",
            "900 pacientes",
            "people who are not said to have got a given act",
        ),
        ("; dos de cada diez fueron de urgencia", "dos", "a ratio"),
        ("; dos de cada diez fueron de urgencia", "diez", "a ratio"),
        ("en las 4 Jornadas", "4 Jornadas", "a number of jornadas"),
        ("con 77 pérgolas", "77 pérgolas", "its own noun is no service"),
    ],
)
def test_a_number_that_is_no_figure_is_set_aside_with_its_reason(
    text: str, quote: str, reason: str
) -> None:
    report = read(f"En la 4ª Jornada Nacional se hicieron 480 cirugías {text}.")
    assert [figure.value for figure in report.figures] == [480]
    assert (quote, reason) in [(aside.quote, aside.reason) for aside in report.set_aside]


@pytest.mark.parametrize(
    "text",
    [
        "Pacientes de todo el país esperan un riñón.",
        "Se abrió una unidad de trasplantes.",
        "Informes al 800 623 2323, el 5 de julio de 2022 a las 8:00 horas, en el HGR No. 46.",
        "La 4ª Jornada Nacional se hizo en la Clínica 28.",
    ],
)
def test_articles_dates_telephones_and_names_are_neither_figures_nor_set_aside(text: str) -> None:
    report = read(text)
    assert report.figures == ()
    assert report.set_aside == ()
