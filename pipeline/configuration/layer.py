"""What a person has set in one place: the command line, a profile, or the top of the file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SecretStr,
    StringConstraints,
    ValidationError,
)

from pipeline.configuration.headers import EnvironmentName, FromEnvironment, HeaderValue
from pipeline.configuration.params import check_params
from pipeline.settings import SchemaMode

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Amount = Annotated[float, Field(allow_inf_nan=False)]


class Layer(BaseModel):
    """Settings by the names that options have, with underscores. None: not said here.

    A key, the version of an API and secret headers are for the server of their own layer: they hold
    no more where a layer above names another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    model: Text | None = None
    base_url: Annotated[Text | None, Field(repr=False)] = None
    key_env: EnvironmentName | None = None
    """The environment variable that holds the key."""
    api_version: Text | None = None
    params: Annotated[dict[str, JsonValue], AfterValidator(check_params)] = {}
    headers: dict[str, HeaderValue] = {}
    timeout: Annotated[Amount, Field(gt=0)] | None = None
    """In seconds."""
    max_output_tokens: Annotated[int, Field(ge=1)] | None = None
    reasks: Annotated[int, Field(ge=0)] | None = None
    token_budget: Annotated[int, Field(ge=1)] | None = None
    schema_mode: SchemaMode | None = None
    prompt: Text | None = None
    reader: Literal["auto", "baseline", "llm"] | None = None
    concurrency: Annotated[int, Field(ge=1)] | None = None
    rpm: Annotated[Amount, Field(ge=1)] | None = None
    tpm: Annotated[Amount, Field(ge=1)] | None = None
    budget: Annotated[Amount, Field(ge=0)] | None = None
    """In US dollars."""
    prices: Annotated[Path, Field(strict=False)] | None = None
    document_seconds: Annotated[Amount, Field(gt=0)] | None = None
    document_megabytes: Annotated[int, Field(ge=1)] | None = None


_OF_THE_SERVER = ("base_url", "key_env", "api_version")


def merge(layers: Sequence[Layer]) -> Layer:
    """Put layers into one, the first of them on top.

    Parameters and headers add up by name; a parameter that is null takes away that of a lower one.
    """
    merged: dict[str, Any] = {"params": {}, "headers": {}}
    for layer in reversed(layers):
        if layer.base_url is not None:
            for name in _OF_THE_SERVER:
                merged.pop(name, None)
            merged["headers"] = {
                name: value for name, value in merged["headers"].items() if isinstance(value, str)
            }
        said = {name: value for name, value in layer if value is not None}
        merged |= {
            **said,
            "params": merged["params"] | layer.params,
            "headers": merged["headers"] | layer.headers,
        }
    merged["params"] = {
        name: value for name, value in merged["params"].items() if value is not None
    }
    return Layer.model_construct(**merged)


def describe_error(error: ValidationError) -> tuple[tuple[str, ...], str]:
    """Say where the first of what is wrong stands, and what it is; no value is repeated."""
    first = error.errors(include_input=False, include_url=False)[0]
    said = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    if first["type"] == "literal_error":
        said = f"is one of {first['ctx']['expected'].replace(' or ', ', ').replace(chr(39), '')}"
    return tuple(str(part) for part in first["loc"]), said


def read_secrets(
    headers: Mapping[str, HeaderValue], environ: Mapping[str, str]
) -> tuple[dict[str, SecretStr], list[str]]:
    """Give the secret ones among headers, and the names of variables that lack."""
    secrets: dict[str, SecretStr] = {}
    lacking: list[str] = []
    for name, value in headers.items():
        if isinstance(value, SecretStr):
            secrets[name] = value
        elif isinstance(value, FromEnvironment):
            if found := environ.get(value.env, "").strip():
                secrets[name] = SecretStr(found)
            else:
                lacking.append(value.env)
    return secrets, lacking
