"""Both languages say everything, and the same holes are filled in both."""

import re
import tomllib
from importlib.resources import files

import pytest

from pipeline.pages.bulletin import wording
from pipeline.pages.bulletin.wording import Reason, wording_of
from pipeline.rules import vocabulary
from pipeline.words import Language
from schemas.report import Basis, PlaceRole

ES, EN = Language.SPANISH, Language.ENGLISH


def test_both_languages_say_the_same_with_the_same_put_in() -> None:
    spanish, english = (wording_of(language).said for language in (ES, EN))
    assert spanish.keys() == english.keys()
    for name, said in spanish.items():
        assert said
        assert english[name]
        holes = [sorted(re.findall(r"\{\w+\}", each)) for each in (said, english[name])]
        assert holes[0] == holes[1], name


def test_codes_that_pages_say_have_words() -> None:
    for code in (*Basis, *PlaceRole, "accepted", "changed", "added", "near", "recheck", "review"):
        assert wording_of(ES)(code)


def test_what_is_put_in_may_have_braces() -> None:
    said = wording_of(EN)("condition", where="{chosen} {0} {}")
    assert said == "With figures that meet: {chosen} {0} {}"


@pytest.mark.parametrize("name", ["vocabulary.toml", "table_words.toml"])
def test_reasons_of_the_vocabulary_have_spanish_words(name: str) -> None:
    data = tomllib.loads(files(vocabulary.__package__).joinpath(name).read_text("utf-8"))
    reasons = data["asides" if name == "vocabulary.toml" else "none"]
    assert len(reasons) > 5
    for reason in reasons:
        assert wording_of(ES).reason(reason).lang is ES, reason


def test_reasons_of_models_and_people_stay_what_they_are() -> None:
    assert wording_of(ES).reason("because") == Reason("because", EN)
    assert wording_of(EN).reason("no figure, says Ana") == Reason("no figure, says Ana", EN)
    assert wording_of(ES).reason("no figure, says Ana") == Reason("no es cifra, según Ana", ES)


def test_the_file_is_read_whole() -> None:
    data = tomllib.loads(files(wording.__package__).joinpath("words.toml").read_text("utf-8"))
    assert set(data) == {"said", "reasons"}
