"""Many documents: bounded concurrency, resume, one writer, and nothing lost that was done."""

from pipeline.runs.gone import Asked
from pipeline.runs.options import RunOptions
from pipeline.runs.progress import SAMPLE, Failure, Progress, Summary, Watch
from pipeline.runs.run import SetUp, run

__all__ = [
    "SAMPLE",
    "Asked",
    "Failure",
    "Progress",
    "RunOptions",
    "SetUp",
    "Summary",
    "Watch",
    "run",
]
