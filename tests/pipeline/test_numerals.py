"""Numerals as the press prints them, case by case."""

from time import process_time

import pytest

from pipeline.numerals import numerals, read_numerals
from schemas.document import NumeralKind

Found = list[tuple[str, int | float, str]]


def found(text: str, *, articles: bool = False) -> Found:
    assert all(text[n.start : n.end] == n.raw for n in numerals(text, articles=articles))
    return [(n.raw, n.value, n.kind.value) for n in numerals(text, articles=articles)]


COUNTS = [
    ("58 mil 610", 58610),
    ("58mil 610", 58610),
    ("13mil 580", 13580),
    ("mil 576", 1576),
    ("mil", 1000),
    ("dos mil", 2000),
    ("100 mil", 100_000),
    ("70 mil 67", 70067),
    ("220 mil 048", 220_048),
    ("dos mil 590", 2590),
    ("nueve mil 66", 9066),
    ("un millón 529 mil 812", 1_529_812),
    ("35 millones 919 mil 359", 35_919_359),
    ("6 millones 552 mil 794", 6_552_794),
    ("2 millones 615,789", 2_615_789),
    ("5 millones 300", 5_000_300),
    ("ciento 20 mil", 120_000),
    ("trescientos 45 mil 200", 345_200),
    ("treinta y 5 mil", 35000),
    ("1.234,56", 1234.56),
    ("58mil610", 58610),
    ("64, 255", 64255),
    ("23 mil. 138", 23138),
    ("mil, 576", 1576),
    ("mil 200 millones", 1_200_000_000),
    ("1 325", 1325),
    ("12 345 678", 12_345_678),
    ("58,610", 58610),
    ("58.610", 58610),
    ("1,529,812", 1_529_812),
    ("1'529,812", 1_529_812),
    ("1,234.50", 1234.5),
    ("6.5 millones", 6_500_000),
    ("2.9 millones", 2_900_000),
    ("1.234 millones", 1_234_000_000),
    ("30.5 mil", 30_500),
    ("medio millón", 500_000),
    ("millón y medio", 1_500_000),
    ("dos millones y medio", 2_500_000),
    ("tres y medio millones", 3_500_000),
    ("un millón", 1_000_000),
    ("uno", 1),
    ("cero", 0),
    ("treinta y cinco mil", 35000),
    ("veintiún mil", 21000),
    ("ciento veinte", 120),
    ("diez y seis", 16),
    ("doscientas treinta y una", 231),
    ("mil doscientos", 1200),
    ("quinientos cuarenta y dos mil trescientos uno", 542_301),
    ("ochenta y cinco millones trescientos mil dos", 85_300_002),
    ("una docena", 12),
    ("media docena", 6),
    ("un centenar", 100),
    ("un millar", 1000),
    ("medio millar", 500),
    # Broken over lines and pages.
    ("23 mil\n138", 23138),
    ("23\nmil 138", 23138),
    ("treinta y\ncinco mil", 35000),
    ("treinta\ny cinco mil", 35000),
    ("475 mil\n\n725", 475_725),
    ("58\n\nmil 610", 58610),
    ("dos millones\n\ntrescientos mil", 2_300_000),
    # OCR slips.
    ("l5 mil", 15000),
    ("l,387", 1387),
    ("2O mil 812", 20812),
    ("92O", 920),
    ("l8O mil 455", 180_455),
    ("6 mil 7l0", 6710),
    ("2mil O22", 2022),
    ("58 mil ll5", 58115),
    ("1O5,3l2", 105_312),
    ("3 rnil", 3000),
    ("un millén", 1_000_000),
    ("2 mill6nes 300 mii", 2_300_000),
]


@pytest.mark.parametrize(("printed", "value"), COUNTS)
def test_a_count_is_read_whole_whatever_follows_it(printed: str, value: float) -> None:
    for tail in (
        "",
        " consultas",
        ".",
        ", además de cirugías",
        "\natenciones",
        " (de riñón)",
        " y",
    ):
        text = "Se otorgaron " + printed + tail
        assert found(text) == [(printed, value, "count")], text


