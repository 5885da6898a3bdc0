"""What the document page is told, and what it sends, over HTTP."""

import re
import uuid
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.review.background import work_behind
from pipeline.review.queue.index import QueueIndex
from schemas.document import Document
from schemas.reading import Reading, ReadingStatus
from tests.processes import wait_until
from tests.review_server import Served, context_for, serve_review
from tests.reviewed import a_bulletin, read_by_rules, store_reading

Data = dict[str, Any]
HOSTILE = 'El <script>alert(1)</script> "><img onerror=alert(1)> \u202e\x1b[31m dio 300 consultas.'


def state_of(served: Served, document: Document, query: str = "") -> Data:
    answer = served.get(f"/document/{document.id}/state{query}")
    assert answer.status == 200, answer.body
    state: Data = answer.json
    return state


def figure_at(state: Data, words: str) -> Data:
    (item,) = (
        one for one in state["items"] if one["kind"] == "figure" and words in one["figure"]["quote"]
    )
    return item


def decision(kind: str, **told: object) -> Data:
    return {"decision_id": uuid.uuid4().hex, "kind": kind, **told}


def decide(served: Served, document: Document, *decisions: Data) -> Data:
    answer = served.post(f"/document/{document.id}/decisions", {"decisions": list(decisions)})
    assert answer.status == 200, answer.body
    told: Data = answer.json
    return told


def accept(item: Data) -> Data:
    return decision("accept", span=item["span"], figure=item["figure"])


def test_the_state_has_every_figure_in_its_place_and_every_number_that_is_none(
    served: Served, document: Document
) -> None:
    state = state_of(served, document)
    item = figure_at(state, "58 mil 610")
    assert document.text[slice(*item["span"])] == "58 mil 610"
    assert document.text[slice(*item["quote"])] == item["figure"]["quote"]
    assert (item["figure"]["service"], item["decided"]) == ("consultation", None)
    reasons = {one["raw"]: one["reason"] for one in state["items"] if one["kind"] == "number"}
    assert reasons["3 días"] == "a length of time or an age"
    assert [one["at"] for one in state["items"]] == sorted(one["at"] for one in state["items"])
    assert "".join(words for _, words, _ in state["pieces"]) == document.text
    assert state["reading"]["reader"] == "baseline"


def test_pieces_count_characters_and_not_halves_of_them(served: Served, db: Path) -> None:
    text = "🏥𝐈🏥 En la 🏥 dieron 300 consultas 🏥 y 45 cirugías."
    state = state_of(served, store_reading(db, a_bulletin(text)))
    for at, words, about in state["pieces"]:
        assert text[at : at + len(words)] == words
        if any(one.startswith("v:f") for one in about):
            assert words in ("300", "45")


def test_an_accepted_figure_is_shown_as_such_and_kept_once(
    served: Served, document: Document
) -> None:
    before = state_of(served, document)
    sent = accept(figure_at(before, "58 mil 610"))
    told = decide(served, document, sent)
    again = decide(served, document, sent)
    assert told["refused"] == again["refused"] == []
    assert told["state"]["version"] == again["state"]["version"] != before["version"]
    item = figure_at(state_of(served, document), "58 mil 610")
    assert (item["decided"]["kind"], item["decided"]["who"]) == ("accepted", "ana")
    assert told["state"]["counts"]["left"] == before["counts"]["left"] - 1
    assert [one["kind"] for one in again["state"]["history"]] == ["accept"]


def test_labels_are_changed_and_the_decision_is_undone_and_redone(
    served: Served, document: Document
) -> None:
    item = figure_at(state_of(served, document), "320")
    figure = {**item["figure"], "status": "planned", "place": "IMSS Puebla"}
    change = decision("change", span=item["span"], figure=figure)
    changed = figure_at(decide(served, document, change)["state"], "320")
    assert (changed["figure"]["status"], changed["figure"]["place"]) == ("planned", "Puebla")
    undo = decision("undo", undoes=change["decision_id"])
    state = decide(served, document, undo)["state"]
    assert figure_at(state, "320")["figure"] == item["figure"]
    assert [(one["kind"], one["undone"]) for one in state["history"]] == [
        ("undo", False),
        ("change", True),
    ]
    state = decide(served, document, decision("undo", undoes=undo["decision_id"]))["state"]
    assert figure_at(state, "320")["figure"]["status"] == "planned"


