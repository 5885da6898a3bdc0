"""WordprocessingML: its namespaces, and how it says yes and no."""

from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WORD14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_OFF = frozenset(("0", "false", "off"))


def is_on(element: Any) -> bool | None:  # noqa: ANN401 - lxml ships no types
    """Read an on/off property such as `<w:strike/>`, None where it is not there."""
    return None if element is None else element.get(f"{W}val", "1").lower() not in _OFF
