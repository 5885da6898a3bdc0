"""An answer that labels each mark under a key of its own, brought into scopes. Pure.

Such an answer has `numbers`, an object with a key a mark, in place of `scopes` and of the lists of
marks. What stands at a mark are the labels of a figure with its scope last: `same` is that of the
figure before, and of the first figure that in `scope`, beside `numbers`. A number that is no figure
has the service `aside` and nothing else. Where print can be read in several ways, one key holds the
marks of the reading that was taken.
"""

import re
from collections.abc import Iterator
from typing import Any

ASIDE = "aside"
SAME = "same"
REMARKS = ("approx", "percent", "above_goal", "productivity")
"""What may be said of a figure beside its labels."""

_MARK = re.compile(r"\W*(\d+)")


def gather_scopes(answer: dict[str, Any]) -> dict[str, Any]:
    """Gather what is said of each mark into scopes; an answer in scopes stays as it is.

    What is out of shape is passed on as it stands, for whoever reads the scopes to find.
    """
    numbers = answer.get("numbers")
    if "scopes" in answer or not isinstance(numbers, dict):
        return answer
    held = answer.get("scope")
    aside: list[object] = []
    remarks: dict[str, list[object]] = {name: [] for name in REMARKS}
    scopes: list[tuple[object, list[object]]] = []
    for mark, labels in _by_mark(numbers):
        if not isinstance(labels, dict):
            _figures_of(held, scopes).append(labels)
            continue
        if labels.get("service") == ASIDE:
            aside.append(mark)
            continue
        scope = labels.get("scope")
        held = held if scope == SAME else scope
        figure = {name: labels[name] for name in ("service", "detail") if name in labels}
        _figures_of(held, scopes).append({"n": mark, **figure})
        said = labels.get("remarks")
        for name in REMARKS:
            if isinstance(said, list) and name in said:
                remarks[name].append(mark)
    rest = {name: part for name, part in answer.items() if name not in ("scope", "numbers")}
    written = [
        {**(scope if isinstance(scope, dict) else {}), "figures": figures}
        for scope, figures in scopes
    ]
    return {**rest, "scopes": written, "aside": aside, **remarks}


def _by_mark(numbers: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """List the marks and what is said of each; those of a reading stand one level further in."""
    for key, labels in numbers.items():
        if isinstance(labels, dict) and all(_MARK.match(inner) for inner in labels):
            yield from _by_mark(labels)
        else:
            found = _MARK.match(key)
            yield (found[1] if found else key), labels


def _figures_of(scope: object, scopes: list[tuple[object, list[object]]]) -> list[object]:
    """Give the list of the figures of a scope, a new one at the end where it has none."""
    for known, figures in scopes:
        if known == scope:
            return figures
    scopes.append((scope, []))
    return scopes[-1][1]
