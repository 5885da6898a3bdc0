"""What an answer cost, by published prices."""

from genai_prices import Usage, calc_price


def cost_usd(
    model: str,
    base_url: str,
    *,
    input_tokens: int | None,
    output_tokens: int | None,
    cached_tokens: int | None = None,
) -> float | None:
    """Give the price in US dollars, or None where the provider, model or usage is unknown.

    The provider is known by `base_url`: the same model on a server of one's own has no price.
    `cached_tokens` are those of `input_tokens` that the provider's prompt cache served.
    """
    if input_tokens is None or output_tokens is None:
        return None
    usage = Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cache_read_tokens=min(cached_tokens or 0, input_tokens),
    )
    try:
        return float(calc_price(usage, model_ref=model, provider_api_url=base_url).total_price)
    except (LookupError, ValueError):
        return None
