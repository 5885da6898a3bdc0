"""What a file says and a reader of it does not see -> how much it is, and how it begins."""

from collections.abc import Iterable
from typing import Any

from pipeline.documents.text import normalise

_SHOWN = 200  # characters


def tell_hidden(passages: Iterable[str]) -> dict[str, Any]:
    """Return what metadata say of hidden passages: how many words, and the first of them."""
    passages = [*passages]
    first = normalise(" ".join(passage[: 2 * _SHOWN] for passage in passages[:_SHOWN]))
    told = " ".join(first.split())
    if len(told) > _SHOWN:
        told = told[:_SHOWN].rsplit(" ", 1)[0] + "…"
    return {
        "hidden_words": sum(len(passage.split()) for passage in passages) or None,
        "hidden_text": told or None,
    }
