import pytest

from pipeline.rules.items import NO_NOUN, item_of
from pipeline.rules.passages import passages
from pipeline.rules.spot import Aside, Context, Item, Spot
from pipeline.rules.vocabulary import vocabulary
from schemas.report import Service

NOTHING = Context(None, (), None)
KIDNEYS = Item(Service.TRANSPLANT, "kidney", 0, 0)
CATARACTS = Item(Service.SURGERY, "cataract", 0, 0)


def item(text: str, context: Context = NOTHING, number: int = 0) -> Item | Aside:
    """Read one number of a one-sentence text: the first, unless `number` says which."""
    source = passages(text, vocabulary())
    (sentence,) = source.sentences
    numeral = sentence.quantities[number]
    return item_of(Spot(text, source.folded, sentence, numeral, context, vocabulary()))


def counted(text: str, context: Context = NOTHING) -> tuple[Service, str | None]:
    read = item(text, context)
    assert isinstance(read, Item)
    return read.service, read.detail


@pytest.mark.parametrize(
    ("text", "service", "detail"),
    [
        ("hubo 9 cirugías de catarata", Service.SURGERY, "cataract"),
        ("hubo 90 oportunas consultas", Service.CONSULTATION, None),
        ("cirugías: 90", Service.SURGERY, None),
        ("con 90, la consulta de Especialidad creció", Service.CONSULTATION, "specialty"),
        ("en Medicina Familiar: 90 consultas", Service.CONSULTATION, "family_medicine"),
        (
            "hubo 90 detecciones de hipertensión y diabetes",
            Service.SCREENING,
            "diabetes+hypertension",
        ),
        (
            "hubo 90 consultas de cardiología, urología y pediatría",
            Service.CONSULTATION,
            "specialty",
        ),
        ("hubo 90 consultas y cirugías", Service.TOTAL, None),
        ("hubo 90 personas intervenidas", Service.SURGERY, None),
    ],
)
def test_a_noun_phrase_says_what_is_counted(
    text: str, service: Service, detail: str | None
) -> None:
    assert counted(text) == (service, detail)


def test_a_lone_organ_takes_over_the_service_before_it() -> None:
    donated = Context(Item(Service.DONATION, None, 0, 0), (), None)
    assert counted("y 9 de córnea", donated) == (Service.DONATION, "cornea")
    transplanted = Context(KIDNEYS, (KIDNEYS,), None)
    assert counted("y 9 de córnea", transplanted) == (Service.TRANSPLANT, "cornea")


def test_a_bare_number_counts_what_the_figure_before_it_counts() -> None:
    assert counted("de las 90 planeadas", Context(KIDNEYS, (KIDNEYS,), None)) == (
        Service.TRANSPLANT,
        "kidney",
    )


def test_a_bare_number_with_no_figure_before_it_is_set_aside() -> None:
    read = item("quedan 90")
    assert isinstance(read, Aside)
    assert read.reason == NO_NOUN


def test_the_theme_of_the_bulletin_gives_the_detail_that_is_left_out() -> None:
    themed = Context(None, (), CATARACTS)
    assert counted("hubo 90 cirugías", themed) == (Service.SURGERY, "cataract")
    assert counted("hubo 90 consultas", themed) == (Service.CONSULTATION, None)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("hubo 9 cirugías de catarata en total", "9 cirugías de catarata"),
        ("las cirugías: 90 en total", "cirugías: 90"),
    ],
)
def test_the_span_holds_the_number_and_the_words_that_say_what_it_counts(
    text: str, quote: str
) -> None:
    read = item(text)
    assert text[read.first : read.last] == quote


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("en 9 hospitales", "a count of places"),
        ("de 9 a 12 años", "a length of time or an age"),
        ("mayores de 40", "a length of time or an age"),
        ("9 de cada 10 cirugías", "a ratio"),
        ("por $9", "money"),
        ("costó 9", "money"),
    ],
)
def test_a_number_of_something_else_is_set_aside_with_its_reason(text: str, reason: str) -> None:
    read = item(text)
    assert isinstance(read, Aside)
    assert read.reason == reason
