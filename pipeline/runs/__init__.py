"""Many documents: bounded concurrency, resume, one writer, and nothing lost that was done."""

from pipeline.runs.options import Pace
from pipeline.runs.progress import SAMPLE, Failure, Summary, Tally, Watch
from pipeline.runs.run import Means, run

__all__ = ["SAMPLE", "Failure", "Means", "Pace", "Summary", "Tally", "Watch", "run"]
