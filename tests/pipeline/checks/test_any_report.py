"""Whatever a report says, the checks have something to say about it, or nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checks import CHECKS
from schemas.report import Figure, Period, Service, Status, Unit
from tests.pipeline.checks.made import a_document, a_figure, a_report, quoted

TEXT = "Se dieron 2 consultas, 3 cirugías y 5 detecciones; 7 en total, y otras 7, 8, 10 y 12."
SERVICES = (
    Service.TOTAL,
    Service.TOTAL,
    Service.CONSULTATION,
    Service.SURGERY,
    Service.SCREENING,
    Service.TRANSPLANT,
)
WORDS = ("2 consultas", "3 cirugías", "5 detecciones", "7 en total", "otras 7", "8", "10", "12")


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    words = draw(st.sampled_from(WORDS))
    figure = a_figure(
        float("".join(filter(str.isdigit, words))),
        draw(st.sampled_from(SERVICES)),
        status=draw(st.sampled_from(list(Status))),
        unit=draw(st.sampled_from([Unit.COUNT, Unit.COUNT, Unit.PERCENT])),
        period=draw(st.sampled_from([Period.JORNADA, Period.JORNADA, Period.CUMULATIVE])),
        edition=None,
        detail=draw(st.sampled_from([None, None, "other"])),
        approximate=draw(st.booleans()),
    )
    return quoted(TEXT, words, figure) if draw(st.integers(0, 9)) else figure


@settings(max_examples=150, deadline=None)
@given(st.lists(figures(), max_size=9))
def test_no_check_fails_on_any_figures(found: list[Figure]) -> None:
    for check in CHECKS:
        for finding in check(a_document(TEXT), a_report(*found)):
            assert finding.span is None or 0 <= finding.span.start < finding.span.end <= len(TEXT)
