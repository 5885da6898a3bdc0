"""The commands `jornada gold ...`; those that do more than a few lines have files of their own."""

from typing import Annotated

import typer

from eval.commands import gold_agree, gold_doubt, gold_new, gold_next
from eval.commands.options import Gold, Texts
from eval.labels.gold import locate_gold
from eval.labels.label_check import check_folder
from eval.labels.label_schema import make_schema
from eval.labels.see import see
from eval.labels.tie import tie_folder
from eval.report.code_table import write_code_table
from eval.report.label_findings import show_label_findings
from pipeline.commands.options import Json, examples
from pipeline.console.exit_status import FAILED
from pipeline.console.terminal import say, tell
from pipeline.plain_text import one_line, to_json

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Make gold: begin labels and check them.",
)
app.command("new", epilog=gold_new.EPILOG)(gold_new.begin_gold)
app.command("agree", epilog=gold_agree.EPILOG)(gold_agree.compare_gold)
app.command("doubt", epilog=gold_doubt.EPILOG)(gold_doubt.doubt_gold)
app.command("next", epilog=gold_next.EPILOG)(gold_next.list_next)


@app.command(
    "check",
    epilog=examples(
        "jornada gold check",
        "jornada gold check --gold labels/",
        "jornada gold check --gold labels/ --texts bulletins/ --json",
        "What is no error has a mark, by which `jornada gold seen` silences it until the text or "
        "the labels that it is about change. Exit status: 0 no errors, 1 errors, 2 unusable "
        "arguments.",
    ),
)
def check_gold(
    *,
    gold: Gold = None,
    texts: Texts = None,
    with_seen: Annotated[bool, typer.Option("--all", help="Also what was marked as seen.")] = False,
    as_json: Json = False,
) -> int:
    """See whether labels hold: schema, quotes, values, duplicates; list numbers left unlabelled."""
    findings = check_folder(*locate_gold(gold, texts))
    show_label_findings(findings, as_json=as_json, with_seen=with_seen)
    return FAILED if any(finding.is_error for finding in findings) else 0


@app.command(
    "tie",
    epilog=examples(
        "jornada gold tie --gold labels/",
        "jornada gold tie --gold labels/ --texts bulletins/ --refresh",
    ),
)
def tie_gold(
    *,
    gold: Gold = None,
    texts: Texts = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Also where a text has changed since.")
    ] = False,
) -> None:
    """Write the hash of its text into each gold file, so that a changed text is noticed."""
    has_tied = False
    for path in tie_folder(*locate_gold(gold, texts), refresh=refresh):
        has_tied = True
        say(one_line(str(path)))
    if not has_tied:
        tell("All are tied already.")


@app.command(
    "seen",
    epilog=examples(
        "jornada gold seen --gold labels/ 3fa9c1d2 77b0e4aa",
        "jornada gold seen --gold labels/ boletin-12 'nota-*'",
        "The name of a gold file, or a pattern, stands for all findings that are no errors.",
    ),
)
def see_findings(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="MARK...", help="As `jornada gold check` shows it, or a file's name."
        ),
    ],
    *,
    gold: Gold = None,
    texts: Texts = None,
) -> None:
    """Mark findings as seen: they are told no more while text and labels stay as they are."""
    marked = list(see(*locate_gold(gold, texts), names))
    for path, number in marked:
        say(f"{one_line(str(path))}: {number} marked as seen")
    if not marked:
        tell("Nothing was left to be marked.")


@app.command("codes", epilog=examples("jornada gold codes"))
def list_codes() -> None:
    """List the codes that labels are made of, as tables in Markdown."""
    say(write_code_table())


@app.command(
    "schema",
    epilog=examples(
        "jornada gold schema > gold.schema.json",
        "Editors that know JSON Schema complete codes by it, and underline what is none.",
    ),
)
def write_schema() -> None:
    """Print the JSON Schema of label files, with the Spanish words of each code, for editors."""
    say(to_json(make_schema()))
