"""Every number of a bulletin made a figure with its labels, or set aside with a reason."""

import re
from typing import NamedTuple

from pipeline.rules.calendars import Calendar
from pipeline.rules.days import UNKNOWN
from pipeline.rules.headings import asks_for_another, heading_of
from pipeline.rules.items import item_of
from pipeline.rules.merge import FigureCandidate, merge_figures
from pipeline.rules.neighbours import start_of_neighbours
from pipeline.rules.passages import Passages, Sentence, role_terms
from pipeline.rules.percents import basis_of, of_goal, percent_status
from pipeline.rules.places import place_of
from pipeline.rules.scopes import (
    FigureScope,
    choose_scope,
    default_scope,
    scope_after,
    scope_of,
    scope_of_paragraph,
)
from pipeline.rules.shared_out import is_percent
from pipeline.rules.spot import RARE, Aside, Context, Item, Spot, is_article
from pipeline.rules.statuses import StatusCue, heads_goals, status_cues, status_of, usual_status
from pipeline.rules.table_figures import TableContext, read_cell
from pipeline.rules.tables import TableCell, numbers_in_tables
from pipeline.rules.time_cues import cues
from pipeline.rules.vocabulary import Role, Vocabulary
from schemas.document import QUANTITIES, Numeral, NumeralKind
from schemas.report import Figure, Period, Service, SetAside, Status, Unit

_RARE_NOUN = re.compile(r"trasplant|transplant|donaci|donant|donador|procuraci")
_WANTED = re.compile(
    r"\b(?:esper|necesit|requier|aguard)\w*\s+(?:de\s+)?$|\b(?:por|para|hasta|entre)\s+$"
)
_OF_THESE = re.compile(r"^\s*de\s+(?:est|ell|es)[ao]s,")
_ONE_OF_THE = re.compile(r"\s*de\s+l[ao]s\s")
_ARTICLE_REACH = 4
_AGAINST = re.compile(r"\s*,?\s*(?:de|contra|frente\s+a)\s+(?:l[ao]s\s+)?")
_OF_DONE = re.compile(r"\d\s{1,3}de\s{1,3}(?:l[ao]s\s{1,3})?$")
_JOINTS = re.compile(r"\s*(?:(?:de|las|los|a|al|el|un|una|ya)\s+){0,2}")
_ROUND, _ROUND_PERCENT = 100, 10
# "supera IMSS Puebla las 9 mil", "rebasaron, cada uno, las 600"
_WHO_EXCEEDS = re.compile(r"(?![^,]*\b(?:meta|en)\b)[^.;:\d()]{0,60}\bl[ao]s\s+(?:de\s+)?")
_IN_NAME = "part of the name of a row or column"
_HOSPITAL = "the name of a hospital"
_IN_ORDER = "a number in order"
_RECEIVED = re.compile(r"\b(?:recib|obtuv|acept|necesit|tuv)[a-z]+\s+$")
_VERB_REACH = 16
_ROUGHLY = re.compile(r"(?:decena|veintena|treintena|cincuentena|centena|centenar|millar)$")
_FOOT = "a page head or foot"
_IRRELEVANT = "the text reports on no health services"
_NEIGHBOUR = "a neighbouring story"
_BULLET = re.compile(r"\s*[•●▪■◆·*–—›-]")
_BREAKDOWN = 3
_SHORT = 6
_ENDS = frozenset('.!?:;”"')


class BulletinContext(NamedTuple):
    """What is known of the whole bulletin before its numbers are read."""

    source: Passages
    calendar: Calendar
    theme: Item | None
    vocabulary: Vocabulary
    upcoming: bool
    """The jornada that it is about is still to come."""
    title_end: int
    place: str
    relevant: bool = True
    """It reports on health services; what does not has no figures."""
    state: str | None = None
    """The state that `place` lies in."""


class _Reach(NamedTuple):
    """What the numbers before hand on to the next sentence."""

    scope: FigureScope
    status: Status
    cumulative: FigureScope | None = None
    """The last stretch longer than a jornada whose days are known."""
    block: int = -1
    items: tuple[Item, ...] = ()
    """The figures of the last sentence that has any."""
    previous: Item | None = None
    headed: bool = False
    """`previous` was named by the heading of a list or a question."""
    percents: bool = False
    """The passage has been giving percentages of goals."""
    cut: bool = False
    """Its last sentence was cut off, as by a page foot."""


