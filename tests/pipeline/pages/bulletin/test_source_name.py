import pytest

from pipeline.pages.bulletin.source_name import SourceName, name_model, name_source
from schemas.document import Source

PAGE = "https://www.gob.mx/imss/prensa/1"


@pytest.mark.parametrize(
    ("path", "record", "named"),
    [
        ("/home/ana/IMSS/a b.pdf", None, SourceName("a b.pdf")),
        ("C:\\Users\\ana\\a.docx", None, SourceName("a.docx")),
        ("/home/ana/all.jsonl", "12", SourceName("all.jsonl#12")),
        ("-", None, SourceName("-")),
        (PAGE, None, SourceName(PAGE, PAGE)),
        ("/home/ana/feed.xml", PAGE, SourceName(PAGE, PAGE)),
        (
            "https://ana:secret@example.org/a?key=secret",
            None,
            SourceName("https://example.org/a?key=***"),
        ),
        ("javascript:alert(1)", None, SourceName("javascript:alert(1)")),
        ("/a/x.jsonl", "javascript:alert(1)", SourceName("x.jsonl#javascript:alert(1)")),
        ("https:alert(1)", None, SourceName("https:alert(1)")),
        ("data:text/html,<p>", None, SourceName("html,<p>")),
    ],
)
def test_a_source_is_named_without_folders_and_secrets(
    path: str, record: str | None, named: SourceName
) -> None:
    assert name_source(Source(path=path, record=record)) == named


def test_a_model_that_is_a_file_is_named_without_its_folders() -> None:
    for path in ("/home/ana/m.gguf", "~/m.gguf", "models/m.gguf", "C:\\ana\\m.gguf", "./m.gguf"):
        assert name_model(path) == "m.gguf"
    assert name_model("meta-llama/Llama-4") == "meta-llama/Llama-4"
