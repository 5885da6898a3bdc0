"""`python -m eval.ablation`: what each phrase and each rule of the baseline is worth."""

import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track

from eval.ablation.floors import find_shortfalls, read_floors
from eval.ablation.listing import as_facts, show_phrases, show_rules, show_sets
from eval.ablation.sets import load_cases
from eval.ablation.study import study_phrases, study_rules
from pipeline.console.destination import find_target, write_file
from pipeline.console.exit_status import FAILED, INTERRUPTED, UNUSABLE
from pipeline.console.terminal import console, tell
from pipeline.errors import JornadaError
from pipeline.plain_text import to_json

_PROCESSES = 2


def run(
    *,
    gold: Annotated[
        list[Path] | None,
        typer.Option("--gold", metavar="DIR", help="More gold labels with their texts beside."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Judge the phrases by floors.toml, and no rules.")
    ] = False,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write all of it there too.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite that file.")] = False,
) -> int:
    """Read gold without each phrase and each rule in turn, and say what each is worth."""
    target = json if json is None else find_target(json, force=force, option="--json")
    data = _vocabulary_data()
    cases = load_cases(gold or ())
    study = study_phrases(data, cases, _PROCESSES, _told)
    rules = None if check else study_rules(data, cases, _PROCESSES, _told)
    show_sets(study)
    if rules is not None:
        show_phrases(study)
        show_rules(rules, study.whole)
    if target is not None:
        facts = to_json(as_facts(study, rules)).encode()
        write_file(target, lambda file: file.write(facts))
    shortfalls = list(find_shortfalls(study, read_floors())) if check else []
    if shortfalls:
        tell("; ".join(shortfalls))
    return FAILED if shortfalls else 0


def _vocabulary_data() -> dict[str, Any]:
    text = files("pipeline.rules").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _told(things: Iterable[Any], total: int, name: str) -> Iterator[Any]:
    screen = console(stderr=True)
    hidden = not screen.is_terminal
    return iter(track(things, name, total, console=screen, disable=hidden, transient=True))


def main() -> None:
    """Run it, and end with its exit status."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(run)
    try:
        sys.exit(app(prog_name="python -m eval.ablation", standalone_mode=False) or 0)
    except (JornadaError, typer.TyperException) as error:
        tell(str(error))
        sys.exit(UNUSABLE)
    except KeyboardInterrupt:
        tell("Stopped.")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
