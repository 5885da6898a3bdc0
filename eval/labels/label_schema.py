"""The JSON Schema of gold files, for editors: what may stand where, and what each code means."""

from typing import Any

from eval.labels.gold_file import MARK, PRELABELLED_BY, SEEN, TO_LABEL, UNFINISHED, Noise
from pipeline.words import Language, words_of
from schemas.codebook import JOINT, MOST_KINDS, OTHER, codebook
from schemas.report import JornadaReport, Service

_COLUMNS = {
    "Unit": "unit",
    "Status": "status",
    "Period": "period",
    "Basis": "basis",
    "JornadaKind": "kind",
    "BulletinKind": "bulletin_kind",
}
"""By the name of a shape: the column that its codes are in, by which they have their words."""

_WORDS = {None: ("title", "programme"), "Figure": ("place", "detail")}
"""Labels in words, of the report and of its shapes: `?` is none of them."""

_ABOUT = {
    "id": {"type": "string", "description": "A name of the bulletin, for people."},
    "source": {"type": "string", "description": "Where its text is from, for people."},
    "note": {"type": "string", "description": "Anything, for people."},
    "document_id": {
        "type": "string",
        "pattern": "^[0-9a-f]{64}$",
        "description": "Hash of the text; jornada gold tie writes it.",
    },
    "noise": {
        "type": "array",
        "uniqueItems": True,
        "items": {"enum": [*map(str, Noise)]},
        "description": "What makes the bulletin hard to read.",
    },
    UNFINISHED: {"description": "Take this line away when every label is seen to."},
    PRELABELLED_BY: {"type": "string", "description": "Whose labels a person began with."},
    SEEN: {
        "type": "object",
        "propertyNames": {"pattern": f"^{MARK.pattern}$"},
        "additionalProperties": {"type": "string"},
        "description": "Marks of what was looked at; jornada gold seen writes them.",
    },
}


def make_schema() -> dict[str, Any]:
    """Build the schema (draft 2020-12). `enumDescriptions` are what editors show beside codes."""
    schema = JornadaReport.model_json_schema()
    _say_codes(schema["$defs"])
    _say_details(schema["$defs"]["Figure"])
    schema["title"] = "Labels of a bulletin"
    schema["description"] = "Gold for jornada eval; jornada gold check judges what no schema can."
    schema["properties"] |= _ABOUT
    for shape, names in _WORDS.items():
        for name in names:
            properties = (schema["$defs"][shape] if shape else schema)["properties"]
            properties[name]["not"] = {"const": TO_LABEL}
    _spell_days(schema)
    return schema | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "required": ["bulletin_kind", "figures"],
        "additionalProperties": False,
    }


def _say_codes(shapes: dict[str, Any]) -> None:
    """Put beside each code its Spanish words, and for a service also what it counts."""
    spanish = words_of(Language.SPANISH).codes
    for name, column in _COLUMNS.items():
        codes = shapes[name]["enum"]
        shapes[name]["enumDescriptions"] = [spanish[column][code] for code in codes]
    shapes["Service"]["enumDescriptions"] = [
        f"{codebook().root[code].es}: {codebook().root[code].means}"
        for code in shapes["Service"]["enum"]
    ]


def _say_details(figure: dict[str, Any]) -> None:
    """Say for each service which details there are, and how several are joined."""
    figure["allOf"] = [
        {
            "if": {"properties": {"service": {"const": str(service)}}, "required": ["service"]},
            "then": {"properties": {"detail": _detail_of(service)}},
        }
        for service in Service
    ]


def _detail_of(service: Service) -> dict[str, Any]:
    kinds = codebook().kinds_of(service)
    one = {
        "enum": [None, *kinds],
        "enumDescriptions": ["nothing more is said", *(_describe(service, kind) for kind in kinds)],
    }
    coded = "|".join(kind for kind in kinds if kind != OTHER)
    if not coded:
        return one
    joint = rf"^({coded})(\{JOINT}({coded})){{1,{MOST_KINDS - 1}}}$"
    return {"anyOf": [one, {"type": "string", "pattern": joint}]}


def _describe(service: Service, kind: str) -> str:
    name = codebook().name_of(service, kind, spanish=True)
    code = codebook().root[service].detail.get(kind)
    if kind == OTHER:
        return f"{name}: a kind is printed that has no code"
    return f"{name} ({code.also})" if code and code.also else name


def _spell_days(schema: Any) -> None:  # noqa: ANN401 - any part of a schema
    """Say how days are written, as a format alone is no rule."""
    if isinstance(schema, dict):
        if schema.get("format") == "date":
            schema["pattern"] = r"^\d{4}-\d{2}-\d{2}$"
        schema = [*schema.values()]
    for each in schema if isinstance(schema, list) else ():
        _spell_days(each)
