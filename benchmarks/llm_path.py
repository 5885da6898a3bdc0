"""CPU that the LLM path takes a document, beside a plain instructor loop on the same schema.

    python benchmarks/llm_path.py [--documents 1000] [--in-flight 200] [--delay 0.2]

A stub server in a process of its own answers each bulletin rightly after the delay. Both loops read
the same bulletins in turns, with the same prompt; ours also grounds, checks completeness and runs
every check, as `jornada extract` does before it stores. The plain loop only fills the schema.
"""

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import instructor
import openai
from aiohttp import web

from pipeline import prompts
from pipeline.extract import extract
from pipeline.readers.llm import LlmReader
from pipeline.settings import LlmSettings
from schemas.answer import QuotedAnswer
from schemas.document import Document, Metadata
from schemas.reading import ReadingStatus

ROUNDS = 4
WARM_UP = 40
MODEL = "stub"
KINDS = (
    ("consultas de Medicina Familiar", "consultation", "family_medicine"),
    ("consultas de Especialidad", "consultation", "specialty"),
    ("cirugías", "surgery", None),
    ("detecciones de diabetes", "screening", "diabetes"),
    ("detecciones de hipertensión", "screening", "hypertension"),
    ("mastografías", "screening", "mammography"),
    ("estudios auxiliares de diagnóstico", "ancillary_study", None),
    ("trasplantes", "transplant", None),
)
PROSE = (
    "El personal de base y de confianza acudió a los turnos de fin de semana para que nadie "
    "perdiera su lugar en la agenda, y las direcciones de cada unidad llamaron a los pacientes. "
) * 3


class Bulletin(NamedTuple):
    """A generated bulletin and the right answer to it."""

    text: str
    answer: str


class Cost(NamedTuple):
    """What reading took."""

    cpu_ms: float
    seconds: float


def bulletin(number: int) -> Bulletin:
    """Generate a bulletin of about 3,500 characters with 24 figures, the same for each number."""
    rng = random.Random(number)  # noqa: S311 - no secret
    paragraphs = [f"Comunicado folio {number:06d}. Séptima Jornada Nacional de Servicios"]
    figures: list[dict[str, Any]] = []
    scopes = (("jornada", 7, "En la Séptima Jornada Nacional"), ("cumulative", None, "En el año"))
    for period, edition, opening in (*scopes, scopes[0]):
        clauses = []
        for noun, service, detail in KINDS:
            thousands, rest = rng.randint(2, 900), rng.randint(100, 999)
            quote = f"{thousands} mil {rest} {noun}"
            clauses.append(quote)
            labels = {"service": service, "detail": detail, "period": period, "edition": edition}
            figures.append(
                {"quote": quote, "value": thousands * 1000 + rest, "unit": "count", **labels}
                | {"status": "performed", "place": "national", "approximate": False}
            )
        paragraphs.append(f"{opening} se otorgaron {', '.join(clauses)} en todo el país. {PROSE}")
    blank = {"published_on": None, "programme": None, "jornadas": [], "specialties": []}
    answer = {**blank, "title": paragraphs[0], "bulletin_kind": "results", "figures": figures}
    ordered = {name: {**answer, "set_aside": [], "places": []}[name] for name in _FIELDS}
    return Bulletin("\n\n".join(paragraphs), json.dumps(ordered, ensure_ascii=False))


_FIELDS = tuple(QuotedAnswer.model_fields)


def run_stub(pipe: Connection, delay: float) -> None:
    """Serve right answers until the process is ended."""

    async def complete(request: web.Request) -> web.Response:
        folios = re.findall(rb"Comunicado folio (\d+)", await request.read())
        await asyncio.sleep(delay)
        message = {"role": "assistant", "content": bulletin(int(folios[-1])).answer}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 3000, "completion_tokens": 1500, "total_tokens": 4500}
        body = {"id": "c", "object": "chat.completion", "created": 1, "model": MODEL}
        return web.json_response({**body, "choices": [choice], "usage": usage})

    async def serve() -> None:
        app = web.Application(client_max_size=10**8)
        app.router.add_post("/v1/chat/completions", complete)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(serve())


