"""Made-up results of an eval: bulletins with gold, readings spoilt on purpose, and their pages."""

from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from eval.labels.gold import GoldBulletin
from eval.report.page import About, Content, render_page
from eval.runs.comparison import compare_variants
from eval.runs.history import EvalRun
from eval.runs.run_prompts import PromptDifference
from eval.runs.summary import summarise
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.score import score
from pipeline.forms.prompts import Prompt, load_prompt
from schemas.document import Document, Metadata, Source
from schemas.reading import Attempt, ReaderKey, ReadingStatus
from schemas.report import (
    BulletinKind,
    Figure,
    JornadaReport,
    Period,
    Service,
    Status,
    Unit,
)

SCRIPT = "<script>window.injected = 1</script>"
HOSTILE = (
    f"{SCRIPT}</style></title><img src=http://example.invalid/x onerror='window.injected=2'>"
    '<b class="evil">"quoted" \'single\'</b> {{ 7 * 7 }} {% raw %} &amp; \x00\x07\x1b[31m \u202e'
    "drawkcab\u202c \u200b \ufeff ]]> <!-- " + "muylargo" * 60
)


def figure(text: str, quote: str, value: float, service: Service = Service.SURGERY) -> Figure:
    start = text.index(quote)
    return Figure(
        value=value,
        unit=Unit.COUNT,
        service=service,
        status=Status.PERFORMED,
        period=Period.JORNADA,
        edition=4,
        place="national",
        approximate=False,
        quote=quote,
        char_start=start,
        char_end=start + len(quote),
    )


def report_of(*figures: Figure) -> JornadaReport:
    return JornadaReport(
        title="Título",
        published_on=date(2023, 5, 1),
        bulletin_kind=BulletinKind.RESULTS,
        figures=figures,
    )


def bulletin(number: int, before: str = "", *, filler: str = "") -> GoldBulletin:
    text = (
        f"{before}En la 4ª Jornada Nacional se realizaron {number} mil 610 cirugías.\n\n"
        f"Se otorgaron {number} mil 120 consultas de especialidad y {number} mil 7 detecciones."
        f"{filler}"
    )
    return GoldBulletin(
        stem=f"{number}-jornada",
        path=Path(f"{number}-jornada.gold.json"),
        document=Document(
            id=sha256(text.encode("utf-8", "replace")).hexdigest(),
            text=text,
            metadata=Metadata(format="txt"),
        ),
        gold=report_of(
            figure(text, f"{number} mil 610 cirugías", number * 1000 + 610),
            figure(text, f"{number} mil 120 consultas", number * 1000 + 120, Service.CONSULTATION),
            figure(text, f"{number} mil 7 detecciones", number * 1000 + 7, Service.SCREENING),
        ),
        noise=("ocr",) if number % 2 else (),
        source=Source(path=f"{number}-jornada.txt"),
    )


def read(
    bulletin: GoldBulletin,
    *figures: Figure,
    failed: bool = False,
    repeat: int = 1,
    error: str | None = None,
) -> ScoredReading:
    found = None if failed else report_of(*figures)
    scored = score(found, bulletin.gold, bulletin.document.text)
    return ScoredReading(
        bulletin=bulletin,
        repeat=repeat,
        status=ReadingStatus.FAILED if failed else ReadingStatus.OK,
        error=error or ("no usable answer" if failed else None),
        report=found,
        scores=scored,
        first_try=scored,
        input_tokens=1000,
        output_tokens=200,
        cost_usd=0.0012,
        seconds=1.5,
        attempts=1,
    )


def right(bulletin: GoldBulletin, repeat: int = 1) -> ScoredReading:
    return read(bulletin, *bulletin.gold.figures, repeat=repeat)


def spoilt(bulletin: GoldBulletin, repeat: int = 1) -> ScoredReading:
    """A wrong label, a missed, an invented and an ungrounded figure."""
    first, second, third = bulletin.gold.figures
    return read(
        bulletin,
        first.model_copy(update={"period": Period.OTHER, "edition": None}),
        third,
        second.model_copy(update={"service": Service.DIALYSIS, "value": first.value}),
        third.model_copy(update={"service": Service.STAFF, "detail": "physician"}),
        repeat=repeat,
    )


