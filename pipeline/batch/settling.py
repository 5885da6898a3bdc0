"""What a person says of a batch of which nobody else knows whether the provider has it."""

from pipeline.batch import ledger
from pipeline.batch.status import is_name
from pipeline.errors import UsageError
from pipeline.runs.lock import lock_database
from pipeline.store import Store


def settle(store: Store, beginning: str, name: str | None) -> str:
    """Record under which ID the provider has an unconfirmed batch, None where it has none.

    `beginning` is that of the batch's name here. Gives what follows, in a line; raises `UsageError`
    where no such batch, or more than one, is in doubt, or where a run is under way.
    """
    if name is not None and not is_name(name):
        raise UsageError(f"{name!r} is no ID of a batch")
    with lock_database(store.path):
        batches = ledger.fetch_batches(store) if ledger.has_batches(store) else ()
        meant = [each for each in batches if beginning and each.batch.startswith(beginning)]
        if len(meant) != 1:
            raise UsageError(
                f"{len(meant)} batches begin with {beginning!r}; `jornada batch status` lists all"
            )
        (batch,) = meant
        if batch.state != "unconfirmed":
            raise UsageError(f"{batch.label} is not in doubt: its state is {batch.state}")
        if name is None:
            ledger.record_state(store, batch, "uploaded", id=None, doubt=None)
            return f"{batch.label}: `jornada batch collect` asks for it again"
        ledger.record_state(store, batch, "unconfirmed", id=name)
        return f"{batch.label}: `jornada batch collect` takes {name} over, if it is of its file"
