import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from eval.labels.gold import hash_gold, list_gold_files, load_gold, locate_gold
from eval.labels.gold_file import Noise, parse_gold_file
from pipeline.documents import read_all
from pipeline.errors import GoldError

TEXT = "En la 4ª Jornada Nacional se hicieron 90 cirugías y 340 consultas.\n"
SURGERIES: dict[str, Any] = {
    "value": 90,
    "unit": "count",
    "service": "surgery",
    "status": "performed",
    "period": "jornada",
    "place": "national",
    "approximate": False,
    "quote": "90 cirugías",
}
LABELS: Mapping[str, Any] = {"bulletin_kind": "results", "figures": [SURGERIES]}


def put(folder: Path, name: str, **labels: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**LABELS, **labels}), encoding="utf-8")
    return path


def put_figure(folder: Path, **changes: object) -> Path:
    return put(folder, "a.gold.json", figures=[SURGERIES | changes])


def put_text(path: Path, text: str = TEXT) -> str:
    """Write a text and return its id."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    (loaded,) = read_all([str(path)])
    assert loaded.document
    return loaded.document.id


def refusal(gold: Path, *texts: Path) -> str:
    """Load what cannot be used; the error is one line."""
    with pytest.raises(GoldError) as caught:
        load_gold(gold, texts)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_labels_come_with_the_text_of_their_name(tmp_path: Path) -> None:
    known = put_text(tmp_path / "a.txt")
    path = put(tmp_path, "a.gold.json", noise=["ocr"], note="by me", id="x", source="y")
    (bulletin,) = load_gold(tmp_path)
    assert (bulletin.stem, bulletin.path, bulletin.document.id) == ("a", path, known)
    assert (bulletin.noise, str(bulletin.source)) == (("ocr",), str(tmp_path / "a.txt"))
    assert bulletin.gold.figures[0].value == 90
    assert not bulletin.is_tied


def test_what_was_not_labelled_is_told_from_what_is_empty(tmp_path: Path) -> None:
    put_text(tmp_path / "a.txt")
    put(tmp_path, "a.gold.json", places=[])
    (bulletin,) = load_gold(tmp_path)
    assert (bulletin.gold.places, bulletin.gold.specialties) == ((), ())
    assert "places" in bulletin.gold.model_fields_set
    assert "specialties" not in bulletin.gold.model_fields_set


def test_bulletins_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in "ba":
        put_text(tmp_path / f"{name}.txt", f"{TEXT} {name}")
        put(tmp_path, f"{name}.gold.json")
    assert [bulletin.stem for bulletin in load_gold(tmp_path)] == ["a", "b"]
    assert [path.name.split(".")[0] for path in list_gold_files(tmp_path)] == ["a", "b"]


def test_texts_may_lie_elsewhere_and_be_records(tmp_path: Path) -> None:
    put(tmp_path / "gold", "lot__a1.json")
    lot = tmp_path / "texts" / "lot.jsonl"
    lot.parent.mkdir()
    records = [{"id": name, "text": f"{TEXT} {name}"} for name in ("a1", "a2")]
    lot.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    (bulletin,) = load_gold(tmp_path / "gold", [tmp_path / "texts"])
    assert (bulletin.stem, bulletin.source.record) == ("lot__a1", "a1")


def test_gold_files_are_no_bulletins(tmp_path: Path) -> None:
    put_text(tmp_path / "a.txt")
    put(tmp_path, "a.json", text="looks like a record", note="")
    assert "text: no label has this name" in refusal(tmp_path)
    put(tmp_path, "a.json")
    assert len(load_gold(tmp_path)) == 1


def test_other_json_beside_gold_is_read_as_bulletins(tmp_path: Path) -> None:
    put(tmp_path, "a__x.gold.json")
    (tmp_path / "a.json").write_text(json.dumps({"id": "x", "text": TEXT}), encoding="utf-8")
    (bulletin,) = load_gold(tmp_path)
    assert bulletin.document.metadata.format == "json"


@pytest.mark.parametrize(
    ("gold", "text"),
    [("a.b.gold.json", "a.b.txt"), ("a.gold.json", "a.b.txt"), ("a.b.json", "a.txt")],
)
def test_a_name_goes_by_its_whole_or_else_to_its_first_dot(
    tmp_path: Path, gold: str, text: str
) -> None:
    put_text(tmp_path / text)
    put(tmp_path, gold)
    assert load_gold(tmp_path)[0].source.path.endswith(text)


def test_names_that_differ_behind_a_dot_stay_apart(tmp_path: Path) -> None:
    for name in ("3.1", "3.2"):
        put_text(tmp_path / f"{name}.txt", f"{TEXT} {name}")
        put(tmp_path, f"{name}.gold.json")
    assert [bulletin.source.path[-7:] for bulletin in load_gold(tmp_path)] == ["3.1.txt", "3.2.txt"]


def test_labels_follow_the_text_they_are_tied_to_under_any_name(tmp_path: Path) -> None:
    put_text(tmp_path / "a.txt", "Otro texto.")
    known = put_text(tmp_path / "renamed.txt")
    put(tmp_path, "a.gold.json", document_id=known)
    (bulletin,) = load_gold(tmp_path)
    assert bulletin.source.path.endswith("renamed.txt")
    assert bulletin.is_tied


def test_of_two_copies_that_of_the_same_name_is_taken(tmp_path: Path) -> None:
    known = put_text(tmp_path / "a.txt")
    assert put_text(tmp_path / "0.txt") == known
    put(tmp_path, "a.gold.json", document_id=known)
    assert load_gold(tmp_path)[0].source.path.endswith("a.txt")


def test_the_same_text_in_two_formats_is_no_doubt(tmp_path: Path) -> None:
    assert put_text(tmp_path / "a.txt") == put_text(tmp_path / "copy" / "a.txt")
    put(tmp_path, "a.gold.json")
    assert len(load_gold(tmp_path)) == 1


def test_a_text_that_changed_is_refused(tmp_path: Path) -> None:
    known = put_text(tmp_path / "a.txt")
    path = put(tmp_path, "a.gold.json", document_id=known)
    put_text(tmp_path / "a.txt", TEXT.replace("90", "91"))
    assert refusal(tmp_path) == (
        f"{path}: its text, {tmp_path / 'a.txt'}, has changed since it was labelled: label it "
        "again, then run jornada gold tie --refresh"
    )


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    put_text(tmp_path / "b.txt")
    path = put(tmp_path, "a.gold.json")
    assert refusal(tmp_path) == (
        f"{path}: no text is called a.* among the 1 found (say where: --texts)"
    )
    put(tmp_path, "a.gold.json", document_id="0" * 64)
    assert "no text is called a.*" in refusal(tmp_path)


def test_without_any_text_the_reason_is_given(tmp_path: Path) -> None:
    put(tmp_path, "a.gold.json")
    assert "no bulletin in this folder" in refusal(tmp_path)
    assert "no such file or folder" in refusal(tmp_path, tmp_path / "nowhere")


def test_a_text_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    put_text(tmp_path / "b.txt")
    path = put(tmp_path, "a.gold.json")
    assert refusal(tmp_path).startswith(f"{path}: its text, {tmp_path / 'a.txt'}, cannot be read: ")


def test_two_texts_of_one_name_are_both_named(tmp_path: Path) -> None:
    put_text(tmp_path / "a.txt")
    put_text(tmp_path / "a.md", "Otro texto.")
    path = put(tmp_path, "a.gold.json")
    assert refusal(tmp_path) == (
        f"{path}: two texts have its name: {tmp_path / 'a.md'} and {tmp_path / 'a.txt'}"
    )


def test_two_labellings_of_one_text_are_refused(tmp_path: Path) -> None:
    known = put_text(tmp_path / "a.txt")
    put(tmp_path, "a.gold.json")
    second = put(tmp_path, "b.gold.json", document_id=known)
    assert refusal(tmp_path) == f"{second}: labels the same text as a.gold.json"


def test_a_folder_without_gold_is_refused(tmp_path: Path) -> None:
    assert "holds no gold labels" in refusal(tmp_path)
    assert "no such folder" in refusal(tmp_path / "nowhere")


COMMENT = 'broken JSON in line {}: JSON has no comments; "note" is for words of your own'
COMMA = "broken JSON in line {}: nothing follows the comma before this {}: take it away"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (b'{"figures": [}', "broken JSON in line 1: Expecting value"),
        (b'{"figures": [],\n}', COMMA.format(2, "}")),
        (b'{"figures": [1,\n 2, ]}', COMMA.format(2, "]")),
        (b'{"figures": [] // none\n}', COMMENT.format(1)),
        (b'# mine\n{"figures": []}', COMMENT.format(1)),
        (b'{"figures":\n /* none */ []}', COMMENT.format(2)),
        (b'{"title": "a",\n "title": "b"}', 'broken JSON: "title" stands twice in one object'),
        (b'{"title": "espa\xf1ol"}', "is not UTF-8"),
        (b"[" * 100_000, "broken JSON: a number or nesting beyond bounds"),
        (b"[]", "is not one JSON object with the labels of one bulletin"),
        (b"{}", "bulletin_kind: is missing"),
        (b'{"name": "a", "version": 1}', "is no gold file: none of its keys is a label"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, written: bytes, message: str) -> None:
    path = tmp_path / "a.gold.json"
    path.write_bytes(written)
    assert refusal(tmp_path) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"figurs": []}, "figurs: no label has this name; did you mean 'figures'?"),
        ({"zz": 1}, "zz: no label has this name"),
        ({"z\nz": 1}, "z z: no label has this name"),
        ({"noise": ["orc"]}, "; did you mean 'ocr'?"),
        ({"noise": ["ocr", "ocr"]}, 'noise[1]: "ocr" stands twice'),
        ({"noise": [["ocr"]]}, 'noise[0]: ["ocr"] is none of ocr, no_accents'),
        ({"noise": "ocr"}, "noise: must be a list"),
        ({"note": 3}, "note: must be a text"),
        ({"document_id": "ABC"}, "document_id: must be a text's sha256"),
        ({"bulletin_kind": "result"}, '"result" is none of results, announcement, balance'),
        ({"published_on": "31/01/2023"}, "published_on: must be a date as YYYY-MM-DD"),
        ({"figures": {}}, "figures: must be a list, not {}"),
        ({"places": [3]}, "places[0]: must be an object, not 3"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_words(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    path = put(tmp_path, "a.gold.json", **changes)
    assert refusal(tmp_path).startswith(f"{path}: ")
    assert message in refusal(tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"service": "surgry"},
            'service: "surgry" is none of total, consultation, surgery, ',
        ),
        ({"service": "surgry"}, "; did you mean 'surgery'?"),
        ({"servce": "surgery"}, "servce: no label has this name; did you mean 'service'?"),
        ({"detail": "cataratas"}, "detail: 'cataratas' is no kind of surgery: write \"cataract\""),
        ({"detail": "catract"}, "; 'cataract' is the nearest to 'catract'; 'other' is for a kind"),
        ({"detail": "mammography"}, "detail: 'mammography' is no kind of surgery; "),
        (
            {"detail": "hernia+cataract"},
            'in alphabetical order, each once: write "cataract+hernia"',
        ),
        (
            {"detail": "cataract+cesarean+hernia+retina"},
            "detail: at most 3 kinds are joined; of more, none is said: write null",
        ),
        ({"detail": "cataract+other"}, "detail: 'other' is never joined with another kind"),
        ({"service": "total", "detail": "cataract"}, "detail: 'cataract' is no kind of total"),
        ({"basis": "goal"}, "basis belongs only to a figure whose unit is 'percent'"),
        ({"starts_on": "el sábado"}, "starts_on: must be a date as YYYY-MM-DD"),
        ({"value": "ninety"}, 'value: must be a number, not "ninety"'),
        ({"value": -1}, "value: must be 0 or more, not -1"),
        ({"edition": 1.5}, "edition: must be a whole number, not 1.5"),
        ({"quote": ""}, 'quote: must be a text that is not empty, not ""'),
        ({"approximate": None}, "approximate: must be true or false, not null"),
        ({"edition": 4, "period": "cumulative"}, "edition belongs only to a figure"),
        ({"char_start": 3}, "give char_start and char_end together"),
    ],
)
def test_what_is_wrong_with_a_figure_is_said_in_words(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    path = put_figure(tmp_path, **changes)
    said = refusal(tmp_path)
    assert said.startswith(f"{path}: figures[0]")
    assert message in said
    assert "more: jornada gold check" not in said


def test_further_faults_are_counted(tmp_path: Path) -> None:
    put_figure(tmp_path, value="x", unit="y", approximate="z")
    assert refusal(tmp_path).endswith("(and 2 more: jornada gold check)")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    put_text(tmp_path / "a.txt")
    path = put(tmp_path, "a.gold.json")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(load_gold(tmp_path)) == 1


def test_the_hash_knows_labels_and_texts_and_no_names(tmp_path: Path) -> None:
    known = put_text(tmp_path / "a" / "a.txt")
    put_text(tmp_path / "b" / "b.txt")
    put(tmp_path / "a", "a.gold.json")
    put(tmp_path / "b", "b.gold.json", document_id=known, note="elsewhere")
    before = hash_gold(load_gold(tmp_path / "a"))
    assert hash_gold(load_gold(tmp_path / "b")) == before
    kinds: list[dict[str, Any]] = [
        {"title": "T"},
        {"places": []},
        {"noise": ["ocr"]},
        {"figures": []},
        {"relevant": True},
    ]
    for changes in kinds:
        put(tmp_path / "b", "b.gold.json", **changes)
        assert hash_gold(load_gold(tmp_path / "b")) != before
    put(tmp_path / "b", "b.gold.json")
    put_text(tmp_path / "b" / "b.txt", f"{TEXT} Y más.")
    assert hash_gold(load_gold(tmp_path / "b")) != before


def test_the_hash_does_not_depend_on_the_order_of_the_files(tmp_path: Path) -> None:
    for name in "ab":
        put_text(tmp_path / f"{name}.txt", f"{TEXT} {name}")
        put(tmp_path, f"{name}.gold.json")
    bulletins = load_gold(tmp_path)
    assert hash_gold(bulletins) == hash_gold(bulletins[::-1]) != hash_gold(bulletins[:1])


def test_our_own_gold_has_its_texts_and_every_noise() -> None:
    bulletins = load_gold(*locate_gold())
    assert len(bulletins) == 50
    assert {tag for bulletin in bulletins for tag in bulletin.noise} == set(Noise)
    wanted = {"title", "published_on", "bulletin_kind", "programme", "jornadas", "figures"}
    wanted |= {"places", "specialties"}
    assert [b.stem for b in bulletins if not wanted <= b.gold.model_fields_set] == []


def test_texts_beside_an_installed_package_are_preferred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold, (examples,) = locate_gold()
    shutil.copytree(examples, tmp_path / "bulletins")
    monkeypatch.setattr("eval.labels.gold._HERE", tmp_path)
    assert locate_gold() == (tmp_path / "gold", (tmp_path / "bulletins",))
    assert len(load_gold(gold, locate_gold()[1])) == 50


def test_a_file_that_was_begun_is_no_gold_until_its_mark_is_taken_away(tmp_path: Path) -> None:
    put_text(tmp_path / "a.txt")
    put(tmp_path, "a.gold.json", unfinished="begun", prelabelled_by="baseline", bulletin_kind="?")
    assert refusal(tmp_path).endswith(
        "unfinished: pre-labelled by baseline; no gold until every label is seen to and this line "
        "deleted"
    )
    put(tmp_path, "a.gold.json", prelabelled_by="baseline")
    assert load_gold(tmp_path)[0].gold.figures
    put(tmp_path, "a.gold.json", unfinished=False)
    assert load_gold(tmp_path)[0].gold.figures


@pytest.mark.parametrize(
    "label", ["service", "detail", "status", "edition", "place", "approximate"]
)
def test_a_label_that_is_left_to_be_filled_is_named_once(tmp_path: Path, label: str) -> None:
    put_text(tmp_path / "a.txt")
    path = put_figure(tmp_path, **{label: "?"})
    assert refusal(tmp_path) == f"{path}: figures[0]: still to be labelled: {label}"
    path = put(tmp_path, "a.gold.json", title="?", programme="?")
    assert refusal(tmp_path) == f"{path}: still to be labelled: title, programme"


@pytest.mark.parametrize(
    ("label", "word", "code"),
    [
        ("service", "cirugía", "surgery"),
        ("service", "mastografías", "screening"),
        ("service", "vacunas", "vaccination"),
        ("service", "consultaton", "consultation"),
        ("status", "realizadas", "performed"),
        ("period", "acumulado", "cumulative"),
        ("unit", "porcentaje", "percent"),
        ("basis", "meta", "goal"),
    ],
)
def test_the_nearest_code_is_named_by_letters_and_by_what_it_is_called(
    tmp_path: Path, label: str, word: str, code: str
) -> None:
    put_text(tmp_path / "a.txt")
    put_figure(tmp_path, **{label: word})
    assert f"did you mean '{code}'?" in refusal(tmp_path)


@pytest.mark.parametrize("word", ["xx", "?!", "weekend"])
def test_no_code_is_named_where_none_is_near(tmp_path: Path, word: str) -> None:
    put_text(tmp_path / "a.txt")
    put_figure(tmp_path, service=word)
    assert "did you mean" not in refusal(tmp_path)


def test_a_detail_is_judged_where_another_label_is_at_fault_too(tmp_path: Path) -> None:
    figure = SURGERIES | {"detail": "cataracta", "status": "hecho"}
    other = SURGERIES | {"service": "consultation", "detail": "cataract"}
    path = put(tmp_path, "a.gold.json", figures=[figure, other])
    faults = parse_gold_file(path)
    assert isinstance(faults, tuple)
    by_field = {fault[0]: fault[1] for fault in faults}
    assert by_field.keys() == {"figures[0].status", "figures[0].detail", "figures[1].detail"}
    assert "'cataract' is the nearest to 'cataracta'" in str(by_field["figures[0].detail"])
    assert "'cataract' is a kind of surgery" in str(by_field["figures[1].detail"])


def test_of_a_folder_with_files_that_were_begun_those_that_are_done_can_be_read(
    tmp_path: Path,
) -> None:
    for name in "ab":
        put_text(tmp_path / f"{name}.txt", f"{TEXT} {name}")
    put(tmp_path, "a.gold.json")
    put(tmp_path, "b.gold.json", unfinished="begun")
    assert [one.stem for one in load_gold(tmp_path, only=["a*"])] == ["a"]
    assert load_gold(tmp_path, only=["c"]) == ()
    with pytest.raises(GoldError, match="no gold until"):
        load_gold(tmp_path, only=["a", "b"])
