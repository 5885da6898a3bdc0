"""Spanish numerals: MB of bulletin text a second on one core, and what is read, beside text2num.

    python benchmarks/numerals.py [--megabytes 4] [--rounds 7]

The bulletins of `examples/` are
repeated to the size asked for, each a text of its own, and the cache over `numerals` is left out.
The best round of each counts: what else runs on the machine only ever slows one down. Seconds are
those of the process, not of the clock.
"""

import argparse
import re
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from pipeline.documents import read_all
from pipeline.numerals import numerals, read_numerals

BULLETINS = Path(__file__).resolve().parent.parent / "examples" / "bulletins"
PRESS: dict[str, float] = {
    "58 mil 610": 58610,
    "mil 576": 1576,
    "un millón 529 mil 812": 1529812,
    "35 millones 919 mil 359": 35919359,
    "dos mil 590": 2590,
    "220 mil 048": 220048,
    "70 mil 67": 70067,
    "13mil 580": 13580,
    "1 325": 1325,
    "58,610": 58610,
    "6.5 millones": 6500000,
    "medio millón": 500000,
    "treinta y cinco mil": 35000,
    "veintiún mil": 21000,
    "doscientas treinta y una": 231,
    "71.2 por ciento": 71.2,
    "catorceava": 14,
    "23 mil\n138": 23138,
    "l5 mil": 15000,
    "un millén": 1000000,
}


class Contender(NamedTuple):
    """A way to read numerals: over a whole text for speed, the numbers it finds for exactness."""

    name: str
    run: Callable[[str], object]
    values: Callable[[str], list[float]]


def ours() -> Contender:
    """Read with the pipeline's numerals, cache left out."""
    read = read_numerals.__wrapped__
    return Contender("jornada", read, lambda text: [numeral.value for numeral in read(text)[0]])


def text2num() -> Contender | None:
    """Read with text2num where it is installed; the numbers are those of the text it writes."""
    try:
        from text_to_num import alpha2digit  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError:
        return None

    def run(text: str) -> str:
        return str(alpha2digit(text, "es"))

    def values(text: str) -> list[float]:
        written = str(alpha2digit(text, "es", 0)).replace(" por 100", "").replace(",", "")
        return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", written)]

    return Contender("text2num", run, values)


def corpus(megabytes: float) -> list[str]:
    """Repeat the example bulletins until they hold so many megabytes of UTF-8."""
    bulletins = [
        loaded.document.text for loaded in read_all([str(BULLETINS)]) if loaded.document is not None
    ]
    texts: list[str] = []
    size = 0
    for text in cycle(bulletins):
        if size >= megabytes * 1e6:
            return texts
        texts.append(text)
        size += len(text.encode())
    raise SystemExit(f"no bulletins in {BULLETINS}")


def seconds(run: Callable[[str], object], texts: list[str]) -> float:
    """Time one round over all texts."""
    start = time.process_time()
    for text in texts:
        run(text)
    return time.process_time() - start


def main() -> None:
    """Measure the contenders in turns and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    texts = corpus(options.megabytes)
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    rival = text2num()
    contenders = [ours(), *([rival] if rival else [])]
    rates: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for _ in range(options.rounds):
        for contender in contenders:
            rates[contender.name].append(megabytes / seconds(contender.run, texts))
    found = sum(len(numerals(text)) for text in texts)
    every = sum(map(len, texts)) // max(found, 1)
    print(
        f"{len(texts)} bulletins, {megabytes:.1f} MB, one numeral in {every} characters;"
        f" {options.rounds} rounds"
    )
    print(f"{'':10} {'MB/s best':>10} {'median':>8} {'ratio':>7} {'read right':>12}")
    for name, _, values in contenders:
        ordered = sorted(rates[name])
        right = sum(values(printed) == [value] for printed, value in PRESS.items())
        ratio = ordered[-1] / max(rates["jornada"])
        print(
            f"{name:10} {ordered[-1]:10.2f} {ordered[len(ordered) // 2]:8.2f} {ratio:7.2f}"
            f" {right:6} of {len(PRESS)}"
        )
    if rival is None:
        print("text2num is not installed: `pip install text2num` shows it side by side")


if __name__ == "__main__":
    main()
