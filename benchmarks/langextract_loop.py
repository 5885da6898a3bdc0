"""The loop that one would write with langextract, for `llm_path.py --langextract`.

    PYTHON benchmarks/langextract_loop.py BASE_URL DOCUMENTS.jsonl [--in-flight 200]

PYTHON is the interpreter of an environment that holds langextract[openai] 1.7.1, whose pins exclude
ours; nothing of ours is imported. Each bulletin of the file (one JSON object with "id" and "text" a
line) is one request. All is as langextract does it by default: the schema is made of the example,
answers are read and aligned by its own code, nothing is asked again or stored.
"""

import argparse
import importlib.metadata
import json
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

MODEL = "stub"
WARM_UP = 40
ONE_CHUNK = 1_000_000
CLASS = "figure"
DESCRIPTION = """\
Extract every figure of this Mexican press bulletin: each number that says how many services of a
kind were given or are planned, in order of appearance. The text of an extraction is copied exactly,
from the number to the words that say what it counts, without overlaps. Its attributes:
- value: the number in digits ("mil" multiplies by 1000); unit: count or percent.
- service: total, consultation, surgery, screening, ancillary_study, transplant, donation,
  family_planning, vaccination, social_work, hospital_discharge, dialysis, staff or other.
- detail: the most specific kind that is printed, in snake_case English, or null.
- status: performed or planned; period: jornada, cumulative or other.
- edition: the ordinal of the jornada that the number belongs to, or null.
- place: national, or the state or hospital that the number is about.
- approximate: true if "más de", "casi" or the like stands before the number.
Extract only numbers that are printed. Set aside dates, money, ages and counts of places."""
EXAMPLE = (
    "En la Quinta Jornada Nacional, hospitales de Colima dieron 3 mil 140 consultas de "
    "Especialidad y casi 60 cirugías. En el año se prevén mil 900 mastografías."
)
_SHARED = {"unit": "count", "place": "Colima"}
EXAMPLE_FIGURES: tuple[dict[str, Any], ...] = (
    {"quote": "3 mil 140 consultas de Especialidad", "value": 3140, "service": "consultation"}
    | {"detail": "specialty", "status": "performed", "period": "jornada", "edition": 5}
    | {"approximate": False, **_SHARED},
    {"quote": "casi 60 cirugías", "value": 60, "service": "surgery"}
    | {"detail": None, "status": "performed", "period": "jornada", "edition": 5}
    | {"approximate": True, **_SHARED},
    {"quote": "mil 900 mastografías", "value": 1900, "service": "screening"}
    | {"detail": "mammography", "status": "planned", "period": "cumulative", "edition": None}
    | {"approximate": False, **_SHARED},
)


def answer(figures: Iterable[Mapping[str, Any]]) -> str:
    """Give the message content that answers langextract's request, for the figures of a bulletin.

    Bare JSON: langextract sends a `json_schema` named `langextract_extractions`, by which a stub
    knows its requests, and asks for no fences. Needs no langextract.
    """
    extractions = [
        {CLASS: figure["quote"], f"{CLASS}_attributes": _attributes(figure)} for figure in figures
    ]
    return json.dumps({"extractions": extractions}, ensure_ascii=False)


def _attributes(figure: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in figure.items() if name != "quote"}


def extract(bulletins: Sequence[Mapping[str, str]], in_flight: int, base_url: str) -> list[Any]:
    """Give the `AnnotatedDocument` of each bulletin, in their order.

    Raises langextract's `InferenceRuntimeError` where a request fails for good.
    """
    import langextract as lx  # type: ignore[import-not-found] # noqa: PLC0415 - see `answer`

    extractions = [
        lx.data.Extraction(CLASS, figure["quote"], attributes=_attributes(figure))
        for figure in EXAMPLE_FIGURES
    ]
    config = lx.factory.ModelConfig(
        model_id=MODEL,
        provider="openai",
        # The provider reads its number of workers from here, not from the call.
        provider_kwargs={"base_url": base_url, "api_key": "none", "max_workers": in_flight},
    )
    with warnings.catch_warnings():
        # It merely tells that a schema is made of the example, which is what we want.
        warnings.filterwarnings("ignore", message="With 'config', schema constraints")
        found: list[Any] = lx.extract(
            [lx.data.Document(each["text"], document_id=each["id"]) for each in bulletins],
            prompt_description=DESCRIPTION,
            examples=[lx.data.ExampleData(EXAMPLE, extractions)],
            config=config,
            max_char_buffer=ONE_CHUNK,
            batch_length=in_flight,
            max_workers=in_flight,
            extraction_passes=1,
            show_progress=False,
        )
    return found


def main() -> None:
    """Warm up, read all bulletins, print what it took as a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("base_url")
    parser.add_argument("documents", type=Path)
    parser.add_argument("--in-flight", type=int, default=200)
    options = parser.parse_args()
    lines = options.documents.read_text(encoding="utf-8").splitlines()
    bulletins = [json.loads(line) for line in lines]
    extract(bulletins[:WARM_UP], options.in_flight, options.base_url)
    cpu, started = time.process_time(), time.perf_counter()
    found = extract(bulletins, options.in_flight, options.base_url)
    seconds, cpu_ms = time.perf_counter() - started, (time.process_time() - cpu) * 1000
    figures = [figure for document in found for figure in document.extractions]
    told = {
        "loop": f"langextract {importlib.metadata.version('langextract')}",
        "documents": len(found),
        "cpu_ms": round(cpu_ms / len(found), 3),
        "seconds": round(seconds, 3),
        "figures": len(figures),
        "aligned": sum(figure.char_interval is not None for figure in figures),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
