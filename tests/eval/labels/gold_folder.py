"""A folder of gold to try things on: one text, and label files for it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TEXT = "En la 4ª Jornada Nacional, en 35 estados, se hicieron 58 mil 610 cirugías y 90\nestudios.\n"
SURGERIES: dict[str, Any] = {
    "value": 58610,
    "unit": "count",
    "service": "surgery",
    "status": "performed",
    "period": "jornada",
    "starts_on": None,
    "ends_on": None,
    "place": "national",
    "approximate": False,
    "quote": "58 mil 610 cirugías",
}
STUDIES = SURGERIES | {"value": 90, "service": "ancillary_study", "quote": "90 estudios"}


def put(folder: Path, *figures: Mapping[str, Any], name: str = "a", **labels: object) -> Path:
    path = folder / f"{name}.gold.json"
    whole = {**labels, "bulletin_kind": "results", "figures": figures}
    path.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    return path
