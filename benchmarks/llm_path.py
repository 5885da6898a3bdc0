"""What the LLM path takes, beside the loops that one would write without it.

    python benchmarks/llm_path.py [--documents 2000] [--in-flight 200] [--delay 0.2] [--wrong 0.1]
    python benchmarks/llm_path.py --langextract   # beside langextract too, in a venv of its own

A stub server in a process of its own answers each bulletin after the delay; a share of first
answers has a figure that is not in the text, and is right when it is asked again. All loops read
the same bulletins in turns, with the same prompt, from the same server. Ours does what `jornada
extract` does: each answer is on disk before it is judged, shape, grounding and completeness are
judged and asked about again, all checks run, and all is stored in DuckDB. The others fill the
schema and ask again where that fails; they do not see that a figure is not in the text, and store
nothing.
"""

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import random
import re
import subprocess
import tempfile
import time
import venv
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import instructor
import openai
from aiohttp import web
from langextract_loop import answer as langextract_answer
from pydantic import ValidationError

from pipeline import runs
from pipeline.documents import Loaded
from pipeline.forms import prompts
from pipeline.runs import RunOptions, Watch
from pipeline.runs.reader_choice import Choice
from pipeline.runs.set_up import at_once, set_up
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store
from schemas.answer import QuotedAnswer
from schemas.document import Document, Metadata, Source

ROUNDS = 4
WARM_UP = 40
MODEL = "stub"
REASKS = 2
KINDS = (
    ("consultas de Medicina Familiar", "consultation", "family_medicine"),
    ("consultas de Especialidad", "consultation", "specialty"),
    ("cirugías", "surgery", None),
    ("detecciones de diabetes", "screening", "diabetes"),
    ("detecciones de hipertensión", "screening", "hypertension"),
    ("estudios auxiliares de diagnóstico", "ancillary_study", None),
)
PROSE = (
    "El personal de base y de confianza acudió a los turnos de fin de semana para que nadie "
    "perdiera su lugar en la agenda, y las direcciones de cada unidad llamaron a los pacientes. "
) * 7


class Bulletin(NamedTuple):
    """A generated bulletin and the right answer to it."""

    text: str
    answer: str


class Cost(NamedTuple):
    """What reading took."""

    cpu_ms: float
    seconds: float


def bulletin(number: int) -> Bulletin:
    """Generate a bulletin, the same for each number.

    Of about 3,500 characters, as real ones have, with 12 figures, the median of the labelled ones.
    """
    rng = random.Random(number)  # noqa: S311 - no secret
    paragraphs = [f"Comunicado folio {number:06d}. Séptima Jornada Nacional de Servicios"]
    figures: list[dict[str, Any]] = []
    scopes = (("jornada", 7, "En la Séptima Jornada Nacional"), ("cumulative", None, "En el año"))
    for period, edition, opening in scopes:
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


def run_stub(pipe: Connection, delay: float, wrong: float, documents: int) -> None:
    """Serve answers until the process is ended; they are made before it begins to listen."""
    bodies = {number: _bodies(number, wrong) for number in range(documents)}

    async def complete(request: web.Request) -> web.Response:
        arrived = time.monotonic()
        asked = await request.read()
        folio = int(re.findall(rb"Comunicado folio (\d+)", asked)[-1])
        first, right, extractions = bodies[folio]
        if b'"langextract_extractions"' in asked:
            body = extractions
        else:
            body = right if _sent_back(asked) else first
        await asyncio.sleep(delay - (time.monotonic() - arrived))
        return web.Response(body=body, content_type="application/json")

    async def serve() -> None:
        app = web.Application(client_max_size=10**8)
        app.router.add_post("/v1/chat/completions", complete)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(serve())


def _bodies(number: int, wrong: float) -> tuple[bytes, bytes, bytes]:
    """Give the first answer, the right one, and the right one for langextract."""
    right = bulletin(number).answer
    data = json.loads(right)
    first = right
    if random.Random(-number).random() < wrong:  # noqa: S311 - no secret
        data["figures"][0]["value"] += 1
        first = json.dumps(data, ensure_ascii=False)
    others = langextract_answer(json.loads(right)["figures"])
    return _body(first), _body(right), _body(others)


def _body(content: str) -> bytes:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 3000, "completion_tokens": 1500, "total_tokens": 4500}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": MODEL}
    return json.dumps({**body, "choices": [choice], "usage": usage}).encode()


def _sent_back(asked: bytes) -> bool:
    """Tell whether an answer was sent back: the last message is then not the bulletin."""
    return b"Comunicado folio" not in json.loads(asked)["messages"][-1]["content"].encode()


async def measure(
    documents: Sequence[Document], in_flight: int, read: Callable[[Document], Awaitable[None]]
) -> Cost:
    """Read all documents by a loop, so many at a time."""
    free = asyncio.Semaphore(in_flight)

    async def one(document: Document) -> None:
        async with free:
            await read(document)

    cpu, started = time.process_time(), time.perf_counter()
    await asyncio.gather(*(one(document) for document in documents))
    return Cost((time.process_time() - cpu) * 1000, time.perf_counter() - started)


