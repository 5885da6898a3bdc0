"""What a number counts: a service with its detail, or the reason why it is no figure."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.readers.rules.passages import Sentence
from pipeline.readers.rules.vocabulary import Meaning, Role, Term, Vocabulary
from schemas.document import Numeral, NumeralKind
from schemas.report import Service

_CLAUSE_END = ".;:()?!•"
_REACH = 4
"""Unknown words that may stand between a number and the noun it counts ("58 nuevas y mejores ...")."""
_LIST_GAP = 3
_MOST_KINDS = 4
"""A list of more kinds than this is detection in general."""
_PASS_OVER = frozenset(
    "de del la el los las en a al y e o u que fue fueron son eran era como un una estos estas"
    " esos esas este esta mas por para con se le les su sus lo cada otro otra otros otras tambien"
    " corresponden correspondieron correspondio fueran nuevo nueva gratuito gratuita total tipo"
    " distinto diverso".split()
)
_NO_PROCEDURES = (Service.TOTAL, Service.STAFF)
_NOUN_ROLES = (Role.HEAD, Role.DETAIL, Role.SPECIALTY, Role.GENERIC, Role.ASIDE, Role.ACT)
_LIST_WORDS = frozenset("de del la el los las y e o en para por con contra a al como tipo".split())


class Item(NamedTuple):
    """What one number counts; `last` is the end of the words that say so, `first` their start."""

    service: Service
    detail: str | None
    first: int
    last: int


class Aside(NamedTuple):
    """A number that is no figure, the reason, and the span of the words that show it."""

    reason: str
    first: int
    last: int


class Context(NamedTuple):
    """What is known from before: the figures of the passage and the theme of the bulletin."""

    previous: Item | None
    before: tuple[Item, ...]
    theme: Item | None


_AGE = re.compile(
    r"(?:desde|a|hasta|entre|mayores de|menores de)\s+(?:los|las)?\s*$", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"(?:\blas|\blos|de ell[ao]s,?|de est[ao]s,?|de es[ao]s,?|con|fueron|a)\s+$"
)

NO_NOUN = "no service is named"


def item_of(
    text: str, sentence: Sentence, numeral: Numeral, context: Context, vocabulary: Vocabulary
) -> Item | Aside:
    """Say what `numeral` counts, from the words after it, else before it, else the passage."""
    limit = _limit(text, sentence, numeral)
    found = _after(text, sentence, numeral, limit, context, vocabulary)
    if isinstance(found, Aside) and numeral.kind is NumeralKind.PERCENT:
        found = None
    if found is None and numeral.kind is NumeralKind.COUNT and _is_money(text, numeral):
        return Aside("money", numeral.start, numeral.end)
    if found is None:
        found = _before(text, sentence, numeral, context, vocabulary)
    if found is None:
        found = _inherited(text, sentence, numeral, limit, context)
    return found or Aside(NO_NOUN, numeral.start, numeral.end)


def _is_money(text: str, numeral: Numeral) -> bool:
    return text[max(0, numeral.start - 2) : numeral.start].strip() == "$"


def _limit(text: str, sentence: Sentence, numeral: Numeral) -> int:
    """Return where the words that can belong to `numeral` end: next number or clause."""
    following = next(
        (
            n.start
            for n in sentence.numerals
            if n.start >= numeral.end
            and n.kind in (NumeralKind.COUNT, NumeralKind.PERCENT)
            and n.raw.lower() not in ("un", "una")
        ),
        sentence.end,
    )
    for position in range(numeral.end, following):
        if text[position] in _CLAUSE_END and not _inside_number(text, position):
            return position
    return following


def _inside_number(text: str, position: int) -> bool:
    return text[position] == "." and text[position + 1 : position + 2].isalnum()


def _terms_between(sentence: Sentence, start: int, end: int) -> Iterator[Term]:
    for term in sentence.terms:
        if sentence.term_start(term) >= start and sentence.term_end(term) <= end:
            yield term


def _after(
    text: str,
    sentence: Sentence,
    numeral: Numeral,
    limit: int,
    context: Context,
    vocabulary: Vocabulary,
) -> Item | Aside | None:
    """Read the noun phrase that follows a number."""
    terms = [
        t
        for t in _terms_between(sentence, numeral.end, limit)
        if any(t.get(r) for r in _NOUN_ROLES)
    ]
    if not terms:
        return None
    first = terms[0]
    gap = text[numeral.end : sentence.term_start(first)]
    if "," in gap or _unknown_words(sentence, numeral.end, sentence.term_start(first)) > _REACH:
        return None
    return _read(text, sentence, numeral.start, terms, context, vocabulary)


def _unknown_words(sentence: Sentence, start: int, end: int) -> int:
    return sum(
        1
        for word in sentence.words
        if start <= word.start and word.end <= end and word.canonical not in _PASS_OVER
    )


def _read(
    text: str,
    sentence: Sentence,
    start: int,
    terms: list[Term],
    context: Context,
    vocabulary: Vocabulary,
) -> Item | Aside | None:
    """Read a noun phrase from its terms; `start` is where the figure's words begin."""
    first = terms[0]
    head = first.get(Role.HEAD)
    if head and head.service:
        return _with_details(text, sentence, start, head, terms, vocabulary)
    detail = first.get(Role.DETAIL) or first.get(Role.SPECIALTY)
    if detail:
        service = _service_of(first, context)
        return _with_details(
            text, sentence, start, Meaning(Role.DETAIL, service), terms, vocabulary, skip=0
        )
    generic = first.get(Role.GENERIC)
    if generic:
        return _generic(text, sentence, start, generic, terms, context, vocabulary)
    if act := first.get(Role.ACT):
        return Item(act.service or Service.OTHER, None, start, sentence.term_end(first))
    aside = first.get(Role.ASIDE)
    if aside is None:
        return None
    if aside.label.startswith("people"):
        for term in terms[1:]:
            if act := term.get(Role.ACT):
                return Item(act.service or Service.OTHER, None, start, sentence.term_end(term))
    return Aside(aside.label, start, sentence.term_end(first))


