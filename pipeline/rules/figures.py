"""Every number of a bulletin made a figure with its labels, or set aside with a reason."""

import re
from bisect import bisect_left
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.approximate import is_approximate
from pipeline.rules.articles import article_counts, may_count
from pipeline.rules.calendars import Calendar
from pipeline.rules.days import UNKNOWN
from pipeline.rules.done_of import done_of, end_of_own_words, is_to_be_done
from pipeline.rules.headings import asks_for_another, heading_of
from pipeline.rules.items import item_of
from pipeline.rules.merge import FigureCandidate, merge_figures
from pipeline.rules.neighbours import start_of_neighbours
from pipeline.rules.not_given import PUT_OFF, lists_reasons
from pipeline.rules.passages import Passages, Sentence, is_article
from pipeline.rules.patients import ASSESSMENT, says_cited
from pipeline.rules.percents import basis_of, of_goal, percent_status
from pipeline.rules.place_mentions import Mentions, mentions_of
from pipeline.rules.places import PlaceSpot, place_of, without_homes
from pipeline.rules.reach import Reach, only_service, what_goes_on
from pipeline.rules.scopes import (
    breaks_down,
    choose_scope,
    default_scope,
    scope_after,
    scope_of,
    scope_of_paragraph,
)
from pipeline.rules.sections import Sections, sections_of
from pipeline.rules.shared_out import is_percent
from pipeline.rules.spot import Aside, Context, Item, Spot
from pipeline.rules.statuses import StatusCue, heads_goals, status_cues, status_of, usual_status
from pipeline.rules.table_figures import TableContext, read_cell
from pipeline.rules.table_values import is_in_brackets
from pipeline.rules.tables import TableCell, numbers_in_tables
from pipeline.rules.themed import offers_slots
from pipeline.rules.time_cues import cues
from pipeline.rules.vocabulary import Vocabulary
from pipeline.spanish.places import read_place
from schemas.document import QUANTITIES, Numeral
from schemas.report import Figure, Period, PlaceKind, Service, SetAside, Status, Unit

_START = attrgetter("start")
_AGAINST = re.compile(r"\s*,?\s*(?:de|contra|frente\s+a)\s+(?:l[ao]s\s+)?")
_SLOTS = re.compile(r"\s+(?:\w+\s+)?(?:lugares|espacios|turnos|cupos|fichas)\s+(?:de|para)\s")
_IN_NAME = "part of the name of a row or column"
_HOSPITAL = "the name of a hospital"
_IN_ORDER = "a number in order"
_FOOT = "a page head or foot"
_IRRELEVANT = "the text reports on no health services"
_NEIGHBOUR = "a neighbouring story"
_BULLET = re.compile(r"\s*[•●▪■◆·*–—›-]")
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


def figures_of(bulletin: BulletinContext) -> tuple[tuple[Figure, ...], tuple[SetAside, ...]]:
    """Read all figures of a bulletin; every other count or percent is set aside."""
    source, upcoming = bulletin.source, bulletin.upcoming
    statuses = [status_cues(source, one, upcoming=upcoming) for one in source.sentences]
    usual = usual_status(statuses, upcoming=upcoming)
    tables = numbers_in_tables(source.clean, source.numerals)
    sections = sections_of(source)
    ended = start_of_neighbours(source) if bulletin.relevant else 0
    reason = _NEIGHBOUR if bulletin.relevant else _IRRELEVANT
    reach = Reach(default_scope(bulletin.calendar), usual)
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
                scope = scope_of_paragraph(
                    source, sentence, bulletin.calendar, reach.scope, reach.stretch
                )
                reach = reach._replace(scope=scope)
        main, aside = reach.scope, reach.aside
        if aside and breaks_down(source, sentence):
            reach = reach._replace(scope=aside)
        reader = _SentenceReader(bulletin, sentence, reach, cued, sections)
        for numeral in sentence.quantities:
            if numeral.start >= ended:
                reader.refuse(numeral, Aside(reason, numeral.start, numeral.end))
            elif lists_reasons(source.folded, numeral.start):
                reader.refuse(numeral, Aside(PUT_OFF, numeral.start, numeral.end))
            elif cell := tables.cells.get(numeral.start):
                reader.read_cell(cell)
            elif numeral.start in tables.names:
                reader.refuse(numeral, Aside(_IN_NAME, numeral.start, numeral.end))
            else:
                reader.read(numeral)
        found.extend(reader.found)
        asides.extend(reader.asides)
        reach = reader.hand_on()
        if reach.scope is aside:
            reach = reach._replace(scope=main)
    figures, again = merge_figures(found, bulletin.place)
    return figures, tuple(sorted((*asides, *again), key=lambda aside: aside.char_start))


