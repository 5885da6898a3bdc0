"""The codes of `service` and `detail`, read from `codebook.toml`, from which all else follows."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

OTHER = "other"
"""The detail of a kind that is printed and has no code; every service takes it."""

JOINT = "+"
"""Stands between the codes of a number that counts several kinds."""

MOST_KINDS = 3
"""So many codes may be joined; of a number of more kinds no kind is said."""

MANNERS = frozenset(("elective", "emergency", "laparoscopic", "outpatient"))
"""Details that say how an operation was done, which is less than what was operated on."""

_FILE = "codebook.toml"
_CODE = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"

CodeName = Annotated[str, Field(pattern=_CODE)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Code(_Frozen):
    """One kind of a service; `es` and `en` are its names for people."""

    es: str
    en: str | None = None
    broader: str | None = None
    also: str | None = None
    aliases: tuple[CodeName, ...] = ()


def _with_name_alone(given: object) -> object:
    return {"es": given} if isinstance(given, str) else given


class ServiceCodes(_Frozen):
    """One service: its names, what it counts, and its kinds by their codes."""

    es: str
    en: str
    means: str
    detail: Mapping[CodeName, Annotated[Code, BeforeValidator(_with_name_alone)]] = {}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known: set[str] = {*self.detail, OTHER}
        for name, code in self.detail.items():
            if name == OTHER:
                raise ValueError(f"{OTHER!r} is a kind of every service by itself")
            if code.broader is not None and code.broader not in self.detail:
                raise ValueError(f"{name}: no code is called {code.broader!r}")
            for alias in code.aliases:
                if alias in known:
                    raise ValueError(f"{name}: {alias!r} stands for something else already")
                known.add(alias)
        return self


class Row(NamedTuple):
    """One row of the table `codes`; `detail` is None for the service by itself."""

    service: str
    detail: str | None
    broader: str | None
    spanish: str
    english: str


class Codebook(RootModel[Mapping[CodeName, ServiceCodes]]):
    """All services by their codes."""

    model_config = ConfigDict(frozen=True)

    def kinds_of(self, service: str) -> tuple[str, ...]:
        """List the codes that a detail of `service` may hold, `other` last."""
        return (*self.root[service].detail, OTHER)

    def all_kinds(self) -> tuple[str, ...]:
        """List the codes of all services together, each once, in alphabetical order."""
        return tuple(sorted({kind for service in self.root for kind in self.kinds_of(service)}))

    def fault_of(self, service: str, detail: str | None) -> str | None:
        """Say why `detail` is no detail of `service`; None where it is one."""
        if detail is None:
            return None
        parts = detail.split(JOINT)
        if parts != sorted(set(parts)):
            return "several kinds are joined by '+' in alphabetical order, each once"
        known = self.root[service].detail
        for part in parts:
            if part not in known and part != OTHER:
                return f"{part!r} is no kind of {service}"
        if len(parts) > MOST_KINDS:
            return f"at most {MOST_KINDS} kinds are joined; of more, none is said"
        if len(parts) > 1 and OTHER in parts:
            return f"{OTHER!r} is never joined with another kind"
        return None

    def name_of(self, service: str, detail: str | None = None, *, spanish: bool = False) -> str:
        """Name a service or its detail for people: "diabetes, hypertension"."""
        book = self.root[service]
        if detail is None:
            return book.es if spanish else book.en
        return ", ".join(_name(book, part, spanish=spanish) for part in detail.split(JOINT))

    def rows(self) -> tuple[Row, ...]:
        """List every code, each service first by itself."""
        return tuple(
            row
            for service, book in self.root.items()
            for row in (
                Row(service, None, None, book.es, book.en),
                *(
                    Row(
                        service,
                        kind,
                        book.detail[kind].broader if kind in book.detail else None,
                        _name(book, kind, spanish=True),
                        _name(book, kind, spanish=False),
                    )
                    for kind in self.kinds_of(service)
                ),
            )
        )


def _name(book: ServiceCodes, kind: str, *, spanish: bool) -> str:
    if kind == OTHER:
        return "otro tipo" if spanish else "other kind"
    code = book.detail[kind]
    return code.es if spanish else code.en or kind.replace("_", " ")


@cache
def codebook() -> Codebook:
    """Read the file, once a process."""
    data: dict[str, Any] = tomllib.loads(
        files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    )
    return Codebook.model_validate(data)