def _service_of(term: Term, context: Context) -> Service:
    """Choose the service that a lone detail belongs to: the passage's, where it fits."""
    details = [m for m in term.meanings if m.role is Role.DETAIL and m.service]
    services = [m.service for m in details if m.service]
    if term.get(Role.SPECIALTY):
        services = [Service.CONSULTATION, Service.SURGERY, *services]
    known = (context.previous, *reversed(context.before), context.theme)
    for item in known:
        if item is not None and item.service in services:
            return item.service
    return services[0]


def _generic(
    text: str,
    sentence: Sentence,
    start: int,
    generic: Meaning,
    terms: list[Term],
    context: Context,
    vocabulary: Vocabulary,
) -> Item | Aside | None:
    first = terms[0]
    end = sentence.term_end(first)
    if len(terms) > 1 and _adjacent(text, sentence, first, terms[1]):
        narrowed = _read(text, sentence, start, terms[1:], context, vocabulary)
        if isinstance(narrowed, Item):
            return narrowed
    if context.previous and context.previous.service is not Service.TOTAL:
        same = [i for i in context.before if i.service is generic.service]
        if not (
            same
            and generic.service is Service.SURGERY
            and context.theme is None
            and "estos" not in text[start:end]
        ):
            return Item(context.previous.service, context.previous.detail, start, end)
        return Item(Service.OTHER, "procedure", start, end)
    if context.theme:
        return Item(context.theme.service, context.theme.detail, start, end)
    if generic.service:
        return Item(generic.service, None, start, end)
    return None


def _adjacent(text: str, sentence: Sentence, first: Term, second: Term) -> bool:
    gap = text[sentence.term_end(first) : sentence.term_start(second)]
    return all(
        w in ("de", "del", "la", "el", "los", "las", "en", "con") for w in gap.lower().split()
    )


def _with_details(
    text: str,
    sentence: Sentence,
    start: int,
    head: Meaning,
    terms: list[Term],
    vocabulary: Vocabulary,
    skip: int = 1,
) -> Item:
    """Collect the details that follow a noun, as far as they form one list with it."""
    service = head.service or Service.OTHER
    details = [head.detail] if head.detail else []
    last = terms[0]
    for index, term in enumerate(terms[skip:]):
        if (index or skip) and not _continues(text, sentence, last, term):
            break
        if (term.get(Role.HEAD) or term.get(Role.GENERIC)) and not _narrows(term, service):
            break
        found = _detail_for(term, service)
        if found is None:
            break
        last = term
        if found not in details:
            details.append(found)
    end = sentence.term_end(last)
    return Item(service, _joined(service, details, vocabulary), start, end)


def _narrows(term: Term, service: Service) -> bool:
    return any(
        m.role in (Role.DETAIL, Role.SPECIALTY)
        and (m.service is service or m.role is Role.SPECIALTY)
        for m in term.meanings
    ) or any(m.role is Role.HEAD and m.service is service and m.detail for m in term.meanings)


