import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.spanish.places import read_place
from pipeline.spanish.unit_search import find_units
from schemas.report import PlaceKind


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("en el HGZ No. 15, de Reynosa, hubo", ["HGZ 15 Reynosa"]),
        ("en la UMF 33 hubo", ["UMF 33"]),
        ("en el HGZ con MF No. 1 se notó", ["HGZ/MF 1"]),
        ("El HGZ 33, de Bahía de Banderas, Nayarit, hizo 3", ["HGZ 33 Bahía de Banderas"]),
        ("los HGZ No. 2, de León, y No. 7", ["HGZ 2 León", "HGZ 7"]),
        ("en las UMF 7, 9 y 16, de 8:00 a 14:00", ["UMF 7", "UMF 9", "UMF 16"]),
        ("las UMF 7 y 9, 120 consultas", ["UMF 7", "UMF 9"]),
        ("el HGZ 6, con 70, y el HGZ 33, 64", ["HGZ 6", "HGZ 33"]),
        ("HGZ 6, 41; HGR 66, 37; HGZ 11, 18.", ["HGZ 6", "HGR 66", "HGZ 11"]),
        ("el HGR No. 1 de León y el HGZ No. 4, de la misma ciudad", ["HGR 1 León", "HGZ 4 León"]),
        ("el HGR No. 1 y el HGR No. 20, en Tijuana", ["HGR 1 Tijuana", "HGR 20 Tijuana"]),
        ("En Tepic, el HGZ No. 1 abrió; el HGZ No. 9 no", ["HGZ 1 Tepic", "HGZ 9"]),
        ("la UMF No. 3 de Colima. La UMF No. 3 abrió", ["UMF 3 Colima"] * 2),
        ("el HGZ No. 5, de la capital", ["HGZ 5"]),
        ("el HGZ No. ll, de Nuevo\nLaredo", ["HGZ 11 Nuevo Laredo"]),
        ("en el HGZ No. 15\n\nReynosa informó", ["HGZ 15"]),
        ("UMF 120 mil consultas", []),
        ("UMF 1,120 consultas", []),
        ("las UMF de 7 municipios", []),
    ],
)
def test_units_of_a_list_have_each_their_number_and_town(text: str, names: list[str]) -> None:
    assert [unit.name for unit in find_units(text)] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("el Hospital General de Zona No. 2", ["HGZ 2"]),
        ("los Hospitales Generales de Zona No. 2 y No. 7", ["HGZ 2", "HGZ 7"]),
        ("la Unidad de Medicina Familiar (UMF) No. 24", ["UMF 24"]),
        ("la UMAE) Hospital de\nEspecialidades No. 25", ["UMAE HE 25"]),
        ("las UMAE Hospital de Oncología del CMN Siglo XXI", ["UMAE HO CMN Siglo XXI"]),
        ("el HGR No. 1 “Ana Ruiz”, que", ["HGR 1"]),
        ("la UMAA de Mérida", ["UMAA Mérida"]),
        ("el Hospital General de Tlapa", ["Hospital General de Tlapa"]),
        ("el Banco de Sangre CMN La Raza", ["Banco de Sangre CMN La Raza"]),
        ("El Hospital de Cardiología del IMSS abrió", ["Hospital de Cardiología"]),
        ("Hospitales Generales de Zona, y el Hospital General de Zona", []),
        ("las UMAE de Monterrey", []),
        ("la explanada del Centro Médico Nacional Siglo XXI", []),
        ("un Hospital General del Instituto Mexicano", []),
    ],
)
def test_a_unit_goes_by_kind_and_number_or_by_kind_and_name(text: str, names: list[str]) -> None:
    assert [unit.name for unit in find_units(text)] == names


WORDS = (
    "el",
    "HGZ",
    "No.",
    "3",
    ",",
    "de",
    "León",
    "y",
    "UMF",
    "7",
    "“",
    "”",
    "\n",
    "UMAE",
    ";",
    "en",
    "(",
)


