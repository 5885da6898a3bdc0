"""Documents a second that are scored against their gold, beside stickler on the same records.

    python benchmarks/scoring.py [--documents 500] [--beside 3] [--figures 50]

Each document has 50 gold figures, and a reading of it in which every fifth figure is wrong in some
way and every third of the others has a longer or shorter quote than the gold's. CPU time of one
core, without reading files. Ours checks that each figure is grounded in the text too; stickler
compares the labels alone. It is slow at 50 items and compares a few of the documents only. It
comes by `pip install 'stickler-eval>=1.0'`; without it, ours is measured alone.
"""

import argparse
import gc
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic import create_model

from eval.scoring.align import FULL
from eval.scoring.score import BulletinScores, add_scores, score
from pipeline.numerals import numerals, read_numerals
from schemas.report import (
    BulletinKind,
    Figure,
    Jornada,
    JornadaKind,
    JornadaReport,
    Period,
    Place,
    PlaceRole,
    Service,
    Specialty,
    Status,
    Unit,
)

ROUNDS = 5
NOUNS = (
    ("consultas de Medicina Familiar", Service.CONSULTATION, "family_medicine"),
    ("consultas de Especialidad", Service.CONSULTATION, "specialty"),
    ("cirugías", Service.SURGERY, None),
    ("cirugías de catarata", Service.SURGERY, "cataract"),
    ("detecciones de diabetes", Service.SCREENING, "diabetes"),
    ("mastografías", Service.SCREENING, "mammography"),
    ("estudios auxiliares de diagnóstico", Service.ANCILLARY_STUDY, None),
    ("trasplantes de riñón", Service.TRANSPLANT, "kidney"),
)
FILLER = ("en los turnos de fin de semana", "gracias al esfuerzo del personal", "en sus unidades")


class Record(NamedTuple):
    """A bulletin's text, its gold, and a reading with errors."""

    text: str
    gold: JornadaReport
    read: JornadaReport


