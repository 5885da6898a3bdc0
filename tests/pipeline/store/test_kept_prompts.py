"""Prompts are kept whole, so that they can be read again as they were."""

from pathlib import Path

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.forms.prompts import load_prompt, parse_prompt
from pipeline.store import MIGRATIONS, Store
from pipeline.store.kept_prompts import as_kept, fetch_prompts, keep_prompts

HEAD = "---\nname: mine\nform: quoted\ndescription: a test\n---\n"


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(before=st.text(max_size=40), mark=st.sampled_from(["", "\ufeff"]), codes=st.booleans())
def test_a_prompt_comes_back_byte_for_byte(
    store: Store, before: str, mark: str, *, codes: bool
) -> None:
    told = before.encode("utf-8", "replace").decode().replace("[[", "")
    content = f"{mark}{HEAD}{told}{'[[CODES]]' if codes else ''}\r\n[[BULLETIN]]".encode()
    prompt = parse_prompt("mine.md", content)
    keep_prompts(store, [prompt])
    kept = fetch_prompts(store, [prompt.hash])[prompt.hash]
    assert kept.text.encode() == content
    assert (kept.codes is None) is not codes
    assert parse_prompt("kept", kept.text.encode(), kept.codes) == prompt


def test_a_prompt_is_read_again_with_the_codes_of_then(store: Store) -> None:
    content = f"{HEAD}Codes:\n[[CODES]]\n[[BULLETIN]]".encode()
    then = parse_prompt("mine.md", content, "- `surgery`: operations.")
    now = parse_prompt("mine.md", content)
    assert then.hash != now.hash
    keep_prompts(store, [then, now])
    kept = fetch_prompts(store, [then.hash])[then.hash]
    assert parse_prompt("kept", kept.text.encode(), kept.codes).template == then.template
    assert "`surgery`: operations." in then.template


def test_what_is_kept_already_stays_as_it_is(store: Store) -> None:
    prompt = load_prompt("quoted-v1")
    keep_prompts(store, [prompt])
    first = fetch_prompts(store, [prompt.hash])
    keep_prompts(store, [as_kept(prompt), *first.values()])
    assert fetch_prompts(store, [prompt.hash, "another"]) == first
    assert first[prompt.hash].first_seen is not None


def test_a_database_of_before_keeps_none(tmp_path: Path) -> None:
    path = tmp_path / "old.duckdb"
    with duckdb.connect(path) as con:
        con.execute(MIGRATIONS[0].read_text("utf-8"))
        con.execute("INSERT INTO store_version VALUES (1, now()::TIMESTAMP)")
    assert fetch_prompts(Store(path), ["h"]) == {}
