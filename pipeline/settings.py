"""Settings: frozen, and read from the environment here and nowhere else."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr

from pipeline.calls.prices import PUBLISHED, Prices

DEFAULT_BASE_URL = "https://api.openai.com/v1"


class LlmSettings(BaseModel):
    """How to reach a model. The key is secret: it is neither printed nor stored."""

    model_config = ConfigDict(frozen=True)

    model: str | None = None
    base_url: str | None = None
    api_key: SecretStr | None = None
    prompt: str = "anchored-v2"
    reasks: int = 2
    """How often a model is asked again where its answer does not hold."""
    transport_attempts: int = 6
    timeout_seconds: float = 120.0
    max_output_tokens: int = 8192
    token_budget: int = 100_000
    """Tokens, in and out, that one document may spend over all its attempts."""
    prices: Prices = PUBLISHED


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
    llm: LlmSettings = LlmSettings()


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read `OPENAI_API_KEY`, `OPENAI_BASE_URL` and `JORNADA_MODEL`; empty counts as unset."""
    key = environ.get("OPENAI_API_KEY") or None
    return Settings(
        llm=LlmSettings(
            model=environ.get("JORNADA_MODEL") or None,
            base_url=environ.get("OPENAI_BASE_URL") or None,
            api_key=SecretStr(key) if key else None,
        )
    )
