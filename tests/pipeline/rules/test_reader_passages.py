"""What the baseline takes from where a number stands: period, edition, place, repetition."""

from datetime import date

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import JornadaReport


def read(text: str) -> JornadaReport:
    return read_report(document_from(text, Metadata(format="txt")))


def periods(text: str) -> list[tuple[float, str, int | None]]:
    return [(figure.value, str(figure.period), figure.edition) for figure in read(text).figures]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "El IMSS llevó a cabo la 10ª Jornada Nacional, con 310 cirugías.\n\nEn las 10 Jornadas "
            "Nacionales realizadas desde el 11 de marzo se han otorgado 90 mil 200 consultas.\n\n"
            "De estas, 61 mil 100 fueron de Medicina Familiar y 29 mil 100 de Especialidad.",
            [
                (310, "jornada", 10),
                (90200, "cumulative", None),
                (61100, "cumulative", None),
                (29100, "cumulative", None),
            ],
            id="a paragraph about all jornadas holds for what follows",
        ),
        pytest.param(
            "Terminó la 10ª Jornada Nacional.\n\nEn lo que va del año se han hecho 715 "
            "trasplantes. En la 10ª Jornada Nacional hubo 16 trasplantes.",
            [(715, "cumulative", None), (16, "jornada", 10)],
            id="naming the jornada again ends it",
        ),
        pytest.param(
            "En la 6ª Jornada Nacional se hicieron 77 cirugías, y mil 904 en lo que va del año.",
            [(77, "jornada", 6), (1904, "cumulative", None)],
            id="words behind the number hold for it alone",
        ),
        pytest.param(
            "En la 7ª Jornada Nacional, del 10 al 12 de septiembre de 2021, se hicieron 415 "
            "cirugías. En la 8ª Jornada Nacional, del 24 al 26 de septiembre de 2021, se "
            "realizarán 520 cirugías.",
            [(415, "jornada", 7), (520, "jornada", 8)],
            id="two jornadas, each with its own",
        ),
        pytest.param(
            "Durante el primer semestre del año el IMSS otorgó 40 mil 100 consultas.",
            [(40100, "cumulative", None)],
            id="a span of months",
        ),
        pytest.param(
            "La plantilla de la Representación es de 12 mil 400 trabajadores. En la 4ª Jornada "
            "Nacional se hicieron 61 cirugías.",
            [(12400, "other", None), (61, "jornada", 4)],
            id="the workforce belongs to no jornada",
        ),
    ],
)
def test_period_and_edition_come_from_the_passage(
    text: str, expected: list[tuple[float, str, int | None]]
) -> None:
    assert periods(text) == expected


