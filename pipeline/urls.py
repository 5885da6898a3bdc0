"""URLs of servers, which may carry a name and a password, and keys in the query. Pure."""

import base64
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

_VERSION = re.compile(
    r"api-version=(?:\d{4}-\d\d-\d\d(?:-preview)?|v1|preview|latest)", re.IGNORECASE
)
"""What stands in a query and is surely no secret: an answer may depend on it."""
_NO_URL = re.compile(r"[^/.:]*")
"""What is no URL at all may be a key that was put into the wrong place."""


def without_password(url: str) -> str:
    """Leave out the name and password that a URL may carry, to connect by it."""
    return _replace_password(url, "")


def has_password(url: str) -> bool:
    """Tell whether there is one, or a name."""
    return _replace_password(url, "***@") != _replace_password(url, "")


def shown_url(url: str) -> str:
    """Put stars in their place, and in that of each value in the query, to show it."""
    return _hide_query(_replace_password(url, "***@"))


def stored_url(url: str) -> str:
    """Leave out name and password, and put stars for values in the query, to have it on record."""
    return _hide_query(without_password(url))


def secrets_in(url: str) -> Iterator[str]:
    """Give what must not be shown of a URL, in each way in which a server may be sent it."""
    url = url if "://" in url else f"//{url}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return  # nothing can be sent by it
    userinfo, at, _ = parts.netloc.rpartition("@")
    if at:
        name, _, password = userinfo.partition(":")
        yield from (userinfo, name, password, *map(unquote, (userinfo, name, password)))
        yield from (it.removeprefix("Basic ") for it in basic_authorization(url).values())
    for pair in parts.query.split("&"):
        value = pair if "=" not in pair else pair.partition("=")[2]
        if not _VERSION.fullmatch(pair):
            yield from (value, unquote(value), unquote_plus(value))


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


def _hide_query(url: str) -> str:
    if _NO_URL.fullmatch(url):
        return "***"
    base, mark, query = url.partition("#")[0].partition("?")
    return f"{base}{mark}{'&'.join(map(_hide_value, query.split('&')))}"


def _hide_value(pair: str) -> str:
    if not pair or _VERSION.fullmatch(pair):
        return pair
    name, equals, _ = pair.partition("=")
    return f"{name}=***" if equals else "***"


def _replace_password(url: str, instead: str) -> str:
    parts = urlsplit(url)
    if parts.netloc:
        _, at, host = parts.netloc.rpartition("@")
        # Put together anew, it lacks line ends and tabs, which a URL out of a file may carry.
        return parts._replace(netloc=f"{instead}{host}" if at else host).geturl()
    # Without a scheme nothing is known of what stands before an @, and it may be a password.
    _, at, rest = url.rpartition("@")
    return f"{instead}{rest}" if at else url
