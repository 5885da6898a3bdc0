"""Many documents: bounded concurrency, resume, one writer, and nothing lost that was done."""

from pipeline.backlog.pace import Pace
from pipeline.backlog.run import Means, run
from pipeline.backlog.tally import SAMPLE, Failure, Summary, Tally, Watch

__all__ = ["SAMPLE", "Failure", "Means", "Pace", "Summary", "Tally", "Watch", "run"]
