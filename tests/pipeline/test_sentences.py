"""A text cut into sentences, and the one that a quote stands in."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.sentences import cut_sentences, find_context
from schemas.finding import Span

TEXTS = st.text(st.sampled_from("aB1.,;:!?\n •-ñÁ "), max_size=80)


@given(TEXTS)
def test_sentences_hold_all_that_is_printed_in_order(text: str) -> None:
    sentences = list(cut_sentences(text))
    assert "".join(text[s.start : s.end] for s in sentences).split() == text.split()
    ends = [0, *(s.end for s in sentences)]
    assert all(end <= s.start < s.end for end, s in zip(ends, sentences, strict=False))


@given(TEXTS, st.data())
def test_a_context_holds_its_quote(text: str, data: st.DataObject) -> None:
    sentences = tuple(cut_sentences(text))
    if not sentences:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    quote = Span(start, data.draw(st.integers(start + 1, len(text))))
    context = find_context(text, sentences, quote)
    assert text[quote.start : quote.end].strip() in text[context.start : context.end]


def context_of(text: str, quote: str) -> str:
    start = text.index(quote)
    context = find_context(text, tuple(cut_sentences(text)), Span(start, start + len(quote)))
    return text[context.start : context.end]


def test_a_context_is_the_sentence_and_no_more() -> None:
    text = "La Dra. Ruiz habló. Se hicieron 12 cirugías,\nsegún el Dr. Paz. Fin."
    assert context_of(text, "12 cirugías") == "Se hicieron 12 cirugías,\nsegún el Dr. Paz."


def test_a_quote_over_two_sentences_has_both() -> None:
    assert context_of("Ayer. Hubo 12. Cirugías todas. Fin.", "12. Cirugías") == (
        "Hubo 12. Cirugías todas."
    )


def test_a_long_sentence_is_cut_to_whole_words_around_the_quote() -> None:
    text = "palabra " * 500 + "12 cirugías" + " palabra" * 500
    cut = context_of(text, "12 cirugías")
    assert 900 < len(cut) < 1012
    assert set(cut.split()) == {"palabra", "12", "cirugías"}
