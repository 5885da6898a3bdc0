"""The file of settings, `jornada.toml`: defaults for every run, and profiles by name."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError, field_validator

from pipeline.configuration.headers import (
    FromEnvironment,
    HeaderValue,
    check_name,
    check_value,
    is_credential,
    is_secret,
)
from pipeline.configuration.layer import Layer, Text, describe_error
from pipeline.errors import UsageError
from pipeline.urls import has_password

FILE = Path("jornada.toml")
"""Looked for in the current folder, where `JORNADA_CONFIG` names no other."""
VARIABLE = "JORNADA_CONFIG"
T = TypeVar("T", bound="Table")


class Table(Layer):
    """A layer as it stands in a file, where no secret may."""

    @field_validator("base_url")
    @classmethod
    def _refuse_password(cls, url: str | None) -> str | None:
        if url is not None and has_password(url):
            raise ValueError("no password stands in this file: use key_env, or a secret header")
        return url

    @field_validator("headers", mode="before")
    @classmethod
    def _read_headers(cls, given: object) -> dict[str, HeaderValue]:
        if not isinstance(given, dict):
            raise ValueError("must be a table of headers")  # noqa: TRY004 - pydantic takes no other
        return dict(_read_header(name, value) for name, value in given.items())


class SettingsFile(Table):
    """The whole file: a layer, and the profiles in it."""

    profile: Text | None = None
    """The profile that is used where no other is asked for."""
    profiles: dict[str, Table] = {}  # noqa: RUF012 - pydantic copies it


def find_file(environ: Mapping[str, str]) -> Path | None:
    """Find the file of settings; None if there is none.

    Raises `UsageError` if one is named that is not there.
    """
    named = environ.get(VARIABLE)
    if not named:
        return FILE if FILE.exists() else None
    path = Path(named).expanduser()
    if not path.exists():
        raise UsageError(f"{VARIABLE} names {named}, and there is no such file")
    return path


def load_layers(path: Path | None, profile: str | None) -> list[Layer]:
    """Read a file of settings: the profile asked for, or named in the file, and what is for all.

    Raises `UsageError`, in one line that names the file and the key.
    """
    if path is None:
        if profile is not None:
            raise UsageError(
                f"--profile {profile}: there is no {FILE} in this folder, and {VARIABLE} names none"
            )
        return []
    whole = load_file(path)
    common = Table.model_construct(**{name: getattr(whole, name) for name in Layer.model_fields})
    name = profile or whole.profile
    if name is None:
        return [common]
    if name not in whole.profiles:
        known = ", ".join(whole.profiles) or "none"
        raise UsageError(f"{path} has no profile {name!r}; it has: {known}")
    return [whole.profiles[name], common]


def load_file(path: Path) -> SettingsFile:
    """Read a file of settings whole. Raises `UsageError` as `load_layers` does."""
    try:
        tables = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is no TOML: {' '.join(str(error).split())}") from error
    try:
        read = SettingsFile.model_validate(tables)
    except ValidationError as error:
        raise UsageError(f"{path}: {_describe(tables, error)}") from error
    profiles = {name: _from_folder(table, path.parent) for name, table in read.profiles.items()}
    return _from_folder(read, path.parent).model_copy(update={"profiles": profiles})


def _from_folder(table: T, folder: Path) -> T:
    """Let paths count from the folder of the file."""
    changes: dict[str, Any] = {}
    if table.prices is not None:
        changes["prices"] = folder / table.prices.expanduser()
    if table.prompt is not None and (folder / table.prompt).is_file():
        changes["prompt"] = str(folder / table.prompt)
    return table.model_copy(update=changes)


def _read_header(name: str, value: object) -> tuple[str, HeaderValue]:
    spelled = check_name(name)
    if isinstance(value, dict):
        try:
            return spelled, FromEnvironment.model_validate(value)
        except ValidationError as error:
            said = 'a header is a text, or { env = "NAME" } for what a variable holds'
            raise ValueError(f"{name}: {said}") from error
    if not isinstance(value, str):
        raise ValueError(f"{name}: must be a text")  # noqa: TRY004 - pydantic takes no other
    if is_secret(spelled):
        raise ValueError(
            f"{name}: no secret stands in this file; name the environment variable that holds it: "
            f'{name} = {{ env = "NAME" }}'
        )
    return spelled, check_value(name, value)


def _describe(tables: dict[str, Any], error: ValidationError) -> str:
    """Name the table and key that are wrong, the first of them if there are several."""
    where, said = describe_error(error)
    kind = error.errors(include_input=False, include_url=False)[0]["type"]
    place = ""
    if where[:1] == ("profiles",) and len(where) > 1:
        place, where = f"[profiles.{where[1]}] ", where[2:]
    if not where:
        return f"{place}must be a table with settings"
    name = ".".join(where)
    if kind == "extra_forbidden":
        return f"{place}{name}: {_describe_unknown(where[0])}"
    if where[0] == "key_env":
        said = 'must be the name of an environment variable, such as "AZURE_OPENAI_API_KEY"'
    if where[0] == "profiles" and not isinstance(tables.get("profiles"), dict):
        said = "must be tables, such as [profiles.azure]"
    return f"{place}{name}: {said}"


def _describe_unknown(name: str) -> str:
    if is_credential(name):
        return (
            "no key stands in this file; name the environment variable that holds it: "
            'key_env = "NAME"'
        )
    known = [*Layer.model_fields, "profile", "profiles"]
    if alike := difflib.get_close_matches(name, known, 1):
        return f"is no setting; is it {alike[0]}?"
    return "is no setting; a parameter of the model stands in a table params"
