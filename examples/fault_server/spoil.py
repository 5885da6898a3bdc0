"""Answers that are wrong on purpose, in ways that a form's judge notices."""

import json
import random
from typing import Any

from examples.fault_server.answers import Asked, marked
from pipeline.forms.numbering import number_document
from pipeline.llm.draft import judge_answer

INVENTED = "987 mil 654 atenciones que nadie contó"


def half(content: str) -> str:
    """Cut an answer in the middle."""
    return content[: len(content) // 2]


def no_json(asked: Asked, content: str, chance: random.Random) -> str:
    """Break an answer's syntax or shape."""
    whole = json.loads(content)
    figures = "figures" if asked.form.name == "quoted" else "scopes"
    broken = (
        content[:-2],  # not closed, and nobody knows whether more was to come
        content.replace('":', '"=', 1),
        json.dumps({**whole, figures: "ninguna"}, ensure_ascii=False),
        json.dumps({name: whole[name] for name in whole if name != figures}, ensure_ascii=False),
    )
    return marked(chance.choice(broken), asked.spoilt + 1)


def untrue(asked: Asked, content: str, chance: random.Random) -> str:
    """Invent a figure, misread one, or leave a number out."""
    whole: dict[str, Any] = json.loads(content)
    ways = _quoted_ways(whole) if asked.form.name == "quoted" else _anchored_ways(asked, whole)
    invented, *others = ways
    spoilt = json.dumps(chance.choice(ways), ensure_ascii=False)
    if others and not judge_answer(asked.form, asked.document, spoilt).faults:
        # A number that is printed twice is not missed once.
        spoilt = json.dumps(invented, ensure_ascii=False)
    return marked(spoilt, asked.spoilt + 1)


def _quoted_ways(whole: dict[str, Any]) -> list[dict[str, Any]]:
    figures, asides = whole["figures"], whole["set_aside"]
    new = {
        "quote": INVENTED,
        "value": 987654,
        "unit": "count",
        "service": "total",
        "detail": None,
        "status": "performed",
        "period": "jornada",
        "edition": None,
        "place": "national",
        "approximate": False,
    }
    ways = [{**whole, "figures": [*figures, new]}]
    if figures:
        misread = {**figures[0], "value": figures[0]["value"] + 1}
        ways += [{**whole, "figures": [misread, *figures[1:]]}, {**whole, "figures": figures[:-1]}]
    if asides:
        ways.append({**whole, "set_aside": asides[1:]})
    return ways


def _anchored_ways(asked: Asked, whole: dict[str, Any]) -> list[dict[str, Any]]:
    aside, scopes = whole["aside"], whole["scopes"]
    last = len(number_document(asked.document).numerals)
    ways = [{**whole, "aside": [*aside, last + 1]}]
    if aside:
        ways.append({**whole, "aside": aside[1:]})
    if scopes:
        ways.append({**whole, "scopes": scopes[1:]})
    return ways
