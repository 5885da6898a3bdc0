import pytest

from pipeline.configuration.azure import azure_url, deployment_in, is_azure, is_azure_host

HOST = "https://mine.openai.azure.com"
DATED = "2024-10-21"
CLASSIC = f"{HOST}/openai/deployments/{{model}}?api-version={DATED}"
V1 = f"{HOST}/openai/v1"


@pytest.mark.parametrize(
    ("endpoint", "version", "url"),
    [
        (HOST, None, V1),
        (f"{HOST}/", "", V1),
        (HOST, "v1", V1),
        (HOST, "preview", f"{V1}?api-version=preview"),
        (HOST, "latest", f"{V1}?api-version=latest"),
        (f"{HOST}/openai", None, V1),
        (f"{HOST}/openai/v1/", None, V1),
        (f"{HOST}/openai/v1/?api-version=preview", DATED, f"{V1}?api-version=preview"),
        (HOST, DATED, CLASSIC),
        (HOST, f"{DATED}-preview", f"{CLASSIC}-preview"),
        (f"{HOST}/openai/v1", DATED, CLASSIC),
        (f"{HOST}?api-version={DATED}", None, CLASSIC),
        (
            f"{HOST}/openai/deployments/gpt?api-version={DATED}",
            "2020-01-01",
            f"{HOST}/openai/deployments/gpt?api-version={DATED}",
        ),
        (f"{HOST}?a=b&api-version={DATED}", None, CLASSIC.replace("?", "?a=b&")),
        ("http://127.0.0.1:9/x", DATED, CLASSIC.replace(HOST, "http://127.0.0.1:9/x")),
    ],
)
def test_endpoint_and_version_make_the_url(endpoint: str, version: str | None, url: str) -> None:
    assert azure_url(endpoint, version) == url
    assert azure_url(url, None) == url


def test_a_deployment_needs_a_version() -> None:
    with pytest.raises(ValueError, match="OPENAI_API_VERSION"):
        azure_url(f"{HOST}/openai/deployments/gpt", None)


@pytest.mark.parametrize(
    ("url", "host", "either"),
    [
        (HOST, True, True),
        ("https://mine.openai.azure.us/openai/v1", True, True),
        ("https://mine.cognitiveservices.azure.com/", True, True),
        ("https://mine.services.ai.azure.com/openai/v1", True, True),
        ("https://mine.azure-api.net/x", True, True),
        ("http://127.0.0.1:8080/openai/deployments/gpt", False, True),
        ("https://api.openai.com/v1", False, False),
        ("https://openai.azure.com.example/v1", False, False),
        ("https://[broken", False, False),
    ],
)
def test_azure_is_told_by_host_or_path(url: str, host: bool, either: bool) -> None:  # noqa: FBT001 - expected
    assert (is_azure_host(url), is_azure(url)) == (host, either)


def test_a_deployment_is_read_from_a_classic_url() -> None:
    assert deployment_in(f"{HOST}/openai/deployments/gpt/chat?api-version=1") == "gpt"
    assert deployment_in(CLASSIC) is None
    assert deployment_in(V1) is None
