from eval.report.page_conversations import list_conversations, view_difference, view_prompts
from eval.runs.run_prompts import PromptDifference
from pipeline.forms.prompts import load_prompt
from schemas.reading import ReaderKey
from tests.eval.report.report_samples import (
    ANCHORED,
    ATTEMPTS,
    PROMPTS,
    QUOTED,
    attempt_of,
    bulletin,
    result,
    right,
    samples,
)

ONE = bulletin(12)


def _keyed(name: str, digest: str | None, prompt: str | None = "mine") -> ReaderKey:
    return ReaderKey(reader="llm", model=name, prompt=prompt, prompt_hash=digest, schema_hash="s")


def test_each_prompt_is_listed_once_with_the_variants_that_were_asked_with_it() -> None:
    results = [*samples(), result("again", right(ONE))]
    views = view_prompts(results, PROMPTS, {})
    assert [(view.name, view.variants) for view in views] == [
        ("quoted-v1 · some-model", ("quoted-v1 · some-model", "again")),
        ("anchored-v1", ("anchored-v1",)),
    ]
    assert views[0].messages == (
        {"role": "system", "content": "Read the bulletin.\nQuote each figure."},
        {"role": "user", "content": "(the bulletin)\nBe exact."},
    )


def test_few_shots_are_among_what_every_bulletin_is_asked_with() -> None:
    shown = load_prompt("quoted-v2")
    one = result("one", right(ONE), key=_keyed("m", shown.hash))
    (view,) = view_prompts([one], {shown.hash: shown}, {})
    roles = [message["role"] for message in view.messages or ()]
    assert roles.count("assistant") == len(shown.few_shots)


def test_a_model_that_labels_marks_is_shown_as_it_was_told() -> None:
    prompt = load_prompt("anchored-v2")
    read = right(ONE)._replace(reading_id="1")
    one = result("one", read, key=_keyed("m", prompt.hash))
    attempt = attempt_of("ok", "{}", schema_mode="marks")
    (plain,) = view_prompts([one], {prompt.hash: prompt}, {})
    (marked,) = view_prompts([one], {prompt.hash: prompt}, {"1": (attempt,)})
    assert (plain.messages or ())[0] != (marked.messages or ())[0]


def test_without_a_prompt_there_is_none_to_show() -> None:
    assert view_prompts(samples()[:1], PROMPTS, {}) == ()
    assert [view.messages for view in view_prompts(samples(), {}, {})] == [None, None]


def test_lines_of_a_diff_are_told_apart_from_the_names_above_them() -> None:
    lines = (
        *("--- one", "+++ other", "@@ -1 +1 @@", " same", "--- a list", "+++ a list", "-less"),
        *("--- codes", "+++ codes", "@@ -1 +1 @@", "+more"),
    )
    found = view_difference(PromptDifference("They differ.", lines))
    assert found.said == "They differ."
    assert [line for _, line in found.lines] == list(lines)
    assert [kind for kind, _ in found.lines] == [
        *("name", "name", "place", "same", "less", "more", "less"),
        *("name", "name", "place", "more"),
    ]
    assert view_difference(PromptDifference("It is not known.")).lines == ()


def test_a_conversation_has_what_was_asked_each_answer_and_what_was_told_of_it() -> None:
    reads = [[], [right(ONE)._replace(reading_id="quoted 0 1")], [right(ONE)]]
    prompts = [None, PROMPTS[QUOTED], PROMPTS[ANCHORED]]
    none, (one,), (unknown,) = list_conversations(ONE.document, reads, prompts, ATTEMPTS)
    assert none == []
    assert unknown == {"asked": None, "calls": []}
    assert "12 mil 610 cirugías" in one["asked"]
    assert one["asked"].endswith("Be exact.")
    first, second, third = one["calls"]
    assert (first["answer"], first["then"]) == (None, "The call was made again.")
    assert second["errors"] == ["figures[0].quote: does not stand in the text"]
    assert second["then"] == "The model was told this, and asked again."
    assert (third["answer"], third["tokens"], third["then"]) == (
        '{"figures": [second]}',
        [900, 80],
        "",
    )


def test_what_is_not_asked_again_does_not_say_so() -> None:
    read = right(ONE)._replace(reading_id="1")
    attempts = {"1": (attempt_of("invalid", "x" * 60_000, *("no",) * 70),)}
    ((talk),) = list_conversations(ONE.document, [[read]], [None], attempts)[0:1]
    (call,) = talk[0]["calls"]
    assert call["then"] == ""
    assert len(call["answer"]) == 50_001
    assert call["errors"][-1] == "... and 20 more"
    assert talk[0]["asked"] is None