def mistaken(bulletin: GoldBulletin) -> ScoredReading:
    """A figure with the value of another numeral in a longer quote, and a wrong place."""
    first, second, third = bulletin.gold.figures
    text = bulletin.document.text
    quote = text[second.char_start or 0 : third.char_end]
    return read(
        bulletin,
        first.model_copy(update={"place": "Puebla"}),
        figure(text, quote, third.value, Service.CONSULTATION),
        third,
    )


def result(
    name: str, *reads: ScoredReading, repeats: int = 1, key: ReaderKey | None = None
) -> VariantResult:
    return VariantResult(
        run_id="0191c0ffee0123456789",
        key=key
        or ReaderKey(
            reader="llm",
            model="some-model",
            prompt=name,
            prompt_hash="3c1d5e7f90ab12cd34ef",
            schema_hash="9f8e7d6c5b4a39281716",
        ),
        name=name,
        repeats=repeats,
        reads=reads,
    )


ABOUT = About(
    created=datetime(2024, 3, 1, 9, 30, tzinfo=UTC),
    gold="eval/gold",
    bulletins=9,
    figures=27,
    software="0.1.0",
    excluded=("99-sin-texto: no text found",),
)


QUOTED = "3c1d5e7f90ab12cd34ef"
ANCHORED = "77aa88bb99cc00dd11ee"


def prompt_of(digest: str, template: str, name: str = "quoted-v1") -> Prompt:
    """A prompt without few-shots that has this hash."""
    update = {"hash": digest, "template": template, "few_shots": ()}
    return load_prompt(name).model_copy(update=update)


PROMPTS = {
    QUOTED: prompt_of(QUOTED, "Read the bulletin.\nQuote each figure.\n[[BULLETIN]]\nBe exact."),
    ANCHORED: prompt_of(
        ANCHORED, "Read the bulletin.\nLabel each mark.\n[[BULLETIN]]\nBe exact.", "anchored-v2"
    ),
}


def run_of(result: VariantResult, day: int, f1: float | None, **changes: object) -> EvalRun:
    """A stored run of a variant, of a day of March, on the gold "this"."""
    known = {
        "eval_run_id": f"{day:08}{result.name}",
        "created_at": datetime(2024, 3, day, 9, 30),  # noqa: DTZ001 - as the store has it
        "name": result.name,
        **result.key.model_dump(),
        "gold": "eval/gold",
        "gold_hash": "this",
        "bulletins": 9,
        "repeats": 1,
        "partial": 0,
        "failed": 0,
        "strict_f1": f1,
        "strict_f1_low": f1 and f1 - 0.05,
        "strict_f1_high": f1 and f1 + 0.02,
    }
    known = {name: value for name, value in known.items() if name in EvalRun._fields}
    return EvalRun(**(dict.fromkeys(EvalRun._fields) | known | changes))


def content_of(*results: VariantResult, about: About = ABOUT, **more: object) -> Content:
    return Content(results, list(map(summarise, results)), compare_variants(results), about, **more)


def page_of(*results: VariantResult, about: About = ABOUT, **more: object) -> str:
    return render_page(content_of(*results, about=about, **more))


def samples() -> list[VariantResult]:
    bulletins = [bulletin(number) for number in range(11, 20)]
    return [
        result(
            "baseline",
            *map(right, bulletins[:7]),
            *map(spoilt, bulletins[7:]),
            key=ReaderKey(reader="baseline", schema_hash="9f8e7d6c5b4a39281716"),
        ),
        result(
            "quoted-v1 · some-model",
            *(
                (spoilt if (number + repeat) % 3 else right)(bulletin, repeat)._replace(
                    reading_id=f"quoted {number} {repeat}"
                )
                for number, bulletin in enumerate(bulletins)
                for repeat in (1, 2)
            ),
            repeats=2,
        ),
        result(
            "anchored-v1",
            read(bulletins[0], failed=True)._replace(reading_id="anchored 0"),
            *map(mistaken, bulletins[1:]),
            key=ReaderKey(
                reader="llm",
                model="some-model",
                prompt="anchored-v1",
                prompt_hash=ANCHORED,
                schema_hash="9f8e7d6c5b4a39281716",
            ),
        ),
    ]


