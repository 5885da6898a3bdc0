import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.grounding import figure_fault, keep_grounded, value_fault
from pipeline.numerals import ambiguities, numerals
from pipeline.quotes import cut_numeral, locate
from schemas.finding import Severity, Span
from schemas.report import Service, Unit
from tests.pipeline.checks.made import a_document, a_figure, a_report, quoted

TEXT = "Se dieron 58 mil 610 consultas, 153 cirugías y 71.2 por ciento de la meta."


def whole(text: str) -> Span:
    return Span(0, len(text))


def place(text: str, quote: str) -> Span:
    (span,) = locate(text, quote)
    return span


def printed(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    return f"{thousands} mil {rest:03}" if thousands else str(rest)


@pytest.mark.parametrize(
    ("quote", "value", "raw"),
    [
        ("8 mil 610 consultas", 8610, "58 mil 610"),
        ("3 cirugías", 3, "153"),
        ("dieron 58 mil", 58000, "58 mil 610"),
        ("71.2", 71.2, "71.2 por ciento"),
        ("153 cirugías y 71", 153, "71.2 por ciento"),
    ],
)
def test_a_quote_that_cuts_a_number_is_refused(quote: str, value: float, raw: str) -> None:
    cut = cut_numeral(TEXT, place(TEXT, quote))
    assert cut is not None
    assert cut.raw == raw
    fault = figure_fault(TEXT, quoted(TEXT, quote, a_figure(value)))
    assert fault is not None
    assert raw in fault


def test_a_quote_that_ends_where_a_number_does_cuts_none() -> None:
    assert cut_numeral(TEXT, place(TEXT, "58 mil 610")) is None
    assert cut_numeral(TEXT, place(TEXT, "consultas, 153")) is None


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("mil 576 mastografías", 1576, Unit.COUNT),
        ("6.5 millones de consultas", 6500000, Unit.COUNT),
        ("1998 consultas de Especialidad", 1998, Unit.COUNT),
        ("una donación multiorgánica", 1, Unit.COUNT),
        ("UN trasplante", 1, Unit.COUNT),
        ("uno de hígado", 1, Unit.COUNT),
        ("ún trasplante", 1, Unit.COUNT),
        ("71.2 por ciento", 71.2, Unit.PERCENT),
        ("71.2 por ciento en consulta y 49.8 en cirugía", 49.8, Unit.PERCENT),
    ],
)
def test_a_number_worth_the_value_grounds_it(text: str, value: float, unit: Unit) -> None:
    assert value_fault(text, whole(text), value, unit) is None


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("un millón 529 mil 812 atenciones", 1, Unit.COUNT),
        ("la 8ª Jornada", 8, Unit.COUNT),
        ("del 24 al 26 de septiembre", 24, Unit.COUNT),
        ("71.2 por ciento", 71.2, Unit.COUNT),
        ("una cirugía", 1, Unit.PERCENT),
        ("800 623 2323", 623, Unit.COUNT),
        ("en el HGR No. 46", 46, Unit.COUNT),
        ("segunda cirugía", 2, Unit.COUNT),
        ("sin número", 5, Unit.COUNT),
    ],
)
def test_what_is_no_quantity_of_that_value_grounds_nothing(
    text: str, value: float, unit: Unit
) -> None:
    fault = value_fault(text, whole(text), value, unit)
    assert fault is not None
    assert str(value) in fault


def test_a_quote_is_read_as_part_of_its_text_and_not_by_itself() -> None:
    text = "Informes al 800 623 2323."
    assert value_fault(text, place(text, "623"), 623, Unit.COUNT) is not None
    assert value_fault("623", whole("623"), 623, Unit.COUNT) is None


def test_a_fault_names_the_number_that_stands_there() -> None:
    fault = value_fault(TEXT, place(TEXT, "58 mil 610 consultas"), 58601, Unit.COUNT)
    assert fault is not None
    assert "58 mil 610" in fault
    assert "58610" in fault
    assert "58601" in fault


@pytest.mark.parametrize(
    "placed",
    [
        {"quote": "153 cirugías"},
        {"quote": "153 cirugías", "char_start": 0, "char_end": 12},
        {"quote": "153 cirugías", "char_start": 9000, "char_end": 9012},
    ],
)
def test_a_quote_without_its_place_in_the_text_is_refused(placed: dict[str, object]) -> None:
    assert figure_fault(TEXT, a_figure(153, Service.SURGERY, **placed)) is not None


def test_only_what_is_grounded_is_kept_and_the_rest_is_reported_with_its_place() -> None:
    good = quoted(TEXT, "153 cirugías", a_figure(153, Service.SURGERY))
    bad = quoted(TEXT, "3 cirugías", a_figure(3, Service.SURGERY))
    report, findings = keep_grounded(a_document(TEXT), a_report(bad, good))
    assert report.figures == (good,)
    (finding,) = findings
    assert finding.severity is Severity.ERROR
    assert finding.span == place(TEXT, "3 cirugías")
    assert "153" in finding.message


def test_a_report_without_faults_comes_back_as_it_is() -> None:
    report = a_report(quoted(TEXT, "153 cirugías", a_figure(153, Service.SURGERY)))
    assert keep_grounded(a_document(TEXT), report) == (report, ())


numbers = st.integers(min_value=2, max_value=999_999)


@given(numbers, numbers)
def test_any_figure_made_of_a_number_of_the_text_is_kept(number: int, other: int) -> None:
    text = f"Hubo {printed(other)} citas; se dieron {printed(number)} consultas en total"
    figure = quoted(text, f"{printed(number)} consultas", a_figure(number))
    assert keep_grounded(a_document(text), a_report(figure))[1] == ()


