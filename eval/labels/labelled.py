"""What a gold figure says and what it leaves out: not labelled is not the same as null. Pure."""

from schemas.report import Figure

_KEYS = {"days": ("starts_on", "ends_on")}


def is_labelled(figure: Figure, label: str) -> bool:
    """Tell whether a gold figure says anything of a label; null says that it is not known."""
    return not figure.model_fields_set.isdisjoint(_KEYS.get(label, (label,)))
