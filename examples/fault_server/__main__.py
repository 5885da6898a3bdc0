"""Run the fault server: `python -m examples.fault_server --help`."""
# ruff: noqa: T201 - a script; it prints

import argparse
import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from examples.fault_server.options import BATCH_MANNERS, FAULTS, MANNERS, TROUBLES, Options
from examples.fault_server.server import WHAT, FaultServer, listening
from pipeline.documents import read_all
from pipeline.forms import FORMS


def main() -> None:
    """Serve until Ctrl-C."""
    given = _parser().parse_args()
    values = vars(given)
    names = Options.__dataclass_fields__
    options = Options(**{name: value for name, value in values.items() if name in names})
    options = replace(options, refuse=tuple(given.refuse))
    with contextlib.suppress(KeyboardInterrupt):
        server = FaultServer(options)
        if given.prepare:
            texts = (one.document.text for one in read_all(given.prepare) if one.document)
            count = server.chat.answers.prepare(given.form, texts)
            print(f"{count} answers are prepared", flush=True)
        try:
            asyncio.run(_serve(server, given.port))
        except OSError as error:
            raise SystemExit(f"cannot listen on port {given.port}: {error.strerror}") from error


async def _serve(server: FaultServer, port: int) -> None:
    async with listening(server, port) as taken:
        print(
            f"http://127.0.0.1:{taken}/v1 serves {server.options.model!r}, {WHAT}. "
            "Tokens are guessed. Ctrl-C stops it.",
            flush=True,
        )
        await asyncio.Event().wait()


def _listed(title: str, kinds: Mapping[Any, str]) -> str:
    lines = (f"  {name:<10}{what}" for name, what in kinds.items())
    return "\n".join((f"{title}:", *lines))


def _several(names: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    def read(text: str) -> tuple[str, ...]:
        given = tuple(name.strip() for name in text.split(",") if name.strip())
        if unknown := set(given) - set(names):
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not of {', '.join(names)}")
        return given

    return read


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(
        prog="fault_server",
        description=f"An OpenAI-compatible server on loopback; {WHAT}",
        epilog="\n\n".join(
            (
                _listed("kinds of faults", FAULTS),
                _listed("batch trouble", TROUBLES),
                _listed("batch manners", BATCH_MANNERS),
            )
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--port", type=int, default=8078, help="0 takes a free one (8078)")
    add("--model", default=usual.model, help="its name (faulty)")
    add("--latency", type=float, default=0.0, help="seconds before an answer")
    add("--jitter", type=float, default=0.0, help="at most so many seconds more")
    add("--prepare", action="append", default=[], metavar="PATH", help="compute answers first")
    add("--form", choices=sorted(FORMS), default="quoted", help="of --prepare")
    add("--cache", type=int, default=usual.cache, help="answers that are kept, at least")
    add("--log", type=Path, help="a file that gets a line for each answer that is delivered")
    faults = parser.add_argument_group("faults")
    add = faults.add_argument
    add("--faults", type=float, default=0.0, metavar="SHARE", help="of requests that go wrong")
    add("--fault", dest="kinds", type=_several(FAULTS), default=tuple(FAULTS), metavar="KINDS",
        help="which of those below, with commas; all where none is named")  # fmt: skip
    add("--seed", type=int, default=usual.seed, help="of the faults")
    add("--in-a-row", type=int, default=usual.in_a_row, help="hits before a request goes through")
    add("--spike", type=float, default=usual.spike, help="seconds of a latency spike")
    add("--manners", type=_several(MANNERS), default=(), metavar="KINDS",
        help="ways of servers in use, one of them at each request: see manners.py")  # fmt: skip
    add("--storm", type=float, default=usual.storm, help="seconds of a 429 storm")
    add("--drip", type=float, default=usual.drip, help="seconds of a dripping answer")
    add("--retry-after", type=float, default=usual.retry_after, help="seconds told with a 429")
    limits = parser.add_argument_group("limits and refusals")
    add = limits.add_argument
    add("--rpm", type=int, help="requests a minute")
    add("--tpm", type=int, help="tokens a minute, in and out")
    add("--burst", type=float, default=usual.burst, help="seconds' worth that may come at once")
    add("--refuse-all", type=int, metavar="STATUS", help="answer everybody so")
    add("--after", type=int, default=0, metavar="N", help="requests before --refuse-all")
    add("--refuse", action="append", default=[], metavar="WORDS", help="refuse such bulletins")
    batch = parser.add_argument_group("batches")
    add = batch.add_argument
    add("--batch-seconds", type=float, default=usual.batch_seconds, help="how long one takes")
    add("--batch-max-requests", type=int, default=usual.batch_max_requests)
    add("--batch-max-bytes", type=int, default=usual.batch_max_bytes)
    add("--batch-max-enqueued-tokens", type=int)
    add("--batch-faults", type=float, default=0.0, metavar="SHARE", help="of lines that go wrong")
    add("--batch-trouble", type=_several(TROUBLES), default=(), metavar="KINDS",
        help="with whole batches, once each")  # fmt: skip
    add("--batch-manners", type=_several(BATCH_MANNERS), default=(), metavar="KINDS",
        help="of other providers")  # fmt: skip
    add("--batch-pending", type=float, default=usual.batch_pending, help="seconds, see below")
    add("--batch-listed-after", type=float, default=0.0, help="seconds before a list shows one")
    return parser


if __name__ == "__main__":
    main()
