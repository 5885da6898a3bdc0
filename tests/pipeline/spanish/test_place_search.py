import pytest

from pipeline.spanish.place_search import stands_in


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("Nuevo León", "El IMSS en NUEVO LEON informó"),
        ("Nuevo León", "El IMSS en Nuevo Ledn informó"),
        ("Nuevo León", "Monterrey, N. L., a 5 de julio"),
        ("Guerrero", "Acapulco Gro; a 19 de mayo"),
        ("San Luis Potosí", "lo que hizo el IMSS potosino"),
        ("Tabasco", "Villahermosa.- El IMSS informó"),
        ("Ciudad de México Norte", "Ciudad\nMédico Norte y Sonora"),
        ("Estado de México Oriente", "el Edomex Oriente"),
        ("HGZ 33 Bahía de Banderas", "en el Hospital General de Zona número 33"),
        ("UMF 9", "las UMF 7 y 9"),
        ("UMAE HE 25 Monterrey", "la UMAE No. 25"),
        ("La Margarita", "450 en La Margarita"),
        ("Veracruz Sur", "Sinaloa y las dos representaciones de Veracruz"),
        ("Quintana Roo", "#IMSSQuintanaRoo informó"),
        ("Acapulco de Juárez", "en Acapulco hubo"),
        ("UMAE HE CMN Siglo XXI", "en el Hospital Bernardo Sepúlveda"),
        ("UMAE HE CMN La Raza", "en el Centro Médico Nacional La Raza"),
        ("HGZ 21 León", "León.- En el HGZ 21"),
        ("Colonia Obrera", "en la colonia obrera hubo"),
        ("Puebla; Colima", "en Puebla y en Colima"),
    ],
)
def test_a_place_stands_in_a_text_in_any_of_its_spellings(place: str, text: str) -> None:
    assert stands_in(place, text)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("Sonora", "son 12 personas"),
        ("Sinaloa", "sin cita; sin espera"),
        ("HGZ 33", "el HGZ 3 hizo 33 cirugías"),
        ("UMF 33", "el HGZ 33"),
        ("Veracruz Sur", "El IMSS en Veracruz informó"),
        ("HGZ 33 Bahía de Banderas", "Oaxaca.- En el HGZ 33"),
        ("HGZ 33 Inventada", "en el HGZ 33"),
        ("UMAE HE CMN Occidente", "en el occidente del país"),
        ("Sonora", "#PersonasNoraditas"),
        ("Puebla; Colima", "en Puebla"),
        ("Colonia Obrera", "El IMSS informó"),
    ],
)
def test_a_place_that_is_not_named_stands_nowhere(place: str, text: str) -> None:
    assert not stands_in(place, text)
