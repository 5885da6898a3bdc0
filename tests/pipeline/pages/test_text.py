from hypothesis import given
from hypothesis import strategies as st

from pipeline.pages.text import pack, unpack, visible

_ANY = st.text(st.characters(codec=None), max_size=60)


@given(_ANY)
def test_visible_keeps_the_length_and_can_be_written(text: str) -> None:
    found = visible(text)
    assert len(found) == len(text)
    found.encode("utf-8")
    assert visible(found) == found


def test_what_does_not_show_or_turns_the_direction_is_made_visible() -> None:
    assert visible("a\x00b\x1bc\td\ne") == "a␀b␛c\td\ne"
    for char in "\u202e\u2066\u200b\u00ad\u3164\ufeff\u2028\U000e0041\ud800":
        assert visible(f"a{char}b") == "a�b"
    assert visible("año ñandú – ❤️") == "año ñandú – ❤️"


@given(st.recursive(_ANY | st.none() | st.integers() | st.booleans(), st.lists))
def test_what_is_packed_comes_out_visible_and_holds_no_markup(value: object) -> None:
    packed = pack({"it": value})
    assert not set(packed) & set("<>&\"' \n")

    def shown(one: object) -> object:
        if isinstance(one, str):
            return visible(one)
        return [shown(each) for each in one] if isinstance(one, list) else one

    assert unpack(packed) == {"it": shown(value)}