def figures_of(bulletin: BulletinContext) -> tuple[tuple[Figure, ...], tuple[SetAside, ...]]:
    """Read all figures of a bulletin; every other count or percent is set aside."""
    source, upcoming = bulletin.source, bulletin.upcoming
    statuses = [status_cues(source, one, upcoming=upcoming) for one in source.sentences]
    usual = usual_status(statuses, upcoming=upcoming)
    tables = numbers_in_tables(source.clean, source.numerals)
    ended = start_of_neighbours(source) if bulletin.relevant else 0
    reason = _NEIGHBOUR if bulletin.relevant else _IRRELEVANT
    reach = _Reach(default_scope(bulletin.calendar), usual)
    found: list[FigureCandidate] = []
    asides = [
        _aside(source.text, numeral, Aside(why, numeral.start, numeral.end))
        for numerals, why in (
            (source.feet, _FOOT),
            (source.listed, _IN_ORDER),
            (source.names, _HOSPITAL),
        )
        for numeral in numerals
        if numeral.kind in QUANTITIES and not is_article(numeral)
    ]
    for sentence, cued in zip(source.sentences, statuses, strict=True):
        if sentence.block != reach.block and not reach.cut:
            reach = reach._replace(status=usual)
            if not upcoming:  # a bulletin of what is to come has results of what went before alone
                scope = scope_of_paragraph(source, sentence, bulletin.calendar, reach.scope)
                reach = reach._replace(scope=scope)
        reader = _SentenceReader(bulletin, sentence, reach, cued)
        for numeral in sentence.quantities:
            if numeral.start >= ended:
                reader.refuse(numeral, Aside(reason, numeral.start, numeral.end))
            elif cell := tables.cells.get(numeral.start):
                reader.read_cell(cell)
            elif numeral.start in tables.names:
                reader.refuse(numeral, Aside(_IN_NAME, numeral.start, numeral.end))
            else:
                reader.read(numeral)
        found.extend(reader.found)
        asides.extend(reader.asides)
        reach = reader.hand_on()
    figures, again = merge_figures(found, bulletin.place)
    return figures, tuple(sorted((*asides, *again), key=lambda aside: aside.char_start))


