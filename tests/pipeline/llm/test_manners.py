"""Every manner of servers in use ends in the right figures, and in the cost that was charged."""

import asyncio
import functools

import pytest

from examples.fault_server.options import MANNERS, Manner, Options
from examples.fault_server.server import serving
from pipeline.calls.gateway import LocalGateway
from pipeline.calls.prices import OwnPrice, Prices
from pipeline.forms import prompts
from pipeline.llm import retry
from pipeline.llm.reader import LlmReader
from pipeline.settings import LlmSettings
from schemas.document import Document, Metadata
from schemas.reading import Reading, ReadingStatus

HOSPITAL = (
    "Durante la Tercera Jornada Nacional se otorgaron 1,204 consultas y 2 mil 590 cirugías en el "
    "Hospital General de Zona No. 1 de San José del Cabo. Además, 30 personas recibieron un "
    "trasplante de riñón."
)
STATE = (
    "El IMSS en Coahuila llevó a cabo 412 mastografías y 98 cirugías de catarata en dos días, con "
    "25 médicos y 40 enfermeras."
)
TEXTS = (HOSPITAL, STATE)
PRICES = Prices(own={"faulty": OwnPrice(input=1.0, output=10.0)})
FIGURES = 6


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)


def read_all(base_url: str, form: str) -> tuple[list[Reading], list[str]]:
    """Read both texts, one after the other; give what was noted of the server, too."""

    async def run() -> tuple[list[Reading], list[str]]:
        settings = LlmSettings(model="faulty", base_url=base_url, prices=PRICES)
        gateway = LocalGateway()
        reader = LlmReader(settings, prompts.load_prompt(f"{form}-v2"), gateway)
        try:
            documents = (
                Document(id=f"{number:064}", text=text, metadata=Metadata(format="txt"))
                for number, text in enumerate(TEXTS)
            )
            return [await reader.read(document) for document in documents], gateway.notes
        finally:
            await reader.aclose()

    return asyncio.run(run())


@functools.cache
def calm(form: str) -> list[Reading]:
    with serving() as server:
        readings, notes = read_all(server.base_url, form)
        assert server.log()["requests"] == len(TEXTS)
    assert notes == []
    return readings


@pytest.mark.parametrize("form", ["anchored", "quoted"])
@pytest.mark.parametrize("manner", MANNERS)
def test_the_figures_are_those_of_a_server_without_manners(manner: Manner, form: str) -> None:
    with serving(Options(manners=(manner,))) as server:
        readings, notes = read_all(server.base_url, form)
        log = server.log()
    assert [reading.error for reading in readings] == [None, None]
    assert [reading.status for reading in readings] == [ReadingStatus.OK, ReadingStatus.OK]
    assert [one.report for one in readings] == [one.report for one in calm(form)]
    assert sum(len(one.report.figures) for one in readings if one.report) >= FIGURES

    assert log["delivered"] == len(TEXTS), "or an answer was paid for twice"
    charged = (log["prompt_tokens"] + 10 * log["completion_tokens"]) / 1_000_000
    assert sum(one.cost_usd or 0 for one in readings) == pytest.approx(charged, rel=1e-9)
    assert sum(one.input_tokens or 0 for one in readings) == log["prompt_tokens"]
    assert sum(one.output_tokens or 0 for one in readings) == log["completion_tokens"]
    assert len(notes) == len(set(notes)) <= 1
