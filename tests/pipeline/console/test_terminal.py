import json

from hypothesis import given
from hypothesis import strategies as st

from pipeline.plain_text import clean, one_line, to_json

ACTING = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))} - {"\n", "\t"}
UNSEEN = set("\u034f\u061c\u1160\u200b\u200d\u202e\u2060\u2067\u2800\u3164\ufe00\ufeff\U000e0041")
HIDING = st.text(st.characters() | st.sampled_from(sorted(ACTING | UNSEEN)), max_size=40)


@given(HIDING)
def test_no_character_that_acts_or_shows_nothing_comes_through(text: str) -> None:
    assert not (ACTING | UNSEEN) & set(clean(text))
    assert not (ACTING | UNSEEN | {"\n", "\t"}) & set(one_line(text))


@given(
    st.lists(
        st.sampled_from(["❤️", "e\u0301", "ñ"])
        | st.characters(categories=["L", "N", "P", "S", "Zs"])
    )
)
def test_what_is_seen_is_left_as_it_is(characters: list[str]) -> None:
    text = "".join(char for char in characters if char not in {*UNSEEN, "\u115f", "\uffa0"})
    assert clean(text) == text


@given(st.dictionaries(HIDING, HIDING | st.integers() | st.none(), max_size=3))
def test_json_is_exact_and_still_safe(value: dict[str, object]) -> None:
    text = to_json(value)
    assert json.loads(text) == value
    assert not (ACTING | UNSEEN) & set(text)


def test_accents_stay_readable_in_json() -> None:
    assert to_json({"título": "cirugías"}, None) == '{"título": "cirugías"}'