class _SentenceReader:
    """Reads the numbers of one sentence in order: each depends on those before it."""

    def __init__(
        self,
        bulletin: BulletinContext,
        sentence: Sentence,
        reach: _Reach,
        statuses: tuple[StatusCue, ...],
    ) -> None:
        self.bulletin, self.sentence, self.reach = bulletin, sentence, reach
        self.scopes = cues(
            bulletin.source, sentence, bulletin.calendar, reach.scope, reach.cumulative
        )
        self.statuses = statuses
        self.found: list[FigureCandidate] = []
        self.asides: list[SetAside] = []
        self.items: list[Item] = []
        self.scope, self.lasting, self.percents = reach.scope, reach.status, reach.percents
        self.since = 0
        self.refused: Aside | None = None

    def refuse(self, numeral: Numeral, aside: Aside) -> None:
        """Set a number aside; an article is none."""
        if not is_article(numeral):
            self.asides.append(_aside(self.bulletin.source.text, numeral, aside))

    def read_cell(self, cell: TableCell) -> None:
        """Make a number in a table a figure, or set it aside."""
        bulletin, numeral = self.bulletin, cell.numeral
        read = read_cell(
            TableContext(
                bulletin.source,
                bulletin.calendar,
                bulletin.theme,
                bulletin.place,
                self.reach.scope,
                self.reach.status,
            ),
            cell,
        )
        if isinstance(read, FigureCandidate):
            self.found.append(read)
        else:
            self.refuse(numeral, Aside(read, numeral.start, numeral.end))

    def read(self, numeral: Numeral) -> None:
        """Make one number a figure, or set it aside."""
        source = self.bulletin.source
        reach = self.reach
        context = Context(
            self.items[-1] if self.items else reach.previous,
            tuple(self.items),
            self.bulletin.theme,
            self.refused,
            reach.items,
            reach.headed,
        )
        spot = Spot(
            source.clean, source.folded, self.sentence, numeral, context, self.bulletin.vocabulary
        )
        item = item_of(spot)
        if is_article(numeral) and not (isinstance(item, Item) and _counts(spot, item)):
            return
        percent = is_percent(spot)
        if percent:
            before = [f.figure for f in self.found]
            item = of_goal(spot, item, before, running=self.percents)
            self.percents = self.percents or isinstance(item, Item)
        self.refused = item if isinstance(item, Aside) else None
        if isinstance(item, Aside):
            self.asides.append(_aside(source.text, numeral, item))
            return
        self.scope = choose_scope(source.clean, self.scopes, numeral, item.last, self.reach.scope)
        status, said = self._status(numeral, item)
        carried = not self.scopes and self.scope.period is Period.CUMULATIVE
        if self.bulletin.upcoming and status is Status.PLANNED and said and carried:
            self.scope = default_scope(self.bulletin.calendar)  # what is planned is to come
        figure = self._figure(numeral, item, status, percent=percent)
        in_title = self.sentence.start < self.bulletin.title_end
        self.found.append(
            FigureCandidate(figure, self.scope.explicit, said, in_title, self.sentence.start)
        )
        self.items.append(item)

    def _status(self, numeral: Numeral, item: Item) -> tuple[Status, bool]:
        """Return whether a number was performed or planned, and whether a cue says so."""
        text = self.bulletin.source.clean
        if self.items and (colon := text.find(":", self.items[-1].last, numeral.start)) >= 0:
            # A breakdown is as performed or planned as the number that it breaks down.
            self.since, self.lasting = colon, self.found[-1].figure.status
        later = (n for n in self.sentence.quantities if n.start >= item.last and not is_article(n))
        judged = status_of(
            text,
            self.statuses,
            numeral,
            item.last,
            self.lasting,
            self.since,
            next((n.start for n in later), None),
        )
        self.lasting = judged.lasting
        bare = item.last - item.first == numeral.end - numeral.start
        if bare and _OF_DONE.search(
            text, max(self.sentence.start, numeral.start - 12), numeral.start
        ):
            return Status.PLANNED, True  # "van 87 de 130"
        if bare and self.items and _AGAINST.fullmatch(text, self.items[-1].last, numeral.start):
            return Status.PLANNED, True  # "418 de especialidad, de 500"
        if self.bulletin.upcoming and self.scope.period is not Period.JORNADA and not judged.said:
            return Status.PERFORMED, False  # only what is to come is planned by default
        return judged.status, judged.said

    def _figure(self, numeral: Numeral, item: Item, status: Status, *, percent: bool) -> Figure:
        source, scope = self.bulletin.source, self.scope
        start = min(item.first, numeral.start)
        end = _before_foot(source, numeral.end, max(item.last, numeral.end))
        after_percent = bool(self.found) and self.found[-1].figure.unit is Unit.PERCENT
        if after_percent and numeral.value % 1:
            percent = True  # "91.5 por ciento en consulta y 49.8 en cirugía"
        unit = Unit.PERCENT if percent else Unit.COUNT
        if item.service is Service.STAFF:
            status = Status.PERFORMED
        basis = None
        if unit is Unit.PERCENT:
            status = percent_status(source.folded, numeral)
            before = [one.figure for one in self.found]
            basis = basis_of(source.folded, self.sentence, numeral, before)
        goal = status is Status.PLANNED and unit is Unit.COUNT
        days = scope.covered(self.bulletin.calendar.reference.published, goal=goal)
        return Figure(
            value=numeral.value,
            unit=unit,
            service=item.service,
            detail=item.detail,
            status=status,
            period=scope.period,
            edition=scope.edition if scope.period is Period.JORNADA else None,
            starts_on=days.first,
            ends_on=days.last,
            place=place_of(
                source, self.sentence, numeral, end, self.bulletin.place, self.bulletin.state
            ),
            approximate=_is_approximate(source, self.sentence, numeral, status),
            basis=basis,
            quote=source.text[start:end],
            char_start=start,
            char_end=end,
        )

    def hand_on(self) -> _Reach:
        """Return what holds for the next sentence."""
        sentence = self.bulletin.source.text[self.sentence.start : self.sentence.end]
        strong = [cue for cue in self.scopes if cue.strong]
        scope = scope_after(
            sentence,
            self.scopes,
            self.scope if self.items else None,
            self.reach.scope,
            event=self.bulletin.calendar.eventful and not self.bulletin.upcoming,
        )
        ended = sentence.rstrip()[-1:] in _ENDS
        cut = (
            not ended
            if self.items
            else self.reach.cut or heads_goals(sentence, len(self.sentence.words), self.statuses)
        )
        if self.items:
            listed = bool(_BULLET.match(sentence))
            items = tuple(self.items)
            previous: Item | None = self._what_goes_on()
            headed = self.reach.headed and listed
        else:
            items, previous = self.reach.items, self.reach.previous
            heading = heading_of(self.bulletin.source, self.sentence)
            headed = heading is not None
            if asks_for_another(self.bulletin.source, self.sentence):
                previous = None
            previous = heading or _only_service(self.sentence) or previous
        if not self.items and self.statuses and not self.statuses[-1].after:
            self.lasting = self.statuses[-1].status
        longer = [cue for cue in strong if cue.period is Period.CUMULATIVE and cue.days != UNKNOWN]
        cumulative = scope_of(longer[-1]) if longer else self.reach.cumulative
        return self.reach._replace(
            scope=scope,
            status=self.lasting,
            cumulative=cumulative,
            block=self.sentence.block,
            items=items,
            previous=previous,
            headed=headed,
            percents=self.percents,
            cut=cut,
        )

    def _what_goes_on(self) -> Item:
        """Return the last figure; of a breakdown behind a colon, what was broken down."""
        first, last = self.items[0], self.items[-1]
        if len(self.items) < _BREAKDOWN:
            return last
        details = {item.detail for item in self.items}
        alike = all(item.service is last.service for item in self.items)
        if alike and None not in details and len(details) == len(self.items):
            return last._replace(detail=None)  # all kinds were told apart
        broad = first.detail is None and first.service in (Service.TOTAL, last.service)
        opening = self.bulletin.source.clean[first.last : self.items[1].first]
        return first if broad and (":" in opening or "(" in opening) else last


