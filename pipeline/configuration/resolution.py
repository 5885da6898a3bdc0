"""Layers and the environment -> the settings of a run. The only file that reads the environment.

A key goes to the server that it is for, and to no other. `OPENAI_API_KEY` and
`AZURE_OPENAI_API_KEY` are for the servers of their names, and for one that the environment or the
command line names beside them; a server that a file names elsewhere gets the key that it names.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from pydantic import SecretStr

from pipeline.calls.prices import PUBLISHED, load_prices
from pipeline.configuration.azure import azure_url, deployment_in, is_azure, is_azure_host
from pipeline.configuration.azure import is_endpoint as is_azure_endpoint
from pipeline.configuration.file import find_file, load_layers
from pipeline.configuration.headers import AUTHORIZATION, is_credential
from pipeline.configuration.layer import Layer, merge, read_secrets
from pipeline.configuration.network import PROXIES, find_network_fault
from pipeline.errors import UsageError
from pipeline.isolation.limits import Limits
from pipeline.settings import DEFAULT_BASE_URL, MODEL_IN_URL, LlmSettings, Settings
from pipeline.urls import secrets_in, server_of

_CHAT = "/chat/completions"
_HERE = ("localhost", "127.0.0.1", "::1")
_KEYS = ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN")
_URLS = ("OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT", *PROXIES)


DATABASE = "JORNADA_DB"
"""Names the database, where no option and no argument does."""


def find_database(environ: Mapping[str, str] = os.environ) -> Path:
    """Give the path of the database that is meant where none is named."""
    named = environ.get(DATABASE)
    return Path(named) if named else Settings().db


def real_database(path: Path) -> Path:
    """Give the path of the file that links lead to, and as it is one that leads through no link.

    DuckDB's own log, the lock, journal and progress of a run, and decisions that wait lie beside
    the database by its name, and have to be the same ones whatever it is called by.
    """
    real = os.path.realpath(path)
    return path if real == os.path.abspath(path) else Path(real)  # noqa: PTH100 - links stay


def resolve(
    typed: Layer, profile: str | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Make settings of the command line, then a profile, then its file, then the environment.

    Raises `UsageError` where one of them cannot be used.
    """
    layers = [typed, *load_layers(find_file(environ), profile)]
    merged = merge(layers)
    defaults = Settings()
    return Settings(
        reader=merged.reader or defaults.reader,
        concurrency=merged.concurrency or defaults.concurrency,
        rpm=merged.rpm,
        tpm=merged.tpm,
        budget=merged.budget,
        limits=Limits(
            merged.document_seconds or defaults.limits.seconds,
            merged.document_megabytes or defaults.limits.megabytes,
        ),
        llm=_resolve_model(layers, merged, environ),
    )


def _resolve_model(
    layers: Sequence[Layer], merged: Layer, environ: Mapping[str, str]
) -> LlmSettings:
    server = _find_server(layers, merged, environ)
    secrets, lacking = read_secrets(merged.headers, environ)
    key = _find_key(server, merged.key_env, environ)
    if merged.key_env is not None and key.secret is None:
        lacking.append(merged.key_env)
    # A key of a person's own takes the place of that of the environment.
    if AUTHORIZATION in secrets:
        key = _Key(None, "authorization")
    elif "api-key" in secrets:
        key = _Key(None, "api-key")
    obstacles = [
        f"set {name}: the settings' file takes a secret from it, and it is not set"
        for name in dict.fromkeys(lacking)
    ]
    model = _find_model(server, merged, environ)
    if server.deployment not in (None, model):
        named = f"the base URL names the deployment {server.deployment}, and the model is {model}"
        obstacles.append(f"{named}: leave out one of the two")
    given: dict[str, Any] = {
        "model": model,
        "base_url": server.url,
        "api_key": key.secret,
        "key_header": key.header,
        "key_env": merged.key_env,
        "secret_headers": secrets,
        "other_secrets": _find_other_secrets(environ),
        "prices": PUBLISHED if merged.prices is None else load_prices(merged.prices),
        **_payers(server.url, environ),
        "params": merged.params,
        "headers": {name: it for name, it in merged.headers.items() if isinstance(it, str)},
        "timeout_seconds": merged.timeout,
        "max_output_tokens": merged.max_output_tokens,
        "reasks": merged.reasks,
        "token_budget": merged.token_budget,
        "schema_mode": merged.schema_mode,
        "prompt": merged.prompt,
    }
    llm = LlmSettings(**{name: value for name, value in given.items() if value is not None})
    return llm.model_copy(update={"obstacles": (*obstacles, *_find_obstacles(llm, environ))})


def move_to_server(
    llm: LlmSettings, base_url: str | None, environ: Mapping[str, str] = os.environ
) -> LlmSettings:
    """Give settings for a server that is on record, by its URL without its secrets.

    The key and secret headers go along if it is their own; else it is asked with the key that the
    environment has for it, if any.
    """
    moved = llm.model_copy(update={"base_url": base_url})
    if moved.server == llm.server:
        return llm
    azure = base_url is not None and is_azure(base_url)
    server = _Server(base_url, azure=azure, trusted=_is_named(base_url, environ))
    key = _find_key(server, None, environ)
    changes = {"api_key": key.secret, "key_header": key.header, "key_env": None}
    payers = {"organization": None, "project": None} | _payers(base_url, environ)
    moved = moved.model_copy(update={**changes, **payers, "secret_headers": {}})
    obstacles = _find_obstacles(moved, environ)
    if key.secret is None and (llm.api_key is not None or _secret(environ, "OPENAI_API_KEY")):
        no_key = f"no key of {moved.server} is known, and that of another server is not sent to it"
        obstacles += (f"{no_key}: give --base-url or --profile as before",)
    elif "=***" in moved.server:
        query = f"what stands in the query of {moved.server} is not stored"
        obstacles += (f"{query}: give --base-url or --profile as before",)
    return moved.model_copy(update={"obstacles": obstacles})


