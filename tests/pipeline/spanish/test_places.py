import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.spanish.gazetteer import gazetteer
from pipeline.spanish.places import read_place, read_places
from schemas.report import PlaceKind

DATA = gazetteer().data
STATES = tuple(DATA.states)
KNOWN = tuple(dict.fromkeys(place for place in gazetteer().names.named.values()))

TYPES = {
    "HGZ": ("HGZ", "H.G.Z.", "Hospital General de Zona", "Hospital General de Zona (HGZ)", "hgz"),
    "HGZ/MF": (
        "HGZMF",
        "HGZ/MF",
        "HGZ con MF",
        "HGZ C/MF",
        "HGZ+MF",
        "Hospital General de Zona con Medicina Familiar",
        "HOSPITAL GENERAL DE ZONA CON MEDICINA FAMILIAR (HGZ/MF)",
    ),
    "HGSZ": ("HGSZ", "HGS", "Hospital General de Subzona", "Hospital General de Sub-Zona"),
    "HGR": ("HGR", "Hospital General Regional", "el Hospital General Regional (HGR)"),
    "UMF": ("UMF", "Unidad de Medicina Familiar", "la Unidad de\nMedicina  Familiar (UMF)"),
    "UMF/H": ("UMFH", "UMF/H", "UMF con Hospitalización"),
    "UMAA": (
        "UMAA",
        "Unidad Medica de Atencion Ambulatoria",
        "Unidad Médica de Atención Ambulatoria",
    ),
    "HR": ("HR", "Hospital Rural", "Hospital Rural IMSS-Bienestar"),
    "HGP": ("HGP", "Hospital de Gineco Pediatría", "Hospital de Gineco-Pediatría"),
}
SIGNS = ("", "No. ", "No.", "NO. ", "N° ", "Nº ", "núm. ", "número ", "Número ", "# ", "0")
TOWNS = {
    "Bahía de Banderas": ("Bahía de Banderas", "Bahia de Banderas", "BAHÍA DE BANDERAS"),
    "Ciudad Obregón": ("Ciudad Obregón", "Cd. Obregón", "Cd Obregon", "Ciudad Obregdn"),
    "Querétaro": ("Querétaro", "QUERETARO", "Querétaro"),
    "Nueva Aurelia": ("Nueva Aurelia", "NUEVA AURELIA"),
}
WORDS = (
    *("HGZ", "Hospital", "General", "de", "Zona", "No.", "33", "UMAE", "(", ")", "“", "”", "Dr."),
    *("con", "MF", "/", "Bahía", ",", "Nayarit", "CMN", "La", "Raza", "IMSS", "en", "el", "y", ";"),
    *("UMF", "l5", "Puebla", "ciudad", "OOAD", "25", "#", "-", "N.L.", "México", "Oriente", "H"),
)
BEFORE_TOWN = (" ", ", ", " de ", ", de ", ", en ", " (")


