"""Another time in a bulletin about one jornada, and events that are called otherwise."""

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import BulletinKind, JornadaReport

OPENING = "La 7ª Jornada Nacional del IMSS, del 3 al 5 de junio de 2022, dejó 900 consultas."
OWN = ("jornada", 7)


def read(text: str) -> JornadaReport:
    return read_report(document_from(text, Metadata(format="txt")))


def times(text: str) -> dict[float, tuple[str, int | None]]:
    return {f.value: (str(f.period), f.edition) for f in read(text).figures}


@pytest.mark.parametrize(
    "mention",
    [
        "La edición pasada, hacia fines de mayo, cerró con 80 cirugías.",
        "En la jornada previa se hicieron 80 cirugías.",
        "La de abril había dejado 80 cirugías.",
        "Antes, en mayo, hubo otra similar con 80 cirugías.",
        "El año pasado, por las mismas fechas, fueron 80 cirugías.",
        "Esta vez no hubo las 80 cirugías de la edición anterior.",
    ],
)
def test_another_jornada_holds_for_its_own_sentence(mention: str) -> None:
    read_times = times(f"{OPENING} {mention} Se aplicaron 300 vacunas.")
    assert read_times == {900: OWN, 80: ("jornada", None), 300: OWN}


def test_the_next_jornada_holds_for_its_passage() -> None:
    text = (
        f"{OPENING} La octava será del 17 al 19 de junio. Se esperan 80 cirugías.\n\nHubo 3 partos."
    )
    assert times(text) == {900: OWN, 80: ("jornada", 8), 3: OWN}


def test_an_edition_beside_holds_for_its_own_figures() -> None:
    text = f"{OPENING} La sexta, a fines de mayo, reunió 700 consultas. Se aplicaron 300 vacunas."
    assert times(text) == {900: OWN, 700: ("jornada", 6), 300: OWN}


def test_another_jornada_with_figures_is_one_of_the_jornadas() -> None:
    found = read(f"{OPENING} La edición anterior cerró con 80 cirugías.").jornadas
    assert [(one.edition, one.start is None, one.subject) for one in found] == [
        (7, False, True),
        (None, True, False),
    ]


@pytest.mark.parametrize(
    "mention",
    [
        "La octava será del 17 al 19 de junio.",
        "En la sexta, la de mayo, hubo lluvia.",
        "En lo que va del año suman 5 mil consultas.",
        "El programa comenzó en marzo.",
    ],
)
def test_a_new_paragraph_goes_back_to_the_jornada(mention: str) -> None:
    assert times(f"{OPENING} {mention}\n\nSe aplicaron 300 vacunas.")[300] == OWN


def test_a_month_in_passing_holds_for_no_sentence_behind_it() -> None:
    assert times(f"{OPENING} El programa comenzó en marzo. Hubo 80 cirugías.")[80] == OWN


@pytest.mark.parametrize("again", ["En esta ocasión", "Esta vez", "En la presente edición"])
def test_a_sentence_may_go_back_to_the_jornada(again: str) -> None:
    text = f"{OPENING} De enero a la fecha suman 5 mil consultas. {again} hubo 80 cirugías."
    assert times(text)[80] == OWN


@pytest.mark.parametrize("link", ["De ese total,", "De ellas,", "Además,"])
def test_a_paragraph_may_go_on_with_the_time_of_the_one_before(link: str) -> None:
    text = f"{OPENING}\n\nEn el año suman 5 mil consultas.\n\n{link} 300 fueron de especialidad."
    assert times(text)[300] == ("cumulative", None)


@pytest.mark.parametrize(
    ("text", "edition"),
    [
        ("Terminó la caravana de salud del IMSS en Ures: hubo 90 consultas.", None),
        ("Concluyó la Feria de la Salud del IMSS con 90 consultas.", None),
        ("La campaña del IMSS en la sierra duró tres días y dio 90 consultas.", None),
        ("Esta semana el IMSS dio 90 consultas.", None),
        ("El pasado sábado el IMSS dio 90 consultas en la plaza.", None),
        ("Así va la #JornadaDeSalud del IMSS: llevamos 90 consultas.", None),
        ("La Tercera Campaña de Cirugía del IMSS dejó 90 consultas.", 3),
        ("El maratón del IMSS, en su quinta edición, dejó 90 consultas.", 5),
        ("Es la brigada 12 del IMSS y dio 90 consultas.", 12),
    ],
)
def test_an_event_under_another_name_is_one_time(text: str, edition: int | None) -> None:
    report = read(f"{text} Se aplicaron 300 vacunas.")
    assert {(str(f.period), f.edition) for f in report.figures} == {("jornada", edition)}
    assert report.bulletin_kind is BulletinKind.RESULTS


@pytest.mark.parametrize(
    "text",
    [
        "La campaña de vacunación del IMSS ha aplicado 90 dosis.",
        "Las brigadas del IMSS dieron 90 consultas.",
        "En la semana 28 el IMSS dio 90 consultas.",
    ],
)
def test_what_may_last_for_months_is_no_event(text: str) -> None:
    assert times(text) == {90: ("other", None)}


