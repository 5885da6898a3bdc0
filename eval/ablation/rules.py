"""The rules of the baseline, found in its modules, and a way to do without one for a while.

A rule is a value that a module binds by name and functions ask for: a compiled pattern, a
collection of words or patterns, or each member of a sequence of functions. Nobody keeps a list.
"""

import ast
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

PACKAGES = ("pipeline.rules", "pipeline.spanish")
_READER = "pipeline.rules.reader"
_NEVER = re.compile(r"(?!)")


class Rule(NamedTuple):
    """One rule, by the module and name that it is bound to."""

    module: str
    name: str
    member: int | None = None
    """Which of a sequence of functions; None is the whole value."""

    def __str__(self) -> str:
        """Name it as a person finds it."""
        return f"{self.module.removeprefix('pipeline.')}.{self.name}" + self._member()

    def _member(self) -> str:
        if self.member is None:
            return ""
        function = vars(importlib.import_module(self.module))[self.name][self.member]
        return f"[{function.__name__}]"


def find_rules(packages: tuple[str, ...] = PACKAGES) -> tuple[Rule, ...]:
    """Return every rule of what the reader loads of some packages, in the order of the modules."""
    return tuple(rule for name in packages for rule in _rules_of_package(name))


def _rules_of_package(name: str) -> Iterator[Rule]:
    importlib.import_module(_READER)
    package = importlib.import_module(name)
    for found in pkgutil.iter_modules(package.__path__, f"{name}."):
        module = sys.modules.get(found.name)
        if module is None:
            continue  # a tool: the reader does without it
        for bound in _bound_in(module):
            value = vars(module)[bound]
            if isinstance(value, tuple) and value and all(map(inspect.isfunction, value)):
                yield from (Rule(found.name, bound, at) for at in range(len(value)))
            elif _says_something(value) and _is_asked(module, bound):
                yield Rule(found.name, bound)


def _is_asked(module: ModuleType, name: str) -> bool:
    """Tell whether any function asks for a value: others only built patterns, long since made."""
    value = vars(module)[name]
    return any(
        name in _asked_in(one)
        for one in _loaded()
        if vars(one).get(name) is value and (one is module or name not in _bound_in(one))
    )


@cache
def _asked_in(module: ModuleType) -> frozenset[str]:
    """Return the names that are read inside of functions."""
    tree = ast.parse(inspect.getsource(module))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Lambda)]
    return frozenset(
        name.id for one in functions for name in ast.walk(one) if isinstance(name, ast.Name)
    )


def _says_something(value: object) -> bool:
    """Tell whether a value is a pattern, or a collection that holds words or patterns."""
    if isinstance(value, re.Pattern):
        return True
    if isinstance(value, dict):
        return any(_is_word(one) for one in (*value, *value.values()))
    return isinstance(value, tuple | set | frozenset) and any(map(_is_word, value))


def _is_word(value: object) -> bool:
    return isinstance(value, str) or _says_something(value)


@cache
def _bound_in(module: ModuleType) -> tuple[str, ...]:
    """Return the names that a module itself gives values to, and does not import."""
    names: list[str] = []
    for statement in ast.parse(inspect.getsource(module)).body:
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            targets = [statement.target]
        else:
            continue
        names.extend(n.id for one in targets for n in ast.walk(one) if isinstance(n, ast.Name))
    return tuple(dict.fromkeys(names))


_CACHED = type(_bound_in)
"""What a function that remembers is made into."""


@contextmanager
def without_rule(rule: Rule) -> Iterator[None]:
    """Do without a rule for a while, wherever it was imported to; nothing stays remembered."""
    value = vars(sys.modules[rule.module])[rule.name]
    less = _take_out(value, rule.member)
    places = [
        (module, name)
        for module in _loaded()
        for name, held in vars(module).items()
        if held is value and ((module.__name__, name) == rule[:2] or name not in _bound_in(module))
    ]
    try:
        for module, name in places:
            setattr(module, name, less)
        _forget()
        yield
    finally:
        for module, name in places:
            setattr(module, name, value)
        _forget()


def _take_out(value: Any, member: int | None) -> Any:  # noqa: ANN401 - any kind of rule
    if member is not None:
        return value[:member] + value[member + 1 :]
    return _NEVER if isinstance(value, re.Pattern) else type(value)()


def _loaded() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith("pipeline.")]


def _forget() -> None:
    """Empty what functions remember: what was read with a rule is not what is read without."""
    for module in _loaded():
        for value in vars(module).values():
            if isinstance(value, _CACHED):
                value.cache_clear()
