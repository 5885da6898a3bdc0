"""What is allowed is there, and the floors are those of the project's own bulletins."""

import tomllib
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Any

from eval.ablation.allowed import closed_class, plain_spanish
from eval.ablation.floors import MEASURES, read_floors
from pipeline.rules.vocabulary import Phrase, vocabulary

ALLOWED: dict[str, Any] = tomllib.loads(
    files("eval.ablation").joinpath("allowed.toml").read_text(encoding="utf-8")
)
DATA: dict[str, Any] = tomllib.loads(
    files("pipeline.rules").joinpath("vocabulary.toml").read_text(encoding="utf-8")
)


def test_every_closed_class_is_a_list_that_there_is() -> None:
    lists = {phrase.where for phrase in vocabulary().phrases}
    lists |= {f"{table}.{key}" for table in ("joints", "status") for key in DATA[table]}
    for pattern, why in ALLOWED["closed"].items():
        assert any(fnmatchcase(where, pattern) for where in lists), pattern
        assert why
    assert closed_class("specialties.surgery.urology")
    assert closed_class("percent.goal") is None


def test_every_phrase_that_is_said_to_be_plain_is_a_phrase_of_its_list() -> None:
    plain = [(where, one) for where, phrases in ALLOWED["plain"].items() for one in phrases]
    known = set(vocabulary().phrases)
    lists = {phrase.where for phrase in known} | {f"joints.{key}" for key in DATA["joints"]}
    for pattern, written in plain:
        named = [where for where in lists if fnmatchcase(where, pattern)]
        assert named, pattern
        assert written == "*" or any(Phrase(where, written) in known for where in named), written
    assert plain_spanish(Phrase("specialties.surgery.urology", "any"))
    assert plain_spanish(Phrase("status.saying", "no phrase")) is None


def test_the_projects_own_bulletins_have_floors() -> None:
    floors = read_floors()
    assert floors.pop("helping_in_one_bulletin") >= 0
    assert {folder: set(of) for folder, of in floors.items()} == {
        folder: set(MEASURES) for folder in ("gold", "hard", "unseen")
    }