def test_when_a_jornada_was_counted_is_not_what_it_took() -> None:
    text = "Jornada del IMSS del 26 al 28 de agosto de 2022 (cifras al 30/08/2022): 90 consultas."
    (figure,) = read(text).figures
    assert (str(figure.period), str(figure.ends_on)) == ("jornada", "2022-08-28")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("La Semana Nacional, que empezó el sábado 23 de abril, dio", "2022-04-23", "None"),
        ("La jornada del IMSS, que concluyó el domingo 14 de noviembre, dio", "None", "2021-11-14"),
        (
            "En la jornada del jueves 14 al domingo 17 de septiembre el IMSS dio",
            *("2023-09-14", "2023-09-17"),
        ),
    ],
)
def test_weekdays_name_the_year_and_one_day_tells_one_end(text: str, start: str, end: str) -> None:
    (jornada,) = read(f"{text} 90 consultas.").jornadas
    assert (str(jornada.start), str(jornada.end)) == (start, end)
    assert str(jornada.year_source) == "inferred"


def test_rows_under_ordinals_are_jornadas() -> None:
    text = "IMSS, jornada por jornada\n\n15a. (7-9 octubre)\n16a. (21-23 octubre)\n"
    assert [jornada.edition for jornada in read(text).jornadas] == [15, 16]


def test_in_a_balance_a_month_may_name_one_jornada() -> None:
    text = "En 2022 las jornadas del IMSS dieron 900 consultas. La mejor fue la de mayo, con 80."
    assert times(text) == {900: ("cumulative", None), 80: ("jornada", None)}


def test_a_text_about_something_else_has_no_jornadas() -> None:
    text = "JORNADA 12\n\nMonterrey ganó 3-1. En esta jornada hubo 27 goles."
    report = read(text)
    assert (report.relevant, report.jornadas) == (False, ())


def test_the_next_jornada_is_one_of_the_jornadas_if_its_days_are_printed() -> None:
    found = read(f"{OPENING} La siguiente edición tendrá lugar del 11 al 13 de noviembre.").jornadas
    assert [(one.edition, str(one.start)) for one in found] == [
        (7, "2022-06-03"),
        (None, "2022-11-11"),
    ]


def test_the_productivity_of_the_year_is_that_of_the_stretch_told_before() -> None:
    text = (
        f"{OPENING}\n\nDel 1 de febrero al 5 de junio se dieron 80 mil consultas.\n\n"
        "La estrategia alcanzó el 71 por ciento de la productividad anual."
    )
    share = next(f for f in read(text).figures if f.unit == "percent")
    assert (str(share.starts_on), str(share.ends_on)) == ("2022-02-01", "2022-06-05")


def test_a_paragraph_about_the_one_before_ends_with_it() -> None:
    text = (
        "INFORME\nDécima Jornada Nacional\n29, 30 y 31 de julio de 2022\n\n"
        "En la novena, del 15 al 17 de julio, se hicieron 40 cirugías.\n\n"
        "2. Resultados\nSe hicieron 51 cirugías.\n\n"
        "La 11ª Jornada será del 12 al 14 de agosto."
    )
    assert times(text) == {40: ("jornada", 9), 51: ("jornada", 10)}


@pytest.mark.parametrize(
    "lead", ["Tras tres semanas de recorrido", "En dos meses", "Luego de 26 días"]
)
def test_an_event_of_weeks_is_no_jornada(lead: str) -> None:
    text = f"La caravana volvió\n\n{lead}, la caravana hizo 410 mastografías. En Colima fueron 90."
    assert times(text) == {410: ("cumulative", None), 90: ("cumulative", None)}


def test_jornadas_of_a_year_have_its_days() -> None:
    (figure,) = read("Las 20 jornadas de 2022 dejaron 2,100 cirugías.").figures
    assert str(figure.starts_on) == "2022-01-01"


@pytest.mark.parametrize(
    "mention",
    [
        "La edición pasada, la sexta, hizo 80 cirugías. En el país, aquella vez se hicieron 70.",
        "En la inmediata anterior (sexta) se hicieron 80 cirugías. De ellas, 70 de catarata.",
    ],
)
def test_that_time_is_the_one_told_before(mention: str) -> None:
    read_times = times(f"{OPENING} {mention} Se aplicaron 300 vacunas.")
    assert read_times == {900: OWN, 80: ("jornada", 6), 70: ("jornada", 6), 300: OWN}


def test_so_long_as_patients_waited_is_not_so_long_as_it_was_counted() -> None:
    text = f"{OPENING} Se operó a 80 pacientes que esperaban turno desde marzo. Hubo 300 vacunas."
    assert times(text) == {900: OWN, 80: OWN, 300: OWN}


def test_the_same_period_is_that_of_the_jornada() -> None:
    text = f"{OPENING} No se cuentan 9 cirugías de urgencia atendidas en el mismo periodo."
    assert times(text) == {900: OWN, 9: OWN}


def test_what_is_surpassed_is_of_its_own_year() -> None:
    text = (
        f"{OPENING} Ya superamos lo de 2020, que fueron 62 cirugías en doce meses. Hubo 3 partos."
    )
    assert times(text) == {900: OWN, 62: ("cumulative", None), 3: OWN}
