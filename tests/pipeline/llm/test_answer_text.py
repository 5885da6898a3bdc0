"""The answer is found in whatever a model writes around it, and nothing is made up."""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms import anchored, quoted
from pipeline.llm.answer_text import find_answer, read_answer
from pipeline.llm.lenient_json import read_value

KEYS = tuple(anchored.FORM.blank)
BLANK_QUOTED = quoted.FORM.blank
ANSWER: dict[str, Any] = {
    **anchored.FORM.blank,
    "title": "Jornada {de} «Cirugías»",
    "aside": [1, 2],
    "scopes": [{"status": "performed", "place": 'Hospital "La Raza"', "edition": None}],
}
RIGHT = json.dumps(ANSWER, ensure_ascii=False)
OTHER = json.dumps({**ANSWER, "title": "A first thought"})


@pytest.mark.parametrize(
    "raw",
    [
        RIGHT,
        f"\ufeff{RIGHT}",
        f"\n\n  {RIGHT}\n",
        json.dumps(ANSWER, indent=2),
        json.dumps(ANSWER, ensure_ascii=True),
        f"```json\n{RIGHT}\n```",
        f"```\n{RIGHT}\n```\nListo.",
        f"Aquí está: {RIGHT} I hope this {{JSON}} helps!",
        f"{RIGHT}\n\nNote: {{'title': null}} would do too.",
        f"{RIGHT}}}",
        f"<think>\nHay 3.\n</think>\n{RIGHT}",
        f'<think>I need {{"title": ..., "figures": [...]}} and {{"quote": "1"}}.</think>{RIGHT}',
        f"<think>{OTHER}</think>{RIGHT}",
        f"<thinking>{{{{{{</thinking>{RIGHT}",
        f"<thought>an {{ open brace\n{RIGHT}",
        f"[THINK]{{'a': 1}}[/THINK]{RIGHT}",
        f'I would write {{"title": "Jornada, and so on.</think>\n{RIGHT}',
        f"thoughts with 'single' \"double\" quotes {{don't}}</think>{RIGHT}",
        f"First: {OTHER}\nNo, rather:\n{RIGHT}",
        f'{{"AnchoredAnswer": {RIGHT}}}',
        f'{{"answer": {RIGHT}, "confidence": 0.9}}',
        f'{{"name": "AnchoredAnswer", "arguments": {RIGHT}}}',
        f'{{"result": {{"answer": [{RIGHT}]}}}}',
        f'{{"type": "object", "properties": {RIGHT}}}',
        f'{{"arguments": {json.dumps(RIGHT)}}}',
        f"[{RIGHT}]",
        json.dumps(RIGHT),
        json.dumps(json.dumps(RIGHT)),
        json.dumps(f"```json\n{RIGHT}\n```"),
        json.dumps(RIGHT)[1:-1],
        repr(ANSWER),
        f"answer = {ANSWER!r}",
        f"{RIGHT[:-1]},}}",
        RIGHT.replace("[1, 2]", "[1, 2,]"),
        RIGHT.replace("[1, 2]", "[1, /* one */ 2 // two\n]"),
        RIGHT.replace('"title"', "title"),
        RIGHT.replace('\\"La Raza\\"', '"La Raza"'),
        RIGHT.replace('"title"', "“title”"),
        RIGHT[:-1],
        f'{{"aside": [], "scopes": [], {RIGHT[1:]}',
        f'{RIGHT[:-1]}, "aside": [], "scopes": []}}',
        RIGHT.replace('"aside": [1, 2]', '"aside": "[1, 2]"'),
    ],
)
def test_the_answer_is_found_in_what_stands_around_it(raw: str) -> None:
    found = read_answer(raw, anchored.FORM.blank)
    assert found is not None
    assert found.data == ANSWER
    assert found.whole


def test_control_characters_in_strings_are_read() -> None:
    raw = RIGHT.replace("{de}", "{de}\n\t\x01")
    found = read_answer(raw, anchored.FORM.blank)
    assert found is not None
    assert found.data["title"] == "Jornada {de}\n\t\x01 «Cirugías»"


def test_half_a_character_is_replaced() -> None:
    found = read_answer(RIGHT.replace("{de}", "\\ud83d"), anchored.FORM.blank)
    assert found is not None
    assert found.data["title"] == "Jornada ? «Cirugías»"


def test_a_copy_of_the_schema_is_no_answer() -> None:
    schema = json.dumps(anchored.FORM.answer.model_json_schema())
    found = read_answer(f"{RIGHT}\nwhich follows {schema}", anchored.FORM.blank)
    assert found is not None
    assert found.data == ANSWER


@pytest.mark.parametrize(
    "raw", ["", "nada", "{", "[1]", '"x"', "{}", "7", '{"titulo": "x"}', "{" * 999]
)
def test_what_has_no_key_of_the_form_is_no_answer(raw: str) -> None:
    assert find_answer(raw, KEYS) is None


