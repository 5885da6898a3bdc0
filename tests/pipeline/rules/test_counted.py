"""What a number counts where its noun stands elsewhere: a verb, a question, the theme."""

import pytest

from pipeline.documents import document_from
from pipeline.rules.reader import read_report
from schemas.document import Metadata


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (
            "El sábado ingresaron a quirófano 24 personas en la Jornada del IMSS.",
            ["24 surgery"],
        ),
        (
            (
                "A 12 derechohabientes les reemplazaron la cadera; otros 15 pacientes recibieron"
                " prótesis de rodilla."
            ),
            ["12 surgery/hip_replacement", "15 surgery/knee_replacement"],
        ),
        (
            "El IMSS hizo 71 vasectomías, que se suman a las 164 del resto del año.",
            ["71 family_planning/vasectomy", "164 family_planning/vasectomy"],
        ),
        (
            "El IMSS hizo 40 cirugías. De los operados, 23 son hombres y 17 mujeres.",
            ["40 surgery", "23 surgery", "17 surgery"],
        ),
        (
            (
                "Van 40 operados de 90 que están en agenda: el HGZ 1 lleva 20 de sus 50; el HGZ 2"
                " va en 15 de 30, y el 3, cinco de diez."
            ),
            [f"{n} surgery" for n in (40, 90, 20, 50, 15, 30, 5, 10)],
        ),
        (
            (
                "El IMSS dio 12 consultas. En cuanto a las cirugías, el HGZ 2 hizo 58 y la última"
                " jornada, en plena ola de covid, cayó a 31."
            ),
            ["12 consultation", "58 surgery", "31 surgery"],
        ),
        (
            "Se operó a 90: 40 fueron cataratas; 30, vesículas, y 20, hernias de pared.",
            [
                "90 surgery",
                "40 surgery/cataract",
                "30 surgery/cholecystectomy",
                "20 surgery/hernia",
            ],
        ),
        (
            (
                "En el IMSS 120 personas se midieron la presión; 14 mujeres ya tienen biopsia y 35"
                " pacientes pasaron por la sala de operaciones."
            ),
            ["120 screening/hypertension", "14 ancillary_study/other", "35 surgery"],
        ),
        (
            "En la Jornada, los especialistas atendieron a 310 pacientes.",
            ["310 consultation/specialty"],
        ),
        (
            (
                "En la Jornada del IMSS dieron 90 consultas.\n\n—¿Y en quirófano?\n\n—Son 36."
                "\n\n—¿Cuántos esperan todavía?\n\n—Cerca de mil 200."
            ),
            ["90 consultation", "36 surgery"],
        ),
        (
            (
                "Se hicieron 30 trasplantes. De ellos, 14 son de riñón, nueve de córnea y siete de"
                " hígado. Se habían previsto 25."
            ),
            [
                "30 transplant",
                "14 transplant/kidney",
                "9 transplant/cornea",
                "7 transplant/liver",
                "25 transplant",
            ],
        ),
        (
            (
                "El IMSS aplicó 9 mil vacunas. Tampico fue primero, 4 mil 210; sigue Madero, 2 mil"
                " 900."
            ),
            ["9000 vaccination", "4210 vaccination", "2900 vaccination"],
        ),
        (
            (
                "El IMSS programó 80 vasectomías. Los turnos se dividen: 50 en la UMF 7 y 30 en"
                " Tecate."
            ),
            [
                "80 family_planning/vasectomy",
                "50 family_planning/vasectomy",
                "30 family_planning/vasectomy",
            ],
        ),
        (
            "En la Jornada pasaron a quirófano 18 pacientes el viernes y 21 más el sábado.",
            ["18 surgery", "21 surgery"],
        ),
        (
            "Jornada del IMSS\n\nCirugías: van 40 de 60.\n\nConsultas: meta 900; realizado 870.",
            ["40 surgery", "60 surgery", "900 consultation", "870 consultation"],
        ),
        (
            "Mayo dejó 900 atenciones y 12 cirugías; junio apenas juntó 300.",
            ["900 total", "12 surgery", "300 total"],
        ),
        (
            "Se hicieron 30 trasplantes. En Colima sólo hubo dos, todos de córnea.",
            ["30 transplant", "2 transplant/cornea"],
        ),
        (
            "El IMSS hizo 90 vasectomías; en 2022 tenía como objetivo 80 y logró 75.",
            [
                "90 family_planning/vasectomy",
                "80 family_planning/vasectomy",
                "75 family_planning/vasectomy",
            ],
        ),
        (
            "Odontolo-\ngía dio 92 consultas y Psicología 57.",
            ["92 consultation/stomatology", "57 consultation/psychology"],
        ),
        (
            "En la Jornada Nacional, extracciones fueron 394; resinas, 512; limpiezas, 287.",
            ["394 other/dental_extraction", "512 other/dental_filling", "287 other/other"],
        ),
        (
            "Hubo 60 cirugías del IMSS: 41 de labio hendido y 19 de polidactilia o sindactilia.",
            ["60 surgery", "41 surgery/cleft_lip_palate", "19 surgery/other"],
        ),
        (
            "En la Jornada del IMSS participaron 90 trabajadoras y trabajadores.",
            ["90 staff"],
        ),
        (
            "La campaña de cataratas del IMSS cerró ayer. Se efectuaron 44 cirugías.",
            ["44 surgery/cataract"],
        ),
    ],
)
def test_what_is_counted(text: str, figures: list[str]) -> None:
    read = read_report(document_from(text, Metadata(format="txt"))).figures
    assert [
        f"{one.value:g} {one.service}{f'/{one.detail}' if one.detail else ''}" for one in read
    ] == figures
