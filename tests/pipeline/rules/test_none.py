"""Numbers near services that count no service, whatever stands around them."""

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata
from schemas.report import JornadaReport


def read(text: str) -> JornadaReport:
    return read_report(document_from(text, Metadata(format="txt")))


@pytest.mark.parametrize(
    "more",
    [
        "El hospital recibió 40 juegos de instrumental de laparoscopía",
        "Tiene 28 sillones de hemodiálisis y nueve salas de cirugía",
        "Faltan por cubrir 14 plazas y 22 roles de enfermería",
        "Doce intervenciones se tuvieron que reprogramar, siete por fiebre y cinco sin sangre",
        "Nueve no se operaron por hipertensión",
        "De ellos, cuatro no fueron intervenidos",
        "Otros 16 niños con gripe no fueron vacunados",
        "Cada cirugía tarda entre quince, veinte o treinta minutos",
        "Quedan en lista de espera cerca de 500 pacientes",
        "Todavía 320 derechohabientes esperan una cirugía",
        "Por cada cirugía se pagaron unos 65 mil y por el lente 4 mil pesos",
        "El paciente de más edad, ya operado, cumplió 91",
        "La tasa de cirugías es de 16.8 por cada cien mil",
        "En el 66 se abrió la consulta a las ocho",
        "Las jornadas del año fueron catorce",
        "Veintiséis salieron con imagen sospechosa y cuatro dieron positivo",
        "Participan 340 puestos, 28 de ellos en aduanas",
        "El contrato 714 ampara la ropa quirúrgica",
        "Seis llegaron con la presión por encima de 180 y dos más de plano no llegaron",
        "A once se les detectó diabetes y siete desistieron",
        "A cuatro se les rechazó por anemia; 31 salieron altas",
        "En un mes normal se hacen de 90 a 110 cirugías y luego diez sesiones para cada uno",
        "Es el 3.4 por ciento del total nacional; el 61 por ciento de los operados son hombres",
        "La cobertura pasó de 71.2 a 80.5 por ciento",
        "La cirugía cuesta 40 mil pesos y la hospitalización puede llegar a 25 mil",
        "Representa 20 cirugías más; nos quedamos a doce",
        "Además se perdieron 80 vacunas y hay 300 dosis que quedaron en almacén",
        "Se difirieron 5 por estos motivos:\n a) Fiebre .... 3\n b) Ayuno .... 2\n",
        "La lista de espera sumaba 320 nombres. Hoy son 190",
        "Hay cinco cánceres y tres diagnósticos; la presión anda en 160",
        "Laboran 90 personas, de las cuales 30 son soldados",
    ],
)
def test_what_is_no_service_makes_no_figure(more: str) -> None:
    report = read(f"En la 4ª Jornada Nacional se hicieron 480 cirugías. {more}.")
    assert [figure.value for figure in report.figures] == [480]


def test_numbers_of_sections_and_of_posts_mark_the_text() -> None:
    report = read(
        "MINUTA de la 4ª Jornada Nacional del IMSS\n\n"
        "3.2 Las cirugías por hospital: HGZ 1, 44; HGZ 3, 39.\n\n"
        "2/7 Consultas: 3,946\n"
    )
    assert [figure.value for figure in report.figures] == [44, 39, 3946]
