"""Make the table of verb forms: `python -m pipeline.rules.verb_table`.

The forms are those of verbecc's Spanish conjugator (LGPL). It pins old releases of numpy and
scikit-learn, so it is no dependency: run this in an environment of its own (`pip install verbecc`)
whenever a verb is added to the table `verbs` of the vocabulary.
"""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_TENSES = {
    "present": ("indicativo", "presente"),
    "imperfect": ("indicativo", "pretérito-imperfecto"),
    "preterite": ("indicativo", "pretérito-perfecto-simple"),
    "future": ("indicativo", "futuro"),
    "conditional": ("condicional", "presente"),
    "gerund": ("gerundio", "gerundio"),
}
_PERSONS = {("1", "p"), ("3", "s"), ("3", "p")}
"""Bulletins address nobody, and "yo" has the forms of nouns: "trasplanté", "logro", "cálculo"."""
_MENDED = {"preve": "prevé", "preven": "prevén", "previ": "preví", "previo": "previó"}
"""Accents that the conjugator leaves out."""
_HEADER = """\
# The forms of the vocabulary's verbs: third person, and "we". Made by pipeline/rules/verb_table.py:
# add verbs in vocabulary.toml and run that, instead of writing here.
"""


def table_of(infinitives: Iterable[str]) -> str:
    """Return the table of the verbs' forms as TOML."""
    from verbecc import CompleteConjugator  # noqa: PLC0415  # only here: see above

    conjugator = CompleteConjugator("es")
    lines = [_HEADER]
    for infinitive in sorted(set(infinitives)):
        moods = json.loads(conjugator.conjugate(infinitive).to_json())["moods"]
        lines.append(f'["{infinitive}"]')
        for name, (mood, tense) in _TENSES.items():
            lines.append(f'{name} = "{" ".join(_forms(moods[mood][tense]))}"')
        masculine = _forms(moods["participo"]["participo"])[0]
        stem = masculine.removesuffix("o")
        lines.append(f'participle = "{stem}o {stem}a {stem}os {stem}as"\n')
    return "\n".join(lines)


def _forms(conjugations: list[dict[str, Any]]) -> list[str]:
    """Return the verb's own word of each person that a bulletin uses, once each."""
    told = [
        form.split()[-1]
        for one in conjugations
        if "p" not in one or (one["p"], one["n"]) in _PERSONS
        for form in one["c"]
    ]
    return list(dict.fromkeys(_MENDED.get(form, form) for form in told))


def main() -> None:
    """Write the table anew."""
    vocabulary = tomllib.loads((_HERE / "vocabulary.toml").read_text(encoding="utf-8"))
    verbs = [verb for group in vocabulary["verbs"].values() for verb in group]
    (_HERE / "verbs.toml").write_text(table_of(verbs), encoding="utf-8")


if __name__ == "__main__":
    main()