def _detail_for(term: Term, service: Service) -> str | None:
    for meaning in term.meanings:
        if meaning.service is service and meaning.detail:
            return meaning.detail
    specialty = term.get(Role.SPECIALTY)
    if specialty and service in (Service.CONSULTATION, Service.SURGERY):
        return specialty.detail
    return None


def _continues(text: str, sentence: Sentence, last: Term, term: Term) -> bool:
    """Tell whether `term` goes on with the noun phrase that `last` belongs to."""
    start, end = sentence.term_end(last), sentence.term_start(term)
    unknown = sum(
        1
        for word in sentence.words
        if start <= word.start and word.end <= end and word.canonical not in _LIST_WORDS
    )
    return unknown <= (0 if "," in text[start:end] else _LIST_GAP)


def _joined(service: Service, details: list[str], vocabulary: Vocabulary) -> str | None:
    covered = {less for detail in details for less in vocabulary.includes.get(detail, ())}
    kinds = sorted(set(details) - covered)
    if service is Service.CONSULTATION and len(kinds) > 1:
        own = [
            k
            for k in kinds
            if k
            in (
                "family_medicine",
                "specialty",
                "first_visit",
                "follow_up",
                "stomatology",
                "nutrition",
            )
        ]
        kinds = own or ["specialty"]
        if "specialty" in kinds and "family_medicine" not in kinds:
            kinds = ["specialty"]
    if not kinds or len(kinds) > _MOST_KINDS:
        return None
    return "+".join(kinds)


def _before(
    text: str, sentence: Sentence, numeral: Numeral, context: Context, vocabulary: Vocabulary
) -> Item | Aside | None:
    """Read the noun phrase that stands before a number: "Cirugías: 340", "egresos (56 por ciento)"."""
    floor = max(
        (
            n.end
            for n in sentence.numerals
            if n.end <= numeral.start
            and n.kind in (NumeralKind.COUNT, NumeralKind.PERCENT)
            and n.raw.lower() not in ("un", "una")
        ),
        default=sentence.start,
    )
    stretch = text[floor : numeral.start]
    opening = stretch.rstrip()[-1:]
    closers = ";.·" if opening in ":(," else ";.,"
    body = stretch.rstrip().rstrip(":(,")
    cut = max((body.rfind(c) for c in (*closers, ":")), default=-1)
    if opening == "(" or opening == ":":
        # what stands right before the bracket, back to the last comma or number
        comma = body.rfind(",")
        cut = max(cut, comma)
    begin = floor + cut + 1
    bracket = text.rfind("(", begin, begin + len(body))
    end = floor + len(body)
    if bracket > begin and ")" in text[bracket:end]:
        end = bracket
    terms = [
        t
        for t in _terms_between(sentence, begin, end)
        if any(t.get(r) for r in _NOUN_ROLES if r is not Role.ASIDE)
    ]
    if not terms or _unknown_words(sentence, sentence.term_end(terms[-1]), end) > _REACH:
        return None
    found = _read(text, sentence, sentence.term_start(terms[0]), terms, context, vocabulary)
    return found._replace(last=numeral.end) if isinstance(found, Item) else None


def _inherited(
    text: str, sentence: Sentence, numeral: Numeral, limit: int, context: Context
) -> Item | Aside | None:
    """Give a bare number ("de las 126 mil planeadas") what the figure before it counts."""
    if not context.before and not (context.previous and _refers_back(text, sentence, numeral)):
        return None
    if _AGE.search(text, max(sentence.start, numeral.start - 20), numeral.start):
        return Aside("a length of time or an age", numeral.start, numeral.end)
    for word in sentence.words:
        if word.start < numeral.end or word.start >= limit:
            continue
        gap = text[numeral.end : word.start]
        if "," in gap:
            break
        if word.canonical in _PASS_OVER:
            continue
        known = [t for t in sentence.terms if t.first <= sentence.words.index(word) < t.last]
        if known:
            break
        return None
    source = context.previous
    return Item(source.service, source.detail, numeral.start, numeral.end) if source else None


def _refers_back(text: str, sentence: Sentence, numeral: Numeral) -> bool:
    """Tell whether a number stands for something said before: "las 1,825", "de ellas, 40"."""
    opening = text[max(sentence.start, numeral.start - 25) : numeral.start].lower()
    return bool(_REFERENCE.search(opening))
