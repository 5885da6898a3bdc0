"""The codes of the codebook as a prompt lists them: a line a service, its kinds behind it."""

from functools import cache

from schemas.codebook import OTHER, codebook


@cache
def write_code_list() -> str:
    """List every service with what it counts and the codes of its details, in Markdown."""
    lines = []
    for name, service in codebook().root.items():
        kinds = [
            f"`{code}`" + (f" ({kind.also})" if kind.also else "")
            for code, kind in service.detail.items()
        ]
        listed = f" Details: {', '.join(kinds)}, `{OTHER}`." if kinds else " No details."
        lines.append(f"- `{name}`: {service.means}.{listed}")
    return "\n".join(lines)