class _SentenceReader:
    """Reads the numbers of one sentence in order: each depends on those before it."""

    def __init__(
        self,
        bulletin: BulletinContext,
        sentence: Sentence,
        reach: Reach,
        statuses: tuple[StatusCue, ...],
        sections: Sections,
    ) -> None:
        self.bulletin, self.sentence, self.reach = bulletin, sentence, reach
        self.scopes = cues(
            bulletin.source, sentence, bulletin.calendar, reach.scope, reach.cumulative
        )
        self.statuses, self.sections = statuses, sections
        self.found: list[FigureCandidate] = []
        self.asides: list[SetAside] = []
        self.items: list[Item] = []
        self.scope, self.lasting, self.percents = reach.scope, reach.status, reach.percents
        self.counted = reach.counted
        self.since = 0
        self.refused: Aside | None = None

    @cached_property
    def named(self) -> Mentions:
        """The places that the sentence names."""
        return mentions_of(self.bulletin.source, self.sentence)

    @cached_property
    def named_at_unit(self) -> Mentions:
        """Those of a bulletin about one unit."""
        return without_homes(self.bulletin.source, self.sentence, self.named)

    @cached_property
    def rare(self) -> bool:
        """Whether "un" or "una" may count."""
        before = (self.reach.previous, self.bulletin.theme, *self.reach.items)
        return may_count(self.sentence, before)

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
                self._place_of_all(numeral),
                self.reach.scope,
                self.reach.status,
                self.counted,
            ),
            cell,
        )
        if isinstance(read, FigureCandidate):
            self.found.append(read)
            self.counted = Item(
                read.figure.service, read.figure.detail, numeral.start, numeral.start
            )
        else:
            self.refuse(numeral, Aside(read, numeral.start, numeral.end))

    def read(self, numeral: Numeral) -> None:
        """Make one number a figure, or set it aside."""
        if is_article(numeral) and not self.rare:
            return
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
        item = done_of(spot, item_of(spot))
        if is_article(numeral) and not (isinstance(item, Item) and article_counts(spot, item)):
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
        self.counted = item

    def _status(self, numeral: Numeral, item: Item) -> tuple[Status, bool]:
        """Return whether a number was performed or planned, and whether a cue says so."""
        text = self.bulletin.source.clean
        goals = [cue for cue in self.statuses if cue.until and cue.start < numeral.start]
        told = any(cue.until and numeral.start < cue.until for cue in goals)
        colon = text.find(":", self.items[-1].last, numeral.start) if self.items else -1
        if colon >= 0 and not told:
            # A breakdown is as performed or planned as the number that it breaks down.
            self.since, self.lasting = colon, self.found[-1].figure.status
        printed = self.sentence.printed
        last = end_of_own_words(text, self.sentence, numeral, item.last)
        later = bisect_left(printed, last, key=_START)
        judged = status_of(
            text,
            self.statuses,
            numeral,
            last,
            self.lasting,
            self.since,
            printed[later].start if later < len(printed) else None,
        )
        self.lasting = judged.lasting
        if offers_slots(text[item.first : item.last].lower()) or _SLOTS.match(text, numeral.end):
            return Status.PLANNED, True  # "45 lugares para noviembre"
        if says_cited(self.bulletin.source.folded, numeral.start) and item.detail == ASSESSMENT:
            return Status.PERFORMED, True  # "se había citado a 205 para medirles el ojo"
        bare = item.last - item.first == numeral.end - numeral.start
        if is_to_be_done(text, self.sentence, numeral, bare=bare):
            return Status.PLANNED, True
        if bare and goals and is_in_brackets(text, numeral):
            return Status.PLANNED, True  # "34 cirugías (meta 30), 18 consultas (20)"
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
        place = self._place_of_all(numeral)
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
                PlaceSpot(source, self.sentence, numeral, end, self._named_for(place)),
                place,
                self.bulletin.state,
            ),
            approximate=is_approximate(source, self.sentence, numeral, status),
            basis=basis,
            quote=source.text[start:end],
            char_start=start,
            char_end=end,
        )

    def _named_for(self, place: str) -> Mentions:
        """Return the places that the sentence names, of a bulletin or section of `place`."""
        return self.named_at_unit if read_place(place).kind is PlaceKind.UNIT else self.named

    def _place_of_all(self, numeral: Numeral) -> str:
        """Return the place that holds where a number's words say none."""
        return self.sections.place_at(numeral.start) or self.bulletin.place

    def hand_on(self) -> Reach:
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
            previous: Item | None = what_goes_on(self.bulletin.source, self.items)
            headed = self.reach.headed and listed
        else:
            items, previous = self.reach.items, self.reach.previous
            heading = heading_of(self.bulletin.source, self.sentence)
            headed = heading is not None
            if asks_for_another(self.bulletin.source, self.sentence):
                previous = None
            previous = heading or only_service(self.sentence) or previous
        if not self.items and self.statuses and not self.statuses[-1].after:
            self.lasting = self.statuses[-1].status
        longer = [
            cue
            for cue in strong
            if cue.period is Period.CUMULATIVE and cue.days != UNKNOWN and not cue.passing
        ]
        cumulative = scope_of(longer[-1]) if longer else self.reach.cumulative
        counted_over = (
            self.items and self.scope.period is Period.CUMULATIVE and not self.scope.passing
        )
        return self.reach._replace(
            scope=scope,
            status=self.lasting,
            cumulative=cumulative,
            aside=self.scope if self.items and self.scope.passing else None,
            stretch=self.scope if counted_over else self.reach.stretch,
            block=self.sentence.block,
            items=items,
            previous=previous,
            headed=headed,
            percents=self.percents,
            cut=cut,
            counted=self.counted,
        )


def _before_foot(source: Passages, start: int, end: int) -> int:
    """Return where words from `start` to `end` stop, at the latest before a page foot."""
    if source.clean[start:end] == source.text[start:end]:
        return end
    for position in range(start, end):
        if source.clean[position] != source.text[position]:
            stretch = source.text[start:position]
            return start + len(stretch.rstrip())
    return end


def _aside(text: str, numeral: Numeral, aside: Aside) -> SetAside:
    start, end = min(aside.first, numeral.start), max(aside.last, numeral.end)
    return SetAside(quote=text[start:end], reason=aside.reason, char_start=start, char_end=end)
