"""The commands `jornada vocabulary test` and `jornada vocabulary show`."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import Json, examples
from pipeline.console.explanation import show_explanation, show_phrases
from pipeline.console.lookup import only_document
from pipeline.documents import RecordFields, document_from
from pipeline.errors import UsageError
from pipeline.explanation import explain
from pipeline.isolation.loading import read_all
from pipeline.plain_text import one_line
from pipeline.rules.vocabulary import vocabulary
from schemas.document import Document, Metadata

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="See which words the baseline knows, and how it reads a sentence by them.",
)

_LONGEST = 10_000
"""Characters: a text is read once for each word in it that is known."""


@app.command(
    "test",
    epilog=examples(
        'jornada vocabulary test "Se prevén 40 cirugías de hernia en Sonora"',
        "jornada vocabulary test -f bulletin.txt --json",
        "head -3 bulletin.txt | jornada vocabulary test -",
        "Offsets count characters from 0, the end exclusive. A list is a table and key of "
        "vocabulary.toml; approximation.py and gazetteer.toml are beside pipeline/spanish. What is "
        "known by its form, as endings of verbs and days, stands in no list.",
    ),
)
def read_sentence(
    sentence: Annotated[
        str | None,
        typer.Argument(metavar="SENTENCE", help="What to read, or - for standard input."),
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option("-f", "--file", metavar="FILE", help="Read a file's bulletin.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show how a sentence is read: the words that are known, each number, and what decides."""
    document = _find_text(sentence, file)
    if len(document.text) > _LONGEST:
        raise UsageError(
            f"the text has {len(document.text):,} characters, more than {_LONGEST:,}: give a "
            "sentence or a paragraph of it"
        )
    show_explanation(explain(document), as_json=as_json)


@app.command(
    "show",
    epilog=examples("jornada vocabulary show hernias", "jornada vocabulary show programado --json"),
)
def find_word(
    word: Annotated[str, typer.Argument(metavar="WORD", help="One word, in any of its forms.")],
    *,
    as_json: Json = False,
) -> None:
    """List the phrases that have a word in them, and the lists where they stand."""
    phrases = vocabulary().phrases_with(word.strip())
    if not phrases and not as_json:
        raise UsageError(f"{one_line(word)}: no phrase of the vocabulary has this word in it")
    show_phrases(phrases, as_json=as_json)


def _find_text(sentence: str | None, file: Path | None) -> Document:
    if (sentence is None) == (file is None):
        raise UsageError("give one text: as an argument, with -f FILE, or - for standard input")
    if file is not None or sentence == "-":
        path = "-" if file is None else str(file)
        return only_document(read_all([path], RecordFields()), path)
    document = document_from(sentence or "", Metadata(format="txt"))
    if not document.text:
        raise UsageError("the sentence is empty")
    return document