@pytest.mark.parametrize(
    ("printed", "name", "kind", "state"),
    [
        ("a nivel nacional", "national", PlaceKind.NATIONAL, None),
        ("en todo el país", "national", PlaceKind.NATIONAL, None),
        ("las 35 Representaciones y 25 UMAE", "national", PlaceKind.NATIONAL, None),
        ("los 35 OOAD", "OOAD", PlaceKind.SIDE, None),
        ("25 Unidades Médicas de Alta Especialidad", "UMAE", PlaceKind.SIDE, None),
        ("N. L.", "Nuevo León", PlaceKind.STATE, "Nuevo León"),
        ("Tlax.", "Tlaxcala", PlaceKind.STATE, "Tlaxcala"),
        ("BCS", "Baja California Sur", PlaceKind.STATE, "Baja California Sur"),
        ("CDMX", "Ciudad de México", PlaceKind.STATE, "Ciudad de México"),
        ("Edo. Mex.", "Estado de México", PlaceKind.STATE, "Estado de México"),
        ("Veracruz de Ignacio de la Llave", "Veracruz", PlaceKind.STATE, "Veracruz"),
        ("estado de Puebla", "Puebla", PlaceKind.STATE, "Puebla"),
        ("OOAD Estatal Jalisco", "Jalisco", PlaceKind.STATE, "Jalisco"),
        ("Representación del IMSS en Jalisco", "Jalisco", PlaceKind.STATE, "Jalisco"),
        ("Delegación Estatal en Jalisco", "Jalisco", PlaceKind.STATE, "Jalisco"),
        (
            "Instituto Mexicano del Seguro Social (IMSS) en Jalisco",
            "Jalisco",
            PlaceKind.STATE,
            "Jalisco",
        ),
        (
            "Norte de la Ciudad de México",
            "Ciudad de México Norte",
            PlaceKind.OOAD,
            "Ciudad de México",
        ),
        ("OOAD D.F. Sur", "Ciudad de México Sur", PlaceKind.OOAD, "Ciudad de México"),
        ("México Oriente", "Estado de México Oriente", PlaceKind.OOAD, "Estado de México"),
        (
            "Estado de México Zona Poniente",
            "Estado de México Poniente",
            PlaceKind.OOAD,
            "Estado de México",
        ),
        ("Veracruz\nSur", "Veracruz Sur", PlaceKind.OOAD, "Veracruz"),
        ("Ciudad Méjico Norte", "Ciudad de México Norte", PlaceKind.OOAD, "Ciudad de México"),
        ("Michoacin", "Michoacin", None, None),
        ("municipio de Ecatepec", "Ecatepec", PlaceKind.MUNICIPALITY, "Estado de México"),
        ("Mexicali, B.C.", "Mexicali", PlaceKind.MUNICIPALITY, "Baja California"),
        ("ciudad de Puebla", "Ciudad de Puebla", PlaceKind.MUNICIPALITY, "Puebla"),
        ("Zacatecas, Zac.", "Ciudad de Zacatecas", PlaceKind.MUNICIPALITY, "Zacatecas"),
        ("Oaxaca de Juárez", "Oaxaca de Juárez", PlaceKind.MUNICIPALITY, "Oaxaca"),
        ("puerto de Veracruz", "Puerto de Veracruz", PlaceKind.MUNICIPALITY, "Veracruz"),
        ("Tula, Hidalgo", "Tula", PlaceKind.MUNICIPALITY, "Hidalgo"),
        ("Tula", "Tula", PlaceKind.MUNICIPALITY, None),
        ("Las Ánimas Altas, Colima", "Las Ánimas Altas", None, "Colima"),
    ],
)
def test_a_place_has_one_name_a_kind_and_a_state(
    printed: str, name: str, kind: PlaceKind | None, state: str | None
) -> None:
    assert read_place(printed) == (name, kind, state)


@pytest.mark.parametrize(
    ("printed", "name", "state"),
    [
        ("HGZ No. l5, de Reynosa", "HGZ 15 Reynosa", "Tamaulipas"),
        ("Hospita1 General de Zona núm. 15 REYNOSA", "HGZ 15 Reynosa", "Tamaulipas"),
        ("HGZ15", "HGZ 15", None),
        ("H.G.Z. N° 15", "HGZ 15", None),
        ("HGR No. 1 “Lic. Ana Ruiz Peña”, de Morelia", "HGR 1 Morelia", "Michoacán"),
        ("HGR 1 en el estado de Querétaro", "HGR 1 Querétaro", "Querétaro"),
        ("HGZ No. 5, de la capital", "HGZ 5", None),
        ("HGP No. 3-A", "HGP 3A", None),
        ("Hospital General de Zona de Tehuacán", "HGZ Tehuacán", "Puebla"),
        ("UMAE No. 25, de Monterrey, N.L.", "UMAE 25 Monterrey", "Nuevo León"),
        ("UMAE (HE) Hospital de Especialidades No. 25", "UMAE HE 25", "Nuevo León"),
        (
            "Hospital de Pediatría del Centro Médico Nacional de Occidente, Guadalajara, Jalisco",
            "UMAE HP CMN Occidente",
            "Jalisco",
        ),
        (
            "Hospital General del (CMN) Centro Médico Nacional “La Raza”",
            "UMAE HG CMN La Raza",
            "Ciudad de México",
        ),
        ("HE del CMN Manuel Ávila Camacho", "UMAE HE Puebla", "Puebla"),
        ("Hospital de Traumatología y Ortopedia de Puebla", "UMAE HTO Puebla", "Puebla"),
        ("Hospital de Gineco-Obstetricia No. 4", "HGO 4", "Ciudad de México"),
        ("Hospital de Especialidades", "Hospital de Especialidades", None),
        ("Hospital de Especialidades Pediátricas", "Hospital de Especialidades Pediátricas", None),
        ("Hospital General de México", "Hospital General de México", None),
        ("Hospital Civil de Guadalajara, Jalisco", "Hospital Civil de Guadalajara", "Jalisco"),
        ("Clínica No. 7 de Tijuana", "Clínica 7 Tijuana", "Baja California"),
        (
            "Banco Central de Sangre del CMN La Raza",
            "Banco Central de Sangre del CMN La Raza",
            None,
        ),
    ],
)
def test_a_unit_is_type_number_and_town(printed: str, name: str, state: str | None) -> None:
    assert read_place(printed) == (name, PlaceKind.UNIT, state)


