import pytest

from pipeline.rules.asides import GROWTH, STOCK
from pipeline.rules.items import NO_NOUN, item_of
from pipeline.rules.not_given import PUT_OFF
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
            "cardiology+pediatrics+urology",
        ),
        (
            "hubo 90 consultas de cardiología, urología, neumología y pediatría",
            Service.CONSULTATION,
            "specialty",
        ),
        ("hubo 90 consultas de especialidad en cardiología", Service.CONSULTATION, "cardiology"),
        ("hubo 90 consultas en el área de urgencias", Service.CONSULTATION, "emergency"),
        (
            "hubo 90 detecciones de diabetes, hipertensión, VIH y sífilis",
            Service.SCREENING,
            None,
        ),
        ("hubo 90 cirugías ambulatorias de catarata", Service.SURGERY, "cataract"),
        (
            "hubo 90 prótesis de cadera y rodilla",
            Service.SURGERY,
            "hip_replacement+knee_replacement",
        ),
        ("hubo 90 cirugías de Dermatología", Service.SURGERY, "other"),
        ("hubo 90 cirugías pediátricas", Service.SURGERY, "pediatric"),
        ("hubo 90 cirugías de tiroides", Service.SURGERY, "other"),
        ("hubo 90 detecciones de anemia", Service.SCREENING, "other"),
        ("hubo 90 dosis de triple viral", Service.VACCINATION, "mmr"),
        ("se colocaron 90 lentes intraoculares", Service.SURGERY, "cataract"),
        ("se hicieron 90 en quirófano", Service.SURGERY, None),
        ("hubo 90 acciones preventivas de diabetes", Service.SCREENING, "diabetes"),
        ("hubo 90 consultas preanestésicas", Service.OTHER, "presurgical_assessment"),
        ("el Instituto procuró 9 hígados", Service.DONATION, "liver"),
        ("se operó el primer día a 90 pacientes", Service.SURGERY, None),
        ("se operó de catarata a 90 personas", Service.SURGERY, "cataract"),
        ("ya fueron operados 90", Service.SURGERY, None),
        ("se dio atención hospitalaria a 90 usuarios", Service.OTHER, "hospitalization"),
        ("participaron 90 médicos y enfermeras", Service.STAFF, "nurse+physician"),
        ("participaron 90 médicos familiares", Service.STAFF, "family_physician"),
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
        ("mastografías después de los 40", "a length of time or an age"),
        ("da 90 consultas al día", "a rate"),
        ("en promedio por semana se hacen 90 cirugías", "a rate"),
        ("cada médico da nueve consultas por hora", "a rate"),
        ("las consultas pasaron de 90 a 120 al mes", "a rate"),
        ("hubo 90 cirugías más que en 2020", GROWTH),
        ("hubo 90 cirugías adicionales a las de 2018", GROWTH),
        ("se dieron 90 consultas más que la meta", GROWTH),
        ("el hospital difirió 90 cirugías", PUT_OFF),
        ("quedaron 90 cirugías diferidas", PUT_OFF),
        ("de las pruebas, 90 resultaron positivas", "a result of a test, or a case"),
        ("hay abasto de 90 dosis de vacuna", STOCK),
        ("atiende 34 especialidades", "a count of places"),
    ],
)
def test_a_number_of_something_else_is_set_aside_with_its_reason(text: str, reason: str) -> None:
    read = item(text)
    assert isinstance(read, Aside)
    assert read.reason == reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "hubo 90 y 80 cirugías de catarata y hernia, respectivamente",
            [(Service.SURGERY, "cataract"), (Service.SURGERY, "hernia")],
        ),
        (
            "las detecciones de diabetes y VIH fueron 90 y 80, respectivamente",
            [(Service.SCREENING, "diabetes"), (Service.SCREENING, "hiv")],
        ),
        (
            "las dos unidades hicieron 90 y 80 cirugías, respectivamente",
            [(Service.SURGERY, None), (Service.SURGERY, None)],
        ),
    ],
)
def test_kinds_are_shared_out_in_order(
    text: str, expected: list[tuple[Service, str | None]]
) -> None:
    first = 1 if text.startswith("las dos") else 0
    read = [item(text, number=first + at) for at in range(2)]
    assert [(one.service, one.detail) for one in read if isinstance(one, Item)] == expected


def test_people_who_wait_are_no_figure_nor_is_what_goes_on_with_them() -> None:
    text = "en la lista hay 90 personas, 80 de ellas por un riñón"
    waiting = item(text)
    assert isinstance(waiting, Aside)
    context = Context(KIDNEYS, (), None, refused=waiting)
    assert item(text, context, 1) == Aside(waiting.reason, text.index("80"), text.index("80") + 2)


def test_a_list_counts_what_its_heading_names() -> None:
    text = "Cirugías por hospital: en Tepic, 41; en Ruiz, 37"
    assert [counted(text), *[(Service.SURGERY, None)]] == [(Service.SURGERY, None)] * 2
    headed = Context(Item(Service.TRANSPLANT, None, 0, 0), (), None, headed=True)
    assert counted("en Tepic, 4", headed) == (Service.TRANSPLANT, None)


@pytest.mark.parametrize(
    ("text", "detail"),
    [("90 fueron de las primeras", "kidney"), ("90 las segundas", "cornea")],
)
def test_the_first_and_the_second_are_those_of_the_list_before(text: str, detail: str) -> None:
    listed = (KIDNEYS, Item(Service.TRANSPLANT, "cornea", 5, 9))
    context = Context(listed[-1], (), None, listed=listed)
    assert counted(text, context) == (Service.TRANSPLANT, detail)
