"""Ten thousand broken, lying and endless files of every format, read as a backlog is.

    python -m benchmarks.fuzz [--files 10000] [--seed 1] [--seconds 25] [--keep FOLDER]

Most are valid small files that were changed by chance: bits, spans, numbers, character sets, inside
of what is packed and around it, two of them spliced, under a name of another format, attached to a
mail. The others have one structure that is too deep, too many or too large, or lie about it. They
are read some hundreds at a time, with good bulletins among them. Exits with 1 where a run broke
off, a line was a traceback or an error that nobody foresaw, a file took over a minute, the
processes over a gigabyte, or a good bulletin was not stored exactly. The same seed makes the same
files. Ctrl-C ends it with the report of what was read; --keep leaves the files that a defect was
found with, the slowest and the largest in a folder.
"""

import argparse
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from benchmarks.fuzz.batch import Outcome, read_folder, read_here
from benchmarks.fuzz.files import FORMATS, changed_inside
from benchmarks.fuzz.mutations import mutate, splice
from benchmarks.fuzz.structures import STRUCTURES
from benchmarks.fuzz.watching import Taken
from examples.make_backlog import bulletins
from pipeline.documents import read_all
from pipeline.isolation.limits import Limits
from pipeline.settings import Settings
from schemas.document import Document

AT_ONCE = 250
GOOD = 8
"""Files of a folder, and good bulletins among them."""
LARGEST = 5.0
"""Powers of ten up to which a structure's size goes."""
MOST_SECONDS, MOST_MEGABYTES = 60.0, 1024.0
_SHARE_OF_STRUCTURES = 0.2
_SHOWN = 10
_GIVEN_UP = re.compile("took longer than|needed more than|broke its parser down")


class Made(NamedTuple):
    """A file: what it is, the end of its name, and its bytes."""

    what: str
    form: str
    data: bytes