def test_each_jornada_of_a_bulletin_has_its_days_and_the_first_is_its_subject() -> None:
    report = read(
        "Del 24 al 26 de septiembre de 2021 se realizará la 8ª Jornada Nacional.\n\nEn la 7ª "
        "Jornada Nacional, del 10 al 12 de septiembre de 2021, se hicieron 415 cirugías."
    )
    assert [(j.edition, j.start, j.end, j.subject) for j in report.jornadas] == [
        (8, date(2021, 9, 24), date(2021, 9, 26), True),
        (7, date(2021, 9, 10), date(2021, 9, 12), False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "En la 4ª Jornada Nacional las OOAD otorgaron 5 mil 100 consultas. Por su parte, las "
            "UMAE realizaron 210 cirugías.",
            [(5100, "OOAD"), (210, "UMAE")],
            id="OOAD against UMAE",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se hicieron 480 cirugías en 35 Representaciones y 25 UMAE.",
            [(480, "national")],
            id="both together are national",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional hubo 9 mil consultas en todo el país. Destacó Jalisco, con "
            "88 cirugías, y Sonora, con 71.",
            [(9000, "national"), (88, "Jalisco"), (71, "Sonora")],
            id="states of a national bulletin",
        ),
        pytest.param(
            "El IMSS en Tamaulipas realizó la 4ª Jornada Nacional, con 912 consultas. En el HGZ "
            "No. 15, de Reynosa, se hicieron 18 cirugías.",
            [(912, "Tamaulipas"), (18, "HGZ 15 Reynosa")],
            id="the bulletin's state, and a hospital in it",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional, Nuevo León, Coahuila y Querétaro, todas con más de siete "
            "mil acciones, fueron las primeras.",
            [(7000, "Nuevo León; Coahuila; Querétaro")],
            id="a claim about several states",
        ),
        pytest.param(
            "El IMSS en Colima realizó la 4ª Jornada Nacional. El HGZ No. 1 y el HGZ No. 4, de "
            "Tecomán, hicieron 18 y 12 cirugías, respectivamente.",
            [(18, "HGZ 1"), (12, "HGZ 4 Tecomán")],
            id="numbers of several hospitals, respectively",
        ),
        pytest.param(
            "El IMSS dio 9 mil 300 consultas en Puebla, 705 en Colima y 640 en Chiapas.",
            [(9300, "Puebla"), (705, "Colima"), (640, "Chiapas")],
            id="the state right behind each number",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional Sonora, Colima y Puebla hicieron mil 988, 410 y 760 "
            "cirugías, respectivamente.",
            [(1988, "Sonora"), (410, "Colima"), (760, "Puebla")],
            id="numbers of several states, respectively",
        ),
        pytest.param(
            "Participaron los OOAD de Durango, Nayarit y Colima en la jornada monotemática, con "
            "180 cirugías. Nayarit hizo 51 cirugías.",
            [(180, "Durango; Nayarit; Colima"), (51, "Nayarit")],
            id="the states that took part, and one of them",
        ),
        pytest.param(
            "El IMSS en Coahuila informó de su jornada: en Torreón se hicieron 40 cirugías, en "
            "Saltillo 31 cirugías y en Monclova 22 cirugías.",
            [(40, "Torreón"), (31, "Saltillo"), (22, "Monclova")],
            id="a town before each number",
        ),
        pytest.param(
            "El IMSS Baja California dio 500 consultas en Ensenada, Tecate y Tijuana.",
            [(500, "Ensenada; Tecate; Tijuana")],
            id="a list of towns behind a number",
        ),
        pytest.param(
            "El IMSS Nayarit hizo 80 cirugías en los HGZ No. 1, de Tepic; No. 10, de Santiago "
            "Ixcuintla, y No. 33, de Bahía de Banderas.",
            [(80, "HGZ 1 Tepic; HGZ 10 Santiago Ixcuintla; HGZ 33 Bahía de Banderas")],
            id="a list of hospitals behind a number",
        ),
        pytest.param(
            "En el IMSS Nayarit las UMF No. 24, de Tepic, y No. 3 dieron 90 consultas; las UMF "
            "No. 5 y dos unidades móviles, 40 consultas.",
            [(90, "UMF 24 Tepic; UMF 3"), (40, "Nayarit")],
            id="a list of clinics before a number, and one with others beside it",
        ),
        pytest.param(
            "En el IMSS Colima operaron el HGZ No. 1 y el HGZ No. 4. El primero hizo 18 cirugías; "
            "el segundo, 12 cirugías.",
            [(18, "HGZ 1"), (12, "HGZ 4")],
            id="the first and the second",
        ),
        pytest.param(
            "El IMSS Colima hizo 90 cirugías. La jornada cerró en la UMAA No. 5 de Tecomán. Ahí "
            "se hicieron 18 cirugías.",
            [(90, "Colima"), (18, "UMAA 5 Tecomán")],
            id="there",
        ),
        pytest.param(
            "El IMSS en Tlaxcala hizo 71 cirugías en su jornada. A nivel nacional se hicieron "
            "3 mil 400 cirugías.",
            [(71, "Tlaxcala"), (3400, "national")],
            id="the country in a state's bulletin",
        ),
        pytest.param(
            "En los OOAD se dieron 80 mil consultas y 3 mil cirugías, mientras que en las UMAE "
            "fueron 2 mil 400 consultas.",
            [(80000, "OOAD"), (3000, "OOAD"), (2400, "UMAE")],
            id="one side after the other",
        ),
    ],
)
def test_the_place_is_the_one_that_the_words_set_apart(
    text: str, expected: list[tuple[float, str]]
) -> None:
    assert [(figure.value, figure.place) for figure in read(text).figures] == expected


