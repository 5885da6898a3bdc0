"""The modules of this package whose libraries are slow to load: loaded when a file needs them."""

from importlib import import_module
from types import ModuleType


def load_module(name: str) -> ModuleType:
    """Load a module of this package by its name."""
    return import_module(f"{__package__}.{name}")
