"""Days that are names: the hospital "5 de Mayo", the centre "20 de Noviembre", a street."""

import re
from collections.abc import Sequence

from pipeline.spanish.time_spans import TimeSpan
from pipeline.spanish.unit_search import HospitalUnit

_OPENED = re.compile(
    r"[“\"«'‘](?:\d{1,2}[oº.]{0,2} de |[IVX]{1,5} de |primero de )?$", re.IGNORECASE
)
_CLOSED = re.compile(r"[”\"»'’]")
_CALLED = re.compile(
    r"\b(?:hospital|clinica|centro(?: medico)?(?: nacional)?|cmn|escuela|colonia|col\."
    r"|calle|avenida|av\.|calzada|bulevar|blvd\.|parque|estadio|auditorio|plaza)\s+$"
)
_REACH = 30


def without_named_days(
    text: str, folded: str, found: Sequence[TimeSpan], named: Sequence[HospitalUnit]
) -> tuple[TimeSpan, ...]:
    """Leave out those days that are what a hospital or a street is called."""
    if not found:
        return ()
    within = {at for unit in named for at in range(unit.start, unit.end)}
    return tuple(
        one
        for one in found
        if one.start not in within
        and not _CALLED.search(folded, max(0, one.start - _REACH), one.start)
        and not (
            _OPENED.search(text, max(0, one.start - _REACH), one.start)
            and _CLOSED.match(text, one.end)
        )
    )
