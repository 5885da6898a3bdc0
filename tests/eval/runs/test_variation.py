"""What `--vary` takes, and the settings that come of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from eval.runs.names import tell_apart
from eval.runs.plan import plan_variants
from eval.runs.variation import SETTINGS, Variation, multiply, parse_variations
from pipeline.errors import UsageError
from pipeline.llm.reader import reader_key
from pipeline.settings import LlmSettings, Settings

SERVED = Settings(
    reader="llm",
    llm=LlmSettings(model="m", base_url="http://127.0.0.1:9/v1", params={"seed": 7}),
)


def read(*given: str, named: tuple[str, ...] = ()) -> list[tuple[str, tuple[JsonValue, ...]]]:
    return [(one.name, one.values) for one in parse_variations(given, named)]


@pytest.mark.parametrize(
    ("given", "name", "values"),
    [
        ("reasoning_effort=low,medium", "reasoning_effort", ("low", "medium")),
        ("temperature=0, 0.5 ,1", "temperature", (0, 0.5, 1)),
        ("temperature=null,1", "temperature", (None, 1)),
        ("reasoning_effort=null,low", "reasoning_effort", (None, "low")),
        ('reasoning_effort="a,b",c', "reasoning_effort", None),
        ('reasoning_effort="a,b","c"', "reasoning_effort", ("a,b", "c")),
        ("enable_thinking=true,false", "enable_thinking", (True, False)),
        (
            'chat_template_kwargs={"a": 1, "b": [2, 3]},{"a": 2}',
            "chat_template_kwargs",
            ({"a": 1, "b": [2, 3]}, {"a": 2}),
        ),
        ("max_output_tokens=4000,8000", "max_output_tokens", (4000, 8000)),
        ("max-output-tokens=4000", "max_output_tokens", (4000,)),
        ("schema_mode=json,strict", "schema_mode", ("json", "strict")),
        ("reasks=0,2", "reasks", (0, 2)),
    ],
)
def test_values_are_json_or_texts(
    given: str, name: str, values: tuple[JsonValue, ...] | None
) -> None:
    if values is None:  # a quotation mark that JSON does not end where it would have to
        with pytest.raises(UsageError, match="cannot be read"):
            read(given)
    else:
        assert read(given) == [(name, values)]


@given(
    st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_json_can_hold_can_be_varied(values: list[JsonValue]) -> None:
    text = ",".join(json.dumps(value) for value in values)
    assert read(f"stop={text}", named=("stop",)) == [("stop", tuple(values))]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("temprature=0,1",), "did you mean temperature?"),
        (("max_output_token=1,2",), "did you mean max_output_tokens?"),
        (("quirk=1,2",), "give --param quirk=VALUE beside it"),
        (("",), "--vary"),
        (("temperature",), "write NAME=VALUE,VALUE"),
        (("temperature=",), "write NAME=VALUE,VALUE"),
        (("temperature=0,,1",), "cannot be read"),
        (('stop={"a": 1',), "stop"),
        (("temperature=0", "temperature=1"), "given twice"),
        (("max-output-tokens=1", "max_output_tokens=2"), "given twice"),
        (("max_output_tokens=low",), "max_output_tokens"),
        (("max_output_tokens=0",), "max_output_tokens=0"),
        (("reasks=null",), "reasks=null"),
        (("schema_mode=loose",), 'schema_mode="loose"'),
        (("temperature=NaN",), "JSON cannot hold"),
        (("model=a,b",), "give --model once for each"),
        (("base-url=a,b",), "profile"),
        (("rpm=1,2",), "no answer depends on it"),
        (("messages=1",), "use --prompt"),
        (("max_tokens=1",), "use max_output_tokens"),
        (("n=1,2",), "one answer is taken"),
        (("api_key=1,2",), "a header for a key"),
    ],
)
def test_what_cannot_be_varied_is_one_line(given: tuple[str, ...], told: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(*given)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_parameter_that_is_named_beside_it_can_be_varied() -> None:
    assert read("quirk=1,2", named=("quirk",)) == [("quirk", (1, 2))]


def test_several_multiply_and_leave_the_rest_as_it_was() -> None:
    variations = [Variation("temperature", (0, 1)), Variation("reasks", (0, 1, 2))]
    found = multiply(SERVED, variations)
    assert [(one.llm.params["temperature"], one.llm.reasks) for one in found] == [
        (temperature, reasks) for temperature in (0, 1) for reasks in (0, 1, 2)
    ]
    assert all(one.llm.params["seed"] == 7 for one in found)
    assert {one.llm.model for one in found} == {"m"}
    assert SERVED.llm.params == {"seed": 7}
    assert multiply(SERVED, []) == [SERVED]


def test_null_takes_a_parameter_away() -> None:
    without, other = multiply(SERVED, [Variation("seed", (None, 8))])
    assert without.llm.params == {}
    assert other.llm.params == {"seed": 8}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_that_can_be_varied_makes_another_reader(name: str) -> None:
    values: tuple[JsonValue, ...] = ("json", "none") if name == "schema_mode" else (1, 2)
    (variation,) = parse_variations([f"{name}={','.join(map(str, values))}"])
    planned = plan_variants(multiply(SERVED, [variation]), ["llm"], ["quoted-v2"], [])
    assert [one.name for one in planned] == [f"quoted-v2 · m ({name} {value})" for value in values]


def test_equal_values_are_one_variant_and_each_other_has_a_name_of_its_own() -> None:
    variations = parse_variations(["temperature=0,1,0", "reasoning_effort=low,null"])
    planned = plan_variants(multiply(SERVED, variations), ["llm"], ["quoted-v2"], [])
    keys = [reader_key(one.settings.llm, one.prompt) for one in planned if one.prompt]
    assert len(keys) == len(set(keys)) == len({one.name for one in planned}) == 4
    assert planned[0].name == "quoted-v2 · m (reasoning_effort low, temperature 0)"
    assert planned[1].name == "quoted-v2 · m (no reasoning_effort, temperature 0)"
    assert tell_apart([one.name for one in planned], keys) == [one.name for one in planned]


@pytest.mark.parametrize(
    ("values", "kept"),
    [("1,1.0,1e0", (1,)), ("0.5,1,0.50", (0.5, 1)), ("1,true", (1, True)), ("null,0", (None, 0))],
)
def test_a_value_that_is_written_in_two_ways_is_one_variant(
    values: str, kept: tuple[object, ...]
) -> None:
    """It would be paid for twice, and compared with itself."""
    variations = parse_variations([f"quirk={values}"], {"quirk"})
    params = [settings.llm.params.get("quirk") for settings in multiply(Settings(), variations)]
    assert list(map(repr, params)) == list(map(repr, kept))