def make(number: int, seed: int, texts: Sequence[str]) -> Made:
    """Make a file: the same of the same number and seed."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - no secret
    random.seed(f"{seed} {number} boundaries")  # which the library of mails draws
    if chance.random() < _SHARE_OF_STRUCTURES:
        structure = chance.choice(STRUCTURES)
        size = int(10 ** chance.uniform(0, LARGEST))
        form, data = structure(size, chance)
        return Made(f"{structure.__name__} {size}", form, data)
    text, form = chance.choice(texts), chance.choice(list(FORMATS))
    kind = chance.choice(("bytes", "bytes", "inside", "inside", "inside", "splice", "name", "mail"))
    if kind == "inside":
        data = changed_inside(form, text, lambda data: mutate(data, chance), chance.randrange)
    elif kind == "splice":
        other = chance.choice(list(FORMATS))
        data = splice(FORMATS[form](text), FORMATS[other](chance.choice(texts)), chance)
    else:
        data = FORMATS[form](text)
        data = data if kind == "name" else mutate(data, chance)
    if kind == "mail":
        letter = EmailMessage()
        letter.set_content("Adjunto.")
        letter.add_attachment(data, "application", "octet-stream", filename=f"a.{form}")
        return Made(f"{kind} {form}", "eml", letter.as_bytes())
    return Made(f"{kind} {form}", chance.choice(list(FORMATS)) if kind == "name" else form, data)


def main() -> None:
    """Make, read, and say what became of them."""
    parser = argparse.ArgumentParser(description="Files that are made to do harm, in thousands")
    parser.add_argument("--files", type=int, default=10_000, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--seconds", type=float, default=25.0, metavar="N")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    given = parser.parse_args()
    report, started = Report(), time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        for first in range(given.first, given.first + given.files, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, given.first + given.files))
            folder = Path(temporary) / str(first)
            made, outcome, taken = read_batch(folder, numbers, given.seed, Limits(given.seconds))
            report.add(made, outcome, taken)
            if given.keep is not None:
                report.keep(folder, given.keep)
            shutil.rmtree(folder)
            took = time.perf_counter() - started
            said = f"{numbers.stop} files, {took:.0f} s, {len(report.defects)} defects"
            print(said, file=sys.stderr)
            if outcome.interrupted:
                break
    report.show()
    print(
        f"{numbers.stop - given.first} files of seed {given.seed} "
        f"in {time.perf_counter() - started:.0f} s"
    )
    sys.exit(1 if report.defects else 0)


def read_batch(
    folder: Path, numbers: range, seed: int, limits: Limits
) -> tuple[dict[str, Made], Outcome, Taken]:
    """Write files and good bulletins into a folder, and read it."""
    folder.mkdir()
    drawn = [text for _, text in bulletins(2 * GOOD, seed=seed + numbers.start, near=0)]
    planted = {f"{numbers[n * len(numbers) // GOOD]:06}-good.txt": drawn[n] for n in range(GOOD)}
    for name, text in planted.items():
        (folder / name).write_text(text, "utf-8")
    good = read_here({Path(path).name: document for path, document in _documents(folder)})
    made: dict[str, Made] = {}
    for number in numbers:
        one = make(number, seed, drawn[GOOD:])
        path = folder / f"{number:06}.{one.form}"
        path.write_bytes(one.data)
        made[str(path)] = one._replace(data=b"")
    settings = Settings(db=folder.with_suffix(".duckdb"), reader="baseline", limits=limits)
    taken = Taken()
    outcome = read_folder(folder, settings, good, taken)
    return made, outcome, taken


def _documents(folder: Path) -> Iterator[tuple[str, Document]]:
    for item in read_all([str(folder)]):
        if item.document is None:
            raise SystemExit(f"a good bulletin cannot be read: {item.error}")
        yield item.source.path, item.document


class Report:
    """What became of all files."""

    def __init__(self) -> None:
        self.defects: list[str] = []
        self._ways: dict[str, Counter[str]] = {}
        self._reasons: Counter[str] = Counter()
        self._seconds: list[tuple[float, str]] = []
        self._megabytes: list[tuple[float, str]] = []
        self._together = 0.0

    def add(self, made: dict[str, Made], outcome: Outcome, taken: Taken) -> None:
        """Add a batch."""
        failed: dict[str, str] = {}
        for source, error in outcome.lines:
            path = source.partition("#")[0]
            failed.setdefault(path, error)
            form = made[path].form if path in made else "?"
            self._reasons[f"{form}: {_without_numbers(error)}"] += 1
        for path, one in made.items():
            ways = outcome.ways.get(path, Counter())
            way = next((way for way in ("given up", "read", "refused") if ways[way]), "passed over")
            if _GIVEN_UP.search(failed.get(path, "")):  # also where its text was, when it was read
                way = "given up"
            self._ways.setdefault(one.form, Counter())[way] += 1
            self._seconds.append((taken.seconds(path), f"{path}  {one.what}"))
            self._megabytes.append((taken.megabytes[path], f"{path}  {one.what}"))
            if taken.seconds(path) > MOST_SECONDS:
                self.defects.append(f"{path} {one.what}: took {taken.seconds(path):.0f} s")
        self._together = max(self._together, taken.together)
        if taken.together > MOST_MEGABYTES:
            self.defects.append(
                f"processes took {taken.together:.0f} MB together, {taken.of_these:.0f} of it"
                f" the one that stores, among files {min(made)} to {max(made)}"
            )
        self.defects += outcome.defects
        self._seconds = sorted(self._seconds, reverse=True)[: 3 * _SHOWN]
        self._megabytes = sorted(self._megabytes, reverse=True)[: 3 * _SHOWN]

    def keep(self, folder: Path, where: Path) -> None:
        """Copy what is remarkable of a folder."""
        where.mkdir(parents=True, exist_ok=True)
        told = "\n".join(
            [*self.defects, *(f"{one[1]} " for one in self._seconds + self._megabytes)]
        )
        for path in folder.iterdir():
            if str(path) in told:
                shutil.copy(path, where)

    def show(self) -> None:
        """Print it."""
        print(f"{'format':10}{'read':>8}{'refused':>9}{'given up':>10}{'passed over':>13}")
        for form, ways in sorted(self._ways.items()):
            counts = [ways[way] for way in ("read", "refused", "given up", "passed over")]
            print(f"{form:10}{counts[0]:8}{counts[1]:9}{counts[2]:10}{counts[3]:13}")
        print("\nlines")
        for line, count in self._reasons.most_common():
            print(f"{count:8}  {line}")
        print("\nslowest, seconds")
        for seconds, what in self._seconds[:_SHOWN]:
            print(f"{seconds:8.1f}  {what}")
        print("\nlargest, MB")
        for megabytes, what in self._megabytes[:_SHOWN]:
            print(f"{megabytes:8.0f}  {what}")
        print(f"\n{self._together:.0f} MB together at most; {len(self.defects)} defects")
        for defect in self.defects:
            print(f"  {defect}")


def _without_numbers(line: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", "'…'", re.sub(r"\d[\d,.]*", "N", line))[:110]


if __name__ == "__main__":
    main()
