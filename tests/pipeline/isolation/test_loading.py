"""Files are loaded in a process of their own, and what breaks it costs its own document."""

import json
import multiprocessing
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pyarrow import parquet

from pipeline.documents import LoadedSource, RecordFields
from pipeline.documents import read_all as read_all_here
from pipeline.isolation.limits import Limits
from pipeline.isolation.loading import Loader, read_all
from schemas.document import Source
from tests import hostile
from tests.processes import PATIENCE, wait_until

ROOMY = Limits(PATIENCE)
SHORT = Limits(3)
"""Seconds that are many for a bulletin, however busy the machine is."""
SMALL = Limits(PATIENCE, megabytes=120)


def told(loaded: Iterator[LoadedSource]) -> dict[str, str | None]:
    """Give the text or the error of each source, by the name of its file, and its record."""
    return {
        str(item.source).removeprefix(f"{Path(item.source.path).parent}/"): item.document.text
        if item.document
        else item.error
        for item in loaded
    }


def lay_out(folder: Path, **files: bytes) -> list[str]:
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    return [str(folder)]


def test_what_is_loaded_is_what_would_be_loaded_here(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = "Boletín"
    mail.set_content("Se dieron 30 consultas.")
    mail.add_attachment("Hubo 7 cirugías.", filename="anexo.txt")
    mail.add_attachment(b"PNG", maintype="image", subtype="png", filename="foto.png")
    paths = lay_out(
        tmp_path,
        a_txt=b"Hubo 5 consultas.",
        b_html="<p>Hubo <b>6</b> cirugías.</p>".encode(),
        c_jsonl=b'{"id": "x", "text": "Hubo 8."}\n{broken\n{"id": "x", "text": "Hubo 9."}\n',
        d_eml=mail.as_bytes(),
        e_pdf=b"%PDF-1.7 of nothing",
        f_csv=b"id,text\n1,Hubo 10.\n",
        g_png=b"PNG",
    )
    there: Counter[str] = Counter()
    here: Counter[str] = Counter()
    assert list(read_all(paths, passed_over=there)) == list(read_all_here(paths, passed_over=here))
    assert there == here == {".png": 2}


@pytest.mark.slow
def test_a_file_that_breaks_its_parser_down_costs_itself(tmp_path: Path) -> None:
    paths = lay_out(
        tmp_path, a_txt=b"Hubo 5.", b_pdf=hostile.pdf_that_draws_itself(), c_txt=b"Hubo 6."
    )
    found = told(read_all(paths, limits=SMALL))
    assert (found["a.txt"], found["c.txt"]) == ("Hubo 5.", "Hubo 6.")
    assert "broke its parser down" in (found["b.pdf"] or "")


@pytest.mark.slow
def test_a_file_that_needs_more_memory_than_there_is_costs_itself(tmp_path: Path) -> None:
    paths = lay_out(
        tmp_path, a_txt=b"Hubo 5.", b_json=hostile.json_of_many_objects(), c_txt=b"Hubo 6."
    )
    assert told(read_all(paths, limits=SMALL)) == {
        "a.txt": "Hubo 5.",
        "b.json": "needed more than 120 MB of memory",
        "c.txt": "Hubo 6.",
    }


@pytest.mark.slow
def test_rows_that_need_more_memory_than_there_is_cost_their_file(tmp_path: Path) -> None:
    shared = pa.DictionaryArray.from_arrays(pa.array([0] * 60, pa.int32()), ["5 a " * 2**20])
    parquet.write_table(pa.table({"text": shared}), tmp_path / "a.parquet")
    (item,) = read_all([str(tmp_path)], limits=SMALL)
    assert item.error == "needed more than 120 MB of memory"
    assert item.given_up is not None


@pytest.mark.slow
def test_a_file_that_takes_too_long_costs_what_is_left_of_it(tmp_path: Path) -> None:
    hostile.endless(tmp_path / "a.jsonl")
    paths = lay_out(tmp_path, b_txt=b"Hubo 6.")
    assert told(read_all(paths, limits=SHORT)) == {
        "a.jsonl#a": "Hubo 5 consultas.",
        "a.jsonl": "took longer than 3 s",
        "b.txt": "Hubo 6.",
    }


@pytest.mark.slow
def test_one_record_of_many_costs_itself_and_is_known_by_its_number(tmp_path: Path) -> None:
    mails = []
    for number in range(4):
        mail = EmailMessage()
        mail["Subject"] = f"Boletín {number}"
        mail.set_content(f"Hubo {number} consultas.")
        if number in (1, 2):
            data = hostile.pdf_that_draws_itself()
            mail.add_attachment(data, maintype="application", subtype="pdf", filename="anexo.pdf")
        mails.append(b"From x Mon Nov 30 2026\n" + mail.as_bytes() + b"\n")
    (tmp_path / "a.mbox").write_bytes(b"".join(mails))
    loaded = list(read_all([str(tmp_path)], limits=SMALL))
    found = told(iter(loaded))
    assert list(found) == [
        *("a.mbox#1", "a.mbox#2", "a.mbox#2/anexo.pdf"),
        *("a.mbox#3", "a.mbox#3/anexo.pdf", "a.mbox#4"),
    ], "in their order, and each once"
    assert all(f"Hubo {number}" in (found[f"a.mbox#{number + 1}"] or "") for number in range(4))
    broken = [item.given_up for item in loaded if item.document is None]
    assert [one and one.part for one in broken] == [3, 5]


@pytest.mark.slow
def test_what_was_given_up_is_not_tried_again_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(hostile.pdf_that_draws_itself())
    (first,) = read_all([str(path)], limits=SMALL)
    assert first.given_up is not None
    known = {str(path): [(first.given_up, first.error or "")]}

    def again(limits: Limits = SMALL) -> tuple[LoadedSource, bool]:
        loader = Loader(limits, known)
        try:
            (item,) = loader.read_all([str(path)], RecordFields())
            return item, bool(multiprocessing.active_children())
        finally:
            loader.close()

    item, has_begun = again()
    assert not has_begun, "the file was opened"
    assert "before; `jornada retry` tries it again" in (item.error or "")
    assert item.given_up is None, "it is on record"
    item, _ = again(SMALL._replace(megabytes=121))
    assert "before" not in (item.error or ""), "with other limits it is tried"
    path.write_bytes(b"%PDF-1.7 of nothing")
    item, has_begun = again()
    assert has_begun
    assert item.error == "broken file: open it in its program and save it again"


def test_a_worker_that_is_killed_from_outside_costs_nothing(tmp_path: Path) -> None:
    records = [json.dumps({"id": str(n), "text": f"Hubo {n}."}) for n in range(2000)]
    (tmp_path / "a.jsonl").write_text("\n".join(records), "utf-8")
    found: list[LoadedSource] = []
    for item in read_all([str(tmp_path)], limits=ROOMY):
        found.append(item)
        if len(found) in (1, 700):
            for child in multiprocessing.active_children():
                os.kill(child.pid or 0, signal.SIGKILL)
    assert [item.document and item.document.text for item in found] == [
        f"Hubo {n}." for n in range(2000)
    ]
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_pipes_are_read_by_this_process_and_survive_the_worker(tmp_path: Path) -> None:
    pipe = tmp_path / "a.jsonl"
    os.mkfifo(pipe)
    texts = ["Hubo 5.", hostile.json_of_many_objects(3).decode(), "Hubo 6."]
    lines = [json.dumps({"id": str(n), "text": text}) for n, text in enumerate(texts)]
    more = threading.Event()

    def write() -> None:
        with pipe.open("w", encoding="utf-8") as end:
            end.write(lines[0] + "\n")
            end.flush()
            assert more.wait(PATIENCE), "the first record came before the last was written"
            end.write("\n".join(lines[1:]))

    thread = threading.Thread(target=write)
    thread.start()
    loaded = read_all([str(pipe)], limits=ROOMY)
    assert next(loaded).document
    for child in multiprocessing.active_children():
        os.kill(child.pid or 0, signal.SIGKILL)
    more.set()
    assert [item.document and item.document.text for item in loaded] == texts[1:]
    thread.join()


def test_nothing_but_files_is_read_of_a_folder(tmp_path: Path) -> None:
    paths = lay_out(tmp_path, b_txt=b"Hubo 5 consultas.")
    os.mkfifo(tmp_path / "a.jsonl")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    passed_over: Counter[str] = Counter()
    assert told(read_all(paths, passed_over=passed_over)) == {"b.txt": "Hubo 5 consultas."}
    assert passed_over == {"pipe": 1, "device": 1}


def test_a_pipe_is_read_where_it_is_named_alone(tmp_path: Path) -> None:
    pipe = tmp_path / "a.txt"
    os.mkfifo(pipe)
    with closing(Loader(ROOMY)) as loader:
        (refused,) = loader.read(Source(path=str(pipe)), RecordFields())
        assert "a pipe, not a file" in (refused.error or "")
        thread = threading.Thread(target=pipe.write_text, args=("Hubo 5 consultas.",), daemon=True)
        thread.start()
        (item,) = loader.read(Source(path=str(pipe)), RecordFields(), is_named=True)
    thread.join()
    assert item.document is not None, item.error


def test_standard_input_is_read_by_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in"
    path.write_text("Hubo 5 consultas.", "utf-8")
    with path.open(encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert told(read_all(["-"])) == {"-": "Hubo 5 consultas."}


def test_it_can_be_seen_what_is_in_hand_and_for_how_long(tmp_path: Path) -> None:
    path = hostile.endless(tmp_path / "a.jsonl")
    loader = Loader(ROOMY)
    loaded = loader.read(Source(path=str(path)), RecordFields())
    thread = threading.Thread(target=lambda: list(loaded))
    try:
        assert loader.in_hand is None
        thread.start()
        # First its record, for a moment, then the rest of the file, for minutes.
        wait_until(lambda: (now := loader.in_hand) and now.name == str(path) and now.seconds > 0)
    finally:
        loader.close()
        thread.join(PATIENCE)
    assert not thread.is_alive()
