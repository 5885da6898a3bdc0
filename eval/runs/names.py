"""What variants and runs are called in tables: as briefly as tells them apart. Pure."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from schemas.reading import ReaderKey

_SHOWN_HASH = 8


def name_variant(reader: str, prompt: str | None, model: str | None) -> str:
    """Name a variant as tables show it; a reader without a prompt by itself."""
    return reader if prompt is None else f"{prompt} · {model}"


def server_in(parameters: str | None) -> str | None:
    """Give the server that a reader asked, out of its key's parameters; None where it is unknown.

    Readings from before servers were on record have none.
    """
    server = json.loads(parameters or "{}").get("server")
    return server if isinstance(server, str) else None


def shorten_server(server: str) -> str:
    """Give what of a server's URL is enough to tell it by: `127.0.0.1:8080` or `host/azure/v2`."""
    return server.partition("://")[2].removesuffix("/v1").rstrip("/") or server


def name_at(name: str, server: str | None) -> str:
    """Put the server behind a name."""
    return name if server is None else f"{name} @ {shorten_server(server)}"


def tell_apart(names: Sequence[str], keys: Sequence[ReaderKey]) -> list[str]:
    """Put behind names that several readers have what these differ in: server, prompt, parameters.

    A name that only one has stays as it is.
    """
    told = []
    for name, key in zip(names, keys, strict=True):
        others = [other for one, other in zip(names, keys, strict=True) if one == name]
        told.append(_name_among(name, key, others) if len(others) > 1 else name)
    return told


def _name_among(name: str, key: ReaderKey, others: Sequence[ReaderKey]) -> str:
    own = dict(_traits(key))
    traits = [dict(_traits(other)) for other in others]
    names = sorted({trait for one in traits for trait in one})
    differing = [each for each in names if len({one.get(each) for one in traits}) > 1]
    if "server" in differing:
        name = name_at(name, own.get("server"))
    behind = [own.get(each, f"no {each}") for each in differing if each != "server"]
    return f"{name} ({', '.join(behind)})" if behind else name


def _traits(key: ReaderKey) -> Iterator[tuple[str, str]]:
    """List what a reader may differ in from another of its name, in words."""
    yield "prompt", (key.prompt_hash or "")[:_SHOWN_HASH]
    parameters: dict[str, Any] = json.loads(key.parameters or "{}")
    if server := server_in(key.parameters):
        yield "server", server
    for name, value in parameters.items():
        if isinstance(value, dict):
            for inner, own in value.items():
                yield inner, f"{inner} {_brief(own)}"
        elif name != "server":
            yield name, f"{name} {_brief(value)}"


def _brief(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
