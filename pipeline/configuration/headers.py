"""Headers: further ones of each request, and which of them are secrets."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, SecretStr, StringConstraints

AUTHORIZATION = "Authorization"
"""As the client spells it: one of a person's own takes the place of the client's."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SECRET = re.compile(r"key|token|secret|auth|passw|cookie|credential|signature", re.IGNORECASE)
_CREDENTIAL = re.compile(
    r"(?:^|[_-])(?:api[_-]?)?(?:key|token|secret|password|authorization)$", re.IGNORECASE
)
_VALUE = re.compile(r"[\t\x20-\x7e]*")
_OF_THE_CLIENT = (
    *("connection", "content-encoding", "content-length", "content-type", "expect", "host"),
    *("accept-encoding", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
)
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$", max_length=100)]
"""The name of an environment variable, in capitals: most keys that stand in its place are none."""


class FromEnvironment(BaseModel):
    """A value that an environment variable holds, by its name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: EnvironmentName


HeaderValue = str | SecretStr | FromEnvironment


def parse_headers(given: Iterable[str]) -> dict[str, HeaderValue]:
    """Read `NAME=VALUE` of the command line; what carries credentials by its name is a secret.

    Raises `ValueError`, in words for a person and without the value.
    """
    headers: dict[str, HeaderValue] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError("is no NAME=VALUE, such as X-Team=health")
        spelled = check_name(name)
        value = check_value(name, value)
        headers[spelled] = SecretStr(value) if is_secret(spelled) else value
    return headers


def is_secret(name: str) -> bool:
    """Tell by its name whether a header carries credentials."""
    return _SECRET.search(name) is not None


def is_credential(name: str) -> bool:
    """Tell by its name whether a setting or parameter is a key: `api_key`, but not `max_tokens`."""
    return _CREDENTIAL.search(name) is not None


def check_name(name: str) -> str:
    """Give the name of a header in one spelling, as case makes no difference in it.

    Raises `ValueError` for one that cannot be, or that the client sets itself.
    """
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a header")
    if name.lower() in _OF_THE_CLIENT:
        raise ValueError(f"{name} is set by the client, and cannot be set here")
    return AUTHORIZATION if name.lower() == AUTHORIZATION.lower() else name.lower()


def check_value(name: str, value: str) -> str:
    """Give the value of a header without white space round it. Raises `ValueError`."""
    value = value.strip(" \t")
    if not _VALUE.fullmatch(value):
        raise ValueError(f"{name}: a header's value is one line of plain letters, without accents")
    return value
