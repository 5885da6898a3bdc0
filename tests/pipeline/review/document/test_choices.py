from pipeline.places import canonical_place
from pipeline.review.document.choices import code_choices, place_choices
from schemas.codebook import codebook
from schemas.report import Service


def test_every_code_can_be_chosen_and_has_its_spanish_word() -> None:
    choices = code_choices()
    assert {one["code"] for one in choices["service"]} == set(Service)
    for service in Service:
        kinds = [one["code"] for one in choices["detail"][service]]
        assert kinds == list(codebook().kinds_of(service))
    for label in ("status", "period", "basis", "unit", "kind", "role", "year_source"):
        assert all(one["es"] for one in choices[label])
    (planned,) = (one for one in choices["status"] if one["code"] == "planned")
    assert planned["es"] == "previsto"


def test_kinds_are_found_by_what_else_they_are_called() -> None:
    (cataract,) = (one for one in code_choices()["detail"]["surgery"] if one["code"] == "cataract")
    assert cataract["es"].startswith("catarata")
    assert "ophthalmology" in cataract["also"]


def test_places_are_offered_under_the_names_that_are_stored() -> None:
    names = [one["code"] for one in place_choices()]
    assert names[0] == "national"
    assert {"Jalisco", "Estado de México Oriente", "UMAE HE CMN Siglo XXI"} <= set(names)
    assert [name for name in names if canonical_place(name) != name] == []
