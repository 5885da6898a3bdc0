"""URLs of servers, which may carry a name and a password. Pure."""

import base64
from urllib.parse import parse_qsl, unquote, urlsplit


def without_password(url: str) -> str:
    """Leave out the name and password that a URL may carry, to connect by it."""
    return _replace_password(url, "")


def mask_password(url: str) -> str:
    """Put stars in their place, to show it."""
    return _replace_password(url, "***@")


def basic_authorization(url: str) -> dict[str, str]:
    """Turn a name and password in the URL into the header that sends them in place of the key."""
    parts = urlsplit(url)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def without_query(url: str) -> str:
    """Leave out what stands from the question mark on."""
    return url.partition("#")[0].partition("?")[0]


def query_of(url: str) -> dict[str, object]:
    """Give the query of a URL; of a name that stands there twice the last."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def server_of(url: str) -> tuple[str, str, int | None, str] | None:
    """Give what of a URL tells one server from another; None if it is no URL."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    usual = {"http": 80, "https": 443}[parts.scheme]
    return parts.scheme, parts.hostname, port or usual, parts.path.rstrip("/")


def _replace_password(url: str, instead: str) -> str:
    parts = urlsplit(url)
    if parts.netloc:
        _, at, host = parts.netloc.rpartition("@")
        # Put together anew, it lacks line ends and tabs, which a URL out of a file may carry.
        return parts._replace(netloc=f"{instead}{host}" if at else host).geturl()
    # Without a scheme nothing is known of what stands before an @, and it may be a password.
    _, at, rest = url.rpartition("@")
    return f"{instead}{rest}" if at else url
