import pytest

from pipeline.readers.rules.passages import passages
from pipeline.readers.rules.places import place_of_bulletin
from pipeline.readers.rules.units import units
from pipeline.readers.rules.vocabulary import vocabulary


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
    (unit,) = units(text)
    assert unit.name == name
    assert text[unit.start : unit.end].startswith(name.split(maxsplit=1)[0])
