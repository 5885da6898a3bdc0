"""The stand-in for a model: right where it is told the rules, else wrong for known reasons."""

import functools
import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from eval.labels.gold import GoldBulletin, load_gold, locate_gold
from eval.scoring.score import BulletinScores, add_scores, score
from eval.tuning.question import Case, find_text, write_question
from examples.scripted_server import (
    NAME,
    RULES,
    WHAT,
    Known,
    Refused,
    Scripted,
    known_gold,
    reflect,
    running,
)
from pipeline.forms import FORMS
from pipeline.forms.prompts import Prompt, load_prompt
from pipeline.llm.draft import Draft, judge_answer
from pipeline.llm.feedback import write_correction
from pipeline.rules.reader import read_report
from schemas.document import Document, Metadata
from tests.command import environment
from tests.processes import Process

ROOT = Path(__file__).parents[2]
PROMPTS = ("quoted-v1", "anchored-v1")
NEVER, OFTEN = 0.0, 0.5


@pytest.fixture(scope="module")
def gold() -> tuple[GoldBulletin, ...]:
    return load_gold(*locate_gold())


@pytest.fixture(scope="module")
def known() -> dict[str, Known]:
    return known_gold()


@functools.cache
def wanted(form: str) -> dict[str, Any]:
    schema = FORMS[form].answer.model_json_schema()
    return {"type": "json_schema", "json_schema": {"name": "Answer", "schema": schema}}


def request(prompt: Prompt, document: Document) -> dict[str, Any]:
    messages = prompt.messages(document)
    return {"model": NAME, "messages": messages, "response_format": wanted(prompt.form)}


def said(server: Scripted, asked: dict[str, Any]) -> str:
    content: str = server.complete(asked)["choices"][0]["message"]["content"]
    return content


def draft(server: Scripted, prompt: Prompt, document: Document) -> Draft:
    return judge_answer(FORMS[prompt.form], document, said(server, request(prompt, document)))


def sent_back(asked: dict[str, Any], given: Draft) -> dict[str, Any]:
    told = [
        {"role": "assistant", "content": given.raw},
        {"role": "user", "content": write_correction(given.faults)},
    ]
    return {**asked, "messages": [*asked["messages"], *told]}


def scored(bulletin: GoldBulletin, given: Draft) -> BulletinScores:
    return score(given.report, bulletin.gold, bulletin.document.text)


@pytest.mark.parametrize("name", PROMPTS)
def test_without_mistakes_and_with_all_rules_every_figure_is_right_at_once(
    name: str, gold: tuple[GoldBulletin, ...], known: dict[str, Known]
) -> None:
    server, prompt = Scripted(known, NEVER), load_prompt(name)
    drafts = [draft(server, prompt, bulletin.document) for bulletin in gold]
    assert [one.faults for one in drafts] == [()] * len(gold)
    pairs = zip(gold, drafts, strict=True)
    full = add_scores(scored(bulletin, one).measures["full"] for bulletin, one in pairs)
    assert full.right == full.read == full.gold > 300


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ("status", "status"),
        ("cumulative", "period"),
        ("detail", "detail"),
        ("place", "place"),
        ("approximate", "approximate"),
    ],
)
def test_a_rule_that_is_not_told_costs_its_own_label_alone(
    rule: str, label: str, gold: tuple[GoldBulletin, ...], known: dict[str, Known]
) -> None:
    prompt = load_prompt("quoted-v1")
    silent = prompt.model_copy(update={"template": prompt.template.replace(f"`{rule}`", rule)})
    server = Scripted(known, NEVER)
    wrong = {
        name
        for bulletin in gold
        for verdict in scored(bulletin, draft(server, silent, bulletin.document)).verdicts
        for name in verdict.wrong
    }
    assert wrong == {label}


def test_every_rule_is_tested_above() -> None:
    assert set(RULES) == {"status", "cumulative", "detail", "place", "approximate"}


@pytest.mark.parametrize("name", PROMPTS)
def test_without_the_rule_on_other_numbers_they_are_taken_for_figures(
    name: str, gold: tuple[GoldBulletin, ...], known: dict[str, Known]
) -> None:
    prompt = load_prompt(name)
    template = prompt.template.replace("`set_aside`", "there").replace("`aside`", "there")
    server = Scripted(known, NEVER)
    silent = prompt.model_copy(update={"template": template})
    drafts = [draft(server, silent, bulletin.document) for bulletin in gold]
    pairs = zip(gold, drafts, strict=True)
    strict = add_scores(scored(bulletin, one).measures["strict"] for bulletin, one in pairs)
    assert strict.right == strict.gold
    assert strict.read > strict.gold


@pytest.mark.parametrize("name", PROMPTS)
def test_what_can_be_noticed_is_put_right_when_it_is_sent_back(
    name: str, gold: tuple[GoldBulletin, ...], known: dict[str, Known]
) -> None:
    server, prompt = Scripted(known, OFTEN), load_prompt(name)
    faulty = 0
    for bulletin in gold:
        first = draft(server, prompt, bulletin.document)
        faulty += bool(first.faults)
        asked = sent_back(request(prompt, bulletin.document), first)
        second = judge_answer(FORMS[prompt.form], bulletin.document, said(server, asked))
        assert second.faults == ()
        assert (
            scored(bulletin, first).measures["strict"].right
            <= scored(bulletin, second).measures["strict"].right
        )
    assert faulty > len(gold) / 4


