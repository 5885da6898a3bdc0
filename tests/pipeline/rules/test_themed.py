"""Bulletins about one kind of service: what their people and bare numbers count, and what not."""

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata

VASECTOMIES = (
    "Este fin de semana se llevó a cabo en Durango la Jornada Nacional de Vasectomía sin Bisturí"
    " del IMSS. "
)
CATARACTS = "IMSS Colima celebró la segunda jornada de cirugía de catarata del 4 al 6 de octubre. "
CLEFTS = "El IMSS Puebla llevó a cabo la Jornada de Labio y Paladar Hendido el 18 y 19 de mayo. "
PROSTHESES = "La UMAE de Puebla dedicó a los reemplazos articulares la jornada del IMSS. "
MAMMOGRAPHIES = "La unidad móvil de mastografía de la Secretaría de Salud terminó su recorrido. "
TEETH = "La brigada dental del IMSS en Cuetzalan trabajó del 10 al 14 de marzo. "
DOSES = "En la Semana Estatal de Vacunación la Secretaría de Salud puso 63 mil 418 dosis. "


def counts(text: str) -> list[tuple[float, str]]:
    report = read_report(document_from(text, Metadata(format="txt")))
    return [(figure.value, f"{figure.service}/{figure.detail}") for figure in report.figures]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (VASECTOMIES + "\n\n—¿Cuántas hicieron?\n—Ciento doce.", [112]),
        (
            VASECTOMIES + "\n¿Cuántos?\nNoventa. Nos habían pedido 80, agendados había 103.",
            [90, 80, 103],
        ),
        (
            VASECTOMIES
            + "La meta era de 90. La UMF 16 hizo 48, Gómez Palacio aportó 22 y Lerdo, once.",
            [90, 48, 22, 11],
        ),
        (
            VASECTOMIES + "Llevamos 874, con éstas llegamos a 986; queremos cerrar en mil cien.",
            [874, 986, 1100],
        ),
        (VASECTOMIES + "De los 112, veintisiete no tienen seguridad social.", [112, 27]),
        (
            VASECTOMIES
            + "El más joven, 24, sin hijos; el mayor, 52 y con seis. Cuesta 4 mil pesos.",
            [],
        ),
    ],
)
def test_bare_numbers_count_the_theme(text: str, values: list[int]) -> None:
    assert counts(text) == [(value, "family_planning/vasectomy") for value in values]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Operaron a 188: 96 son de Colima; de Manzanillo llegaron 30.", [188, 96, 30]),
        ("Pasaron a quirófano 94 personas: 41 el jueves y 53 ayer sábado.", [94, 41, 53]),
        ("Ochenta y cuatro de los beneficiados son mujeres.", [84]),
        ("Es uno de los 47 a quienes los cirujanos operaron.", [47]),
        ("Hay 45 lugares para noviembre.", [45]),
        ("El HGZ 1 terminó con 40 de sus 45 y Tecomán hizo 22 de 25.", [40, 45, 22, 25]),
        (
            "El mes pasado sacamos 120 ojos y ya vamos en 160; pensamos pasar de los 200.",
            [120, 160, 200],
        ),
        ("Se operó a 40. Una de cada diez llegó con la glucosa por arriba de 300.", [40]),
        ("Acudieron a valoración 90 personas y se operó a 40.", [40]),
        ("Doce de los operados son de Tecomán, siete de Armería y dos de Minatitlán.", [12, 7, 2]),
        ("Llegaron desde Jalisco nueve. En 2023 se hicieron 180 y en 2022, 95.", [9, 180, 95]),
        ("¿Cuántas hubo? Ochenta. ¿Cuántas salieron mal? Dos. La meta, 60.", [80, 60]),
        ("Quedaron pendientes 26 por presión alta y ya hay 31 anotados.", []),
        ("Doce personas no se pudieron operar: ocho traían la presión alta y dos no llegaron.", []),
        ("La edad promedio: 71 años en la primera, 68 en la segunda.", []),
        ("Faltaron seis para la meta, cuando lo habitual en el hospital son once.", []),
    ],
)
def test_people_of_a_theme(text: str, values: list[int]) -> None:
    read = [one for one in counts(CATARACTS + text) if one[1] != "other/presurgical_assessment"]
    assert read == [(value, "surgery/cataract") for value in values]


