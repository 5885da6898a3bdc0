"""What is asked, and the answer to it: what the baseline reads, in the form of the prompt.

Answers are computed once for each text and kept, compressed.
"""

import functools
import hashlib
import json
import os
import re
import zlib
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

from pydantic_core import from_json

from examples.scripted_server import Refused, document_of, form_of, opening_of
from pipeline.forms import FORMS
from pipeline.forms.form import UNCLAIMED, Fault, Form
from pipeline.quotes import cut_numeral, locate
from pipeline.rules.reader import read_report
from schemas.answer import QuotedAnswer, QuotedSetAside
from schemas.document import Document, Metadata
from schemas.finding import Span
from schemas.report import JornadaReport

_CHARACTERS_PER_TOKEN = 4
_MOST_ROUNDS = 3
_MOST_WORDS = 12
_WORD_BEHIND = re.compile(r"\s*\S+")
_WORD_BEFORE = re.compile(r"\S+\s*$")
_MARK = re.compile(r"\{( *)")


class Asked(NamedTuple):
    """A request for a chat completion.

    `room` is the number of tokens that the answer may take, 0 where none is given. `messages` is a
    hash of all messages. `spoilt` counts how many spoilt answers the conversation has had.
    """

    form: Form[Any]
    document: Document
    messages: str
    room: int
    spoilt: int
    tokens: int

    @property
    def key(self) -> str:
        """What is the same for the same question: the messages, and the room for the answer."""
        return f"{self.messages} {self.room}"


def asked(body: bytes, model: str) -> Asked:
    """Read a request. Raises `Refused`."""
    try:
        request = from_json(body)
    except ValueError as error:
        raise Refused(400, f"the request is no JSON: {error}") from error
    if not isinstance(request, dict):
        raise Refused(400, "the request is no JSON object")
    if request.get("model") != model:
        raise Refused(404, f"there is no model here but {model!r}, and that is none: see /")
    try:
        return _asked(request)
    except (KeyError, TypeError, AttributeError) as error:
        raise Refused(400, f"no such request: {error!r}") from error


def _asked(request: dict[str, Any]) -> Asked:
    messages = request["messages"]
    opening, shown = opening_of(messages)
    said = [f"{one['role']}\0{one['content']}" for one in messages]
    return Asked(
        form=form_of(request),
        document=document_of(shown, opening),
        messages=hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest(),
        room=request.get("max_tokens") or request.get("max_completion_tokens") or 0,
        spoilt=_spoilt_before(messages[len(opening) :]),
        tokens=tokens("".join(said)),
    )


def _spoilt_before(sent_back: list[dict[str, str]]) -> int:
    """Count the spoilt answers of a conversation by the mark that the last of them bears."""
    for message in reversed(sent_back):
        if message["role"] == "assistant":
            mark = _MARK.match(message["content"])
            return len(mark[1]) if mark else 0
    return 0


def marked(content: str, spoilt: int) -> str:
    """Mark an answer as the first or second spoilt one of a conversation: by blanks behind "{".

    A client sends a wrong answer back with what is wrong about it. So nothing has to be remembered
    of a conversation, whoever goes on with it.
    """
    return content[:1] + " " * spoilt + content[1:]


def tokens(text: str) -> int:
    """Guess the tokens of a text."""
    return len(text) // _CHARACTERS_PER_TOKEN


# The right answer


@functools.lru_cache(maxsize=256)  # a test starts many servers, and asks them the same
def answer(form_name: str, text: str) -> str:
    """Write what the baseline reads in a form, so that it holds before the form's own judge."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    document = Document(id=digest, text=text, metadata=Metadata(format="unknown"))
    form, report = FORMS[form_name], read_report(document)
    written = form.answer_for(document, report)
    for _ in range(_MOST_ROUNDS):
        faults = form.judge(document, written).faults
        if not faults or not isinstance(written, QuotedAnswer):
            break
        written = _mended(document.text, report, written, faults)
    return str(written.model_dump_json())


def _mended(
    text: str, report: JornadaReport, written: QuotedAnswer, faults: Iterable[Fault]
) -> QuotedAnswer:
    """Quote more words where a bare number claims another place than its own."""
    figures, asides = list(written.figures), list(written.set_aside)
    for fault in faults:
        if fault.field == UNCLAIMED and fault.span:
            asides.append(QuotedSetAside(quote=_widened(text, fault.span), reason="no figure"))
        elif named := re.match(r"figures\[(\d+)\]", fault.field):
            figure = report.figures[int(named[1])]
            span = Span(figure.char_start or 0, figure.char_end or 0)
            changed = figures[int(named[1])].model_copy(update={"quote": _widened(text, span)})
            figures[int(named[1])] = changed
    return written.model_copy(update={"figures": tuple(figures), "set_aside": tuple(asides)})


def _widened(text: str, span: Span) -> str:
    """Take in words around a span until they stand in one place alone."""
    start, end = span
    for turn in range(_MOST_WORDS):
        quote = text[start:end]
        if len(quote.split()) > 1 and locate(text, quote) == (Span(start, end),):
            break
        behind, before = _WORD_BEHIND.match(text, end), _WORD_BEFORE.search(text[:start])
        if behind and (turn % 2 == 0 or before is None):
            end = behind.end()
        elif before:
            start = before.start()
        while cut := cut_numeral(text, Span(start, end)):
            start, end = min(start, cut.start), max(end, cut.end)
    return text[start:end]


# Keeping answers


class Answers:
    """The answers to texts, the last ones used; as many as `limit`, and all that are prepared."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def to(self, form: Form[Any], document: Document) -> str:
        """Give the answer to a document."""
        key = (form.name, document.id)
        packed = self._kept.get(key)
        if packed is not None:
            self._kept.move_to_end(key)
            return zlib.decompress(packed).decode()
        content = answer(form.name, document.text)
        self._keep(key, zlib.compress(content.encode(), 1))
        return content

    def prepare(self, form: str, texts: Iterable[str]) -> int:
        """Compute the answers to texts on all cores; return how many there are."""
        count = 0
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            jobs = ((form, text) for text in texts)
            for count, (digest, packed) in enumerate(pool.map(_packed, jobs, chunksize=50), 1):
                self._limit = max(self._limit, count)
                self._keep((form, digest), packed)
        return count

    def _keep(self, key: tuple[str, str], packed: bytes) -> None:
        self._kept[key] = packed
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)


def _packed(job: tuple[str, str]) -> tuple[str, bytes]:
    digest = hashlib.sha256(job[1].encode()).hexdigest()
    return digest, zlib.compress(answer(*job).encode(), 1)


# As the API sends it


def completion(asked: Asked, model: str, content: str, finish: str, number: int) -> dict[str, Any]:
    """Wrap an answer as a chat completion."""
    written = tokens(content)
    message = {"role": "assistant", "content": content, "refusal": None}
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "system_fingerprint": "no model: what the baseline reads",
        "choices": [{"index": 0, "finish_reason": finish, "logprobs": None, "message": message}],
        "usage": {
            "prompt_tokens": asked.tokens,
            "completion_tokens": written,
            "total_tokens": asked.tokens + written,
        },
    }


def error(message: str, code: str | None = None, kind: str = "invalid_request_error") -> bytes:
    """Wrap an error as the API does."""
    return json.dumps(
        {"error": {"message": message, "type": kind, "param": None, "code": code}}
    ).encode()
