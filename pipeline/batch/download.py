"""The files of results of a batch, brought whole to this disk.

Answers that are there were paid for. Where a provider does not give them out, a batch is not done
with: it is told, and tried again at the next look, for a day.
"""

import functools
from contextlib import suppress
from pathlib import Path

from pipeline.batch.job import Job
from pipeline.batch.ledger import Batch
from pipeline.batch.lines import has_results
from pipeline.batch.spool import lines_path
from pipeline.batch.wire import NotFound
from pipeline.errors import ServerRefusal, TransportError
from pipeline.redaction import IsPublic
from pipeline.store.rows import now

_DOWNLOADS = 3  # of a file that comes short
_GONE_SECONDS = 86_400.0
"""So long after a batch was over its results are tried for."""


class DownloadError(TransportError):
    """The results of one batch cannot be had just now; those of others may be."""


async def download(job: Job, batch: Batch) -> list[Path]:
    """Download all results of a batch; give the files on this disk.

    Raises `DownloadError` where answers cannot be had yet, `NotFound` where the batch itself is
    gone: as it is to the key of another account.
    """
    job.folder.mkdir(exist_ok=True)
    paths = []
    for kind in ("output", "error"):
        file = batch.facts.get(f"{kind}_file")
        if file is None:
            continue
        path = job.folder / f"{batch.batch}.{kind}"
        try:
            fault = await _download(job, batch, str(file), path, is_output=kind == "output")
        except NotFound as error:
            await job.provider.retrieve(str(batch.facts["id"]))
            fault = str(error)
        except (TransportError, ServerRefusal) as error:
            raise DownloadError(
                f"{batch.label}: its results cannot be downloaded just now: {error}"
            ) from error
        if fault is not None and kind == "output" and not _is_long_over(batch):
            raise DownloadError(f"{batch.label}: its results cannot be had just now: {fault}")
        if fault is not None:
            job.say(f"{batch.label}: {fault}")
        if path.exists():
            paths.append(path)
    return paths


async def _download(
    job: Job, batch: Batch, file: str, path: Path, *, is_output: bool
) -> str | None:
    """Download a file; give what it lacks, None where it is whole.

    How large it is may not be told. Then the number of answers that a batch says it has tells.
    """
    told = await job.provider.fetch_file(file)
    is_public = _stands_in(lines_path(job.folder, batch.batch))
    expected = told.size if told is not None else None
    _, answers, _ = batch.facts.get("counts", (0, 0, 0))
    size, lines, fault = 0, 0, None
    for _ in range(_DOWNLOADS):
        size, lines = await job.provider.download(file, path, is_public), _count_lines(path)
        if is_output and lines >= answers > 0:
            break
        if size >= expected if expected is not None else not is_output or not answers:
            break
    else:
        if is_output and expected is None:
            job.say(f"{batch.label}: {lines:,} lines of {file} came for {answers:,} answers")
        elif expected is not None:
            fault = f"{size:,} of {expected:,} bytes of {file} came, and no more"
    if is_output and size and not _holds_results(path):
        return f"{file} holds no results"
    return fault


def _stands_in(path: Path) -> IsPublic:
    """Make a function that tells whether a piece of text stands in a file of requests."""

    @functools.cache
    def stands(piece: str) -> bool:
        sought = piece.encode("utf-8", "replace")
        with suppress(OSError), path.open("rb") as lines:
            return any(sought in line for line in lines)
        return False

    return stands


def _is_long_over(batch: Batch) -> bool:
    return (now() - batch.found_at).total_seconds() > _GONE_SECONDS


def _count_lines(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for line in lines if line.strip())


def _holds_results(path: Path) -> bool:
    """Tell whether a line of a file is a result: a page that asks one to wait has none."""
    with path.open("rb") as lines:
        return any(has_results(line) for line in lines if line.strip())