def test_null_stands_for_what_the_blank_form_has() -> None:
    found = read_answer(json.dumps({**ANSWER, "aside": None, "places": None}), anchored.FORM.blank)
    assert found is not None
    assert (found.data["aside"], found.data["places"]) == ([], anchored.FORM.blank["places"])


def test_accents_are_composed() -> None:
    found = read_answer(unicodedata.normalize("NFD", RIGHT), anchored.FORM.blank)
    assert found is not None
    assert found.data == ANSWER


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"1204"', 1204),
        ('"1,204"', 1204),
        ('"58 610"', 58610),
        ('"58 mil 610"', 58610),
        ('"71.2%"', 71.2),
        ('"6.5 millones"', 6500000),
        ('"0048"', 48),
        ("58,610", 58610),
        ("58 610", 58610),
        ('"1204 consultas"', "1204 consultas"),
        ('"-5"', "-5"),
        ('"12 y 13"', "12 y 13"),
        ('"8a"', "8a"),
        ('""', ""),
        ("1204", 1204),
        ("71.2", 71.2),
        ("1e999", float("inf")),
        ("-Infinity", float("-inf")),
        ("9" * 41, 1e41),
        ("9" * 5000, float("inf")),
    ],
)
def test_a_value_is_a_number_where_it_is_one_from_end_to_end(written: str, read: object) -> None:
    raw = f'{{"figures": [{{"quote": "1204", "value": {written}}}], "title": "1204"}}'
    found = read_answer(raw, quoted.FORM.blank)
    assert found is not None
    assert found.data["figures"][0] == {"quote": "1204", "value": read}
    assert found.data["title"] == "1204"


def test_of_a_text_that_ends_early_only_what_is_whole_is_read() -> None:
    for cut in range(1, len(RIGHT)):
        found = read_answer(RIGHT[:cut], anchored.FORM.blank)
        if found is None:
            assert cut < RIGHT.index("}")
            continue
        assert found.whole == (cut == len(RIGHT) - 1)
        for key, value in found.data.items():
            if isinstance(ANSWER[key], list):
                assert len(value) <= len(ANSWER[key])
            else:
                assert isinstance(ANSWER[key], dict) or value == ANSWER[key]
        assert set(found.data.get("aside", ())) <= {1, 2}


@pytest.mark.parametrize(
    "end", ["58", "58.", "58,610", "58 610", "-", "5e", '"58', '"58 mil', "tru"]
)
def test_a_value_at_the_end_of_a_text_is_left_out(end: str) -> None:
    found = read_answer(f'{{"title": "T", "figures": [{{"quote": "q", "value": {end}', BLANK_QUOTED)
    assert found is not None
    assert found.data == {"title": "T", "figures": [{"quote": "q"}]}


def leaves(value: Any) -> Iterator[str | int | float]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield value


PIECES = st.sampled_from(
    [
        *("{", "}", "[", "]", ":", ",", '"', "'", "\n", " ", "//", "/*", "*/", "<think>", "```"),
        *('"title"', '"aside"', "'a'", '"dijo "sí""', "null", "None", "true", "nul", "title"),
        *("12", "0", "58 610", "1,204", "7.5", "-3", "1e9", "12abc", '{"a": 1}', '"b": [1, 2]'),
    ]
)


def mutated(text: str, edits: list[tuple[int, int, str]]) -> str:
    for place, gone, put in edits:
        at = place % (len(text) + 1)
        text = text[:at] + put + text[at + gone :]
    return text


TEXTS = st.lists(PIECES, max_size=25).map("".join) | st.builds(
    mutated,
    st.just(RIGHT.replace("\\", "")),
    st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 9), PIECES), max_size=4),
)


@given(TEXTS)
def test_every_text_and_number_that_is_read_stands_in_what_was_written(text: str) -> None:
    for place in (at for at, letter in enumerate(text) if letter == "{"):
        value = read_value(text, place)
        for leaf in leaves(value.value if value else None):
            if isinstance(leaf, str):
                assert leaf in text
            else:
                numbers = re.findall(r"[-+]?\d[\d.]*(?:e\d+)?", text)
                assert leaf in [
                    float(number.rstrip(".")) for number in numbers if number.count(".") < 2
                ]


@given(st.text(), st.sampled_from(['{"title": "', '{"scopes": [{"value": ', "", '"{']))
def test_no_text_makes_the_reading_fail(text: str, before: str) -> None:
    read_answer(before + text, anchored.FORM.blank)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_what_is_json_is_read_as_json(value: object) -> None:
    text = json.dumps({"title": value})
    read = read_value(text, 0)
    assert read is not None
    assert (read.end, read.whole) == (len(text), True)
    kept = find_answer(text, ["title"])
    assert kept is not None
    assert read.value == kept.data


@pytest.mark.parametrize("unit", ["{", '{"a":', '{"a": "', '{"title": ["', "<{'", '\\"{'])
def test_a_text_full_of_braces_takes_no_long_time(unit: str) -> None:
    assert find_answer(unit * 20_000, KEYS) is None or unit.startswith('{"title"')