PERCENTS = [
    ("71.2 por ciento", 71.2),
    ("71,2%", 71.2),
    ("23%", 23),
    ("23 %", 23),
    ("100 %", 100),
    ("12O.2 %", 120.2),
    ("6l.4 por ciento", 61.4),
    ("71.2 por\nciento", 71.2),
    ("cien por ciento", 100),
    ("cuarenta por ciento", 40),
    ("cien por cien", 100),
    ("3.5 puntos porcentuales", 3.5),
]


@pytest.mark.parametrize(("printed", "value"), PERCENTS)
def test_a_percentage_takes_in_its_sign(printed: str, value: float) -> None:
    for text in (printed, f"alcanzó el {printed} de la meta", f"al {printed}."):
        assert found(text) == [(printed, value, "percent")]


ORDINALS = [
    ("8ª", "8ª", 8),
    ("8ª. Jornada", "8ª", 8),
    ("8 ª Jornada", "8 ª", 8),
    ("la 8va jornada", "8va", 8),
    ("la 15a Jornada", "15a", 15),
    ("1er nivel", "1er", 1),
    ("2o nivel", "2o", 2),
    ("3° lugar", "3°", 3),
    ("VIII Jornada", "VIII", 8),
    ("XIV Jornada Nacional", "XIV", 14),
    ("IX\nJornada", "IX", 9),
    ("decimocuarta", "decimocuarta", 14),
    ("Décima segunda jornada", "Décima segunda", 12),
    ("la décima\ntercera jornada", "décima\ntercera", 13),
    ("catorceava", "catorceava", 14),
    ("primer nivel", "primer", 1),
    ("9 Jornada", "9", 9),
    ("102 Jornada Nacional", "102", 10),
    ("8* Jornada", "8*", 8),
    ("8? Gran Jornada", "8?", 8),
]


@pytest.mark.parametrize(("text", "raw", "value"), ORDINALS)
def test_an_ordinal_is_no_count(text: str, raw: str, value: int) -> None:
    assert found(text) == [(raw, value, "ordinal")]


