"""Modules that are loaded when they are first used: the one mechanism for what is slow to import.

    if TYPE_CHECKING:
        from pipeline import batch
    else:
        batch = lazy("pipeline.batch")

So type checkers and import contracts see an import like any other, and a command loads what its
options ask for. Safe in threads, as importing is.
"""

from importlib import import_module
from typing import Any


class _LazyModule:
    def __init__(self, name: str) -> None:
        self._name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return lazy, (self._name,)

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401 - whatever the module holds
        return getattr(import_module(self._name), attribute)


def lazy(name: str) -> Any:  # noqa: ANN401 - stands for the module
    """Stand for a module; what is taken from it loads it. Raises `ImportError` then, if at all."""
    return _LazyModule(name)
