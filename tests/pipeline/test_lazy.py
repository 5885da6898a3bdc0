"""Modules that load when they are first used."""

import copy
import pickle
import sys

import pytest

from pipeline.lazy import lazy
from tests.processes import run_program


def test_a_module_is_loaded_by_its_first_use_and_not_before() -> None:
    code = (
        "import sys; from pipeline.lazy import lazy; module = lazy('colorsys');"
        "assert 'colorsys' not in sys.modules; assert module.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0);"
        "assert 'colorsys' in sys.modules"
    )
    run_program([sys.executable, "-c", code])


def test_it_goes_to_other_processes() -> None:
    for other in (pickle.loads(pickle.dumps(lazy("json"))), copy.copy(lazy("json"))):  # noqa: S301
        assert other.loads("[1]") == [1]


def test_what_is_not_installed_fails_when_it_is_used() -> None:
    module = lazy("no_such_module")
    with pytest.raises(ImportError):
        module.anything  # noqa: B018 - that it is looked up is the point
