"""Bulletins and answers for the commands around a backlog."""

import json
import re
from pathlib import Path

LETTERS = "ABCDEFGHIJKL"


def sound(number: int) -> str:
    """A bulletin that rules read without a finding."""
    return f"Boletín {LETTERS[number]}\n\nSe otorgaron {100 + number} consultas en la jornada.\n"


def contradictory(number: int) -> str:
    """A bulletin that prints one fact with two values, which is a warning whoever reads it."""
    title = f"Boletín {LETTERS[number]}: IMSS otorgó {100 + number} consultas"
    return f"{title}\n\nEn la jornada se otorgaron {120 + number} consultas de todo tipo.\n"


def lay_out(folder: Path, *texts: str) -> None:
    """Write each text to a file of its own: 00.txt, 01.txt ..."""
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")


def right_answer(text: str, *, only: int | None = None) -> str:
    """Write the answer that claims each "N consultas" of a text, or so many of them only."""
    figures = [
        {
            "quote": match[0],
            "value": int(match[1]),
            "unit": "count",
            "service": "consultation",
            "detail": None,
            "status": "performed",
            "period": "jornada",
            "edition": None,
            "place": "national",
            "approximate": False,
        }
        for match in re.finditer(r"(\d+) consultas", text)
    ]
    return json.dumps(
        {
            "title": "Jornada",
            "published_on": None,
            "bulletin_kind": "results",
            "programme": None,
            "jornadas": [],
            "figures": figures[:only],
            "set_aside": [],
            "specialties": [],
            "places": [],
        }
    )
