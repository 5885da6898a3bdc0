import pytest

from pipeline.documents import document_from
from pipeline.rules.bulletin_place import place_of_bulletin
from pipeline.rules.passages import passages
from pipeline.rules.reader import read_report
from pipeline.rules.towns import find_towns
from pipeline.rules.vocabulary import vocabulary
from schemas.document import Metadata


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("El IMSS en Tamaulipas informó. Tamaulipas creció.", "Tamaulipas"),
        ("El IMSS en Veracruz Norte informó. En Veracruz hubo consultas.", "Veracruz Norte"),
        ("El IMSS en el Edomex Oriente informó.", "Estado de México Oriente"),
        ("La delegación del IMSS en la zona norte de la CDMX informó.", "Ciudad de México Norte"),
        ("Ciudad de México, 5 de julio. El IMSS informó.", "national"),
        ("El IMSS informó.", "national"),
        ("El IMSS en Jalisco, Sonora y Colima informó.", "national"),
        ("A nivel nacional hubo consultas. Destacó Jalisco.", "national"),
        ("El IMSS Chihuahua sumó al HGZ No. 23, en Hidalgo del Parral.", "Chihuahua"),
        ("El IMSS lleva 9 mil cirugías y 40 mil consultas, 60 de ellas en Tabasco.", "national"),
    ],
)
def test_a_bulletin_is_about_the_one_state_that_its_lead_names(text: str, place: str) -> None:
    assert place_of_bulletin(passages(text, vocabulary())) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Saltillo, Coah., a 8 de mayo de 2024.- El IMSS hizo 40 cirugías.", "Coahuila"),
        ("El IMSS abrió\n\nTepic.— Hubo 40 cirugías.", "Nayarit"),
        ("El IMSS Uruapan hizo 40 cirugías.", "Uruapan"),
        ("Cabo San Lucas y Mulegé operan\n\nEl IMSS hizo 40 cirugías.", "Baja California Sur"),
        ("Abren en Mulegé\n\nEl IMSS hizo 40 cirugías.", "Mulegé"),
        ("BREVES / NOGALES\nLlega la caravana. Hubo 40 consultas.", "Nogales"),
        ("Tecate, Baja California; 9 de mayo 2023.\nEn la colonia hubo 40 consultas.", "Tecate"),
    ],
)
def test_else_of_the_place_that_its_dateline_or_its_headline_prints(text: str, place: str) -> None:
    assert place_of_bulletin(passages(text, vocabulary())) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("La UMAE No. 71 Torreón operó\n\nTorreón, Coah.- Hubo 9 cirugías.", "UMAE 71 Torreón"),
        ("El HGZ 1 del IMSS hizo 9 cirugías.", "HGZ 1"),
        ("El IMSS Colima hizo 9 cirugías en el HGZ 1.", "Colima"),
        ("El HGZ 1 del IMSS hizo 9 cirugías. Vinieron pacientes de Sonora y Jalisco.", "HGZ 1"),
        ("Hubo cirugías en todo el país. El HGZ 1 hizo 9.", "national"),
    ],
)
def test_or_of_the_one_hospital_where_no_state_is_told(text: str, place: str) -> None:
    assert place_of_bulletin(passages(text, vocabulary())) == place


@pytest.mark.parametrize(
    "text",
    [
        "Hubo jornadas monotemáticas en los estados de Colima, Sonora, Puebla e Hidalgo.",
        "Con cirugías en cuatro entidades\n\nSe operó en Colima, Sonora, Puebla e Hidalgo.",
        "Participaron Colima, Sonora, Puebla e Hidalgo. En Sonora se operó.",
    ],
)
def test_states_that_took_part_are_its_place_together(text: str) -> None:
    found = place_of_bulletin(passages(text, vocabulary()))
    assert found == "Colima; Sonora; Puebla; Hidalgo"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("En Tepic y en Cd. Obregón", ["Tepic", "Ciudad Obregón"]),
        ("A Los Mochis le tocaron 9; • Guasave, 8", ["Los Mochis", "Guasave"]),
        ("el IMSS Morelia", ["Morelia"]),
        ("la doctora Ana García López y Juan de León", []),
        ("una frontera, sin libres", []),
    ],
)
def test_towns_are_found_but_no_names_of_persons(text: str, names: list[str]) -> None:
    assert [town.name for town in find_towns(text)] == names


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (
            (
                "El Sol de Tlaxcala\n\nOperan\n\nApizaco, Tlax.- En el HGSZ 8 hubo 31 "
                "cirugías. De Huamantla llegaron 12. En el estado van 240 cirugías."
            ),
            ["HGSZ 8", "HGSZ 8", "Tlaxcala"],
        ),
        (
            (
                "Un esfuerzo conjunto del HGZ 46 y la UMAE 71 permitió 14 trasplantes de riñón. "
                "En el 46 se hicieron 5 cirugías."
            ),
            ["HGZ 46; UMAE 71", "HGZ 46"],
        ),
        (
            (
                "El IMSS Sonora informó.\n\nII.1 HGZ 3. Se hicieron 40 cirugías. Van 5 más.\n"
                "II.2 HGZ 5. Se hicieron 20 cirugías.\nII.3 En conjunto se hicieron 60 cirugías."
            ),
            ["HGZ 3", "HGZ 3", "HGZ 5", "Sonora"],
        ),
        (
            "La caravana del DIF de Santa Cruz del Monte dio 85 consultas.",
            ["Santa Cruz del Monte"],
        ),
        (
            "Metlatónoc, Gro. La brigada de la facultad hizo 120 cirugías en tres comunidades.",
            ["Metlatónoc"],
        ),
        (
            (
                "El IMSS Querétaro informó. De las cirugías, Tequisquiapan hizo 226; Landa de las "
                "Flores, 198; Arroyo Largo, 143."
            ),
            ["Tequisquiapan", "Landa de las Flores", "Arroyo Largo"],
        ),
        (
            "El IMSS Jalisco hizo 90 cirugías de las 2 mil realizadas en todo el país.",
            ["Jalisco", "national"],
        ),
    ],
)
def test_a_number_has_the_place_that_its_words_say(text: str, places: list[str]) -> None:
    read = read_report(document_from(text, Metadata(format="txt")))
    assert [figure.place for figure in read.figures] == places


@pytest.mark.parametrize(
    ("told", "place"),
    [
        (
            "Atendieron primero a Mixtla, luego a Tequila y al final la cabecera.",
            "Mixtla; Tequila; Zongolica",
        ),
        ("Recorrieron Mixtla, Tequila y Zongolica.", "Mixtla; Tequila; Zongolica"),
        ("No cobraron.", "Zongolica"),
    ],
)
def test_a_brigade_is_where_it_went(told: str, place: str) -> None:
    text = f"Zongolica, Ver.- La brigada de la facultad dio 40 consultas. {told}"
    assert place_of_bulletin(passages(text, vocabulary())) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            "Hacen 8 mil cirugías; Colima aporta 34\n\nEn todo el país hubo 8 mil el fin pasado.",
            "national",
        ),
        (
            "Colima aporta 34 de 8 mil cirugías\n\nEn todo el país hubo 8 mil el fin pasado.",
            "Colima",
        ),
    ],
)
def test_a_bulletin_that_begins_with_the_country_is_about_it(text: str, place: str) -> None:
    text += " El dato es de ayer mismo, según dijo.\n\nColima hizo 34 y Colima quedó al final."
    assert place_of_bulletin(passages(text, vocabulary())) == place
