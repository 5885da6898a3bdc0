"""A stand-in for a model, to try `jornada eval` on where there is no key. It is NOT a model.

It looks the bulletin up in the gold, and gives the labels back with mistakes on purpose. So what it
scores says nothing about a prompt on a real model; it shows how an eval works. Two things make its
answers differ:

- What the instructions do not explain, it does not know. It looks for the names of `RULES` between
  backticks in the system message, and reads like somebody to whom nobody has told the rule.
- It errs at random, now and then. Asked the same thing once more, it errs elsewhere, as a model
  does. A number that is not in the text and a forgotten one are put right when it is asked again.

Bulletins that the gold does not hold it reads as the baseline does. Asked for a better prompt by
`jornada tune`, it adds a line on each rule that it is told to have broken.
"""
# ruff: noqa: INP001, T201 - a script, and it prints

import argparse
import hashlib
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from eval.labels.gold import load_gold, locate_gold
from pipeline.checks.completeness import find_unclaimed
from pipeline.forms import FORMS
from pipeline.forms.form import Form
from pipeline.forms.shortest_quote import quote_of
from pipeline.rules.reader import read_report
from schemas.codebook import OTHER
from schemas.document import Document, Metadata
from schemas.report import Figure, JornadaReport, Period, Service, Status, Unit

NAME = "scripted"
WHAT = "no model: it answers from the gold labels, with mistakes on purpose"

RULES: dict[str, Callable[[Figure], dict[str, object]]] = {
    "status": lambda _: {"status": Status.PERFORMED},
    "cumulative": lambda figure: {
        "period": Period.JORNADA if figure.period is Period.CUMULATIVE else figure.period
    },
    "detail": lambda _: {"detail": None},
    "place": lambda _: {"place": "national"},
    "approximate": lambda _: {"approximate": False},
}
"""What becomes of a figure where the instructions lack the name of a label, or of its value.

There is one more rule: without `set_aside`, every number is taken for a figure.
"""
OTHER_NAMES = {"approximate": "approx", "set_aside": "aside"}  # as the anchored form has them

_TO_IMPROVE = "# The text to improve"
_FENCE = re.compile(r"^=== [0-9a-f]{12} ===$", re.MULTILINE)
_WRONG = re.compile(r"`(\w+)` should be `(\w*)")
_FENCED = re.compile(r"^(=== [0-9a-f]{12} ===)\n(.*)\n\1$", re.DOTALL | re.MULTILINE)
_STATED = "Its source states, above the empty line:"
_MARKED = re.compile(r"have the marks (\S+?)1(\S) to ")


class Refused(Exception):  # noqa: N818 - as servers call it
    """A request that gets an error for an answer, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Known(NamedTuple):
    """A bulletin of the gold: its name, its text and what is in it."""

    stem: str
    document: Document
    report: JornadaReport


@dataclass
class Scripted:
    """What answers. `known` holds the gold by the text that a form shows of it."""

    known: dict[str, Known]
    mistakes: float = 0.05
    latency: float = 0.0
    refuse: tuple[str, ...] = ()
    base_url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def complete(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer one request for a chat completion. Raises `Refused`."""
        with self.lock:
            self.requests.append(request)
        time.sleep(self.latency)
        if request.get("model") != NAME:
            raise Refused(404, f"there is no model here but {NAME!r}, and that is {WHAT}")
        asked = request["messages"][0]["content"]
        if _TO_IMPROVE in asked:
            return _completion(request["messages"], reflect(asked))
        form = form_of(request)
        opening, text = opening_of(request["messages"])
        found = self.known.get(text) or _read(text, opening)
        if any(fnmatchcase(found.stem, glob) for glob in self.refuse):
            raise Refused(400, f"{found.stem} is refused, as this server was told to")
        again = len(request["messages"]) > len(opening)
        chance = self._chance(opening, again=again)
        content = answer(form, found, _instructions(opening), chance, self.mistakes, again=again)
        return _completion(request["messages"], content)

    def _chance(self, opening: Sequence[dict[str, str]], *, again: bool) -> random.Random:
        """Give the same chances to the same question, and others when it is put a second time."""
        seed = hashlib.sha256(json.dumps(opening).encode()).hexdigest()
        with self.lock:
            self.asked[seed] += not again
            return random.Random(f"{seed} {self.asked[seed]}")  # noqa: S311 - no secret