def record(number: int, figures: int) -> Record:
    """Generate a bulletin with `figures` gold figures and a tenth as many other numbers."""
    rng = random.Random(number)  # noqa: S311 - no secret
    text = f"Comunicado folio {number:06d}. Octava Jornada Nacional de Servicios de Salud."
    made: list[Figure] = []
    for index in range(figures + figures // 10):
        noun, service, detail = rng.choice(NOUNS)
        # Small numbers repeat within a bulletin, large ones hardly.
        top = rng.choice((30, 900, 9_000, 90_000, 900_000))
        value = rng.randint(2, top)
        thousands, units = divmod(value, 1000)
        quote = f"{thousands} mil {units:03d} {noun}" if thousands else f"{value} {noun}"
        text += "\nEl IMSS otorgó " if index % 5 == 0 else ", además de "
        start = len(text)
        text += f"{quote} {rng.choice(FILLER)}"
        period = rng.choice((Period.JORNADA, Period.CUMULATIVE))
        made.append(
            Figure(
                value=value,
                unit=Unit.COUNT,
                service=service,
                detail=detail,
                status=Status.PERFORMED,
                period=period,
                edition=8 if period is Period.JORNADA else None,
                place=rng.choice(("national", "Yucatán")),
                approximate=False,
                quote=quote,
                char_start=start,
                char_end=start + len(quote),
            )
        )
    rng.shuffle(made)
    gold, others = made[:figures], made[figures:]
    return Record(text, _report(gold), _report(misread(gold, others, text, rng)))


def _report(figures: Iterable[Figure]) -> JornadaReport:
    return JornadaReport(
        title="Supera el IMSS la meta de la Octava Jornada Nacional",
        published_on=date(2022, 7, 5),
        bulletin_kind=BulletinKind.RESULTS,
        jornadas=(Jornada(edition=8, kind=JornadaKind.NATIONAL, year=2022, subject=True),),
        figures=tuple(figures),
        specialties=tuple(
            Specialty(service=Service.SURGERY, name=name) for name in ("Oftalmología", "Urología")
        ),
        places=tuple(
            Place(name=name, role=PlaceRole.PARTICIPANT) for name in ("Yucatán", "Jalisco")
        ),
    )


def misread(
    gold: list[Figure], others: list[Figure], text: str, rng: random.Random
) -> list[Figure]:
    """Read `gold` as a model might: of ten figures one is mislabelled and one missed or worse.

    Of those missed, some have another number of the text in their place, some a number that the
    quote does not hold; the remaining other numbers of the text are invented figures.
    """
    read, spare = [], list(others)
    for index, figure in enumerate(gold):
        if index % 10 == 0:
            label, value = rng.choice(
                (("detail", "other"), ("status", Status.PLANNED), ("service", Service.OTHER))
            )
            read.append(figure.model_copy(update={label: value}))
        elif index % 30 == 5:  # noqa: PLR2004 - see the docstring
            read.append(figure.model_copy(update={"value": figure.value + 1}))
        elif index % 30 == 15 and spare:  # noqa: PLR2004 - the same
            labels = {name: getattr(figure, name) for name in FULL[1:]}
            read.append(spare.pop().model_copy(update=labels))
        elif index % 10 != 5:  # noqa: PLR2004 - the same
            read.append(_requoted(figure, text, rng) if index % 3 == 0 else figure)
    return [*read, *spare]


def _requoted(figure: Figure, text: str, rng: random.Random) -> Figure:
    start, end = figure.char_start or 0, figure.char_end or 0
    longer = text.find(" ", end + 1)
    shorter = start + figure.quote.rindex(" ")
    end = rng.choice((longer, shorter))
    return figure.model_copy(update={"char_end": end, "quote": text[start:end]})


def cpu_ms(work: Callable[[Record], object], records: Sequence[Record]) -> float:
    """Run `work` on each record and return the CPU milliseconds that one took."""
    started = time.process_time()
    for one in records:
        work(one)
    return 1000 * (time.process_time() - started) / len(records)


def rescored(one: Record) -> BulletinScores:
    """Score one record, all measures included; its numerals may be known from before."""
    return score(one.read, one.gold, one.text)


def first_scored(one: Record) -> BulletinScores:
    """Score a reading of a bulletin that was never seen before."""
    numerals.cache_clear()
    read_numerals.cache_clear()
    return rescored(one)


def stickler_comparison(records: Sequence[Record]) -> Callable[[Record], object] | None:
    """Build stickler's models of the records, exact on every field; None where it is missing."""
    try:
        from stickler import ComparableField, ExactComparator, StructuredModel  # noqa: PLC0415
    except ImportError:
        return None

    def model(name: str, fields: Iterable[str], **lists: Any) -> Any:  # noqa: ANN401 - any model
        exact = {f: (Any, ComparableField(ExactComparator(), threshold=1.0)) for f in fields}
        listed = {f: (list[item], ComparableField()) for f, item in lists.items()}
        return create_model(name, __base__=StructuredModel, **exact, **listed)

    report = model(
        "Report",
        ("title", "published_on", "bulletin_kind", "programme"),
        figures=model("Fact", FULL),
        jornadas=model("Weekend", Jornada.model_fields),
        places=model("Location", Place.model_fields),
        specialties=model("Branch", Specialty.model_fields),
    )

    def built(one: JornadaReport) -> Any:  # noqa: ANN401 - the model above
        dumped = one.model_dump(mode="json", exclude={"set_aside"})
        dumped["figures"] = [{name: f[name] for name in FULL} for f in dumped["figures"]]
        return report(**dumped)

    models = {one.text: (built(one.gold), built(one.read)) for one in records}

    def compare(one: Record) -> object:
        gold, read = models[one.text]
        return gold.compare_with(read, include_confusion_matrix=True)

    return compare


def best(rounds: Sequence[float]) -> str:
    """Show the best and the median of several rounds, in ms, with the documents/s of each."""
    low, middle = min(rounds), statistics.median(rounds)
    return f"{low:9.3f} {1000 / low:9.1f}   {middle:9.3f} {1000 / middle:9.1f}"


def main() -> None:
    """Print a line for each way of scoring, then how the same few records compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--beside", type=int, default=3)
    parser.add_argument("--figures", type=int, default=50)
    wanted = parser.parse_args()
    records = [record(number, wanted.figures) for number in range(wanted.documents)]
    few = records[: wanted.beside]
    outcomes = Counter(v.outcome for one in records for v in rescored(one).verdicts)
    print(f"{len(records)} documents, {wanted.figures} gold figures each; CPU of one core")
    print(", ".join(f"{name} {count}" for name, count in outcomes.most_common()))
    strict = add_scores(rescored(one).measures["strict"] for one in records)
    print(f"strict F1 {strict.f1:.3f} of {strict.gold} figures; {ROUNDS} rounds")
    gc.freeze()  # the records are the benchmark's own: collections need not walk them
    print(f"{'':34}  ms, best    docs/s   ms, median    docs/s")
    first = [cpu_ms(first_scored, records) for _ in range(ROUNDS)]
    print(f"{'first reading of each bulletin':34} {best(first)}")
    # Numerals of 512 texts are kept, so that further readings of one bulletin come cheaper.
    again = [cpu_ms(rescored, list(few) * 100) for _ in range(ROUNDS)]
    print(f"{'further readings':34} {best(again)}")
    compare = stickler_comparison(few)
    if compare is None:
        print("stickler is not installed: pip install 'stickler-eval>=1.0'")
        return
    theirs, ours = [], []
    for _ in range(ROUNDS):
        theirs.append(cpu_ms(compare, few))
        ours.append(cpu_ms(first_scored, list(few) * 100))
    print(f"{f'stickler, {len(few)} of the documents':34} {best(theirs)}")
    print(f"{'ours on the same, first readings':34} {best(ours)}")
    ratios = sorted(one / other for one, other in zip(theirs, ours, strict=True))
    print(f"stickler takes {ratios[0]:.0f} to {ratios[-1]:.0f} times as long, round by round")


if __name__ == "__main__":
    main()
