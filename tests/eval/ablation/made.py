"""A vocabulary of a few words, and bulletins that show what each of them is worth."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from eval.ablation.sets import Case
from pipeline.rules.reader import read_report
from pipeline.rules.vocabulary import Phrase, Vocabulary
from tests.readings import a_document

CIRUGIA = Phrase("services.surgery.heads", "cirugía")
CONSULTA = Phrase("services.consultation.heads", "consulta")
HERNIA = Phrase("services.surgery.named.hernia", "hernia")
PARTO = Phrase("services.other.named.birth", "parto")
"""Helps in the bulletin alone that is not to be named."""
FILA = Phrase("services.consultation.heads", "fila")
"""Queues, which nobody should count: it hurts."""
CESAREA = Phrase("services.surgery.named.cesarean", "cesárea")
"""Stands in no text."""
SE = Phrase("joints.pass_over", "se")
PREVER = Phrase("verbs.foreseeing", "prever")
"""Stands in no text, as no phrase has it."""
HACER = Phrase("verbs.giving", "hacer")
"""Stands in the phrase below."""
HICIERON = Phrase("status.performed", "<giving past>")

TEXTS = {
    "gold/a": "En la jornada se hicieron 40 cirugías y se dieron 300 consultas.\n",
    "gold/b": "En la jornada se hicieron 50 cirugías y se dieron 200 consultas. Hubo 9 filas.\n",
    "gold/c": "En la jornada se hicieron 20 hernias.\n",
    "unseen/d": "En la jornada se hicieron 60 cirugías y se atendieron 8 partos.\n",
}


def vocabulary_data() -> dict[str, Any]:
    """Return the project's vocabulary file with all lists empty but for a few words."""
    file = files("pipeline.rules").joinpath("vocabulary.toml")
    data: dict[str, Any] = _emptied(tomllib.loads(file.read_text(encoding="utf-8")))
    data["generic"] = {}
    for where, written in (
        CIRUGIA,
        CONSULTA,
        HERNIA,
        PARTO,
        FILA,
        CESAREA,
        SE,
        PREVER,
        HACER,
        HICIERON,
    ):
        table, keys = data, where.split(".")
        for key in keys[:-1]:
            table = table[key]
        table[keys[-1]].append(written)
    return data


def _emptied(table: Any) -> Any:  # noqa: ANN401 - tables and lists of the file
    if isinstance(table, dict):
        return {key: _emptied(value) for key, value in table.items()}
    return []


@cache
def cases() -> tuple[Case, ...]:
    """Return the bulletins; their gold is what is read without the word that hurts."""
    words = Vocabulary(vocabulary_data())
    made = []
    for name, text in TEXTS.items():
        folder, stem = name.split("/")
        document = a_document(text)
        with words.without((FILA,)):
            made.append(Case(folder, stem, document, read_report(document, words)))
    return tuple(made)
