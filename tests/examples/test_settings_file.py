"""The example of a settings' file can be used as it is, profile by profile."""

from pathlib import Path

import pytest

from pipeline.configuration.file import load_file
from pipeline.configuration.layer import Layer
from pipeline.configuration.resolution import resolve
from pipeline.runs.reader_choice import choose

FILE = Path(__file__).parents[2] / "examples" / "jornada.toml"
KEYS = dict.fromkeys(
    ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "OPENROUTER_API_KEY", "GATEWAY_KEY"), "a-key"
)


@pytest.mark.parametrize("profile", [None, *load_file(FILE).profiles])
def test_a_model_can_be_asked_by_each_profile(profile: str | None) -> None:
    settings = resolve(Layer(), profile, {"JORNADA_CONFIG": str(FILE), **KEYS})
    choice = choose(settings)
    assert choice.reader == "llm"
    assert settings.budget == 5
    without = resolve(Layer(), profile, {"JORNADA_CONFIG": str(FILE)})
    assert bool(without.llm.obstacles) == (profile not in (None, "openai", "local"))


def test_the_usual_profile_is_one_of_them() -> None:
    whole = load_file(FILE)
    assert whole.profile in whole.profiles
