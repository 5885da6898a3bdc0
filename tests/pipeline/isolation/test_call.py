"""One call in a process of its own: what it breaks costs nobody else."""

import threading
import time
from pathlib import Path

import pytest

from pipeline.documents.page_picture import draw_page, find_words, read_map
from pipeline.errors import DocumentError
from pipeline.isolation.call import call_within
from pipeline.isolation.limits import Limits
from tests import hostile
from tests.pipeline.documents.test_pdf import lines, pdf
from tests.processes import PATIENCE

ROOMY = Limits(PATIENCE)
SMALL = Limits(PATIENCE, megabytes=120)


def fill(megabytes: int) -> int:
    return len(bytearray(megabytes * 2**20))


def test_its_answer_is_that_of_the_function() -> None:
    assert call_within(ROOMY, fill, megabytes=1) == 2**20


def test_what_takes_too_much_memory_or_time_is_ended() -> None:
    with pytest.raises(DocumentError, match="more than 120 MB"):
        call_within(SMALL, fill, 2000)
    with pytest.raises(DocumentError, match="longer than"):
        call_within(Limits(0.2), time.sleep, PATIENCE)


def test_calls_from_many_threads_all_get_their_own_answer() -> None:
    answers: dict[int, int] = {}

    def ask(number: int) -> None:
        answers[number] = call_within(ROOMY, fill, number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number * 2**20 for number in range(5)}


def test_a_file_that_is_gone_or_broken_is_told_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pytest.raises(DocumentError, match="not there any more"):
        call_within(ROOMY, draw_page, str(path), 1)
    path.write_bytes(pdf([lines(["Hubo 5 consultas."])])[:200])
    with pytest.raises(DocumentError, match="broken file"):
        call_within(ROOMY, draw_page, str(path), 1)


@pytest.mark.slow
def test_a_pdf_that_was_made_to_do_harm_does_none_here(tmp_path: Path) -> None:
    for data in (hostile.pdf_that_draws_itself(), hostile.pdf_that_expands()):
        path = tmp_path / "a.pdf"
        path.write_bytes(data)
        with pytest.raises(DocumentError):
            call_within(SMALL, draw_page, str(path), 1)
        with pytest.raises(DocumentError):
            call_within(SMALL, read_map, str(path), by_ocr=False)
        with pytest.raises(DocumentError):
            call_within(SMALL, find_words, str(path), 1, ())
