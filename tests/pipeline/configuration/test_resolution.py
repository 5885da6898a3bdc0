"""Where each setting comes from, and which key goes where."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.configuration.layer import Layer
from pipeline.configuration.resolution import move_to_server, resolve
from pipeline.errors import UsageError
from pipeline.settings import LlmSettings, Settings

AZURE = "https://mine.openai.azure.com"
OPENAI_KEY, AZURE_KEY = "sk-openai", "azure-key"
KEYS = {"OPENAI_API_KEY": OPENAI_KEY, "AZURE_OPENAI_API_KEY": AZURE_KEY}


def settings(
    folder: Path, file: str = "", profile: str | None = None, typed: object = None, **environ: str
) -> Settings:
    path = folder / "jornada.toml"
    path.write_text(file, encoding="utf-8")
    layer = Layer.model_validate(typed or {})
    return resolve(layer, profile, {"JORNADA_CONFIG": str(path), **environ})


def llm(
    folder: Path, file: str = "", profile: str | None = None, typed: object = None, **environ: str
) -> LlmSettings:
    return settings(folder, file, profile, typed, **environ).llm


def key_of(found: LlmSettings) -> str | None:
    return found.api_key and found.api_key.get_secret_value()


def test_the_command_line_stands_above_profile_file_and_environment(tmp_path: Path) -> None:
    file = """
        model = "of the file"
        timeout = 1
        reasks = 1
        [profiles.p]
        model = "of the profile"
        timeout = 2
    """
    env = {"JORNADA_MODEL": "of the environment"}
    assert llm(tmp_path, "", **env).model == "of the environment"
    assert llm(tmp_path, file, **env).model == "of the file"
    found = llm(tmp_path, file, "p", {"timeout": 3.0}, **env)
    assert (found.model, found.timeout_seconds, found.reasks) == ("of the profile", 3.0, 1)


def test_all_settings_reach_the_run(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("[m]\ninput = 1\noutput = 2")
    file = """
        reader = "llm"
        concurrency = 3
        rpm = 60
        tpm = 1000
        budget = 2.5
        prices = "prices.toml"
        prompt = "quoted-v2"
        max_output_tokens = 900
        token_budget = 5000
        schema_mode = "json"
        params = { seed = 7 }
        headers = { X-Team = "a" }
    """
    found = settings(tmp_path, file)
    assert (found.reader, found.concurrency, found.rpm) == ("llm", 3, 60)
    assert (found.tpm, found.budget) == (1000, 2.5)
    assert (found.llm.prompt, found.llm.max_output_tokens) == ("quoted-v2", 900)
    assert (found.llm.token_budget, found.llm.schema_mode) == (5000, "json")
    assert (found.llm.params, found.llm.headers) == ({"seed": 7}, {"x-team": "a"})
    assert found.llm.prices.own["m"].output == 2


def test_nothing_set_is_what_settings_are_by_themselves(tmp_path: Path) -> None:
    assert settings(tmp_path) == Settings()


def test_parameters_add_up_and_null_takes_one_away(tmp_path: Path) -> None:
    file = "params = { seed = 7, top_p = 0.5 }"
    typed = {"params": {"seed": None, "temperature": 0}}
    assert llm(tmp_path, file, typed=typed).params == {"top_p": 0.5, "temperature": 0}


def test_a_key_and_its_header_are_taken_from_the_variables_that_are_named(tmp_path: Path) -> None:
    file = """
        [profiles.p]
        base_url = "https://models.example/v1"
        key_env = "MY_KEY"
        headers = { X-Key = { env = "MY_OTHER" } }
    """
    found = llm(tmp_path, file, "p", MY_KEY=" k\n", MY_OTHER="o", **KEYS)
    assert (key_of(found), found.key_name) == ("k", "MY_KEY")
    assert found.secret_headers == {"x-key": SecretStr("o")}
    assert found.obstacles == ()
    assert "k" not in repr(found.api_key)
    lacking = llm(tmp_path, file, "p", **KEYS)
    assert lacking.api_key is None
    assert [line.split(":")[0] for line in lacking.obstacles] == ["set MY_OTHER", "set MY_KEY"]


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://models.example/v1", None),
        ("https://api.openai.com.example/v1", None),
        ("https://api.openai.com/v1", OPENAI_KEY),
        ("https://eu.api.openai.com/v1", OPENAI_KEY),
        ("http://127.0.0.1:8080/v1", OPENAI_KEY),
        (AZURE, AZURE_KEY),
    ],
)
def test_a_server_that_a_file_names_gets_the_keys_of_its_provider_alone(
    tmp_path: Path, url: str, key: str | None
) -> None:
    assert key_of(llm(tmp_path, f'base_url = "{url}"', **KEYS)) == key


def test_a_server_that_is_named_beside_the_key_gets_it(tmp_path: Path) -> None:
    url = "https://models.example/v1"
    assert key_of(llm(tmp_path, typed={"base_url": url}, **KEYS)) == OPENAI_KEY
    assert key_of(llm(tmp_path, OPENAI_BASE_URL=url, **KEYS)) == OPENAI_KEY
    assert key_of(llm(tmp_path, f'base_url = "{url}"', OPENAI_BASE_URL=url, **KEYS)) == OPENAI_KEY


def test_what_is_for_one_server_does_not_go_to_another(tmp_path: Path) -> None:
    file = """
        base_url = "https://one.example/v1"
        key_env = "MY_KEY"
        headers = { X-Key = { env = "MY_KEY" }, X-Team = "a" }
        [profiles.p]
        base_url = "https://two.example/v1"
    """
    assert key_of(llm(tmp_path, file, MY_KEY="k")) == "k"
    for found in (
        llm(tmp_path, file, "p", MY_KEY="k"),
        llm(tmp_path, file, typed={"base_url": "https://three.example/v1"}, MY_KEY="k"),
    ):
        assert (found.api_key, found.secret_headers) == (None, {})
        assert found.headers == {"x-team": "a"}
        assert found.obstacles == ()


def test_azure_is_asked_where_nothing_else_names_a_server(tmp_path: Path) -> None:
    env = {"AZURE_OPENAI_ENDPOINT": f"{AZURE}/", "AZURE_OPENAI_DEPLOYMENT": "gpt", **KEYS}
    found = llm(tmp_path, **env)
    assert (found.url, found.model) == (f"{AZURE}/openai/v1", "gpt")
    assert (key_of(found), found.key_header) == (AZURE_KEY, "api-key")
    classic = llm(tmp_path, OPENAI_API_VERSION="2024-10-21", **env)
    assert classic.url == f"{AZURE}/openai/deployments/gpt?api-version=2024-10-21"
    other = llm(tmp_path, typed={"model": "other"}, OPENAI_API_VERSION="2024-10-21", **env)
    assert other.url == f"{AZURE}/openai/deployments/other?api-version=2024-10-21"
    named = llm(tmp_path, OPENAI_BASE_URL="http://127.0.0.1:8080/v1", **env)
    assert (named.url, named.model) == ("http://127.0.0.1:8080/v1", None)
    assert (key_of(named), named.key_header) == (OPENAI_KEY, "authorization")


def test_the_endpoint_in_the_environment_may_be_anywhere(tmp_path: Path) -> None:
    env = {"AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:8080", **KEYS}
    found = llm(tmp_path, **env, AZURE_OPENAI_DEPLOYMENT_NAME="gpt")
    assert (found.url, found.model) == ("http://127.0.0.1:8080/openai/v1", "gpt")
    assert (key_of(found), found.key_header) == (AZURE_KEY, "api-key")


@pytest.mark.parametrize("how", ["typed", "file", "environment"])
def test_a_base_url_that_is_azures_is_treated_so(tmp_path: Path, how: str) -> None:
    url = f"{AZURE}/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
    file = f'base_url = "{url}"' if how == "file" else ""
    typed = {"base_url": url} if how == "typed" else None
    env = {"OPENAI_BASE_URL": url} if how == "environment" else {}
    found = llm(tmp_path, file, typed=typed, **env, **KEYS)
    assert found.url == f"{AZURE}/openai/deployments/gpt?api-version=2024-10-21"
    assert (found.model, key_of(found), found.key_header) == ("gpt", AZURE_KEY, "api-key")


def test_the_model_stands_in_the_place_of_a_deployment_in_the_url(tmp_path: Path) -> None:
    url = f"{AZURE}/openai/deployments/gpt?api-version=2024-10-21"
    found = llm(tmp_path, OPENAI_BASE_URL=url, **KEYS)
    better = found.model_copy(update={"model": "better"})
    assert better.url == url.replace("gpt", "better")
    other = llm(tmp_path, OPENAI_BASE_URL=url, JORNADA_MODEL="other", **KEYS)
    assert "names the deployment gpt, and the model is other" in other.obstacles[0]


def test_azure_takes_the_key_of_openai_only_for_want_of_its_own(tmp_path: Path) -> None:
    env = {"AZURE_OPENAI_ENDPOINT": AZURE, "OPENAI_API_KEY": OPENAI_KEY}
    assert key_of(llm(tmp_path, **env)) == OPENAI_KEY
    token = llm(tmp_path, **env, AZURE_OPENAI_AD_TOKEN="entra")  # noqa: S106 - a test's own
    assert (key_of(token), token.key_header) == ("entra", "authorization")
    assert key_of(llm(tmp_path, f'base_url = "{AZURE}"', OPENAI_API_KEY=OPENAI_KEY)) is None


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "https://models.example/v1"])
def test_azures_key_goes_to_no_other_server(tmp_path: Path, url: str) -> None:
    env = {"AZURE_OPENAI_API_KEY": AZURE_KEY, "OPENAI_API_VERSION": "2024-10-21"}
    for found in (
        llm(tmp_path, **env),
        llm(tmp_path, typed={"base_url": url}, **env),
        llm(tmp_path, f'base_url = "{url}"', **env),
        llm(tmp_path, f'base_url = "{url}"', AZURE_OPENAI_ENDPOINT=AZURE, **env),
        llm(tmp_path, OPENAI_BASE_URL=url, **env),
    ):
        assert found.api_key is None
        assert "api-version" not in found.url


def test_a_version_in_the_file_makes_a_gateway_azures(tmp_path: Path) -> None:
    file = """
        base_url = "https://gateway.example/ai"
        api_version = "2024-10-21"
        key_env = "GATEWAY_KEY"
        model = "gpt"
    """
    found = llm(tmp_path, file, GATEWAY_KEY="k", **KEYS)
    assert found.url == "https://gateway.example/ai/openai/deployments/gpt?api-version=2024-10-21"
    assert (key_of(found), found.key_header) == ("k", "api-key")
    with pytest.raises(UsageError, match="api_version is for Azure"):
        llm(tmp_path, 'api_version = "2024-10-21"')


def test_another_api_of_azure_is_taken_as_it_is(tmp_path: Path) -> None:
    url = "https://mine.services.ai.azure.com/models?api-version=2024-05-01-preview"
    found = llm(tmp_path, typed={"base_url": url}, **KEYS)
    assert (found.url, found.key_header, key_of(found)) == (url, "api-key", AZURE_KEY)


def test_who_pays_is_told_to_openai_alone(tmp_path: Path) -> None:
    env = {"OPENAI_ORG_ID": "org", "OPENAI_PROJECT_ID": "proj", **KEYS}
    found = llm(tmp_path, **env)
    assert (found.organization, found.project) == ("org", "proj")
    for url in ("http://127.0.0.1:8080/v1", AZURE, "https://models.example/v1"):
        found = llm(tmp_path, typed={"base_url": url}, **env)
        assert (found.organization, found.project) == (None, None)


def test_a_header_with_a_key_takes_the_place_of_the_key(tmp_path: Path) -> None:
    for name, header in (("Authorization", "authorization"), ("api-key", "api-key")):
        typed = {"headers": {name: SecretStr("Token abc")}}
        for url in ("http://127.0.0.1:1/v1", AZURE):
            found = llm(tmp_path, typed=typed, OPENAI_BASE_URL=url, **KEYS)
            assert (found.api_key, found.key_header) == (None, header)
            assert found.secret_headers[name].get_secret_value() == "Token abc"


def test_a_key_in_the_query_of_a_url_is_refused(tmp_path: Path) -> None:
    found = llm(tmp_path, typed={"base_url": "https://models.example/v1?key=abc"})
    assert "send it as a header" in found.obstacles[0]
    assert "abc" not in found.obstacles[0]


def test_the_url_of_a_call_is_taken_as_that_of_its_api(tmp_path: Path) -> None:
    found = llm(tmp_path, typed={"base_url": "http://127.0.0.1:1/v1/chat/completions/"})
    assert found.url == "http://127.0.0.1:1/v1"


@pytest.mark.parametrize(
    ("url", "environ", "key", "header"),
    [
        ("https://models.example/v1", {}, "own", "authorization"),
        ("https://other.example/v1", KEYS, None, "authorization"),
        ("https://other.example/v1", {"OPENAI_BASE_URL": "https://other.example/v1", **KEYS},
         OPENAI_KEY, "authorization"),
        (None, KEYS, OPENAI_KEY, "authorization"),
        (f"{AZURE}/openai/v1", KEYS, AZURE_KEY, "api-key"),
    ],
)  # fmt: skip
def test_a_server_on_record_is_asked_with_its_own_key(
    url: str | None, environ: dict[str, str], key: str | None, header: str
) -> None:
    given = LlmSettings(
        model="m",
        base_url="https://me:word@models.example/v1",
        api_key=SecretStr("own"),
        secret_headers={"x-key": SecretStr("own")},
        organization="org",
    )
    found = move_to_server(given, url, environ)
    assert (key_of(found), found.key_header) == (key, header)
    assert bool(found.secret_headers) == (key == "own")
    assert bool(found.obstacles) == (key is None)
    if key == "own":
        assert found.base_url == given.base_url  # with its password
