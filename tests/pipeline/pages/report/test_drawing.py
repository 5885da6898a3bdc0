from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.pages.report.bars import Bar, draw_bars
from pipeline.pages.report.drawing import prune
from pipeline.pages.report.phrases import Phrases
from pipeline.pages.report.quotes import find_quote
from pipeline.words import Language

HOSTILE = "<script>a</script> \"><img onerror=b> \u202e datum.x \\' {{c}}"
PHRASES = Phrases(Language.ENGLISH)


def test_texts_from_anywhere_are_only_drawn() -> None:
    bars = [Bar(HOSTILE, 3, HOSTILE), Bar(HOSTILE, None, "none"), Bar("", 0, "0")]
    drawing = draw_bars(bars, HOSTILE, PHRASES, "hostile")
    for drawn in drawing:
        root = etree.fromstring(str(drawn))
        tags = {etree.QName(each).localname for each in root.iter()}
        assert tags <= {"svg", "g", "path", "line", "rect", "text", "title", "desc"}
        assert "\u202e" not in drawn
        assert [each for each in root.itertext() if "<script>" in each]


def test_what_has_no_value_has_no_bar() -> None:
    shapes = []
    for value in (None, 5):
        drawn = draw_bars([Bar("a", 10, "10"), Bar("b", value, "-")], "t", PHRASES, "x").wide
        shapes.append(str(drawn).count("<path"))
    assert shapes[0] + 1 == shapes[1]


def test_whatever_is_no_drawing_is_taken_out() -> None:
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'width="9" height="9" onload="x()"><script>x()</script><a xlink:href="http://a"><text>b'
        '</text></a><image href="http://a"/><style>@import "http://a"</style>'
        '<path d="M0,0.123456h3" fill="var(--hatch)" style="fill:url(http://a)"/>'
        "<foreignObject/></svg>"
    )
    kept = prune(drawn, ("title", "what it shows"), "n")
    assert "http://a" not in kept
    assert "onload" not in kept
    assert '<path d="M0,0.12h3" fill="url(#hatch)"/>' in kept
    assert 'role="img" aria-labelledby="n-t n-d"' in kept
    assert '<title id="n-t">title</title><desc id="n-d">what it shows</desc>' in kept


@given(st.lists(st.sampled_from(["5 ", "50 ", "consultas ", "y "]), min_size=1), st.data())
def test_a_quote_is_found_where_it_stands(words: list[str], data: st.DataObject) -> None:
    text = "".join(words)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    before = f"Antes. {text[:start]}"
    assert find_quote(text[start:end], text, before) == (start, text)