@given(st.lists(st.sampled_from(WORDS)))
def test_the_name_of_a_unit_in_a_text_is_that_of_a_place(words: list[str]) -> None:
    text = " ".join(words)
    for unit in find_units(text):
        assert 0 <= unit.start < unit.end <= len(text)
        assert read_place(unit.name)[:2] == (unit.name, PlaceKind.UNIT)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("El Hospital Civil de Guadalajara operó.", "Hospital Civil de Guadalajara"),
        (
            "En el Hospital General “Dr. Aurelio Valdivieso”, 9 cirugías.",
            "Hospital General Dr. Aurelio Valdivieso",
        ),
        ("la Clínica Hospital de Iguala del ISSSTE", "Clínica Hospital de Iguala"),
        ("El Hospital de la Mujer de Puebla", "Hospital de la Mujer de Puebla"),
    ],
)
def test_hospitals_of_others_keep_their_printed_name(text: str, name: str) -> None:
    assert [unit.name for unit in find_units(text)] == [name]


@pytest.mark.parametrize("text", ["El director del Hospital, Juan Pérez", "Clínica y Hospital"])
def test_a_hospital_without_a_name_is_none(text: str) -> None:
    assert find_units(text) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("El HGR 1 hizo 71, 58 en el 2 y 44 en el 180, de Jonuta", "HGR 1, HGR 2, HGR 180 Jonuta"),
        ("Al HGZ 7 le tocan 30; al 9, 60, y al 6, en Tecate, 55", "HGZ 7, HGZ 9, HGZ 6 Tecate"),
        ("La UMF 3, con 48; en la 8 se atendió a 31", "UMF 3, UMF 8"),
        ("El director del HGZ 27 habló. En el 27 se operó", "HGZ 27, HGZ 27"),
        ("la clínica 4 y el HGZ 4. La clínica 19", "HGZ 4, HGZ 4, Clínica 19"),
        ("El Hospital 6 abre el 15 de mayo", "Hospital 6"),
        ("el Regional de Tepic y el HGR 9 Tepic", "HGR 9 Tepic, HGR 9 Tepic"),
        ("la UMAE de Especialidades de Puebla", "UMAE HE Puebla"),
        ("En #Tizayuca, el HR 20 opera", "HR 20 Tizayuca"),
        ("4.2. UMAA. Se operó", "Unidad Médica de Atención Ambulatoria"),
        ("el Hospital de Alta Especialidad del ISSSTE", "Hospital de Alta Especialidad del ISSSTE"),
        ("En el HGZ 4, del 3 al 5, y hasta el 12, hubo", "HGZ 4"),
        ("un Hospital 24 horas; el HGZ 4 hizo el 80 por ciento", "HGZ 4"),
    ],
)
def test_a_unit_that_is_named_short_has_the_type_that_was_said(text: str, names: str) -> None:
    assert ", ".join(unit.name for unit in find_units(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "en el General de Zona 1, de la capital, y 35 en el número 10, de León",
            "HGZ 1; HGZ 10 León",
        ),
        ("el Regional 12 “Benito Juárez” hizo 40; el Regional No. 1, 98", "HGR 12; HGR 1"),
        ("en el Hospi-\ntal Rural de Santiago Jamiltepec hubo", "HR Santiago Jamiltepec"),
        (
            "el HGSZ Tenosique y el HR Santa María Huatulco",
            "HGSZ Tenosique; HR Santa María Huatulco",
        ),
        ("en el Hospital General de Zona Ignacio Prado se", ""),
        ("la Clínica Hospital del ISSSTE en Chetumal", "Clínica Hospital del ISSSTE en Chetumal"),
    ],
)
def test_hospitals_that_leave_out_a_part_of_their_names(text: str, names: str) -> None:
    assert "; ".join(unit.name for unit in find_units(text)) == names
