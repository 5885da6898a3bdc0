"""Two readings of a document side by side."""

import re

import duckdb
import pytest

from pipeline.runs.deciding import Decisions
from pipeline.store import new_run
from pipeline.store.rows import Entry, now
from schemas.decision import Decision
from schemas.document import Document
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import Figure, JornadaReport, Service, Status
from tests.readings import a_document, a_figure, a_reading, a_report
from tests.review_server import Answer, Served

TEXT = "Hubo 58 mil 610 consultas, 30 cirugías y 12 </div><script>alert(1)</script> detecciones."
INJECTED = '"><img src=x onerror=alert(1)>'
BASELINE = ReaderKey(reader="baseline", schema_hash="b")
OF_A_MODEL = ReaderKey(reader="llm", model="m<b>", prompt="p", prompt_hash="h", schema_hash="s")


def figure(value: float, quote: str, **labels: object) -> Figure:
    start = TEXT.index(quote)
    found = {"value": value, "quote": quote, "char_start": start, "char_end": start + len(quote)}
    usual = {"detail": None, "edition": None}
    return Figure.model_validate({**a_figure().model_dump(), **usual, **found, **labels})


CONSULTATIONS = figure(58610, "58 mil 610 consultas")
ELSEWHERE = CONSULTATIONS.model_copy(update={"place": "Jalisco", "status": Status.PLANNED})
SURGERIES = figure(30, "30 cirugías", service=Service.SURGERY)
DETECTIONS = figure(12, "12", service=Service.SCREENING)


@pytest.fixture
def document() -> Document:
    return a_document(TEXT)


def store(
    served: Served,
    document: Document,
    key: ReaderKey,
    *figures: Figure,
    title: str = "Título",
    status: ReadingStatus = ReadingStatus.OK,
) -> Reading:
    report: JornadaReport = a_report().model_copy(update={"figures": figures, "title": title})
    made = a_reading(document, status, report=report, key=key)
    served.context.store.append(new_run(key), [Entry(document, made, now())], [])
    return made


def two(served: Served, document: Document) -> tuple[Reading, Reading]:
    one = store(served, document, BASELINE, CONSULTATIONS, SURGERIES)
    other = store(served, document, OF_A_MODEL, ELSEWHERE, SURGERIES, DETECTIONS, title=INJECTED)
    return one, other


def compare(served: Served, document: Document, query: str = "") -> str:
    answer: Answer = served.get(f"/compare/{document.id}{query}")
    assert answer.status == 200
    return answer.body


def counts(html: str) -> str:
    (told,) = re.findall(r'<p class="counts">(.*?)</p>', html, re.DOTALL)
    return re.sub(r"<[^>]*>", "", told)


def chosen(html: str) -> list[str]:
    return re.findall(r'<option value="(\w+)" selected>', html)


def test_the_newest_of_two_readers_stand_side_by_side(served: Served, document: Document) -> None:
    store(served, document, BASELINE, SURGERIES)
    one, other = two(served, document)
    html = compare(served, document)
    assert chosen(html) == [one.reading_id, other.reading_id]
    assert counts(html) == (
        "1 the same, 1 with other labels (status 1, place 1); 0 only in A, 1 only in B;"
        " 1 other field of the report differs."
    )
    swapped = compare(served, document, f"?one={other.reading_id}&other={one.reading_id}")
    assert "1 only in A, 0 only in B" in counts(swapped)
    assert chosen(swapped) == [other.reading_id, one.reading_id]


def test_the_text_is_whole_and_each_number_in_it_leads_to_its_line(
    served: Served, document: Document
) -> None:
    two(served, document)
    html = compare(served, document)
    (text,) = re.findall(r'<div class="text"[^>]*>(.*?)</div>', html, re.DOTALL)
    signs = re.findall(r'href="#pair-(\d)"[^>]*class="numeral ([\w-]+)">([^<]*)</a><sup>(.)', text)
    assert signs == [
        ("1", "differing", "58 mil 610", "≠"),
        ("2", "same", "30", "="),
        ("3", "only-other", "12", "B"),
    ]
    for number in "123":
        assert f'id="pair-{number}"' in html
        assert f'id="text-{number}"' in text


def test_what_comes_from_anywhere_is_text(served: Served, document: Document) -> None:
    two(served, document)
    html = compare(served, document)
    assert "<img" not in html
    assert "<script>alert" not in html
    assert "m<b>" not in html
    assert "&lt;img src=x" in html


def test_what_is_asked_for_and_is_not_there_is_not_taken(
    served: Served, document: Document
) -> None:
    one, other = two(served, document)
    assert chosen(compare(served, document, "?one=%27%20OR%201&other=")) == [
        one.reading_id,
        other.reading_id,
    ]
    assert "This is one reading, twice" in compare(
        served, document, f"?one={one.reading_id}&other={one.reading_id}"
    )
    assert served.get(f"/compare/{'0' * 64}").status == 404


def test_a_failed_reading_says_why_and_one_reader_alone_says_what_to_do(
    served: Served, document: Document
) -> None:
    store(served, document, BASELINE, SURGERIES)
    html = compare(served, document)
    assert "There is one reading alone" in html
    assert "1 the same, 0 with other labels" in counts(html)
    store(served, document, OF_A_MODEL, status=ReadingStatus.FAILED)
    html = compare(served, document)
    assert "B: this reading failed: no answer" in html
    assert "1 only in A" in counts(html)


def test_a_reading_in_a_shape_that_is_not_known_any_more_says_so(
    served: Served, document: Document
) -> None:
    _, other = two(served, document)
    with duckdb.connect(served.context.db) as con:
        con.execute(
            'UPDATE readings SET report = \'{"bulletin_kind": "gone"}\' WHERE reading_id = ?',
            [other.reading_id],
        )
    html = compare(served, document)
    assert "B: this reading was stored by another version" in html
    assert "2 only in A, 0 only in B" in counts(html)


def test_a_document_that_nobody_read_says_so(served: Served, document: Document) -> None:
    served.context.store.append(new_run(BASELINE), [], [], [document])
    assert "Nobody has read this document yet" in compare(served, document)


def test_taking_a_side_is_a_decision_and_the_decided_state_can_be_compared(
    served: Served, document: Document
) -> None:
    one, other = two(served, document)
    takes = served.get(f"/compare/{document.id}/takes").json["takes"]
    assert set(takes) == {"1", "3"}
    wanted = [takes["1"]["one"], takes["3"]["one"]]
    assert [each["kind"] for each in wanted] == ["change", "delete"]
    Decisions(served.context.db).record(
        [
            Decision.model_validate(
                {
                    **each,
                    "decision_id": f"{number:032x}",
                    "document_id": document.id,
                    "who": "ana",
                    "decided_at": now(),
                }
            )
            for number, each in enumerate(wanted)
        ]
    )
    html = compare(served, document, f"?one={one.reading_id}&other=decided")
    assert counts(html).startswith("2 the same, 0 with other labels; 0 only in A, 0 only in B")
    html = compare(served, document, f"?one=decided&other={other.reading_id}")
    assert "1 only in B" in counts(html)
    assert takes["1"]["one"]["reading_id"] == other.reading_id  # which is the newest
