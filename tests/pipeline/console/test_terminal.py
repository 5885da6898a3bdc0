import json

from hypothesis import given
from hypothesis import strategies as st

from pipeline.plain_text import clean, one_line, to_json

ACTING = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))} - {"\n", "\t"}


@given(st.text())
def test_no_control_character_comes_through(text: str) -> None:
    assert not ACTING & set(clean(text))
    assert not (ACTING | {"\n", "\t"}) & set(one_line(text))


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_what_does_not_act_is_left_as_it_is(text: str) -> None:
    assert clean(text) == text


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_json_is_exact_and_still_safe(value: dict[str, object]) -> None:
    text = to_json(value)
    assert json.loads(text) == value
    assert not ACTING & set(text)


def test_accents_stay_readable_in_json() -> None:
    assert to_json({"título": "cirugías"}, None) == '{"título": "cirugías"}'
