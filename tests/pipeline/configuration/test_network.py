from pathlib import Path

import pytest

from pipeline.configuration.network import find_network_fault

URL = "https://models.example/v1"
SOCKS = {"ALL_PROXY": "socks5://127.0.0.1:1080"}


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HTTPS_PROXY": "http://me:word@proxy.example:3128"},
        {"https_proxy": "proxy.example:3128"},
        {**SOCKS, "NO_PROXY": "models.example"},
        {**SOCKS, "HTTPS_PROXY": "http://proxy.example:3128"},
    ],
)
def test_an_environment_that_can_be_used(environ: dict[str, str]) -> None:
    assert find_network_fault(URL, environ) is None


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        (SOCKS, "SOCKS"),
        ({"HTTPS_PROXY": "http://me:word@proxy.example:x"}, "HTTPS_PROXY is no URL"),
        ({"http_proxy": "ftp://proxy.example"}, "http_proxy is no URL"),
        ({"SSL_CERT_FILE": "nowhere.pem"}, "SSL_CERT_FILE names nowhere.pem"),
    ],
)
def test_one_that_cannot_is_told_without_passwords(environ: dict[str, str], told: str) -> None:
    fault = find_network_fault(URL, environ)
    assert fault is not None
    assert told in fault
    assert "word" not in fault


def test_a_file_without_a_certificate_is_told(tmp_path: Path) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("junk")
    assert "no certificate" in (find_network_fault(URL, {"SSL_CERT_FILE": str(junk)}) or "")
