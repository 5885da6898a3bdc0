import pytest
from pipeline.rules.units import find_units

from pipeline.rules.passages import passages
from pipeline.rules.places import place_of_bulletin
from pipeline.rules.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("El IMSS en Tamaulipas informó. Tamaulipas creció.", "Tamaulipas"),
        ("El IMSS en Veracruz Norte informó. En Veracruz hubo consultas.", "Veracruz Norte"),
        ("El IMSS en el Edomex Oriente informó.", "Estado de México Oriente"),
        ("Ciudad de México, 5 de julio. El IMSS informó.", "national"),
        ("El IMSS informó.", "national"),
        ("El IMSS en Jalisco, Sonora y Colima informó.", "national"),
        ("A nivel nacional hubo consultas. Destacó Jalisco.", "national"),
        ("El IMSS Chihuahua sumó al HGZ No. 23, en Hidalgo del Parral.", "Chihuahua"),
    ],
)
def test_a_bulletin_is_about_the_one_state_that_its_lead_names(text: str, place: str) -> None:
    assert place_of_bulletin(passages(text, vocabulary())) == place


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("en el HGZ No. 15, de Reynosa, hubo", "HGZ No. 15 Reynosa"),
        ("en la UMF 33 hubo", "UMF 33"),
        ("en el HGR No. 1 de Ciudad Obregón hubo", "HGR No. 1 Ciudad Obregón"),
    ],
)
def test_a_unit_is_named_by_its_kind_number_and_town(text: str, name: str) -> None:
    (unit,) = find_units(text, vocabulary().units)
    assert unit.name == name
    assert text[unit.start : unit.end].startswith(name.split(maxsplit=1)[0])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("los HGZ No. 2, de León, y No. 7", ["HGZ No. 2 León", "HGZ No. 7"]),
        ("en las UMF 7, 9 y 16, de 8:00 a 14:00", ["UMF 7", "UMF 9", "UMF 16"]),
        ("las UMF 7 y 9, 120 consultas", ["UMF 7", "UMF 9"]),
        ("el HGZ 6, con 70, y el HGZ 33, 64", ["HGZ 6", "HGZ 33"]),
        (
            "el HGR No. 1 de León y el HGZ No. 4, de la misma ciudad",
            ["HGR No. 1 León", "HGZ No. 4 León"],
        ),
        ("el HGR No. 1 y el HGR No. 20, en Tijuana", ["HGR No. 1 Tijuana", "HGR No. 20 Tijuana"]),
        ("En Tepic, el HGZ No. 1 abrió; el HGZ No. 9 no", ["HGZ No. 1 Tepic", "HGZ No. 9"]),
        ("la UMF No. 3 de Colima. La UMF No. 3 abrió", ["UMF No. 3 Colima"] * 2),
        ("el HGZ No. 5, de la capital", ["HGZ No. 5"]),
        ("el HGZ No. ll, de Nuevo\nLaredo", ["HGZ No. 11 Nuevo Laredo"]),
        ("en el HGZ No. 15\n\nReynosa informó", ["HGZ No. 15"]),
        ("UMF 120 mil consultas", []),
    ],
)
def test_units_of_a_list_have_each_their_number_and_town(text: str, names: list[str]) -> None:
    assert [unit.name for unit in find_units(text, vocabulary().units)] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("el Hospital General de Zona No. 2", ["Hospital General de Zona No. 2"]),
        ("la Unidad de Medicina Familiar (UMF) No. 24", ["UMF No. 24"]),
        ("la UMAE) Hospital de\nEspecialidades No. 25", ["UMAE Hospital de Especialidades No. 25"]),
        ("el HGR No. 1 “Ana Ruiz”, que", ["HGR No. 1 Ana Ruiz"]),
        ("la UMAA de Mérida", ["UMAA Mérida"]),
        ("el Hospital General de Tlapa", ["Hospital General de Tlapa"]),
        ("Hospitales Generales de Zona, y el Hospital General de Zona", []),
        ("las UMAE de Monterrey", []),
        ("un Hospital General del Instituto Mexicano", []),
    ],
)
def test_a_unit_goes_by_kind_and_number_or_by_kind_and_name(text: str, names: list[str]) -> None:
    assert [unit.name for unit in find_units(text, vocabulary().units)] == names
