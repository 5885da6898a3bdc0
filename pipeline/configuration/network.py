"""Proxies and certificates that the environment names for calls to a server."""

import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""Variables that name a proxy."""


def find_network_fault(url: str, environ: Mapping[str, str]) -> str | None:
    """Say what keeps calls to a URL from going out by this environment; None if nothing does.

    The client takes these variables by itself, and fails on them without a word of where they are.
    """
    return _find_certificate_fault(environ) or _find_proxy_fault(url, environ)


def _find_certificate_fault(environ: Mapping[str, str]) -> str | None:
    if not (file := environ.get("SSL_CERT_FILE")):
        return None
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:
        why = getattr(error, "reason", None) or error.strerror or error
        return f"SSL_CERT_FILE names {file}, and no certificate can be read from it: {why}"
    return None


def _find_proxy_fault(url: str, environ: Mapping[str, str]) -> str | None:
    for name in PROXIES:
        if (value := environ.get(name)) and not _is_url(value):
            return f"{name} is no URL of a proxy, such as http://proxy.example:3128"
    scheme, host = urlsplit(url).scheme, urlsplit(url).hostname or ""
    own = [environ[each] for each in (*_names(scheme), *_names("all")) if environ.get(each)]
    bypass = {"no": environ.get("no_proxy") or environ.get("NO_PROXY") or ""}
    if own and own[0].startswith("socks") and not proxy_bypass_environment(host, bypass):
        return "a SOCKS proxy is not supported: set HTTPS_PROXY to one that speaks HTTP"
    return None


def _names(scheme: str) -> tuple[str, str]:
    return f"{scheme}_proxy", f"{scheme.upper()}_PROXY"


def _is_url(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https", "socks5", "socks5h") and port != 0
