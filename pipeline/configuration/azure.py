"""Azure's ways to name an OpenAI-compatible server. Pure.

An endpoint and the dated version of an API make the classic URL, with a deployment in it; without a
version, or with `v1`, `preview` or `latest`, it is that of the v1 API, which names the deployment
as the model.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pipeline.settings import MODEL_IN_URL

_HOSTS = re.compile(
    r"\.(?:(?:openai|cognitiveservices|ai)\.azure\.(?:com|us|cn)|azure-api\.net)$", re.IGNORECASE
)
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}(?:-preview)?", re.IGNORECASE)
_DEPLOYMENT = re.compile(r"/openai/deployments/([^/?#]+)", re.IGNORECASE)
_TAIL = re.compile(r"(?:/openai(?:/v1|/deployments/[^/]+)?)?$", re.IGNORECASE)
VERSION = "api-version"


def is_azure(url: str) -> bool:
    """Tell by its host, or by a deployment in its path, whether a URL is one of Azure's."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return is_azure_host(url) or _DEPLOYMENT.search(parts.path) is not None


def is_azure_host(url: str) -> bool:
    """Tell whether a URL leads to Azure itself."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return _HOSTS.search(host) is not None


def deployment_in(url: str) -> str | None:
    """Give the deployment that a classic URL names, if it names one."""
    found = _DEPLOYMENT.search(url)
    return None if found is None or found[1] == MODEL_IN_URL else found[1]


def is_endpoint(url: str) -> bool:
    """Tell whether a URL ends where an endpoint of Azure OpenAI may, and not in another API."""
    path = urlsplit(url).path.rstrip("/")
    return path == "" or _TAIL.sub("", path) != path


def azure_url(endpoint: str, version: str | None) -> str:
    """Make the base URL of an endpoint; a version in its own query counts more than `version`.

    Raises `ValueError` for a classic URL without a version, which Azure does not answer.
    """
    parts = urlsplit(endpoint)
    query = [pair for pair in parse_qsl(parts.query) if pair[0].lower() != VERSION]
    given = [value for name, value in parse_qsl(parts.query) if name.lower() == VERSION]
    version = (given or [version or ""])[0].strip()
    path = parts.path.rstrip("/")
    deployment = deployment_in(path)
    root = _TAIL.sub("", path)
    if _DATED.fullmatch(version):
        path = f"{root}/openai/deployments/{deployment or MODEL_IN_URL}"
        query.append((VERSION, version))
    elif deployment is not None:
        raise ValueError(
            "Azure's URL of a deployment needs the version of the API: set OPENAI_API_VERSION, "
            "such as 2024-10-21, or leave out what stands after the host"
        )
    else:
        path = f"{root}/openai/v1"
        if version not in ("", "v1"):
            query.append((VERSION, version))
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), ""))