@pytest.mark.parametrize(
    ("words", "approximate"),
    [
        ("se otorgaron más de 20 mil consultas", True),
        ("se otorgaron casi 20 mil consultas", True),
        ("se otorgaron cerca de 20 mil consultas", True),
        ("se otorgaron alrededor de 20 mil consultas", True),
        ("se otorgaron unas 20 mil consultas", True),
        ("las consultas superaron las 20 mil", True),
        ("se otorgaron 1.5 millones de consultas", True),
        ("se otorgó un millón y medio de consultas", True),
        ("supera el Instituto las 20 mil consultas", True),
        ("superaron la meta al dar 20 mil consultas", False),
        ("se superaron las 20 mil 350 consultas", False),
        ("se otorgaron 20 mil consultas", False),
        ("se otorgaron un millón 500 mil 200 consultas", False),
        ("se espera otorgar 1.5 millones de consultas", False),
        ("se hicieron más de 300 cirugías y 20 mil consultas", False),
    ],
)
def test_a_count_is_approximate_where_its_words_or_its_roundness_say_so(
    words: str,
    approximate: bool,  # noqa: FBT001 - the expected value
) -> None:
    figures = read(f"En la 4ª Jornada Nacional {words}.").figures
    assert figures[-1].approximate is approximate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Otorga IMSS 18 mil 400 consultas en la 4ª Jornada Nacional\n\nEn la 4ª Jornada "
            "Nacional se otorgaron 18 mil 400 consultas.",
            [(18400, "jornada", 4)],
            id="headline and body",
        ),
        pytest.param(
            "Suma IMSS 318 mil 400 consultas en la 4ª Jornada Nacional\n\nEl IMSS realizó la 4ª "
            "Jornada Nacional. En las cuatro Jornadas Nacionales realizadas desde el 11 de marzo "
            "se han otorgado 318 mil 400 consultas.",
            [(318400, "cumulative", None)],
            id="the body says that the headline's count is cumulative",
        ),
        pytest.param(
            "Otorga IMSS 18 mil 400 consultas en la 4ª Jornada Nacional\n\nEn la 4ª Jornada "
            "Nacional se otorgaron 18 mil 450 consultas.",
            [(18400, "jornada", 4), (18450, "jornada", 4)],
            id="two values are two figures",
        ),
        pytest.param(
            "En la 4ª Jornada Nacional se hicieron 12 trasplantes de riñón y 12 de córnea.",
            [(12, "jornada", 4), (12, "jornada", 4)],
            id="one value for two kinds is two figures",
        ),
    ],
)
def test_the_same_fact_printed_twice_is_one_figure(
    text: str, expected: list[tuple[float, str, int | None]]
) -> None:
    assert periods(text) == expected


def test_a_count_printed_exactly_and_roughly_is_exact() -> None:
    (figure,) = read(
        "Otorga IMSS cerca de 18 mil consultas en la 4ª Jornada Nacional\n\nEn la 4ª Jornada "
        "Nacional se otorgaron 18 mil consultas."
    ).figures
    assert not figure.approximate


def test_a_headline_that_rounds_the_exact_count_is_approximate() -> None:
    first, second = read(
        "Otorga IMSS 18 mil consultas en la 4ª Jornada Nacional\n\nEn la 4ª Jornada Nacional se "
        "otorgaron 18 mil 450 consultas."
    ).figures
    assert (first.value, first.approximate) == (18000, True)
    assert (second.value, second.approximate) == (18450, False)
