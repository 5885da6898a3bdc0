"""What an answer cost, and may cost at most: by prices of the user's own, else published ones."""

import math
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.errors import UsageError

OPENAI_BATCH_DISCOUNT = 0.5
"""The part of the price that OpenAI takes off in its Batch API ("50% lower costs": the public Batch
API guide, platform.openai.com/docs/guides/batch), for models of which no batch price is listed."""
_OPENAI = "openai"
_A_MILLION = 1_000_000


class OwnPrice(BaseModel):
    """What a model costs, in US dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)
    cached_input: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """Input that the prompt cache served; as dear as other input if not given."""
    batch_discount: float = Field(default=0.0, ge=0, le=1)
    """The part that is taken off in batches: 0.5 is half the price."""
    base_url: str | None = None
    """The only server that the price holds for; any if not given."""

    @field_validator("base_url")
    @classmethod
    def _is_a_url(cls, value: str | None) -> str | None:
        if value is not None and _server(value) is None:
            raise ValueError("must start with http:// or https://")
        return value


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
            raise UsageError(f"{path}: {_said(model, table, error)}") from error
    return Prices(own=own)


def cost_usd(
    model: str,
    base_url: str,
    prices: Prices = PUBLISHED,
    *,
    input_tokens: int | None,
    output_tokens: int | None,
    cached_tokens: int | None = None,
    batch: bool = False,
) -> float | None:
    """Give the price in US dollars, or None where the provider, model or usage is unknown.

    The provider is known by `base_url`: the same model on a server of one's own has no published
    price. `cached_tokens` are those of `input_tokens` that the provider's prompt cache served.
    With `batch` the price is the one of the provider's Batch API, or the online one where no batch
    price is known.
    """
    if input_tokens is None or output_tokens is None or input_tokens < 0 or output_tokens < 0:
        return None
    cached = max(0, min(cached_tokens or 0, input_tokens))
    own = prices.own.get(model)
    try:
        if own is not None and (own.base_url is None or _server(own.base_url) == _server(base_url)):
            cached_price = own.input if own.cached_input is None else own.cached_input
            online = (
                (input_tokens - cached) * own.input
                + cached * cached_price
                + output_tokens * own.output
            ) / _A_MILLION
            usd = online * (1 - own.batch_discount) if batch else online
        else:
            usd = _published(model, base_url, (input_tokens, output_tokens, cached), batch=batch)
    except (LookupError, ValueError, OverflowError):
        return None
    return usd if math.isfinite(usd) else None


def worst_case(
    model: str,
    base_url: str,
    prices: Prices = PUBLISHED,
    *,
    input_tokens: int,
    room: int,
    batch: bool = False,
) -> float | None:
    """Give what a call costs that finds nothing in the prompt cache and fills all its room.

    None where `cost_usd` is.
    """
    costs = [
        cost_usd(
            model,
            base_url,
            prices,
            input_tokens=input_tokens,
            output_tokens=room,
            cached_tokens=cached,
            batch=batch,
        )
        for cached in (0, input_tokens)
    ]
    return max((cost for cost in costs if cost is not None), default=None)


def _published(model: str, base_url: str, tokens: tuple[int, int, int], *, batch: bool) -> float:
    # Imported late: the tables of prices take a tenth of a second.
    from genai_prices import Usage, calc_price  # noqa: PLC0415

    usage = Usage(input_tokens=tokens[0], output_tokens=tokens[1], cache_read_tokens=tokens[2])
    online = calc_price(usage, model_ref=model, provider_api_url=base_url)
    if not batch:
        return float(online.total_price)
    listed = calc_price(
        usage,
        model_ref=model,
        provider_api_url=base_url,
        price_context={"processing": "batch"},
    )
    if listed.model_price == online.model_price and online.provider.id == _OPENAI:
        return float(online.total_price) * (1 - OPENAI_BATCH_DISCOUNT)
    return float(listed.total_price)


def _server(url: str) -> tuple[str, str, int | None, str] | None:
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


def _said(model: str, table: object, error: ValidationError) -> str:
    """Name the table and key that are wrong, the first of them if there are several."""
    if not isinstance(table, dict):
        return f'{model}: must be a table, such as ["{model}"] with input and output'
    inner = next((key for key, value in table.items() if isinstance(value, dict)), None)
    if inner is not None:
        name = f"{model}.{inner}"
        return f'["{model}"] {inner}: a model with a dot in its name needs quotes: ["{name}"]'
    first = error.errors()[0]
    return f'["{model}"] {".".join(str(part) for part in first["loc"])}: {first["msg"]}'
