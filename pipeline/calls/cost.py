"""What an answer cost, and may cost at most: by prices of the user's own, else published ones."""

import math

import genai_prices

from pipeline.calls.prices import PUBLISHED, Prices

OPENAI_BATCH_DISCOUNT = 0.5
"""The part of the price that OpenAI takes off in its Batch API ("50% lower costs": the public Batch
API guide, platform.openai.com/docs/guides/batch), for models of which no batch price is listed."""
_OPENAI = "openai"
_A_MILLION = 1_000_000


def cost_usd(  # noqa: PLR0913 - all that a price depends on
    model: str,
    base_url: str,
    prices: Prices = PUBLISHED,
    *,
    input_tokens: int | None,
    output_tokens: int | None,
    cached_tokens: int | None = None,
    cache_written_tokens: int | None = None,
    batch: bool = False,
) -> float | None:
    """Give the price in US dollars, or None where the provider, model or usage is unknown.

    The provider is known by `base_url`: the same model on a server of one's own has no published
    price. `cached_tokens` are those of `input_tokens` that the provider's prompt cache served,
    `cache_written_tokens` those that went into it, which some providers charge more for.
    With `batch` the price is the one of the provider's Batch API, or the online one where no batch
    price is known.
    """
    if input_tokens is None or output_tokens is None or input_tokens < 0 or output_tokens < 0:
        return None
    cached = max(0, min(cached_tokens or 0, input_tokens))
    written = max(0, min(cache_written_tokens or 0, input_tokens - cached))
    own = prices.own.get(model)
    try:
        if own is not None and own.holds_for(base_url):
            cached_price = own.input if own.cached_input is None else own.cached_input
            written_price = own.input if own.cache_write is None else own.cache_write
            online = (
                (input_tokens - cached - written) * own.input
                + cached * cached_price
                + written * written_price
                + output_tokens * own.output
            ) / _A_MILLION
            usd = online * (1 - own.batch_discount) if batch else online
        else:
            usd = _published_price(
                model, base_url, (input_tokens, output_tokens, cached, written), batch=batch
            )
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
    """Give what a call costs at most that fills all its room, whatever the prompt cache does.

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
            cache_written_tokens=written,
            batch=batch,
        )
        for cached, written in ((0, 0), (input_tokens, 0), (0, input_tokens))
    ]
    return max((cost for cost in costs if cost is not None), default=None)


def _published_price(
    model: str, base_url: str, tokens: tuple[int, int, int, int], *, batch: bool
) -> float:
    sent, received, cached, written = tokens
    usage = genai_prices.Usage(
        input_tokens=sent,
        output_tokens=received,
        cache_read_tokens=cached,
        cache_write_tokens=written,
    )
    online = genai_prices.calc_price(usage, model_ref=model, provider_api_url=base_url)
    if not batch:
        return float(online.total_price)
    listed = genai_prices.calc_price(
        usage,
        model_ref=model,
        provider_api_url=base_url,
        price_context={"processing": "batch"},
    )
    if listed.model_price == online.model_price and online.provider.id == _OPENAI:
        return float(online.total_price) * (1 - OPENAI_BATCH_DISCOUNT)
    return float(listed.total_price)
