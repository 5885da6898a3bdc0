import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from pipeline.rules.vocabulary import Phrase, Role, Term, Vocabulary, vocabulary
from pipeline.spanish.folding import fold
from schemas.codebook import codebook
from schemas.report import Service

TEXT = files("pipeline.rules").joinpath("vocabulary.toml").read_text(encoding="utf-8")
DATA: dict[str, Any] = tomllib.loads(TEXT)


def found(text: str, known: Vocabulary | None = None) -> list[Term]:
    known = known or vocabulary()
    words = [known.canonical(fold(word)) for word in text.split()]
    return list(known.terms(words, [(at, at + 1) for at in range(len(words))]))


def heads() -> Iterator[tuple[str, Service, str | None]]:
    for name, entry in DATA["services"].items():
        for phrase in entry["heads"]:
            yield phrase, Service(name), None
        for detail, phrases in entry.get("named", {}).items():
            for phrase in phrases:
                yield phrase, Service(name), detail


def test_every_noun_is_found_as_it_is_written() -> None:
    nouns = list(heads())
    assert nouns
    for phrase, service, detail in nouns:
        printed = phrase.replace("*", "o")
        meanings = [m for term in found(printed) for m in term.meanings if m.role is Role.HEAD]
        assert (service, detail) in [(m.service, m.detail) for m in meanings], phrase


@pytest.mark.parametrize(
    "printed", ["cirugía", "cirugías", "cirugia", "CIRUGÍAS", "cirugfa", "clrugías"]
)
def test_number_case_accent_and_misreadings_make_no_other_word(printed: str) -> None:
    (term,) = found(printed)
    head = term.get(Role.HEAD)
    assert head is not None
    assert head.service is Service.SURGERY


@pytest.mark.parametrize(
    "text",
    ["estudios auxiliares de diagnóstico", "estudios auxiliares del diagnóstico"],
)
def test_small_words_inside_a_phrase_are_skipped(text: str) -> None:
    (term,) = found(text)
    assert (term.start, term.end) == (0, len(text.split()))
    head = term.get(Role.HEAD)
    assert head is not None
    assert head.service is Service.ANCILLARY_STUDY


def test_the_longest_phrase_wins() -> None:
    (term,) = found("hospitales de especialidades")
    assert (term.start, term.end) == (0, 3)
    assert term.get(Role.ASIDE) is not None
    assert term.get(Role.DETAIL) is None


def test_a_trailing_star_stands_for_any_ending() -> None:
    for word in ("quirúrgica", "quirúrgicas", "quirúrgicos"):
        (term,) = found(f"intervenciones {word}")
        assert term.end == 2


def test_a_word_that_is_not_in_the_file_is_no_term() -> None:
    assert found("pérgolas y gardenias") == []


def test_a_new_word_needs_no_code() -> None:
    taught = {**DATA, "services": {**DATA["services"]}}
    taught["services"]["dialysis"] = {**DATA["services"]["dialysis"], "heads": ["depuración"]}
    (term,) = found("depuraciones", Vocabulary(taught))
    head = term.get(Role.HEAD)
    assert head is not None
    assert head.service is Service.DIALYSIS


def test_a_noun_is_set_aside_for_one_reason() -> None:
    listed = [phrase for phrases in DATA["asides"].values() for phrase in phrases]
    assert [phrase for phrase, times in Counter(listed).items() if times > 1] == []


def lists(table: dict[str, Any], name: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from lists(value, f"{name}{key}.")
            if name + key == "generic":
                yield f"{name}{key}", list(value)
        elif isinstance(value, list) and key != "programme":
            yield f"{name}{key}", value


def test_phrases_are_listed_once_and_in_order() -> None:
    listed = list(lists(DATA))
    assert listed
    for name, phrases in listed:
        assert phrases == sorted(set(phrases), key=lambda phrase: (fold(phrase), phrase)), name


def worded(service: str) -> set[str]:
    """List the codes of a service that the vocabulary has words for."""
    entry = DATA["services"][service]
    found = {*entry.get("named", {}), *entry.get("details", {})}
    found |= {*DATA["specialties"].get(service, {}), *DATA["acts"]["details"].get(service, {})}
    return found


@pytest.mark.parametrize("service", list(Service))
def test_every_detail_is_a_code_of_its_service(service: Service) -> None:
    assert worded(service) <= set(codebook().kinds_of(service))


@pytest.mark.parametrize("service", list(Service))
def test_every_code_has_words(service: Service) -> None:
    unworded = set(codebook().root[service].detail) - worded(service)
    assert unworded == set()


def test_a_line_holds_one_phrase() -> None:
    assert [line for line in TEXT.splitlines() if re.search(r'"[^"]+",\s*"', line)] == []
    assert max(map(len, TEXT.splitlines())) <= 100


def test_a_word_is_found_in_the_phrases_that_have_it() -> None:
    found = vocabulary().phrases_with("QUIRÚRGICAS")
    assert Phrase("services.surgery.heads", "intervención quirúrgic*") in found
    assert all("rúrgic" in phrase.written for phrase in found)
    assert Phrase("verbs.foreseeing", "prever") in vocabulary().phrases_with("preverán")
    assert vocabulary().phrases_with("zzz") == ()


def in_the_file(where: str) -> Any:  # noqa: ANN401 - a list or a table of phrases
    if where.startswith("asides."):
        return DATA["asides"][where.removeprefix("asides.")]  # reasons may hold dots
    table: Any = DATA
    for key in where.split("."):
        table = table[key]
    return table


def test_every_phrase_tells_the_list_where_it_stands() -> None:
    told = [one for one in vocabulary().phrases if one.where.partition(".")[0] in DATA]
    assert len(told) > 1000
    assert [one for one in told if one.written not in in_the_file(one.where)] == []


def test_a_term_tells_the_phrases_that_give_it_its_meanings() -> None:
    (term,) = found("urgencias")
    assert Phrase("services.surgery.details.emergency", "urgencia") in set(term.phrases())
    assert Phrase("services.consultation.named.emergency", "urgencia") in set(term.phrases())


def test_a_phrase_means_nothing_while_it_is_taken_out() -> None:
    before = found("chequeo anual")
    with vocabulary().without([Phrase("services.screening.named.annual_checkup", "chequeo anual")]):
        assert [len(list(term.phrases())) for term in found("chequeo anual")] == [1, 1]
    assert found("chequeo anual") == before


def test_one_of_two_meanings_is_taken_out_and_the_other_stays() -> None:
    with vocabulary().without([Phrase("services.consultation.named.emergency", "urgencia")]):
        (term,) = found("urgencia")
        assert term.get(Role.HEAD) is None
        assert term.get(Role.DETAIL) is not None
    assert found("urgencia")[0].get(Role.HEAD) is not None