def answer(
    form: Form[Any],
    known: Known,
    instructions: str,
    chance: random.Random,
    rate: float,
    *,
    again: bool,
) -> str:
    """Write the JSON of one answer; `again` where an answer was sent back."""
    document, report = known.document, known.report.model_copy(update={"set_aside": ()})
    figures: list[Figure] = []
    caught: list[int] = []
    for figure in report.figures:
        changes = _untold(figure, instructions)
        slip = _slip(figure, chance) if chance.random() < rate else ("none", {})
        if slip[0] == "missed":
            continue
        if slip[0] == "caught" and not again:
            caught.append(len(figures))
        figures.append(figure.model_copy(update={**changes, **slip[1]}))
    fancied = _fancied(document, report, chance, rate if _told("set_aside", instructions) else 1)
    read = report.model_copy(update={"figures": (*figures, *fancied)})
    wrong = [figures[number] for number in caught]
    return json.dumps(_spoilt(form, document, read, wrong), ensure_ascii=False)


def _told(name: str, instructions: str) -> bool:
    names = (name, OTHER_NAMES.get(name, name))
    return any(f"`{each}`" in instructions for each in names)


def _untold(figure: Figure, instructions: str) -> dict[str, object]:
    """Say how a figure is misread for want of rules."""
    changes: dict[str, object] = {}
    for name, misread in RULES.items():
        if not _told(name, instructions):
            changes |= misread(figure)
    return changes


def _slip(figure: Figure, chance: random.Random) -> tuple[str, dict[str, object]]:
    """Choose what goes wrong with a figure at random."""
    cumulative = figure.period is Period.CUMULATIVE
    slips: tuple[tuple[str, dict[str, object]], ...] = (
        ("label", {"detail": None if figure.detail else OTHER}),
        ("label", {"period": Period.JORNADA if cumulative else Period.CUMULATIVE, "edition": None}),
        ("missed", {}),  # called no figure: nobody can notice
        ("caught", {}),  # misread or forgotten: noticed, and asked for again
    )
    return chance.choice(slips)


def _fancied(
    document: Document, report: JornadaReport, chance: random.Random, rate: float
) -> Iterator[Figure]:
    """Take numbers that are no figures for some."""
    for numeral in find_unclaimed(document.text, report):
        start, end = quote_of(document.text, numeral)
        # A bare number may stand in several places: a quote of it would be sent back.
        if chance.random() < rate and " " in document.text[start:end]:
            yield Figure(
                value=numeral.value,
                unit=Unit(numeral.kind.value),
                service=Service.OTHER,
                status=Status.PERFORMED,
                period=Period.JORNADA,
                place="national",
                approximate=False,
                quote=document.text[start:end],
                char_start=start,
                char_end=end,
            )


def _spoilt(
    form: Form[Any], document: Document, read: JornadaReport, wrong: Sequence[Figure]
) -> dict[str, Any]:
    """Write an answer in which these figures are misread; in the anchored form, forgotten."""
    whole: dict[str, Any] = form.answer_for(document, read).model_dump(mode="json")
    if form.name == "quoted":
        for figure in whole["figures"]:
            if any((one.quote, one.value) == (figure["quote"], figure["value"]) for one in wrong):
                figure["value"] += 1
        return whole
    kept = tuple(figure for figure in read.figures if figure not in wrong)
    without = form.answer_for(document, read.model_copy(update={"figures": kept}))
    return {**without.model_dump(mode="json"), "aside": whole["aside"]}


# Asked for a better prompt


def reflect(question: str) -> str:
    """Give a text back with a line on each rule that the mistakes told of it have to do with."""
    fence = _FENCE.search(question)
    if fence is None:
        raise Refused(400, "no text to improve stands between two lines")
    pieces = re.split(rf"^{fence[0]}\n?", question, flags=re.MULTILINE)
    current, readings = pieces[1].rstrip("\n"), "\n".join(pieces[5::4])
    named = [name for wrong in _WRONG.findall(readings) for name in wrong]
    named += ["set_aside"] if "no figure:" in readings else []
    lacking = [name for name in (*RULES, "set_aside") if name in named]
    lines = [f"- Mind the rule on `{name}`." for name in lacking if not _told(name, current)]
    return "\n".join(("Here it is:", "```", current, *lines, "```"))


# What is asked


def form_of(request: dict[str, Any]) -> Form[Any]:
    """Tell a form by the schema that is asked for, or stands in the prompt. Raises `Refused`."""
    schema = request.get("response_format", {}).get("json_schema", {}).get("schema", {})
    for form in FORMS.values():
        if schema.get("properties", {}).keys() == form.answer.model_fields.keys():
            return form
    written = "" if schema else request["messages"][0]["content"]
    for form in FORMS.values():
        if all(f'"{name}"' in written for name in form.answer.model_fields):
            return form
    raise Refused(400, "this server answers in the schemas of jornada's prompt forms alone")