@given(numbers, st.data())
def test_one_changed_digit_is_dropped(number: int, data: st.DataObject) -> None:
    digits = list(str(number))
    index = data.draw(st.integers(0, len(digits) - 1))
    digits[index] = data.draw(st.sampled_from("0123456789").filter(lambda d: d != digits[index]))
    text = f"Se dieron {printed(number)} consultas"
    figure = quoted(text, f"{printed(number)} consultas", a_figure(int("".join(digits))))
    report, findings = keep_grounded(a_document(text), a_report(figure))
    assert report.figures == ()
    assert len(findings) == 1


@given(numbers.filter(lambda number: number > 9), st.data())
def test_a_number_cut_in_two_is_dropped(number: int, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(str(number)) - 1))
    text = f"Se dieron {number} consultas"
    tail = str(number)[cut:]
    start = text.index(str(number)) + cut
    placed = {"quote": tail, "char_start": start, "char_end": start + len(tail)}
    report, _ = keep_grounded(a_document(text), a_report(a_figure(int(tail), **placed)))
    assert report.figures == ()


@pytest.mark.parametrize(
    ("quote", "value"),
    [
        ("64, 255 consultas", 64255),
        ("255 consultas", 255),
        ("64", 64),
        ("64, 255 consultas", 255),
    ],
)
def test_each_plausible_reading_grounds_its_values(quote: str, value: float) -> None:
    text = "Se dieron 64, 255 consultas en total"
    assert figure_fault(text, quoted(text, quote, a_figure(value))) is None


@pytest.mark.parametrize(
    ("quote", "value"),
    [("64, 255 consultas", 64), ("64, 255 consultas", 642), ("64, 255 consultas", 319)],
)
def test_what_no_reading_has_is_refused(quote: str, value: float) -> None:
    text = "Se dieron 64, 255 consultas en total"
    accepted = figure_fault(text, quoted(text, quote, a_figure(value))) is None
    assert accepted == (value == 64)


def test_half_of_a_reading_is_not_accepted_with_the_value_of_the_whole() -> None:
    text = "Se dieron 64, 255 consultas en total"
    assert figure_fault(text, quoted(text, "255 consultas", a_figure(64255))) is not None
    assert figure_fault(text, quoted(text, "4, 255 consultas", a_figure(4255))) is not None


READ = ["8 mil ", "58 mil 610", "64, 255", "1 234", "ciento 20 mil", "12", "345", "5 por ciento"]
BETWEEN = [", ", ". ", " ", "consultas", "3 de mayo", "un", "mil", ","]
pieces = st.sampled_from([*READ, *BETWEEN])


@given(st.lists(pieces, min_size=1, max_size=10).map(" ".join), st.data())
def test_an_accepted_value_is_always_that_of_a_plausible_reading(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = Span(start, end)
    whole_readings = [numerals(text), *(r for a in ambiguities(text) for r in a.readings)]
    inside = {n.value for r in whole_readings for n in r if start <= n.start and n.end <= end}
    plausible = {n.value for r in whole_readings for n in r}
    for value in plausible | {610, 8610, 255, 234, 20_000, 5, 3, 319}:
        figure = a_figure(value, quote=text[start:end], char_start=start, char_end=end)
        if figure_fault(text, figure) is None:
            assert value in inside or value == 1
    for numeral in numerals(text):
        if numeral.raw == "58 mil 610" and start <= numeral.start + 1 < end:
            assert value_fault(text, span, 8610, Unit.COUNT) is not None or 8610 in inside


def test_a_number_that_is_printed_once_is_one_figure_whatever_it_is_said_to_count() -> None:
    text = "Se dieron 30 cirugías; otras 30 cirugías fueron de catarata."
    claims = [
        quoted(text, "30 cirugías", a_figure(30, Service.SURGERY)),
        quoted(text, "Se dieron 30", a_figure(30, Service.CONSULTATION)),
        quoted(text, "30 cirugías; otras 30", a_figure(30, Service.SURGERY, "cataract")),
        quoted(text, "30", a_figure(30, Service.SURGERY, place="Colima")),
    ]
    report, dropped = keep_grounded(a_document(text), a_report(*claims))
    # Two are printed: the first that says so has the one, the quote that holds both the other.
    assert report.figures == (claims[0], claims[2])
    assert len(dropped) == 2
    assert all("is another figure already" in one.message for one in dropped)


@given(st.data())
def test_figures_that_quote_others_numbers_too_have_each_their_own(data: st.DataObject) -> None:
    words = ["7 cirugías"] * data.draw(st.integers(1, 6))
    text = ", ".join(words)
    starts = [index * len("7 cirugías, ") for index in range(len(words))]
    ends = [start + len(words[0]) for start in starts]

    def wide(own: int) -> tuple[int, int]:
        first = data.draw(st.integers(0, own))
        return starts[first], ends[data.draw(st.integers(own, len(words) - 1))]

    spans = data.draw(st.permutations([wide(own) for own in range(len(words))]))
    figures = [
        quoted(text, words[0], a_figure(7, Service.SURGERY)).model_copy(
            update={"quote": text[start:end], "char_start": start, "char_end": end}
        )
        for start, end in spans
    ]
    report, dropped = keep_grounded(a_document(text), a_report(*figures))
    assert report.figures == tuple(figures)
    assert dropped == ()