async def measure(
    documents: Sequence[Document], in_flight: int, read: Callable[[Document], Awaitable[None]]
) -> Cost:
    """Read all documents, so many at a time."""
    free = asyncio.Semaphore(in_flight)

    async def one(document: Document) -> None:
        async with free:
            await read(document)

    cpu, started = time.process_time(), time.perf_counter()
    await asyncio.gather(*(one(document) for document in documents))
    return Cost((time.process_time() - cpu) * 1000, time.perf_counter() - started)


async def compare(documents: Sequence[Document], in_flight: int, base_url: str) -> None:
    """Read the documents by both loops in turns, and print what each took."""
    prompt = prompts.load("quoted-v1")
    reader = LlmReader(LlmSettings(model=MODEL, base_url=base_url), prompt)
    plain_openai = openai.AsyncOpenAI(base_url=base_url, api_key="none")
    plain_client = instructor.from_openai(plain_openai, mode=instructor.Mode.JSON_SCHEMA)

    async def ours(document: Document) -> None:
        reading = await extract(document, reader)
        if reading.status is ReadingStatus.FAILED or len(reading.attempts) != 1:
            raise SystemExit(
                f"the stub's answer does not hold: {reading.error or reading.findings}"
            )

    async def plain(document: Document) -> None:
        await plain_client.create(
            response_model=QuotedAnswer,
            model=MODEL,
            messages=prompt.messages(document),
            max_retries=2,
        )

    taken: dict[str, list[Cost]] = {"jornada": [], "plain instructor": []}
    share = len(documents) // ROUNDS
    try:
        for warming in (ours, plain):
            await measure(documents[:WARM_UP], WARM_UP, warming)
        for turn in range(ROUNDS):
            part = documents[turn * share : (turn + 1) * share]
            taken["plain instructor"].append(await measure(part, in_flight, plain))
            taken["jornada"].append(await measure(part, in_flight, ours))
    finally:
        await reader.aclose()
        await plain_openai.close()
    show(taken, share * ROUNDS, in_flight)


def show(taken: dict[str, list[Cost]], documents: int, in_flight: int) -> None:
    """Print a line for each loop, and their ratio."""
    print(f"{documents} documents each, {in_flight} in flight, {ROUNDS} turns")
    print(f"{'loop':<18}{'CPU ms/document':>17}{'documents/s':>13}")
    each = {}
    for name, costs in taken.items():
        each[name] = sum(cost.cpu_ms for cost in costs) / documents
        rate = documents / sum(cost.seconds for cost in costs)
        print(f"{name:<18}{each[name]:>17.2f}{rate:>13.0f}")
    print(f"ratio of CPU, plain to ours: {each['plain instructor'] / each['jornada']:.2f}")


def main() -> None:
    """Start the stub, compare, stop the stub."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--in-flight", type=int, default=200)
    parser.add_argument("--delay", type=float, default=0.2)
    options = parser.parse_args()
    texts = [bulletin(number).text for number in range(options.documents)]
    documents = [
        Document(
            id=hashlib.sha256(text.encode()).hexdigest(),
            text=text,
            metadata=Metadata(format="txt"),
        )
        for text in texts
    ]
    ours, theirs = multiprocessing.Pipe()
    spawn = multiprocessing.get_context("spawn")
    stub = spawn.Process(target=run_stub, args=(theirs, options.delay), daemon=True)
    stub.start()
    try:
        base_url = f"http://127.0.0.1:{ours.recv()}/v1"
        asyncio.run(compare(documents, options.in_flight, base_url))
    finally:
        stub.terminate()
        stub.join()


if __name__ == "__main__":
    main()
