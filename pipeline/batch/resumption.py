"""The readers whose batches a database holds, made again from what is on record of them."""

import json
from typing import NamedTuple

from pipeline.batch import ledger
from pipeline.batch.ledger import Batch
from pipeline.batch.options import BatchOptions
from pipeline.configuration.resolution import move_to_server
from pipeline.errors import PromptError
from pipeline.forms import prompts
from pipeline.llm.reader import reader_key
from pipeline.settings import DEFAULT_BASE_URL, Settings
from pipeline.store import Store
from schemas.reading import ReaderKey


class ResumableJob(NamedTuple):
    """A reader that has batches to go on with, and their options; or what is in the way."""

    settings: Settings
    options: BatchOptions
    obstacle: str | None


def find_resumable(settings: Settings, store: Store) -> list[ResumableJob]:
    """Find each reader that has batches out, or answers that wait to be read.

    The key, secret headers, and a password in the base URL are those of the settings, if they are
    for the same server: none is stored. So is the time that a call may take, where it is set.
    """
    if not ledger.has_batches(store):
        return []
    store.upgrade_older()
    newest = {batch.reader: batch for batch in ledger.fetch_batches(store)}
    open_ones = {one.reader for one in ledger.fetch_batches(store) if ledger.is_open(one)}
    return [
        _restore(settings, batch)
        for reader, batch in newest.items()
        if reader in open_ones or ledger.list_waiting(store, ReaderKey.model_validate_json(reader))
    ]


def _restore(settings: Settings, batch: Batch) -> ResumableJob:
    restored = batch.stored.restore(settings.llm).model_copy(update={"model": batch.model})
    if settings.llm.timeout_seconds is not None:
        restored = restored.model_copy(update={"timeout_seconds": settings.llm.timeout_seconds})
    base_url = None if batch.base_url == DEFAULT_BASE_URL else batch.base_url
    llm = move_to_server(restored, base_url)
    again = settings.model_copy(update={"llm": llm.model_copy(update={"obstacles": ()})})
    try:
        key = reader_key(llm, prompts.load_prompt(llm.prompt))
    except PromptError as error:
        return ResumableJob(again, batch.stored.options, str(error))
    if key.model_dump_json() == batch.reader:
        obstacle = llm.obstacles[0] if llm.obstacles else None
        return ResumableJob(again, batch.stored.options, obstacle)
    if lacking := _secret_headers(batch.reader) - set(llm.secret_headers):
        names = ", ".join(sorted(lacking))
        return ResumableJob(
            again,
            batch.stored.options,
            f"it was asked with secret headers ({names}), which are not stored: give them again, "
            "by --header or --profile",
        )
    changed = [
        name
        for name, value in key.model_dump().items()
        if value != getattr(ReaderKey.model_validate_json(batch.reader), name)
    ]
    return ResumableJob(
        again,
        batch.stored.options,
        f"what was asked has changed since ({', '.join(changed)}): put the prompt {llm.prompt} "
        "back as it was, or use the jornada that submitted it",
    )


def _secret_headers(reader: str) -> set[str]:
    parameters = ReaderKey.model_validate_json(reader).parameters
    return set(json.loads(parameters or "{}").get("secret_headers", ()))