class _Server(NamedTuple):
    """A base URL, None for OpenAI's; `trusted`: a person has named it beside the keys.

    `deployment` is that of Azure which the URL named: the model stands in its place.
    """

    url: str | None
    azure: bool
    trusted: bool
    deployment: str | None = None


class _Key(NamedTuple):
    secret: SecretStr | None
    header: str


def _find_server(layers: Sequence[Layer], merged: Layer, environ: Mapping[str, str]) -> _Server:
    url, azure = merged.base_url, merged.api_version is not None
    if url is None:
        url = environ.get("OPENAI_BASE_URL", "").strip() or None
        azure = azure and url is None
    if url is None:
        url = environ.get("AZURE_OPENAI_ENDPOINT", "").strip() or None
        azure = azure or url is not None
        if azure and url is None:
            raise UsageError("api_version is for Azure: set base_url, or AZURE_OPENAI_ENDPOINT")
    if url is None:
        return _Server(None, azure=False, trusted=True)
    trusted = layers[0].base_url is not None or _is_named(url, environ)
    url = _without_tail(url)
    if not (azure or is_azure(url)):
        return _Server(url, azure=False, trusted=trusted)
    version = (
        merged.api_version
        or environ.get("AZURE_OPENAI_API_VERSION")
        or environ.get("OPENAI_API_VERSION")
    )
    try:
        # Another API of Azure, under another path, is taken as it is.
        made = azure_url(url, version) if azure or is_azure_endpoint(url) else url
    except ValueError as error:
        raise UsageError(str(error)) from error
    deployment = deployment_in(made)
    made = made.replace(f"/deployments/{deployment}", f"/deployments/{MODEL_IN_URL}")
    return _Server(made, azure=True, trusted=trusted, deployment=deployment)


def _find_model(server: _Server, merged: Layer, environ: Mapping[str, str]) -> str | None:
    model = merged.model or environ.get("JORNADA_MODEL") or server.deployment
    if model is None and server.azure:
        names = ("AZURE_OPENAI_DEPLOYMENT", "AZURE_OPENAI_DEPLOYMENT_NAME")
        model = next(filter(None, (environ.get(name) for name in names)), None)
    return model


def _find_key(server: _Server, key_env: str | None, environ: Mapping[str, str]) -> _Key:
    header = "api-key" if server.azure else "authorization"
    if key_env is not None:
        return _Key(_secret(environ, key_env), header)
    if not server.azure:
        own = server.trusted or _is_openai(server.url)
        return _Key(_secret(environ, "OPENAI_API_KEY") if own else None, header)
    if server.trusted or is_azure_host(server.url or ""):
        if (key := _secret(environ, "AZURE_OPENAI_API_KEY")) is not None:
            return _Key(key, header)
        if (token := _secret(environ, "AZURE_OPENAI_AD_TOKEN")) is not None:
            return _Key(token, "authorization")
    return _Key(_secret(environ, "OPENAI_API_KEY") if server.trusted else None, header)


def _secret(environ: Mapping[str, str], name: str) -> SecretStr | None:
    value = environ.get(name, "").strip()
    return SecretStr(value) if value else None


def _is_named(url: str | None, environ: Mapping[str, str]) -> bool:
    """Tell whether the environment names this server, or it is on this machine."""
    server = server_of(url or DEFAULT_BASE_URL)
    if server is None:
        return False
    named = (environ.get("OPENAI_BASE_URL"), environ.get("AZURE_OPENAI_ENDPOINT"))
    known = [server_of(one.strip()) for one in named if one]
    return url is None or server[1] in _HERE or server[:3] in [one[:3] for one in known if one]


def _is_openai(url: str | None) -> bool:
    server = server_of(url or DEFAULT_BASE_URL)
    return server is not None and f".{server[1]}".endswith(".api.openai.com")


def _payers(url: str | None, environ: Mapping[str, str]) -> dict[str, str | None]:
    if not _is_openai(url):
        return {}
    names = {"organization": "OPENAI_ORG_ID", "project": "OPENAI_PROJECT_ID"}
    return {field: environ.get(name) or None for field, name in names.items()}


def _without_tail(url: str) -> str:
    """Leave out what calls put behind a base URL: some pages give the URL of a call."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # said by whoever chooses the reader
    path = parts.path.rstrip("/")
    if not path.endswith(_CHAT):
        return url
    return urlunsplit(parts._replace(path=path.removesuffix(_CHAT)))


def _find_other_secrets(environ: Mapping[str, str]) -> tuple[SecretStr, ...]:
    """Find what the environment holds of secrets, for whatever server or proxy they are."""
    keys = (environ.get(name, "").strip() for name in _KEYS)
    in_urls = (part for name in _URLS for part in secrets_in(environ.get(name, "").strip()))
    return tuple(SecretStr(value) for value in dict.fromkeys((*keys, *in_urls)) if value)


def _find_obstacles(llm: LlmSettings, environ: Mapping[str, str]) -> tuple[str, ...]:
    try:
        query = parse_qsl(urlsplit(llm.url).query)
    except ValueError:
        query = []
    found = [
        f"{name} in the query of the base URL would stand in the logs of whatever it passes: "
        f"send it as a header, --header {name}=..."
        for name, _ in query
        if is_credential(name)
    ]
    network = find_network_fault(llm.url, environ)
    return tuple(found if network is None else [*found, network])