@given(
    st.sampled_from(list(TYPES)),
    st.integers(1, 299),
    st.sampled_from(list(TOWNS)),
    st.data(),
)
def test_every_spelling_of_a_unit_gives_one_name(
    kind: str, number: int, town: str, data: st.DataObject
) -> None:
    typed = data.draw(st.sampled_from(TYPES[kind]))
    sign = data.draw(st.sampled_from(SIGNS))
    before = data.draw(st.sampled_from(BEFORE_TOWN))
    where = data.draw(st.sampled_from(TOWNS[town])) + (")" if before == " (" else "")
    state = data.draw(st.sampled_from(["", ", Nayarit", ", Nay."]))
    place = read_place(f"{typed} {sign}{number}{before}{where}{state}")
    assert place.name == f"{kind} {number} {town}"
    assert place.kind is PlaceKind.UNIT
    if state:
        assert place.state == "Nayarit"


@pytest.mark.parametrize(("typed", "sign"), list(product(TYPES["HGZ/MF"], SIGNS)))
def test_medicina_familiar_stands_before_the_number_or_behind_it(typed: str, sign: str) -> None:
    assert read_place(f"{typed} {sign}8").name == "HGZ/MF 8"
    assert read_place(f"HGZ {sign}8 con Medicina Familiar, Ensenada").name == "HGZ/MF 8 Ensenada"


def test_a_name_of_the_gazetteer_is_its_own_name() -> None:
    assert KNOWN
    assert [place for place in KNOWN if read_place(place[0]) != place] == []


@pytest.mark.parametrize("unit", DATA.umae, ids=lambda unit: unit.name)
def test_a_umae_is_its_own_name(unit: object) -> None:
    assert read_place(unit.name) == (unit.name, PlaceKind.UNIT, unit.state)  # type: ignore[attr-defined]


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(WORDS),
            max_size=9,
        ).map(" ".join),
    )
)
def test_a_name_read_again_is_the_same_name(printed: str) -> None:
    place = read_places(printed)
    again = read_places(place.name)
    assert (again.name, again.kind) == (place.name, place.kind)


@given(st.sampled_from(STATES), st.sampled_from(["IMSS {}", "OOAD {}", "{}", "LA DELEGACIÓN {}"]))
def test_capitals_and_lost_accents_change_no_name(state: str, frame: str) -> None:
    for printed in (state.upper(), state.lower()):
        assert read_place(frame.format(printed)).name == state


@pytest.mark.parametrize(
    ("printed", "name", "kind"),
    [
        ("Puebla; Colima; PUEBLA", "Puebla; Colima", PlaceKind.SEVERAL),
        ("Puebla, Colima y Chiapas", "Puebla; Colima; Chiapas", PlaceKind.SEVERAL),
        ("Nuevo León; N.L.", "Nuevo León", PlaceKind.STATE),
        ("OOAD; UMAE", "national", PlaceKind.NATIONAL),
        ("HGZ No. 5 de Metepec; HGSZ 10", "HGZ 5 Metepec; HGSZ 10", PlaceKind.SEVERAL),
        ("; ;", "", None),
    ],
)
def test_several_places_keep_their_order_each_once(
    printed: str, name: str, kind: PlaceKind | None
) -> None:
    place = read_places(printed)
    assert (place.name, place.kind) == (name, kind)


def test_places_of_one_state_lie_in_it() -> None:
    assert read_places("Tapachula; Tuxtla Gutiérrez").state == "Chiapas"
    assert read_places("Tapachula; Tijuana").state is None


@pytest.mark.parametrize(
    "hostile",
    [
        "HGZ No. " * 1300,
        "(“" * 5000,
        "\x00" * 10_000,
        "a." * 5000,
        "; " * 5000,
        ", y " * 2500,
        "33",
        "",
    ],
)
def test_hostile_text_is_no_place_and_takes_no_time(hostile: str) -> None:
    started = time.perf_counter()
    read_places(hostile)
    read_place(hostile)
    assert time.perf_counter() - started < 1


def test_each_town_lies_in_one_state() -> None:
    towns = [town for named in DATA.municipalities.values() for town in named]
    assert len(towns) == len(set(towns))
    assert not set(towns) & set(DATA.towns.ambiguous)
    assert set(DATA.towns.other.values()) <= {*towns, *DATA.towns.ambiguous}


def test_there_are_32_states_six_parts_of_states_and_25_umae() -> None:
    assert (len(DATA.states), len(DATA.ooad), len(DATA.umae)) == (32, 6, 25)
    assert {unit.type for unit in DATA.umae} <= set(DATA.types)
    assert {unit.center for unit in DATA.umae} - {""} <= set(DATA.centers)
