"""The cluster: connected to, or started here for one run."""

import importlib.util
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipeline.errors import UsageError
from pipeline.lazy import lazy

if TYPE_CHECKING:
    import ray
    import ray.data as ray_data
else:  # an extra; and it reads the environment when it is imported
    ray = lazy("ray")
    ray_data = lazy("ray.data")

_BLOCK_BYTES = 128 * 1024
"""Of documents or readings that go from stage to stage together: some dozens."""
_OBJECTS_BYTES = 512 * 1024 * 1024
"""Shared memory of a cluster that is started here for one run."""


def require_ray() -> None:
    """Raise `UsageError` if Ray is not installed."""
    if importlib.util.find_spec("ray") is None or importlib.util.find_spec("pandas") is None:
        raise UsageError("the ray engine needs Ray: pip install 'jornada[ray]'")


def require_room(workers: int) -> None:
    """Raise `UsageError` if workers would leave no CPU for loading: they would wait for ever."""
    cpus = int(ray.cluster_resources().get("CPU", 0))
    if workers >= cpus:
        raise UsageError(
            f"each worker takes a CPU, and loading takes one more: the cluster has {cpus}, and "
            f"{workers} workers are asked for (--workers)"
        )


@contextmanager
def join_cluster(address: str | None, cpus: int) -> Iterator[None]:
    """Connect to a cluster, or start one of `cpus` CPUs; a connection that is there is used."""
    if address is not None and address.startswith("ray://"):
        raise UsageError(
            "--ray-address is that of the cluster itself (HOST:6379, or auto), as shards and "
            "answers are kept where this process runs: run it on a machine of the cluster"
        )
    _configure()
    if ray.is_initialized():
        yield
        return
    own: dict[str, Any] = {
        "num_cpus": cpus,
        "include_dashboard": False,
        "object_store_memory": _OBJECTS_BYTES,
    }
    try:
        with _silence():
            ray.init(
                address or "local",
                log_to_driver=False,
                logging_level=logging.ERROR,
                **({} if address else own),
            )
    except (ConnectionError, ValueError, RuntimeError) as error:
        told = " ".join(str(error).split())[:200]
        raise UsageError(f"no Ray cluster at {address or 'this machine'}: {told}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _configure() -> None:
    # Nothing is to be sent to anybody, no cluster started unasked by a thread that has not yet
    # heard of the end, and no log of Ray's shown. All are read when Ray is imported or started.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ENABLE_AUTO_CONNECT"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    context = ray_data.DataContext.get_current()  # imports it, which sets up its logger
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what it logs, it raises too
    warnings.filterwarnings("ignore", module=r"ray\.")
    context.enable_progress_bars = False
    context.target_max_block_size = _BLOCK_BYTES


@contextmanager
def _silence() -> Iterator[None]:
    """Leave out what Ray's own code, which knows nothing of Python's streams, says at its start."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
