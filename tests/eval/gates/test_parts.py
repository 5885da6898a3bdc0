"""Parts of the gold that gates are about: there, or told which are."""

import pytest

from eval.gates.gate import Part
from eval.gates.parsing import parse_gate
from eval.gates.parts import require_parts, take_part
from pipeline.errors import UsageError
from schemas.report import Service
from tests.eval.runs.test_summary import bulletin, copied, reading, result
from tests.readings import a_figure

BULLETINS = tuple(bulletin(number, noise=("ocr",) if number else ()) for number in range(3))


@pytest.mark.parametrize(
    "part",
    ["kind=results", "format=pdf", "noise=clean", "noise=ocr", "length=under 1,000 characters",
     "length=1,000 to 2,000 characters", "service=consultation", "status=performed",
     "period=jornada", "unit=count"],
)  # fmt: skip
def test_what_the_gold_has_can_be_gated(part: str) -> None:
    require_parts([parse_gate(f"strict_f1[{part}]>=0.5")], BULLETINS)


@pytest.mark.parametrize(
    ("part", "there"),
    [
        ("kind=recipe", "of kind they have results"),
        ("kind=", "of kind they have results"),
        ("noise=OCR", "of noise they have clean, ocr"),
        ("format=docx", "of format they have pdf, txt"),
        ("length=2,000", "they have 1,000 to 2,000 characters, under 1,000 characters"),
        ("service=surgery", "of service they have consultation, vaccination"),
    ],
)
def test_what_it_has_not_is_refused_with_what_it_has(part: str, there: str) -> None:
    shot = a_figure().model_copy(update={"service": Service.VACCINATION, "detail": None})
    gold = BULLETINS[0].gold
    more = gold.model_copy(update={"figures": (*gold.figures, shot)})
    bulletins = (BULLETINS[0]._replace(gold=more), *BULLETINS[1:])
    with pytest.raises(UsageError) as caught:
        require_parts([parse_gate(f"strict_f1[{part}]>=0.5")], bulletins)
    assert str(caught.value).endswith(there)
    assert "these 3 bulletins have none" in str(caught.value)


@pytest.mark.parametrize(
    ("gate", "bulletins"),
    [
        ("strict_f1_low>=0.5", 9),
        ("place_f1_low[kind=results]>=0.5", 9),
        ("strict_f1_low[format=pdf]>=0.5", 19),
        ("strict_f1_low[service=consultation]>=0.5", 9),
    ],
)
def test_an_interval_takes_ten_bulletins(gate: str, bulletins: int) -> None:
    several = [bulletin(number) for number in range(bulletins + 1)]
    require_parts([parse_gate(gate)], several)
    with pytest.raises(UsageError, match=r"on 9 bulletins.*: it takes 10 at least"):
        require_parts([parse_gate(gate)], several[:-1])
    require_parts([parse_gate(gate.replace("_low", ""))], several[:-1])


def test_reposts_of_a_release_are_one_bulletin_to_an_interval() -> None:
    several = [bulletin(1), *(bulletin(number) for number in range(0, 18, 2))]
    require_parts([parse_gate("strict_f1_low>=0.5")], several)
    reposted = [*several[:-1], *(copied(several[0], number) for number in range(4))]
    with pytest.raises(UsageError, match=r"on 13 bulletins \(9 of them with anything new"):
        require_parts([parse_gate("strict_f1_low>=0.5")], reposted)


def test_a_part_is_taken_with_all_repeats() -> None:
    reads = [reading(each, 3, repeat=repeat) for each in BULLETINS for repeat in (1, 2)]
    taken = take_part(result(*reads, repeats=2), Part("noise", "ocr"))
    assert [(read.bulletin.stem, read.repeat) for read in taken.reads] == [
        ("b1", 1), ("b1", 2), ("b2", 1), ("b2", 2)
    ]  # fmt: skip