def test_the_same_question_gets_the_same_answer_from_every_new_server(
    gold: tuple[GoldBulletin, ...], known: dict[str, Known]
) -> None:
    prompt = load_prompt("quoted-v1")
    asked = [request(prompt, bulletin.document) for bulletin in gold]
    first, second = Scripted(known, OFTEN), Scripted(known, OFTEN)
    once = [said(first, one) for one in asked]
    assert [said(second, one) for one in asked] == once
    again = [said(first, one) for one in asked]
    assert again != once  # as a model, which errs elsewhere the second time


def test_the_share_of_mistakes_is_about_what_was_asked_for(
    gold: tuple[GoldBulletin, ...], known: dict[str, Known]
) -> None:
    server, prompt = Scripted(known, 0.1), load_prompt("quoted-v1")
    strict = add_scores(
        scored(bulletin, draft(server, prompt, bulletin.document)).measures["strict"]
        for bulletin in gold
    )
    assert strict.recall is not None
    assert 0.85 < strict.recall < 0.95


@pytest.mark.parametrize("name", PROMPTS)
def test_a_bulletin_that_the_gold_lacks_is_read_as_the_baseline_reads_it(
    name: str, known: dict[str, Known]
) -> None:
    text = "En la jornada se dieron 120 consultas y 35 cirugías en 4 unidades.\n"
    document = Document(id="a" * 64, text=text, metadata=Metadata(format="txt"))
    given = draft(Scripted(known, NEVER), load_prompt(name), document)
    assert given.faults == ()
    assert given.report is not None
    assert [(f.value, f.service) for f in given.report.figures] == [
        (f.value, f.service) for f in read_report(document).figures
    ]
    assert len(given.report.figures) == 2


def test_another_model_is_refused_so_that_no_score_bears_its_name(
    gold: tuple[GoldBulletin, ...], known: dict[str, Known]
) -> None:
    asked = request(load_prompt("quoted-v1"), gold[0].document)
    with pytest.raises(Refused, match="no model") as refused:
        Scripted(known).complete({**asked, "model": "gpt-5"})
    assert refused.value.status == 404
    with pytest.raises(Refused, match="schemas"):
        Scripted(known).complete({**asked, "response_format": {"type": "json_object"}})


def test_answers_come_over_http_and_say_what_they_are(
    gold: tuple[GoldBulletin, ...], known: dict[str, Known]
) -> None:
    asked = request(load_prompt("quoted-v1"), gold[0].document)
    with running(Scripted(known, refuse=(gold[1].stem,))) as server:
        connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc)
        models = got(connection, "GET", "/v1/models")
        done = got(connection, "POST", "/v1/chat/completions", asked)
        refused = got(
            connection,
            "POST",
            "/v1/chat/completions",
            request(load_prompt("quoted-v1"), gold[1].document),
        )
        broken = got(connection, "POST", "/v1/chat/completions", [1])
        lost = got(connection, "GET", "/")
        connection.close()
    assert models[1]["data"][0]["id"] == NAME
    assert models[1]["data"][0]["owned_by"] == WHAT
    assert done[1]["system_fingerprint"] == WHAT
    assert done[1]["usage"]["prompt_tokens"] > 1000
    assert [one[0] for one in (models, done, refused, broken, lost)] == [200, 200, 400, 400, 404]


def got(
    connection: http.client.HTTPConnection, method: str, path: str, body: object = None
) -> tuple[int, Any]:
    connection.request(method, path, None if body is None else json.dumps(body))
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_the_command_says_on_its_first_line_where_it_is_and_that_it_is_no_model() -> None:
    command = [sys.executable, str(ROOT / "examples" / "scripted_server.py"), "--port", "0"]
    with Process(command, stdout=subprocess.PIPE, env=environment()) as process:
        line = process.line()
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    assert line.startswith("http://127.0.0.1:")
    assert "says nothing about a prompt on a real model" in line


def test_the_project_does_not_use_it() -> None:
    for package in ("schemas", "pipeline", "eval"):
        for file in (ROOT / package).rglob("*.py"):
            assert "scripted_server" not in file.read_text(encoding="utf-8")


def test_asked_for_a_better_text_it_adds_what_it_is_told_to_have_broken() -> None:
    wrong = '- wrong label: "450": `period` should be `cumulative`, not `jornada`\n- no figure: "5"'
    (question,) = write_question("instructions", "Know `status`.", [Case("a bulletin", wrong)])
    text = find_text(reflect(question["content"])) or ""
    assert text == (
        "Know `status`.\n- Mind the rule on `cumulative`.\n- Mind the rule on `set_aside`."
    )
    (question,) = write_question("instructions", text, [Case("a bulletin", wrong)])
    assert find_text(reflect(question["content"])) == text
