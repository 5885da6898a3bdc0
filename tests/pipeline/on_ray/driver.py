"""A run of either engine, put together as the command does; as a script, one to be killed."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr

from pipeline import runs
from pipeline.calls.prices import OwnPrice, Prices
from pipeline.documents import RecordFields, read_all
from pipeline.on_ray import Inputs, read_on_cluster
from pipeline.runs import Summary, Watch
from pipeline.runs.reader_choice import choose
from pipeline.runs.set_up import set_up
from pipeline.settings import LlmSettings, Settings
from pipeline.store import Store

FIELDS = RecordFields(text="cuerpo", id="clave")
PRICES = Prices(own={"faulty": OwnPrice(input=1.0, output=1.0)})


def settings_for(
    db: Path, server: str | None, *, rpm: float | None = None, budget: float | None = None
) -> Settings:
    """Give settings of two workers with the model of a fault server, or else the baseline."""
    llm = LlmSettings(
        model="faulty",
        base_url=server,
        server_name="faults",  # wherever it listens
        api_key=SecretStr("none"),
        prices=PRICES,
    )
    reader = "baseline" if server is None else "llm"
    return Settings(db=db, reader=reader, concurrency=8, workers=2, rpm=rpm, budget=budget, llm=llm)


def run_local(settings: Settings, paths: Sequence[str]) -> Summary:
    """Run the local engine."""

    async def run() -> Summary:
        one = settings.model_copy(update={"workers": 1})
        async with set_up(one, choose(one)) as (reader, setup):
            loaded, store = read_all(paths, FIELDS), Store(settings.db)
            run_options = runs.RunOptions(settings.concurrency)
            return await runs.run(loaded, reader, store, run_options, Watch(), setup)

    return asyncio.run(run())


def run_on_ray(
    settings: Settings,
    paths: Sequence[str],
    address: str | None = None,
    store: Store | None = None,
) -> Summary:
    """Run the Ray engine; of `store` others in this process may ask meanwhile."""
    store = store or Store(settings.db)

    async def run() -> Summary:
        choice = choose(settings)
        alone = settings.model_copy(update={"workers": 1})
        async with (
            set_up(alone, choice) as (reader, setup),
            read_on_cluster(
                Inputs(paths, FIELDS, address), settings, choice, reader, store, setup
            ) as (
                loaded,
                spread_means,
            ),
        ):
            run_options = runs.RunOptions(settings.concurrency)
            return await runs.run(loaded, reader, store, run_options, Watch(), spread_means)

    return asyncio.run(run())


if __name__ == "__main__":
    at, given_db, given_server, *given_paths = sys.argv[1:]
    run_on_ray(settings_for(Path(given_db), given_server), given_paths, at)