def test_a_deleted_figure_is_a_number_that_somebody_said_is_none(
    served: Served, document: Document
) -> None:
    item = figure_at(state_of(served, document), "4 mil")
    state = decide(served, document, decision("delete", span=item["span"]))["state"]
    assert not [one for one in state["items"] if one["id"] == item["id"]]
    (number,) = (one for one in state["items"] if one["at"] == item["at"])
    assert (number["kind"], number["reason"]) == ("number", "no figure, says ana")


def test_a_number_is_added_with_the_readings_that_the_server_offers(
    served: Served, document: Document
) -> None:
    at = document.text.index("98 sesiones")
    path = f"/document/{document.id}/numbers"
    (candidate,) = served.get(f"{path}?start={at}&end={at + 11}").json["candidates"]
    (reading,) = (one for one in candidate["readings"] if one["unit"] == "count")
    start, end = reading["quote"]
    figure = {
        "service": "dialysis",
        "status": "performed",
        "period": "other",
        "place": "national",
        "value": reading["value"],
        "unit": "count",
        "approximate": False,
        "quote": "whatever was shown",
        "char_start": start,
        "char_end": end,
    }
    told = decide(served, document, decision("add", span=reading["span"], figure=figure))
    assert told["refused"] == []
    item = figure_at(told["state"], "98 sesiones")
    assert (item["figure"]["value"], item["decided"]["kind"]) == (98, "added")


def test_one_decision_that_cannot_hold_keeps_no_other_back(
    served: Served, document: Document
) -> None:
    state = state_of(served, document)
    item, other = figure_at(state, "58 mil 610"), figure_at(state, "320")
    wrong_value = decision("change", span=item["span"], figure={**item["figure"], "value": 58611})
    no_number = decision("delete", span=[0, 4])
    no_code = decision("change", span=item["span"], figure={**item["figure"], "service": "magic"})
    told = decide(served, document, wrong_value, accept(other), no_number, no_code)
    errors = {one["decision_id"]: one["error"] for one in told["refused"]}
    assert "cannot be read as 58611" in errors[wrong_value["decision_id"]]
    assert "no number stands" in errors[no_number["decision_id"]]
    assert "service" in errors[no_code["decision_id"]]
    assert figure_at(told["state"], "320")["decided"]["kind"] == "accepted"
    assert figure_at(told["state"], "58 mil 610")["decided"] is None


def test_fields_of_the_report_are_decided(served: Served, document: Document) -> None:
    change = decision("change", field="bulletin_kind", value="balance")
    told = decide(served, document, change, decision("change", field="published_on", value="soon"))
    fields = {one["name"]: one for one in told["state"]["fields"]}
    assert fields["bulletin_kind"]["value"] == "balance"
    assert fields["bulletin_kind"]["decided"]["kind"] == "changed"
    assert fields["title"]["decided"] is None
    assert "published_on" in told["refused"][0]["error"]


def test_while_another_program_has_the_database_what_is_decided_is_kept_and_shown(
    served: Served, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: object, **__: object) -> None:
        raise duckdb.IOException("Conflicting lock is held in duckdb (PID 1)")

    item = figure_at(state_of(served, document), "58 mil 610")
    with monkeypatch.context() as change:
        change.setattr("pipeline.store.database.connect", held)
        state = decide(served, document, accept(item))["state"]
        assert figure_at(state, "58 mil 610")["decided"]["kind"] == "accepted"
        state = state_of(served, document)
        assert figure_at(state, "58 mil 610")["decided"]["kind"] == "accepted"
    assert state_of(served, document)["version"] == state["version"]


def test_a_failed_reading_says_why_and_takes_figures_by_hand(served: Served, db: Path) -> None:
    text = f"Dieron 300 consultas en Puebla. {uuid.uuid4().hex}"
    document = a_bulletin(text)
    read = read_by_rules(document)
    assert read.report is not None
    failed = Reading(
        document_id=document.id,
        key=read.key,
        status=ReadingStatus.FAILED,
        error="the model gave no answer",
        seconds=1,
    )
    store_reading(db, document, failed)
    state = state_of(served, document)
    assert state["reading"]["error"] == "the model gave no answer"
    figure = read.report.figures[0].model_dump(mode="json")
    span = [text.index("300"), text.index("300") + 3]
    told = decide(served, document, decision("add", span=span, figure=figure))
    assert figure_at(told["state"], "300")["decided"]["kind"] == "added"