async def ours(documents: Sequence[Document], in_flight: int, base_url: str) -> Cost:
    """Read all documents as `jornada extract` does, into a database of their own."""
    with tempfile.TemporaryDirectory() as folder:
        llm = LlmSettings(model=MODEL, base_url=base_url, prompt="quoted-v1", reasks=REASKS)
        db = Path(folder) / "bench.duckdb"
        settings = Settings(db=db, reader="llm", concurrency=in_flight, llm=llm)
        choice = Choice("llm", "measured")
        loaded = (Loaded(Source(path=each.id), each, None) for each in documents)
        cpu, started = time.process_time(), time.perf_counter()
        async with set_up(settings, choice) as (reader, setup):
            run_options = RunOptions(at_once(settings, choice))
            summary = await runs.run(loaded, reader, Store(db), run_options, Watch(), setup)
        cost = Cost((time.process_time() - cpu) * 1000, time.perf_counter() - started)
        if summary.read != len(documents) or summary.partial:
            raise SystemExit(f"the stub's answers do not hold: {summary}")
    return cost


async def plain_instructor(documents: Sequence[Document], in_flight: int, base_url: str) -> Cost:
    """Fill the schema by instructor as it comes."""
    prompt = prompts.load_prompt("quoted-v1")
    async with openai.AsyncOpenAI(base_url=base_url, api_key="none") as plain:
        client = instructor.from_openai(plain, mode=instructor.Mode.JSON_SCHEMA)

        async def read(document: Document) -> None:
            await client.create(
                response_model=QuotedAnswer,
                model=MODEL,
                messages=prompt.messages(document),
                max_retries=REASKS,
            )

        return await measure(documents, in_flight, read)


async def plain_openai(documents: Sequence[Document], in_flight: int, base_url: str) -> Cost:
    """Fill the schema by openai and pydantic, and send back what pydantic says."""
    prompt = prompts.load_prompt("quoted-v1")
    wanted = {"name": "Answer", "schema": QuotedAnswer.model_json_schema()}
    async with openai.AsyncOpenAI(base_url=base_url, api_key="none") as client:

        async def read(document: Document) -> None:
            messages: list[Any] = list(prompt.messages(document))
            for _ in range(REASKS + 1):
                completion = await client.chat.completions.create(
                    model=MODEL,
                    messages=messages,
                    response_format={"type": "json_schema", "json_schema": wanted},
                )
                content = completion.choices[0].message.content or ""
                try:
                    QuotedAnswer.model_validate_json(content)
                except ValidationError as error:
                    messages += [
                        {"role": "assistant", "content": content},
                        {"role": "user", "content": str(error)},
                    ]
                else:
                    return

        return await measure(documents, in_flight, read)


def langextract(documents: Sequence[Document], in_flight: int, base_url: str) -> Cost:
    """Have langextract read them, in an environment of its own: its pins exclude ours."""
    here = Path(__file__).parent
    home = here / ".langextract"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        pip = [python, "-m", "pip", "install", "-q", "langextract[openai]==1.7.1"]
        subprocess.run(pip, check=True)  # noqa: S603 - our own
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps({"id": d.id, "text": d.text}) + "\n" for d in documents)
        file.flush()
        loop = [python, here / "langextract_loop.py", base_url, file.name]
        command = [*loop, "--in-flight", str(in_flight)]
        told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    found = json.loads(told.stdout.strip().splitlines()[-1])
    return Cost(found["cpu_ms"] * found["documents"], found["seconds"])


def compare(documents: Sequence[Document], in_flight: int, base_url: str, *, others: bool) -> None:
    """Read the documents by all loops in turns, and print what each took."""
    loops = {"plain instructor": plain_instructor, "plain openai + pydantic": plain_openai}
    loops["jornada, all of it"] = ours
    taken: dict[str, list[Cost]] = {name: [] for name in loops}
    share = len(documents) // ROUNDS
    for loop in loops.values():
        asyncio.run(loop(documents[:WARM_UP], WARM_UP, base_url))
    for turn in range(ROUNDS):
        part = documents[turn * share : (turn + 1) * share]
        for name, loop in loops.items():
            taken[name].append(asyncio.run(loop(part, in_flight, base_url)))
        if others:
            cost = langextract(part, in_flight, base_url)
            taken.setdefault("langextract", []).append(cost)
    show(taken, share, in_flight)


def show(taken: dict[str, list[Cost]], share: int, in_flight: int) -> None:
    """Print a line for each loop: best and median of the turns, and the ratio to ours."""
    print(f"{share} documents a turn, {in_flight} in flight, {ROUNDS} turns: best (median)")
    print(f"{'loop':<26}{'CPU ms/document':>20}{'documents/s':>18}{'CPU, x ours':>13}")
    own = [cost.cpu_ms for cost in taken["jornada, all of it"]]
    for name, costs in taken.items():
        cpu = sorted(cost.cpu_ms / share for cost in costs)
        rate = sorted((share / cost.seconds for cost in costs), reverse=True)
        ratios = sorted(cost.cpu_ms / mine for cost, mine in zip(costs, own, strict=True))
        print(
            f"{name:<26}{cpu[0]:>11.2f} ({cpu[len(cpu) // 2]:.2f})"
            f"{rate[0]:>11.0f} ({rate[len(rate) // 2]:.0f}){ratios[len(ratios) // 2]:>11.2f}"
        )


def main() -> None:
    """Start the stub, compare, stop the stub."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=8000)
    parser.add_argument("--in-flight", type=int, default=200)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--wrong", type=float, default=0.1)
    parser.add_argument("--langextract", action="store_true")
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
    near, far = multiprocessing.Pipe()
    spawn = multiprocessing.get_context("spawn")
    arguments = (far, options.delay, options.wrong, options.documents)
    stub = spawn.Process(target=run_stub, args=arguments, daemon=True)
    stub.start()
    try:
        base_url = f"http://127.0.0.1:{near.recv()}/v1"
        compare(documents, options.in_flight, base_url, others=options.langextract)
    finally:
        stub.terminate()
        stub.join()


if __name__ == "__main__":
    main()