SEVERAL: list[tuple[str, Found]] = [
    (
        "costó diez mil. Ochenta salieron",
        [("diez mil", 10_000, "count"), ("Ochenta", 80, "count")],
    ),
    ("Hubo 23 mil.\n\n138 más", [("23 mil", 23_000, "count"), ("138", 138, "count")]),
    ("29 al 31 de julio", [("29", 29, "date"), ("31", 31, "date")]),
    ("10, 11 y 12 de septiembre", [(d, int(d), "date") for d in ("10", "11", "12")]),
    ("02-04 julio", [("02", 2, "date"), ("04", 4, "date")]),
    ("13 y 15 de mayo de 2021", [("13", 13, "date"), ("15", 15, "date"), ("2021", 2021, "year")]),
    ("Del 9 al 11 de este mes", [("9", 9, "date"), ("11", 11, "date")]),
    ("el 9 y 10 del presente mes", [("9", 9, "date"), ("10", 10, "date")]),
    ("los días 9, 10 y 11 del mes en curso", [(d, int(d), "date") for d in ("9", "10", "11")]),
    ("viernes 22 y sábado 23", [("22", 22, "date"), ("23", 23, "date")]),
    ("el viernes 22 y 40 mil más", [("22", 22, "date"), ("40 mil", 40000, "count")]),
    ("el viernes 22 cirugías", [("22", 22, "count")]),
    ("hasta el día 15", [("15", 15, "date")]),
    ("en el día 15 cirugías", [("15", 15, "count")]),
    ("lo. de agosto", [("lo", 1, "date")]),
    ("1o. de agosto", [("1o", 1, "date")]),
    ("3O de abril", [("3O", 30, "date")]),
    ("primero de mayo", [("primero", 1, "date")]),
    ("15/07/2021", [("15", 15, "date"), ("07", 7, "date"), ("2021", 2021, "year")]),
    ("5 mil 3 de mayo", [("5 mil", 5000, "count"), ("3", 3, "date")]),
    ("35 mil y 12 de mayo", [("35 mil", 35000, "count"), ("12", 12, "date")]),
    ("en 2023 hubo 2021 consultas", [("2023", 2023, "year"), ("2021", 2021, "count")]),
    ("1,825 de 2024", [("1,825", 1825, "count"), ("2024", 2024, "year")]),
    ("semana 28 del 2022", [("28", 28, "identifier"), ("2022", 2022, "year")]),
    (
        "veintiún mil y treinta y cinco mil",
        [("veintiún mil", 21000, "count"), ("treinta y cinco mil", 35000, "count")],
    ),
    ("en 2024 mil 711", [("2024", 2024, "year"), ("mil 711", 1711, "count")]),
    ("fueron de 2021 consultas", [("2021", 2021, "count")]),
    ("urgencias1.4 millones de", [("1.4 millones", 1_400_000, "count")]),
    ("consultas58 en", [("58", 58, "count")]),
    ("realiz6 en", [("6", 6, "identifier")]),
    ("octubre2021", [("2021", 2021, "year")]),
    ("20milconsultas", [("20mil", 20000, "count")]),
    ("107 por cientode", [("107 por ciento", 107, "percent")]),
    ("42 325,120", [("42", 42, "count"), ("325,120", 325_120, "count")]),
    ("4 jul. 2022", [("4", 4, "date"), ("2022", 2022, "year")]),
    ("Diciembre 30, 2022", [("30", 30, "date"), ("2022", 2022, "year")]),
    (
        "HGZ 6, 41; HGR 66, 37.",
        [
            (v, int(v), k)
            for v, k in (
                ("6", "identifier"),
                ("41", "count"),
                ("66", "identifier"),
                ("37", "count"),
            )
        ],
    ),
    ("15 20", [("15", 15, "count"), ("20", 20, "count")]),
    ("15\n20", [("15", 15, "count"), ("20", 20, "count")]),
    ("mil 500 20", [("mil 500", 1500, "count"), ("20", 20, "count")]),
    ("mil 988 y mil 760", [("mil 988", 1988, "count"), ("mil 760", 1760, "count")]),
    ("del 1 al 2 de ese mes", [("1", 1, "date"), ("2", 2, "date")]),
    ("dos mil veinte mil", [("dos mil", 2000, "count"), ("veinte mil", 20000, "count")]),
    (
        "15 mil, 20 mil y 3 mil",
        [("15 mil", 15000, "count"), ("20 mil", 20000, "count"), ("3 mil", 3000, "count")],
    ),
    ("5 mil 30 por ciento", [("5 mil", 5000, "count"), ("30 por ciento", 30, "percent")]),
    ("dos de corazón y uno de hígado", [("dos", 2, "count"), ("uno", 1, "count")]),
    ("4 de cada 10", [("4", 4, "count"), ("10", 10, "count")]),
    (
        "34 (18 de riñón, nueve de córnea)",
        [("34", 34, "count"), ("18", 18, "count"), ("nueve", 9, "count")],
    ),
    ("20 a 59 años", [("20", 20, "count"), ("59", 59, "count")]),
    ("$5,000 pesos", [("5,000", 5000, "count")]),
    ("153cirugías", [("153", 153, "count")]),
    ("otorgaron58 mil 610 consultas", [("58 mil 610", 58610, "count")]),
    ("otorgaron58 mil 610 por", [("58 mil 610", 58610, "count")]),
    ("8:00 a 20:00 horas", [("8:00", 8, "time"), ("20:00 horas", 20, "time")]),
    ("de 8 a 14 horas", [("8", 8, "time"), ("14 horas", 14, "time")]),
    ("a las 9 de la mañana", [("9 de la mañana", 9, "time")]),
    ("10 a.m.", [("10 a.m.", 10, "time")]),
]


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_several_numerals_are_kept_apart(text: str, expected: Found) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("800 623 2323", 8_006_232_323),
        ("8OO 623 2323", 8_006_232_323),
        ("800 6l3 2323", 8_006_132_323),
        ("55 5238 2700", 5_552_382_700),
        ("5552382700", 5_552_382_700),
        ("800 623 23 23", 8_006_232_323),
        ("01 800 623 2323", 18_006_232_323),
    ],
)
def test_a_telephone_number_is_one_numeral(text: str, value: int) -> None:
    assert found(f"llame al {text}.") == [(text, value, "phone")]