def test_what_is_hostile_becomes_harmless_text(served: Served, db: Path) -> None:
    document = store_reading(db, a_bulletin(HOSTILE, title=HOSTILE))
    page = served.get(f"/document/{document.id}")
    assert page.status == 200
    assert "<script>alert" not in page.body
    assert "<img" not in page.body
    assert "style=" not in page.body
    answer = served.get(f"/document/{document.id}/state")
    assert answer.headers["content-type"] == "application/json"
    assert "\\u202e" not in answer.body
    assert not {"\u202e", "\x1b"} & set("".join(one[1] for one in answer.json["pieces"]))
    item = figure_at(answer.json, "300")
    assert decide(served, document, accept(item))["refused"] == []


@pytest.mark.slow
def test_a_long_text_comes_in_windows_and_the_one_around_a_place_can_be_asked_for(
    served: Served, db: Path
) -> None:
    text = "".join(f"En la semana dieron {n} consultas en Puebla.\n" for n in range(1000, 3000))
    document = store_reading(db, a_bulletin(text))
    first = state_of(served, document)
    assert first["window"]["of"] > 2
    assert max(one["at"] for one in first["items"]) < first["window"]["end"]
    last = state_of(served, document, f"?at={len(text) - 10}")
    assert last["window"]["end"] == len(text)
    assert last["counts"] == first["counts"]
    item = last["items"][-1]
    answer = served.post(
        f"/document/{document.id}/decisions?window={last['window']['number']}",
        {"decisions": [accept(item)]},
    )
    assert answer.json["state"]["window"] == last["window"]
    assert answer.json["state"]["items"][-1]["decided"]["kind"] == "accepted"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/document/none", 404),
        ("/document/none/state", 404),
        ("/document/none/numbers?start=0&end=1", 404),
        ("/document/{id}/numbers?start=9&end=3", 400),
        ("/document/{id}/numbers?start=-1&end=99999999", 400),
        ("/document/{id}/state?window=99999999999999&at=x", 200),
    ],
)
def test_what_is_not_there_is_said_in_one_line(
    served: Served, document: Document, path: str, status: int
) -> None:
    json = {"Accept": "application/json"}
    answer = served.get(path.format(id=document.id), json)
    assert answer.status == status
    assert status == 200 or "Traceback" not in answer.body


@pytest.mark.parametrize("body", [[], {"decisions": "x"}, {"decisions": [1]}, {}])
def test_what_is_no_list_of_decisions_is_refused(
    served: Served, document: Document, body: object
) -> None:
    answer = served.post(f"/document/{document.id}/decisions", body)
    assert (answer.status, answer.json) == (400, {"error": "this is no list of decisions"})


def test_the_version_tells_a_new_decision_from_anywhere(served: Served, document: Document) -> None:
    path = f"/document/{document.id}/version"
    before = served.get(path).json["version"]
    state = state_of(served, document)
    assert state["version"] == before
    decide(served, document, accept(figure_at(state, "320")))
    assert served.get(path).json["version"] != before


def test_the_documents_beside_it_in_the_queue_are_one_step_away(tmp_path: Path) -> None:
    db = tmp_path / "j.duckdb"
    for number in (300, 400, 500):
        store_reading(db, a_bulletin(f"Dieron {number} consultas en Puebla."))
    context = context_for(db)
    with work_behind(context), serve_review(context) as running:
        wait_until(lambda: QueueIndex(db).tell_progress().is_done, "the index")
        queue = re.findall(r"/document/([0-9a-f]{64})\?q=", running.get("/?q=consultas").body)
        page = running.get(f"/document/{queue[1]}?q=consultas").body
        beside = re.findall(r'/document/([0-9a-f]{64})\?q=consultas" data-way="(\w+)"', page)
        assert beside == [(queue[0], "previous"), (queue[2], "next")]
        assert f'href="/{context.token}/?q=consultas">Queue' in page
