"""Settings as variants: `--vary NAME=VALUE,VALUE` reads with each of the values. Pure."""

import difflib
import itertools
import json
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from pydantic import JsonValue, ValidationError

from pipeline.configuration.layer import Layer, describe_error
from pipeline.configuration.params import check_params, parse_value
from pipeline.errors import UsageError
from pipeline.settings import Settings

SETTINGS = ("max_output_tokens", "reasks", "token_budget", "schema_mode")
"""Settings that bear on an answer, beside parameters, by the names of `LlmSettings`."""

USUAL = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "typical_p",
    "seed",
    "logit_bias",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "repeat_penalty",
    "mirostat",
    "reasoning_effort",
    "reasoning",
    "verbosity",
    "thinking",
    "thinking_budget",
    "enable_thinking",
    "chat_template_kwargs",
    "service_tier",
)
"""Parameters that servers are known to take; others may be varied once --param has named them."""

_ELSEWHERE = {
    "model": "give --model once for each",
    "prompt": "give --prompt once for each",
    "reader": "give --reader once for each",
    "profile": "give --profile once for each",
    "base_url": "give each server a profile in jornada.toml, and --profile once for each",
    "header": "give each header a profile in jornada.toml, and --profile once for each",
    "repeat": "use --repeat",
    "max_tokens": "use max_output_tokens",
    "max_completion_tokens": "use max_output_tokens",
    **dict.fromkeys(
        ("timeout", "concurrency", "rpm", "tpm", "budget", "prices"), "no answer depends on it"
    ),
}
"""What makes no variants here, and what to do instead."""

_FORM = "write NAME=VALUE,VALUE such as reasoning_effort=low,medium"


class Variation(NamedTuple):
    """A setting or a parameter, and the values that it is to have in turn."""

    name: str
    values: tuple[JsonValue, ...]


def parse_variations(given: Iterable[str], named: Collection[str] = ()) -> list[Variation]:
    """Read what the command line says is to vary; `named` are parameters that it has elsewhere.

    Values are JSON or else texts, as with --param; one of `null` is a reading without the
    parameter. Raises `UsageError` for what cannot be varied, in one line.
    """
    variations: list[Variation] = []
    for text in given:
        written, equals, values = text.partition("=")
        name = _find_name(written.strip(), named)
        if not equals or not values.strip():
            raise UsageError(f"--vary {text!r}: {_FORM}")
        if any(name == other.name for other in variations):
            raise UsageError(f"--vary {name} is given twice: put all its values into one")
        variation = Variation(name, _split(name, values))
        for value in variation.values:
            _check(name, value)
        variations.append(variation)
    return variations


def multiply(settings: Settings, variations: Sequence[Variation]) -> list[Settings]:
    """Give settings with each combination of the values, those of the last one changing first.

    A value that is written in two ways is one: it would be paid for twice.
    """
    names = [variation.name for variation in variations]
    combinations = itertools.product(*(_list_different(each.values) for each in variations))
    return [_put_in(settings, dict(zip(names, each, strict=True))) for each in combinations]


def _find_name(written: str, named: Collection[str]) -> str:
    name = written.replace("-", "_")
    if name in _ELSEWHERE:
        raise UsageError(f"--vary {written} makes no variants: {_ELSEWHERE[name]}")
    if name in SETTINGS or name in USUAL:
        return name
    if written in named:
        return written
    near = difflib.get_close_matches(name, [*SETTINGS, *USUAL, *named], n=1, cutoff=0.8)
    if not near:
        try:
            check_params({written: 2})
        except ValueError as error:
            raise UsageError(f"--vary {error}") from error
    meant = f", did you mean {near[0]}?" if near else ":"
    raise UsageError(
        f"--vary {written}: no setting and no usual parameter has that name{meant} if the server "
        f"takes it, give --param {written}=VALUE beside it"
    )


def _split(name: str, values: str) -> tuple[JsonValue, ...]:
    try:
        listed = json.loads(f"[{values}]")  # objects and lists have commas of their own
    except (ValueError, RecursionError):
        pieces = [piece.strip() for piece in values.split(",")]
        if not all(pieces) or any(piece.startswith(("{", "[", '"')) for piece in pieces):
            raise UsageError(f"--vary {name}={values}: cannot be read; {_FORM}") from None
        listed = [parse_value(piece) for piece in pieces]
    return tuple(listed)


def _list_different(values: Sequence[JsonValue]) -> list[JsonValue]:
    return [
        value
        for place, value in enumerate(values)
        if not any(_is_same(value, other) for other in values[:place])
    ]


def _is_same(one: JsonValue, other: JsonValue) -> bool:
    """Tell whether a server is asked for the same: 1 and 1.0 are, 1 and true are not."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _check(name: str, value: JsonValue) -> None:
    """Hold a value to what the option or the parameter of that name takes."""
    if name in SETTINGS and value is None:
        raise UsageError(f"--vary {name}=null: leave the value out, or name one")
    try:
        Layer.model_validate({name: value} if name in SETTINGS else {"params": {name: value}})
    except ValidationError as error:
        shown = json.dumps(value, ensure_ascii=False)
        _, said = describe_error(error)
        raise UsageError(f"--vary {name}={shown}: {said}") from error


def _put_in(settings: Settings, values: dict[str, JsonValue]) -> Settings:
    own = {name: value for name, value in values.items() if name in SETTINGS}
    given = {name: value for name, value in values.items() if name not in SETTINGS}
    params = {**settings.llm.params, **given}
    own["params"] = {name: value for name, value in params.items() if value is not None}
    return settings.model_copy(update={"llm": settings.llm.model_copy(update=own)})
