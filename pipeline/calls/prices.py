"""Prices that the user has set, by model; all others are the published ones."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.errors import UsageError
from pipeline.urls import server_of


class OwnPrice(BaseModel):
    """What a model costs, in US dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)
    cached_input: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """Input that the prompt cache served; as dear as other input if not given."""
    cache_write: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """Input that was written into the prompt cache; as dear as other input if not given."""
    batch_discount: float = Field(default=0.0, ge=0, le=1)
    """The part that is taken off in batches: 0.5 is half the price."""
    base_url: str | None = None
    """The only server that the price holds for; any if not given."""

    @field_validator("base_url")
    @classmethod
    def _is_a_url(cls, value: str | None) -> str | None:
        if value is not None and server_of(value) is None:
            raise ValueError("must start with http:// or https://")
        return value

    def holds_for(self, base_url: str) -> bool:
        """Tell whether it is a price of this server."""
        return self.base_url is None or server_of(self.base_url) == server_of(base_url)


class Prices(BaseModel):
    """The prices that the user has set, by model; all others are the published ones."""

    model_config = ConfigDict(frozen=True)

    own: dict[str, OwnPrice] = {}


PUBLISHED = Prices()


def load_prices(path: Path) -> Prices:
    """Read a TOML file with a table for each model: `["my-model"]`, `input = 0.20` ...

    Raises `UsageError`, in one line that names the file and the key.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {' '.join(str(error).split())}") from error
    own = {}
    for model, table in tables.items():
        try:
            own[model] = OwnPrice.model_validate(table)
        except ValidationError as error:
            raise UsageError(f"{path}: {_describe(model, table, error)}") from error
    return Prices(own=own)


def _describe(model: str, table: object, error: ValidationError) -> str:
    """Name the table and key that are wrong, the first of them if there are several."""
    if not isinstance(table, dict):
        return f'{model}: must be a table, such as ["{model}"] with input and output'
    inner = next((key for key, value in table.items() if isinstance(value, dict)), None)
    if inner is not None:
        name = f"{model}.{inner}"
        return f'["{model}"] {inner}: a model with a dot in its name needs quotes: ["{name}"]'
    first = error.errors()[0]
    return f'["{model}"] {".".join(str(part) for part in first["loc"])}: {first["msg"]}'
