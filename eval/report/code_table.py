"""The codes of the codebook as a table in Markdown."""

from collections.abc import Iterator

from schemas.codebook import ServiceCodes, codebook

_HEAD = ("| code | Spanish | English | broader | also |", "|---|---|---|---|---|")


def write_code_table() -> str:
    """Write a table a service, with what the service counts above it."""
    return "\n\n".join(
        "\n".join(
            (f"**`{name}`** ({service.es}): {service.means}", "", *_HEAD, *_rows(name, service))
            if service.detail
            else (f"**`{name}`** ({service.es}): {service.means}; no codes of its own",)
        )
        for name, service in codebook().root.items()
    )


def _rows(service_name: str, service: ServiceCodes) -> Iterator[str]:
    for name, code in service.detail.items():
        english = codebook().name_of(service_name, name)
        broader = f"`{code.broader}`" if code.broader else ""
        yield f"| `{name}` | {code.es} | {english} | {broader} | {code.also or ''} |"