def test_an_extension_belongs_to_the_telephone() -> None:
    assert found("ext. 12345")[0][2] == "phone"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("HGR No. 46", [46]),
        ("HGZ No. 1, No. 2, No. 50 y No. 6 abrieron", [1, 2, 50, 6]),
        ("UMF No. 5, de Soledad; No. 3, de Ciudad", [5, 3]),
        ("las UMF 35 y 46, de León", [35, 46]),
        ("HGZ 24", [24]),
        ("No. 395/2023", [395]),
        ("COVID-19", [19]),
        ("CIE-10", [10]),
        ("T3", [3]),
        ("#IMSS2022", [2022]),
        ("la línea 3.1.5 del", [3]),
        ("2-30-100", [2]),
        ("ver boletin395.html", [395]),
    ],
)
def test_numbers_in_names_are_identifiers(text: str, values: list[int]) -> None:
    assert [(n.value, n.kind) for n in numerals(text)] == [
        (value, NumeralKind.IDENTIFIER) for value in values
    ]


@pytest.mark.parametrize("text", ["las 25 Unidades", "25 UMAE", "no 300 sino", "las UMF 35 mil"])
def test_numbers_beside_names_are_counts(text: str) -> None:
    assert [n.kind for n in numerals(text)] == [NumeralKind.COUNT]


def test_words_that_only_look_like_numbers_hold_none() -> None:
    for text in (
        "6rganos",
        "lo de agosto",
        "miles de personas",
        "millones",
        "a medio día",
        "un centro y una docente",
    ):
        assert found(text) == [], text


def test_articles_count_only_where_asked_for() -> None:
    assert found("un corazón y una córnea") == []
    assert found("un corazón y una córnea", articles=True) == [
        ("un", 1, "count"),
        ("una", 1, "count"),
    ]
    assert found("una de mil una", articles=True)[1] == ("mil una", 1001, "count")


HOSTILE = (
    "1 1 |1|9,|mil |mil y |al |al 3 |l,|lO|1-|1/|a1.|111 |no. 1, |enero |3 de |3, |y |dia "
    "|un millón |una |1.|x1|XI Jornada |dos|cien |viernes 2 al |este mes |uno dos tres "
    "|8:00 a |1 a |décima |por | |\n|3 enero \n"
)


@pytest.mark.slow
@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", HOSTILE.split("|"))
def test_hostile_repetition_takes_time_in_proportion(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    began = process_time()
    assert all(n.start < n.end for n in read_numerals.__wrapped__(text)[0])
    spaces = "\n\nenero 5 mil" + " " * 300_000 + "al 3 por" + "\n" * 300_000 + "mayo no"
    assert [n.value for n in read_numerals.__wrapped__(unit + spaces)[0]][-2:] == [5000, 3]
    assert process_time() - began < 4, "half a second in proportion, and ten times that by squares"


def test_articles_come_beside_what_is_read_without_them() -> None:
    text = "Hubo una docena de consultas, 1,250 cirugías, un riñón y un millón de acciones."
    without = [numeral.value for numeral in numerals(text)]
    assert without == [12, 1250, 1_000_000]
    assert [numeral.value for numeral in numerals(text, articles=True)] == [12, 1250, 1, 1_000_000]


def test_an_article_that_begins_a_larger_number_is_read_with_all_of_it() -> None:
    (found,) = numerals("un y medio millones de consultas", articles=True)
    assert (found.raw, found.value) == ("un y medio millones", 1_500_000)