def opening_of(messages: Sequence[dict[str, str]]) -> tuple[Sequence[dict[str, str]], str]:
    """Give the messages up to the last that holds a bulletin, and the bulletin as shown in it.

    Raises `Refused`.
    """
    for number in range(len(messages), 0, -1):
        content = messages[number - 1]["content"]
        if messages[number - 1]["role"] == "user" and (fenced := _FENCED.search(content)):
            stated = _STATED in content[: fenced.start()]
            return messages[:number], fenced[2].partition("\n\n")[2] if stated else fenced[2]
    raise Refused(400, "no message holds a bulletin between two lines")


def _instructions(messages: Sequence[dict[str, str]]) -> str:
    return "\n".join(one["content"] for one in messages if one["role"] == "system")


def document_of(shown: str, opening: Sequence[dict[str, str]]) -> Document:
    """Give the bulletin that was shown, without the marks before its numbers."""
    brackets = _MARKED.search(opening[-1]["content"])
    text = shown
    if brackets:
        text = re.sub(rf"{re.escape(brackets[1])}\d+{re.escape(brackets[2])} ", "", shown)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(id=digest, text=text, metadata=Metadata(format="unknown"))


def _read(shown: str, opening: Sequence[dict[str, str]]) -> Known:
    """Read a bulletin that the gold does not hold as the baseline does."""
    document = document_of(shown, opening)
    return Known("not in the gold", document, read_report(document))


def _completion(messages: Sequence[dict[str, str]], content: str) -> dict[str, Any]:
    """Wrap an answer. Its tokens are a rough guess: four characters each."""
    sent, received = sum(len(one["content"]) for one in messages) // 4, len(content) // 4
    message = {"role": "assistant", "content": content, "refusal": None}
    return {
        "id": "scripted",
        "object": "chat.completion",
        "created": 0,
        "model": NAME,
        "system_fingerprint": WHAT,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {
            "prompt_tokens": sent,
            "completion_tokens": received,
            "total_tokens": sent + received,
        },
    }


# The server


def known_gold(gold: Path | None = None, texts: Sequence[Path] = ()) -> dict[str, Known]:
    """Load gold, the project's own where no folder is given, by the texts that the forms show."""
    bulletins = load_gold(*locate_gold()) if gold is None else load_gold(gold, texts)
    return {
        form.show(bulletin.document).text: Known(bulletin.stem, bulletin.document, bulletin.gold)
        for bulletin in bulletins
        for form in FORMS.values()
    }


@contextmanager
def running(scripted: Scripted, port: int = 0) -> Iterator[Scripted]:
    """Serve on loopback while the block runs; port 0 takes a free one."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(scripted))
    server.daemon_threads = True
    scripted.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield scripted
    finally:
        server.shutdown()
        thread.join(60)
        server.server_close()


def _handler(scripted: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open

        def do_GET(self) -> None:
            if self.path.rstrip("/") != "/v1/models":
                self.reply(404, {"error": {"message": f"nothing at {self.path}"}})
            else:
                models = [{"id": NAME, "object": "model", "created": 0, "owned_by": WHAT}]
                self.reply(200, {"object": "list", "data": models})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                if self.path.rstrip("/") != "/v1/chat/completions":
                    raise Refused(404, f"nothing at {self.path}")  # noqa: TRY301 - one way out
                self.reply(200, scripted.complete(json.loads(body)))
            except Refused as refused:
                self.reply(refused.status, {"error": {"message": str(refused), "type": NAME}})
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                self.reply(400, {"error": {"message": f"no such request: {error!r}"}})

        def reply(self, status: int, told: object) -> None:
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=f"An OpenAI-compatible server on loopback; {WHAT}")
    parser.add_argument("--port", type=int, default=8077, help="0 takes a free one")
    parser.add_argument(
        "--gold", type=Path, action="append", help="labels, else the project's own; repeatable"
    )
    parser.add_argument("--texts", type=Path, action="append", default=[], help="of --gold")
    parser.add_argument("--mistakes", type=float, default=0.05, help="share of numbers, at random")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before an answer")
    parser.add_argument(
        "--refuse", action="append", default=[], metavar="GLOB", help="gold names that fail"
    )
    given = parser.parse_args()
    gold: dict[str, Known] = {}
    for folder in given.gold or [None]:
        gold |= known_gold(folder, given.texts)
    scripted = Scripted(gold, given.mistakes, given.latency, tuple(given.refuse))
    with suppress(KeyboardInterrupt), running(scripted, given.port):
        print(
            f"{scripted.base_url} serves {NAME!r}, {WHAT}. What it scores says nothing about "
            "a prompt on a real model. Tokens are guessed. Ctrl-C stops it.",
            flush=True,
        )
        threading.Event().wait()


if __name__ == "__main__":
    main()
