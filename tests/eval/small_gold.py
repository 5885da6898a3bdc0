"""A small folder of gold, for evals that are quickly done: five bulletins of three figures each."""

import json
from pathlib import Path

from eval.labels.gold import GoldBulletin, load_gold
from examples.scripted_server import Scripted, known_gold

BULLETINS = 5
_LABELS = {"unit": "count", "status": "performed", "period": "jornada", "place": "national"}


def write_gold(folder: Path) -> Path:
    """Write texts and labels into `folder`/gold."""
    gold = folder / "gold"
    gold.mkdir()
    for number in range(1, BULLETINS + 1):
        counted = {
            "surgery": f"{number} mil 610 cirugías",
            "consultation": f"{number} mil 120 consultas",
            "screening": f"{number} mil 7 detecciones",
        }
        text = (
            f"En la {number}ª Jornada Nacional se realizaron {counted['surgery']}.\n\n"
            f"Se otorgaron {counted['consultation']} y {counted['screening']}.\n"
        )
        values = (1000 * number + more for more in (610, 120, 7))
        figures = [
            {**_LABELS, "value": value, "service": service, "quote": quote, "approximate": False}
            for value, (service, quote) in zip(values, counted.items(), strict=True)
        ]
        labels = {"bulletin_kind": "results", "figures": figures}
        (gold / f"b{number}.txt").write_text(text, "utf-8")
        (gold / f"b{number}.json").write_text(json.dumps(labels), "utf-8")
    return gold


def load(folder: Path) -> tuple[GoldBulletin, ...]:
    """Write and load it."""
    return load_gold(write_gold(folder))


def answer_from(gold: Path) -> Scripted:
    """Give a server that answers from it, without mistakes."""
    return Scripted(known_gold(gold), mistakes=0)
