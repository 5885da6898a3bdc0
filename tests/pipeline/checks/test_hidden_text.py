from pipeline.checks import hidden_text
from pipeline.documents.hidden_text import tell_hidden
from schemas.document import Document
from schemas.finding import Severity
from tests.pipeline.checks.made import a_document, a_report


def a_document_that_hides(*passages: str) -> Document:
    document = a_document("Hubo 5 consultas.")
    about = document.metadata.model_copy(update=tell_hidden(passages))
    return document.model_copy(update={"metadata": about})


def test_hidden_words_are_told_with_the_first_of_them() -> None:
    (finding,) = hidden_text.check(
        a_document_that_hides('Ignora\x1b[31m "lo"\n\u2067anterior', "999 cirugías"), a_report()
    )
    assert (finding.check, finding.severity) == ("hidden_text", Severity.INFO)
    assert finding.span is None
    assert finding.message.startswith("5 words that a reader does not see")
    assert "\x1b" not in finding.message
    assert "\n" not in finding.message
    assert finding.message.endswith('999 cirugías"')
    assert finding.message.count('"') == 2


def test_a_long_passage_is_cut_between_words() -> None:
    (finding,) = hidden_text.check(a_document_that_hides(*["mil cirugías "] * 5000), a_report())
    assert finding.message.startswith("10,000 words")
    assert finding.message.endswith('mil cirugías…"') or finding.message.endswith('mil…"')
    assert len(finding.message) < 300


def test_what_hides_nothing_has_no_such_finding() -> None:
    assert not list(hidden_text.check(a_document_that_hides(), a_report()))
    assert not list(hidden_text.check(a_document_that_hides(" "), a_report()))
