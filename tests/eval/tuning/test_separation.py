"""What a prompt has learnt from cannot judge it."""

from pathlib import Path

import pytest

from eval.labels.gold import GoldBulletin
from eval.tuning.separation import require_apart
from pipeline.documents import document_from
from pipeline.errors import UsageError
from pipeline.forms.prompts import load_prompt
from schemas.document import Metadata, Source
from schemas.report import JornadaReport

ROOT = Path(__file__).parents[3]
SHORT = load_prompt(str(ROOT / "examples" / "prompts" / "short.md"))
TEXTS = {each.name[:2]: each.read_text("utf-8") for each in (ROOT / "eval" / "hard").glob("0*.txt")}


def bulletin(name: str, text: str) -> GoldBulletin:
    document = document_from(text, Metadata(format="txt"))
    report = JornadaReport.model_validate(
        {"relevant": True, "title": None, "published_on": None, "bulletin_kind": "results"}
        | {"programme": None, "jornadas": [], "figures": []}
    )
    path = Path(f"{name}.gold.json")
    return GoldBulletin(name, path, document, report, (), Source(path=f"{name}.txt"))


def test_different_bulletins_are_apart() -> None:
    require_apart([bulletin("a", TEXTS["01"])], [bulletin("b", TEXTS["04"])], SHORT)


@pytest.mark.parametrize(
    "changed",
    [
        TEXTS["01"],
        f"Boletín 12\n\n{TEXTS['01']}\n\nComunicación social",
        TEXTS["01"].upper(),
        TEXTS["01"].replace("1", "l").replace("8", "3"),
        "\n\n".join(f"  {line}" for line in TEXTS["01"].splitlines()),
    ],
)
def test_another_print_of_a_release_is_refused(changed: str) -> None:
    with pytest.raises(UsageError, match=r"share a text, or nearly: a\.gold\.json and b\.gold"):
        require_apart([bulletin("a", TEXTS["01"])], [bulletin("b", changed)], SHORT)


def test_a_holdout_that_the_prompt_has_a_passage_of_is_refused() -> None:
    passage = " ".join(TEXTS["04"].split()[40:70])
    taught = SHORT.model_copy(update={"template": f"{SHORT.template}\nFor instance: {passage}"})
    known, other = [bulletin("known", TEXTS["04"])], [bulletin("other", TEXTS["01"])]
    with pytest.raises(UsageError, match=r"known\.gold\.json: short has a passage of its text"):
        require_apart(other, known, taught)
    require_apart(known, other, taught)  # to learn from, it may stand there
    require_apart(other, known, SHORT)


def test_a_short_extract_is_another_text() -> None:
    extract = TEXTS["01"][: len(TEXTS["01"]) // 3]
    require_apart([bulletin("a", TEXTS["01"])], [bulletin("b", extract)], SHORT)


def test_texts_too_short_to_be_signed_are_compared_by_letters() -> None:
    with pytest.raises(UsageError, match="share a text"):
        require_apart(
            [bulletin("a", "Hubo 12 cirugías.")], [bulletin("b", "hubo 12 cirugias.")], SHORT
        )
    require_apart([bulletin("a", "Hubo 12 cirugías.")], [bulletin("b", "Nada que ver.")], SHORT)


def test_many_shared_texts_are_counted() -> None:
    several = [bulletin(f"a{each}", text) for each, text in TEXTS.items()]
    with pytest.raises(UsageError, match=f"and {len(several) - 3} more"):
        require_apart(several, several, SHORT)


@pytest.mark.parametrize("in_holdout", [False, True])
def test_a_few_shot_is_refused_on_either_side(*, in_holdout: bool) -> None:
    prompt = load_prompt("quoted-v2")
    told = [bulletin("told", prompt.few_shots[0].bulletin.upper())]
    others = [bulletin("other", TEXTS["01"])]
    with pytest.raises(UsageError, match=r"told\.gold\.json: a few-shot of quoted-v2"):
        require_apart(*((others, told) if in_holdout else (told, others)), prompt)
