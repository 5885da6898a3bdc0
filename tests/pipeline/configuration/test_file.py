from pathlib import Path

import pytest

from pipeline.configuration.file import find_file, load_file, load_layers
from pipeline.configuration.headers import FromEnvironment
from pipeline.configuration.layer import merge
from pipeline.errors import UsageError

WHOLE = """
model = "gpt-5-mini"
timeout = 30
prices = "prices.toml"
prompt = "mine.md"
params = { temperature = 0 }

[profiles.azure]
base_url = "https://mine.openai.azure.com"
key_env = "MY_KEY"
api_version = "2024-10-21"
headers = { X-Team = "health", X-Key = { env = "OTHER_KEY" } }

[profiles.azure.params]
reasoning_effort = "low"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "jornada.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_profile_stands_above_what_is_for_all(tmp_path: Path) -> None:
    (tmp_path / "mine.md").touch()
    azure, common = load_layers(write(tmp_path, WHOLE), "azure")
    assert (common.model, common.timeout) == ("gpt-5-mini", 30)
    assert common.prices == tmp_path / "prices.toml"
    assert common.prompt == str(tmp_path / "mine.md")
    assert azure.key_env == "MY_KEY"
    assert azure.headers == {"x-team": "health", "x-key": FromEnvironment(env="OTHER_KEY")}
    assert merge([azure, common]).params == {"temperature": 0, "reasoning_effort": "low"}


def test_a_profile_may_be_named_in_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'profile = "a"\n[profiles.a]\nmodel = "m"\n[profiles.b]\nmodel = "n"')
    assert [layer.model for layer in load_layers(path, None)] == ["m", None]
    assert [layer.model for layer in load_layers(path, "b")] == ["n", None]


def test_a_prompt_by_name_stays_a_name(tmp_path: Path) -> None:
    assert load_file(write(tmp_path, 'prompt = "quoted-v2"')).prompt == "quoted-v2"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("model = ", "is no TOML"),
        ("model = 3", "model: "),
        ("timeout = 0", "timeout: "),
        ("timeout = inf", "timeout: "),
        ("reasks = -1", "reasks: "),
        ("reasks = true", "reasks: "),
        ('schema_mode = "loose"', "schema_mode: is one of auto, strict, json, none"),
        ('reader = "best"', "reader: is one of auto, baseline, llm"),
        ("timeouts = 3", "timeouts: is no setting; is it timeout?"),
        ("temperature = 0", "a table params"),
        ("max_tokens = 9", "max_tokens: is no setting"),
        ("params = { max_tokens = 9 }", "params: max_tokens cannot be set: use --max-output"),
        ("params = { x = inf }", "params: x has a value that JSON cannot hold"),
        ("headers = 3", "headers: must be a table"),
        ('headers = { X-Team = { var = "A" } }', "headers: X-Team: a header is a text"),
        ("headers = { X-Team = 3 }", "headers: X-Team: must be a text"),
        ("profiles = 3", "profiles: must be tables"),
        ("[profiles]\na = 3", "[profiles.a] must be a table"),
        ("[profiles.a]\ntimeout = 'x'", "[profiles.a] timeout: "),
        ("[profiles.a]\nprofiles = {}", "[profiles.a] profiles: is no setting"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_file_and_key(
    tmp_path: Path, text: str, told: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        load_file(path)
    said = str(caught.value)
    assert said.startswith(f"{path}")
    assert told in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "text",
    [
        'api_key = "sk-secret"',
        'openai_api_key = "sk-secret"',
        '[profiles.a]\nkey = "sk-secret"',
        'token = "sk-secret"',
        'key_env = "sk-secret"',
        'key_env = "f00dsk-secret"',
        'headers = { Authorization = "Bearer sk-secret" }',
        'base_url = "https://me:sk-secret@host/v1"',
        'params = { api_key = "sk-secret" }',
    ],
)
def test_no_key_may_stand_in_the_file_and_none_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_file(write(tmp_path, text))
    assert "sk-secret" not in str(caught.value)
    assert any(
        word in str(caught.value) for word in ("environment variable", "key_env", "a header for")
    )


def test_a_key_of_hexadecimal_digits_is_no_name_of_a_variable(tmp_path: Path) -> None:
    key = "abcdef0123456789abcdef0123456789"
    with pytest.raises(UsageError, match="name of an environment variable") as caught:
        load_file(write(tmp_path, f'key_env = "{key}"'))
    assert key not in str(caught.value)


def test_a_file_of_another_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "jornada.toml"
    path.write_bytes('\ufeffmodel = "m"\r\n'.encode())
    assert load_file(path).model == "m"


def test_a_profile_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no profile 'b'; it has: azure"):
        load_layers(write(tmp_path, WHOLE), "b")
    with pytest.raises(UsageError, match="it has: none"):
        load_layers(write(tmp_path, "profile = 'b'"), None)
    with pytest.raises(UsageError, match="in this folder, and JORNADA_CONFIG"):
        load_layers(None, "azure")


def test_the_file_is_that_of_the_folder_or_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_file({}) is None
    path = write(tmp_path, "")
    assert find_file({"JORNADA_CONFIG": ""}) == Path("jornada.toml")
    other = tmp_path / "other.toml"
    with pytest.raises(UsageError, match=r"JORNADA_CONFIG names .*other.toml"):
        find_file({"JORNADA_CONFIG": str(other)})
    path.rename(other)
    assert find_file({"JORNADA_CONFIG": str(other)}) == other
    with pytest.raises(UsageError, match="directory"):
        load_file(tmp_path)
