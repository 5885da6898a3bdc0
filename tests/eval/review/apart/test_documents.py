"""What people say of a text apart is made of that text's own readings."""

from pathlib import Path

from eval.review.apart.documents import fetch_apart
from pipeline.runs.deciding import Decisions
from pipeline.store import Store
from schemas.decision import Decision
from tests.decisions import a_decision
from tests.review_server import context_for
from tests.reviewed import BULLETIN, a_bulletin, read_by_rules, store_reading


def test_a_reading_of_another_text_is_nothing_to_begin_with(tmp_path: Path) -> None:
    db = tmp_path / "j.duckdb"
    document, other = a_bulletin(), a_bulletin(f"{BULLETIN}\nOtro.")
    readings = [read_by_rules(each) for each in (document, other)]
    for each, reading in zip((document, other), readings, strict=True):
        store_reading(db, each, reading)

    def label(who: str, reading_id: str | None) -> Decision:
        about = {"field": "title", "value": who, "apart": True, "reading_id": reading_id}
        return a_decision("accept", document, who=who, **about)

    own, foreign = (reading.reading_id for reading in readings)
    Decisions(db).record([label("ana", own), label("eva", foreign), label("luis", None)])
    Decisions(db).record([a_decision("accept", document, field="title", value="T")])
    assert Decisions(db).settle() == 4
    ((decided,),) = (
        Store(db).read("SELECT reading_id FROM current_readings WHERE derived = 'review'").rows
    )
    Decisions(db).record([label("zoe", decided)])
    (one,) = fetch_apart(context_for(db), [document.id])
    assert {who: bool(labels.figures) for who, labels in one.labels.items()} == {
        "ana": True,
        "eva": False,
        "luis": False,
        "zoe": False,
    }