DIFFERENCE = PromptDifference(
    "The prompt anchored-v1 has 1 line that quoted-v1 has not, and lacks 1.",
    (
        *("--- quoted-v1", "+++ anchored-v1", "@@ -1,2 +1,2 @@"),
        *(" Read the bulletin.", "-Quote each figure.", "+Label each mark."),
    ),
)


def attempt_of(outcome: str, raw: str | None, *errors: str, **more: object) -> Attempt:
    return Attempt.model_validate(
        {"number": 1, "outcome": outcome, "raw_answer": raw, "errors": errors, "seconds": 0} | more
    )


ATTEMPTS = {
    "quoted 0 1": (
        attempt_of("unanswered", None, "the server hung up", seconds=2.0),
        attempt_of(
            "invalid",
            '{"figures": [first]}',
            "figures[0].quote: does not stand in the text",
            input_tokens=700,
            output_tokens=90,
            seconds=1.5,
        ),
        attempt_of("ok", '{"figures": [second]}', input_tokens=900, output_tokens=80, seconds=1.25),
    )
}


def sample_content() -> Content:
    results = samples()
    mine = [
        run_of(one, 9, 0.8 + place / 20, eval_run_id=f"own {place}")
        for place, one in enumerate(results)
    ]
    results = [one._replace(run_id=f"own {place}") for place, one in enumerate(results)]
    runs = (
        *mine,
        run_of(results[1], 8, 0.81, prompt_hash="0123456789"),
        run_of(results[1], 7, 0.5, gold="labels", gold_hash="other", bulletins=3),
        run_of(results[1], 6, None),
    )
    return content_of(
        *results, prompts=PROMPTS, prompt_diffs=[DIFFERENCE], attempts=ATTEMPTS, runs=runs
    )


def sample_page() -> str:
    return render_page(sample_content())


def hostile_content() -> Content:
    one = bulletin(31, HOSTILE)
    first, second, third = one.gold.figures
    wild = third.model_copy(
        update={"quote": HOSTILE, "place": HOSTILE, "char_start": None, "char_end": None}
    )
    misplaced = first.model_copy(update={"place": HOSTILE})
    split = figure(one.document.text, one.document.text[20:160], 31610)
    key = ReaderKey(
        reader=HOSTILE, model=HOSTILE, prompt=HOSTILE, prompt_hash=HOSTILE, schema_hash=HOSTILE
    )
    other = key.model_copy(update={"prompt_hash": f"other {HOSTILE}"})
    named = one._replace(stem=HOSTILE, noise=(HOSTILE,))
    results = (
        result(HOSTILE, read(named, misplaced, wild, split)._replace(reading_id="1"), key=key),
        result(
            "other " + HOSTILE, read(named, second, failed=True, error=HOSTILE), key=other
        )._replace(run_id="other"),
    )
    prompts = {
        key.prompt_hash or "": prompt_of(HOSTILE, f"{HOSTILE}\n[[BULLETIN]]\n{HOSTILE}"),
        other.prompt_hash or "": prompt_of(HOSTILE, f"{HOSTILE} more\n[[BULLETIN]]"),
    }
    attempts = {"1": (attempt_of("invalid", HOSTILE, HOSTILE),) * 2}
    lines = [f"{sign}{HOSTILE}" for sign in ("--- ", "+++ ", "@@ ", "+", "-", " ")]
    runs = (
        run_of(results[0], 3, 0.5, eval_run_id=results[0].run_id, gold=HOSTILE),
        run_of(results[0], 2, 0.5, gold=HOSTILE, gold_hash=HOSTILE),
    )
    about = ABOUT._replace(gold=HOSTILE, excluded=(HOSTILE,))
    return content_of(
        *results,
        about=about,
        prompts=prompts,
        prompt_diffs=[PromptDifference(HOSTILE, tuple(lines))],
        attempts=attempts,
        runs=runs,
    )


def hostile_page() -> str:
    return render_page(hostile_content())
