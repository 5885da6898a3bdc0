"""The command `jornada review`: the pages of the pipeline and of evals, served together."""

import getpass
import signal
import sys
import threading
import webbrowser
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from eval.review import routes
from pipeline.commands.options import DB, Db, examples
from pipeline.console.exit_status import INTERRUPTED
from pipeline.console.terminal import say, tell
from pipeline.errors import UsageError
from pipeline.plain_text import one_line
from pipeline.review.context import LONGEST_NAME
from pipeline.review.session import hold_review, open_context

app = typer.Typer(add_completion=False)

_PACKAGES = ("pipeline.review", "eval.review")
_GOLD = Path("gold")


@app.command(
    epilog=examples(
        "jornada review",
        "jornada review --db backlog.duckdb --port 8700 --no-browser",
        "jornada review --as ana --gold labels/",
        "The address is a key: who has it can look and decide. It holds until Ctrl-C, and on this "
        "machine alone.",
    )
)
def review(
    *,
    db: Db = DB,
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, metavar="N", help="Of this machine, else any."),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address, and open nothing.")
    ] = False,
    who: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="Who decides, else your login name."),
    ] = None,
    gold: Annotated[
        Path, typer.Option("--gold", metavar="DIR", help="Where what is saved as gold goes.")
    ] = _GOLD,
) -> int:
    """Look at readings beside their text, and correct them, on a page in the browser."""
    context = open_context(db, _name(who), gold)
    _end_as_by_ctrl_c()
    try:
        with hold_review(context, port, routes.ROUTES, _PACKAGES) as address:
            say(address)
            sys.stdout.flush()
            if not no_browser:
                _open(address)
            threading.Event().wait()
    except KeyboardInterrupt:
        tell("Stopped.")
    return INTERRUPTED


def _name(given: str | None) -> str:
    name = one_line(_login_name() if given is None else given)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise UsageError(f"--as: give a name of 1 to {LONGEST_NAME} characters")
    return name


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # of a user without a name, as in some containers
        return "somebody"


def _end_as_by_ctrl_c() -> None:
    """Have a closed terminal or `kill` end it as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):  # by name: not every system has both
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)


def _open(address: str) -> None:
    """Open the address in a browser with windows; one within the terminal would take it over."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if type(browser) is not webbrowser.GenericBrowser:
        threading.Thread(target=browser.open, args=(address,), daemon=True).start()
