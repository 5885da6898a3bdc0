"""Settings of a run: frozen. `pipeline/configuration/` makes them of what a person has set."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SecretStr

from pipeline.calls.prices import PUBLISHED, Prices
from pipeline.isolation.limits import Limits
from pipeline.redaction import Secrets, credentials_in, know_secrets
from pipeline.urls import secrets_in, stored_url

DEFAULT_BASE_URL = "https://api.openai.com/v1"
MODEL_IN_URL = "{model}"
"""Stands in a base URL for the name of the model: deployments have URLs of their own."""
SchemaMode = Literal["auto", "strict", "json", "none"]
"""How a server is held to the schema: by a strict one, by JSON alone, by the prompt alone; `auto`
begins with the first and falls back where a server takes less."""
_THINKS = re.compile(
    r"(?:^|[/:_-])(?:o[1-9]|gpt-(?:[5-9]|oss)|grok-[4-9]|gemini-(?:2\.5|[3-9])|qwq|r1|magistral"
    r"|[a-z0-9.]*(?:think|reason)[a-z]*)(?![a-z0-9])",
    re.IGNORECASE,
)
"""Names of models that think before they answer, which takes them room and time."""


class LlmSettings(BaseModel):
    """How to reach a model, and how to ask it.

    The key, the values of secret headers, and what is secret in the base URL are neither printed
    nor stored; see `secrets`.
    """

    model_config = ConfigDict(frozen=True)

    model: str | None = None
    base_url: str | None = Field(default=None, repr=False)
    """Of the API, up to what stands before /chat/completions; a query in it goes with each call."""
    api_key: SecretStr | None = None
    key_header: Literal["authorization", "api-key"] = "authorization"
    """How the key is sent: as a bearer token, or in Azure's own header."""
    key_env: str | None = None
    """The environment variable that the key is taken from, where a person has named one."""
    organization: str | None = None
    """Who pays, in the headers of OpenAI's API; an answer does not depend on it. So is the next."""
    project: str | None = None
    params: dict[str, JsonValue] = {}
    """Further keys of each request's body: temperature, reasoning_effort ..."""
    headers: dict[str, str] = {}
    """Further headers of each request; they are on record, unlike the next."""
    secret_headers: dict[str, SecretStr] = {}
    other_secrets: tuple[SecretStr, ...] = ()
    """What nobody may be shown beside: passwords of proxies, and keys of other servers."""
    schema_mode: SchemaMode = "auto"
    prompt: str = "anchored-v2"
    reasks: int = 2
    """How often a model is asked again where its answer does not hold."""
    transport_attempts: int = 6
    timeout_seconds: float | None = None
    """How long a call may take; None: what fits the model, see `patience`."""
    max_output_tokens: int | None = None
    """The room of an answer, with the thoughts before it; None: what fits the model, see `room`."""
    token_budget: int = 100_000
    """Tokens, in and out, that one document may spend over all its attempts."""
    prices: Prices = PUBLISHED
    obstacles: tuple[str, ...] = ()
    """What keeps a model from being asked, each in a line that says what to set."""
    server_name: str | None = None
    """What tells the server from another where its URL does not: it changes from run to run."""

    @property
    def url(self) -> str:
        """Give the base URL of the model's server, with whatever password and query it holds."""
        return (self.base_url or DEFAULT_BASE_URL).replace(MODEL_IN_URL, self.model or "")

    @property
    def server(self) -> str:
        """Say what tells the server from another, fit to be stored."""
        return self.server_name or stored_url(self.url).rstrip("/")

    @property
    def secrets(self) -> Secrets:
        """Give what may be neither shown nor stored, to be looked for."""
        headers = [it.get_secret_value() for it in self.secret_headers.values()]
        own = (self.api_key, *self.other_secrets)
        keys = (it.get_secret_value() for it in own if it is not None)
        parts = (part for value in headers for part in credentials_in(value))
        return know_secrets((*keys, *headers, *parts, *secrets_in(self.url)))

    @property
    def key_name(self) -> str:
        """Name the environment variable that the key of this server is looked for in."""
        azure = self.key_header == "api-key"
        return self.key_env or ("AZURE_OPENAI_API_KEY" if azure else "OPENAI_API_KEY")

    @property
    def thinks(self) -> bool:
        """Tell by its name whether the model thinks before it answers."""
        return _THINKS.search(self.model or "") is not None

    @property
    def patience(self) -> float:
        """Give the seconds that one call may take."""
        return self.timeout_seconds or (600.0 if self.thinks else 120.0)

    @property
    def room(self) -> int:
        """Give the tokens that an answer may take, with the thoughts before it."""
        return self.max_output_tokens or (16_384 if self.thinks else 8192)


class Settings(BaseModel):
    """All that a run needs to know beside its documents."""

    model_config = ConfigDict(frozen=True)

    db: Path = Path("jornada.duckdb")
    reader: str = "auto"
    concurrency: int = 16
    rpm: float | None = None
    """Requests that may go out in a minute; None: as many as the server takes."""
    tpm: float | None = None
    """Tokens, likewise."""
    budget: float | None = None
    """US dollars that one run may cost."""
    workers: int = 1
    """Processes that read."""
    limits: Limits = Limits()
    """What one document may take of a process."""
    llm: LlmSettings = LlmSettings()
