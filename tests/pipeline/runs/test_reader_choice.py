import pytest
from pydantic import SecretStr

from pipeline.errors import UsageError
from pipeline.runs.reader_choice import choose
from pipeline.settings import LlmSettings, Settings
from pipeline.urls import shown_url

KEY = SecretStr("sk-1")
URL = "http://127.0.0.1:8080/v1"


def settings(reader: str = "auto", **llm: object) -> Settings:
    return Settings(reader=reader, llm=LlmSettings.model_validate(llm))


@pytest.mark.parametrize(
    ("given", "reader", "why"),
    [
        (settings(), "baseline", "no model is set"),
        (settings(api_key=KEY), "baseline", "no model is set"),
        (settings(model="m"), "baseline", "neither OPENAI_API_KEY nor a base URL"),
        (settings(model="m", api_key=KEY), "llm", "m at the OpenAI API"),
        (settings(model="m", base_url=URL), "llm", f"m at {URL}"),
        (settings("baseline", model="m", api_key=KEY), "baseline", "asked for"),
        (settings("llm", model="m", api_key=KEY), "llm", "asked for"),
    ],
)
def test_the_reader_that_runs_and_why(given: Settings, reader: str, why: str) -> None:
    choice = choose(given)
    assert choice.reader == reader
    assert why in choice.why


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (settings("llm", api_key=KEY), "set JORNADA_MODEL or give --model"),
        (settings("llm", model="m"), "set OPENAI_API_KEY, or OPENAI_BASE_URL"),
        (settings("best"), "auto, baseline, llm"),
        (settings(model="m", base_url="127.0.0.1:8080"), "http:// or https://"),
    ],
)
def test_a_reader_that_cannot_run_says_what_to_set(given: Settings, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        choose(given)


def test_secrets_in_a_url_are_never_said() -> None:
    choice = choose(settings(model="m", base_url="https://me:pass@word@host/v1"))
    assert "word" not in choice.why
    assert choice.why.endswith("m at https://***@host/v1")
    assert shown_url(URL) == URL
    with pytest.raises(UsageError) as caught:
        choose(settings(model="m", base_url="ftp://me:word@host/v1"))
    assert "word" not in str(caught.value)
