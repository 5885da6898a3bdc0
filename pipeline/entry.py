"""Where the program `jornada` begins: Ctrl-C while it is being loaded ends it without a word."""

import os
import signal

from pipeline.console.exit_status import INTERRUPTED


def main() -> None:
    """Load the command line, and run it."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # a shell has it so for what runs in its background
        signal.signal(signal.SIGINT, _end)
    from pipeline import cli  # noqa: PLC0415 - it takes a while, in which somebody may stop it

    signal.signal(signal.SIGINT, before)
    cli.main()


def _end(_number: int, _frame: object) -> None:
    os._exit(INTERRUPTED)