def _only_service(sentence: Sentence) -> Item | None:
    """Return the one kind of service that a sentence without figures names: "Mastografías."."""
    named = {
        (head.service, head.detail)
        for term in sentence.terms
        if (head := term.get(Role.HEAD)) and head.service not in (Service.TOTAL, Service.STAFF)
    }
    if len(named) != 1:
        return None
    service, detail = named.pop()
    short = len(sentence.words) <= _SHORT
    if service is None or not (detail or short):
        return None
    return Item(service, detail, sentence.start, sentence.start)


def _is_approximate(source: Passages, sentence: Sentence, numeral: Numeral, status: Status) -> bool:
    """Tell whether "más de", "supera" before a round number, or millions make it approximate."""
    for start, end, role in role_terms(sentence, Role.APPROXIMATE, Role.APPROXIMATE_ROUND):
        if end > numeral.start:
            break
        if source.folded[start:end] in ("una", "uno"):
            continue  # "una de las 18" is one, not "unas 18"
        between = source.folded[end : numeral.start]
        exceeds = role is Role.APPROXIMATE_ROUND
        if _JOINTS.fullmatch(between) or (exceeds and _WHO_EXCEEDS.fullmatch(between)):
            return not exceeds or _is_round(numeral)
    printed = source.folded[numeral.start : numeral.end]
    if _ROUGHLY.search(printed):
        return True
    return status is Status.PERFORMED and (
        printed.rstrip("es").endswith("on") or printed.endswith(" medio")
    )


def _is_round(numeral: Numeral) -> bool:
    percent = numeral.kind is NumeralKind.PERCENT
    return numeral.value % (_ROUND_PERCENT if percent else _ROUND) == 0


def _before_foot(source: Passages, start: int, end: int) -> int:
    """Return where words from `start` to `end` stop, at the latest before a page foot."""
    if source.clean[start:end] == source.text[start:end]:
        return end
    for position in range(start, end):
        if source.clean[position] != source.text[position]:
            stretch = source.text[start:position]
            return start + len(stretch.rstrip())
    return end


def _counts(spot: Spot, item: Item) -> bool:
    """Tell whether "un" or "una" is a number: before a rare service that is named, or in a list."""
    numeral, listed = spot.numeral, bool(spot.context.before)
    before = spot.folded[max(spot.sentence.start, numeral.start - _VERB_REACH) : numeral.start]
    if listed and _RECEIVED.search(before):
        return False  # "24 personas recibieron un trasplante"
    between = _OF_THESE.sub("", spot.folded[numeral.end : item.last])
    if _ONE_OF_THE.match(between):
        return False  # "uno de los corazones viajó"
    if item.service not in RARE or "," in between or not between.strip():
        return False
    if _WANTED.search(spot.folded, spot.sentence.start, numeral.start):
        return False  # "esperan un riñón"
    if not listed and not (item.detail and (spot.context.headed or _RARE_NOUN.search(between))):
        return False
    return len(between.split()) <= _ARTICLE_REACH


def _aside(text: str, numeral: Numeral, aside: Aside) -> SetAside:
    start, end = min(aside.first, numeral.start), max(aside.last, numeral.end)
    return SetAside(quote=text[start:end], reason=aside.reason, char_start=start, char_end=end)