CLEFT, ASSESSED = "surgery/cleft_lip_palate", "other/presurgical_assessment"
HIP, KNEE = "surgery/hip_replacement", "surgery/knee_replacement"
MAMMOGRAPHY, DOSE, SURGERY = "screening/mammography", "vaccination/None", "surgery/None"


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (CLEFTS + "Corrigieron el labio a 47 niños.", [(47, CLEFT)]),
        (
            CLEFTS + "En veinte casos se cerró el labio; en nueve, el paladar.",
            [(20, CLEFT), (9, CLEFT)],
        ),
        (
            CLEFTS + "Se había valorado a 63 pequeños. Dos no pasaron: uno por anemia.",
            [(63, ASSESSED)],
        ),
        (
            CATARACTS + "Se citó a 205 aspirantes para medirles el ojo; 43 se descartaron.",
            [(205, ASSESSED)],
        ),
        (
            PROSTHESES
            + "Lleva 6 prótesis de rodilla y 4 de cadera. La meta es de 24 entre las dos.",
            [(6, KNEE), (4, HIP), (24, "surgery/hip_replacement+knee_replacement")],
        ),
        (
            PROSTHESES + "61 derechohabientes recibieron prótesis de cadera y 36, de rodilla.",
            [(61, HIP), (36, KNEE)],
        ),
        (MAMMOGRAPHIES + "Se pensaba atender a mil 240 mujeres.", [(1240, MAMMOGRAPHY)]),
        (
            MAMMOGRAPHIES + "De las placas leídas (902), 71 salieron con BIRADS 0; nueve, con 4.",
            [(902, MAMMOGRAPHY)],
        ),
        (
            TEETH + "Participaron 34 alumnos y siete profesores de la Facultad de Estomatología.",
            [(34, "staff/other"), (7, "staff/other")],
        ),
        (
            TEETH + "Revisamos a 180 niños y encontramos caries en 151. El índice salió en 5.2.",
            [(180, "screening/other")],
        ),
        (
            DOSES
            + "De influenza fueron 900; 142, de refuerzo contra covid-19, y 60, de neumococo.",
            [
                (63418, DOSE),
                (900, "vaccination/influenza"),
                (142, "vaccination/covid_19"),
                (60, "vaccination/pneumococcus"),
            ],
        ),
        (
            DOSES + "Son el 57.6 por ciento de las 110 mil que se trazaron.",
            [(63418, DOSE), (57.6, DOSE), (110000, DOSE)],
        ),
        (
            (
                "El IMSS dio atención. Pasaron por los consultorios de medicina familiar 5 mil 320"
                " derechohabientes y por los de especialidad, mil 984."
            ),
            [(5320, "consultation/family_medicine"), (1984, "consultation/specialty")],
        ),
        (
            (
                "Siete familias del IMSS aceptaron donar, dos de las cuales en la modalidad"
                " multiorgánica: una en el HGZ 21 y otra en el HGR 1."
            ),
            [(7, "donation/None"), (2, "donation/multiorgan"), (1, "donation/multiorgan")],
        ),
        (
            "Tlaxcala hizo 48 de las 1,204 cirugías del IMSS y superó en 12% la meta de 40.",
            [
                (48, "surgery/None"),
                (1204, "surgery/None"),
                (12, "surgery/None"),
                (40, "surgery/None"),
            ],
        ),
        (
            "El IMSS consultó a 412 personas, vacunó a 180 y atendió a 60 en consulta dental.",
            [(412, "consultation/None"), (180, DOSE), (60, "consultation/stomatology")],
        ),
        (
            "El IMSS hizo un par de docenas de pruebas de VIH y medio centenar de mastografías.",
            [(24, "screening/hiv"), (50, MAMMOGRAPHY)],
        ),
    ],
)
def test_kinds_and_acts(text: str, figures: list[tuple[float, str]]) -> None:
    assert counts(text) == figures


@pytest.mark.parametrize(
    "text",
    [
        (
            "En Jalisco se reportan 74 casos de dengue, para un acumulado de mil 612. Hay dos"
            " defunciones. Guadalajara suma 288 contagios. Tiene 1,180 trabajadores de vectores."
        ),
        (
            "La Secretaría de Salud informó que suman 812 contagios de sarampión; 40 personas están"
            " hospitalizadas y cuatro fallecieron en el brote. Nogales tiene 90."
        ),
    ],
)
def test_news_of_an_epidemic_reports_no_services(text: str) -> None:
    report = read_report(document_from(text, Metadata(format="txt")))
    assert not report.relevant
    assert not report.figures
