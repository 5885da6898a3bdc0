"""The page that saves gold, over HTTP, and `jornada eval` on what it has saved."""

import json
from pathlib import Path
from threading import Thread

import pytest

from eval.labels import gold
from pipeline.decisions.numeral_place import places_of
from pipeline.documents import read_all
from schemas.decision import DecisionKind
from schemas.report import Status
from tests.command import Jornada, jornada_here
from tests.eval.review.pages import (
    Pages,
    Shown,
    accept_all,
    decide,
    fetch_read,
    read_here,
)

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
TITLES = {"a": "Colima", "hostile": HOSTILE}
BULLETIN = """Jornada Nacional: {title}

En la 4ª Jornada Nacional, del 14 al 15 de mayo de 2022, se realizaron 58 mil 610 cirugías y se
otorgaron 1,204 consultas. Además se hicieron 90 mastografías.
"""


@pytest.fixture(autouse=True)
def _texts_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read texts in this process: to start another takes longer than the test."""
    monkeypatch.setattr(gold, "read_all", read_all)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database in which the baseline has read two bulletins."""
    texts = {name: BULLETIN.format(title=title) for name, title in TITLES.items()}
    return read_here(tmp_path_factory.mktemp("gold"), **texts)


@pytest.fixture
def jornada(tmp_path: Path) -> Jornada:
    return jornada_here(tmp_path)


def score_of(jornada: Jornada, pages: Pages) -> float:
    ran = jornada(
        *("eval", "--gold", str(pages.gold), "--reader", "baseline", "--json"),
        *("--db", "eval.duckdb"),
    )
    assert ran.returncode == 0, ran.stderr
    (variant,) = json.loads(ran.stdout)["variants"]
    f1: float = variant["scores"]["strict"]["f1"]
    return f1


def labels_of(pages: Pages, name: str = "a") -> dict[str, object]:
    labels: dict[str, object] = json.loads((pages.gold / f"{name}.gold.json").read_text("utf-8"))
    return labels


def save(shown: Shown, pages: Pages, part: str = "") -> Shown:
    return pages.post(shown.action(part))


def change_first(pages: Pages, document_id: str) -> None:
    document, _, report = fetch_read(pages.db, document_id)
    (span, *_), (figure, *_) = places_of(document.text, report.figures), report.figures
    other = figure.model_copy(update={"status": Status.PLANNED})
    decide(pages.db, document_id, DecisionKind.CHANGE, span=span, figure=other)


@pytest.mark.slow
def test_gold_that_is_saved_is_evaluated_and_the_score_falls_where_the_person_says_otherwise(
    jornada: Jornada, pages: Pages
) -> None:
    document_id = pages.documents["a"]
    accept_all(pages.db, document_id)
    shown = pages.get(f"gold/{document_id}")
    assert shown.status == 200
    assert not pages.gold.exists()
    saved = save(shown, pages)
    assert saved.status == 200
    assert f"Saved: {pages.gold}/a.gold.json" in saved.text
    assert f"jornada eval --gold {pages.gold} --only a" in saved.text
    assert saved.actions == []
    assert sorted(path.name for path in pages.gold.iterdir()) == ["a.gold.json", "a.txt"]
    assert jornada("gold", "check", "--gold", str(pages.gold)).returncode == 0
    assert score_of(jornada, pages) == 1.0
    change_first(pages, document_id)
    differing = pages.get(f"gold/{document_id}")
    assert "status performed planned" in differing.text
    refused = pages.post(f"gold/{document_id}")
    assert refused.status == 409
    assert "Look at the difference first" in refused.text
    assert save(differing, pages, "replacing").status == 200
    assert score_of(jornada, pages) < 1.0
    late = pages.post(differing.action("replacing"))  # the same page, sent again
    assert late.status == 200


@pytest.mark.slow
def test_what_is_undecided_is_refused_with_a_list_unless_it_is_saved_as_it_is(
    jornada: Jornada, pages: Pages
) -> None:
    document_id = pages.documents["a"]
    _, _, report = fetch_read(pages.db, document_id)
    shown = pages.get(f"gold/{document_id}")
    assert all(figure.quote in shown.text for figure in report.figures)
    refused = pages.post(f"gold/{document_id}")
    assert refused.status == 409
    assert f"Not saved: {len(report.figures)} left to be seen to" in refused.text
    assert not pages.gold.exists()
    saved = save(shown, pages, "as_it_is")
    assert "It is no gold yet" in saved.text
    assert "unfinished" in labels_of(pages)
    ran = jornada("eval", "--gold", str(pages.gold), "--reader", "baseline")
    assert ran.returncode == 2
    accept_all(pages.db, document_id)
    assert save(pages.get(f"gold/{document_id}"), pages).status == 200
    assert "unfinished" not in labels_of(pages)


def test_a_number_that_a_person_says_is_no_figure_is_in_the_gold_as_set_aside(
    pages: Pages,
) -> None:
    document_id = pages.documents["a"]
    accept_all(pages.db, document_id)
    document, _, report = fetch_read(pages.db, document_id)
    span = places_of(document.text, report.figures)[-1]
    decide(pages.db, document_id, DecisionKind.DELETE, span=span, who="ana")
    decide(pages.db, document_id, DecisionKind.CHANGE, field="title", value="Colima")
    save(pages.get(f"gold/{document_id}"), pages)
    labels = labels_of(pages)
    assert labels["title"] == "Colima"
    assert "programme" not in labels
    (aside,) = labels["set_aside"]  # type: ignore[misc]
    assert (aside["char_start"], aside["char_end"]) == span
    assert "ana" in aside["reason"]


def test_a_hostile_title_is_shown_as_it_is_and_does_nothing(pages: Pages) -> None:
    document_id = pages.documents["hostile"]
    decide(pages.db, document_id, DecisionKind.CHANGE, field="title", value=HOSTILE)
    shown = pages.get(f"gold/{document_id}")
    assert HOSTILE in shown.text
    assert "<img" not in shown.page
    assert shown.page.count("<script") == shown.page.count("<script src=")


def test_two_windows_that_save_at_once_leave_one_whole_file(pages: Pages) -> None:
    document_id = pages.documents["a"]
    accept_all(pages.db, document_id)
    action = pages.get(f"gold/{document_id}").action("")
    answers: list[Shown] = []
    windows = [Thread(target=lambda: answers.append(pages.post(action))) for _ in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    # Whoever came second found the same labels there.
    assert all(f"{pages.gold}/a.gold.json" in one.text for one in answers)
    assert "Saved: " in pages.get(f"gold/{document_id}").text
    assert sorted(path.name for path in pages.gold.iterdir()) == ["a.gold.json", "a.txt"]


def test_what_cannot_be_shown_or_written_is_one_line(pages: Pages) -> None:
    assert pages.get("gold/0000").status == 404
    document_id = pages.documents["a"]
    accept_all(pages.db, document_id)
    pages.gold.write_text("no folder", "utf-8")
    refused = pages.post(f"gold/{document_id}")
    assert refused.status in (400, 409)
    assert f"{pages.gold}" in refused.text
    assert pages.gold.read_text("utf-8") == "no folder"
