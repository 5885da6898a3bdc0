"""What a sentence says first that it is about: "En cuanto a las cirugías, el HGZ 1 sumó 58"."""

import re

from pipeline.rules import nouns
from pipeline.rules.spot import Item, Spot
from pipeline.rules.vocabulary import Role
from schemas.report import Service

_ABOUT = re.compile(
    r"\W*(?:(?:y|mientras que|finalmente|por ultimo|asimismo|ademas|tambien|solo),?\s+)?(?:"
    r"(?:por|en) lo que (?:hace|toca|respecta|concierne|atane|se refiere|corresponde|refiere) a"
    r"|(?:por|en) lo (?:tocante|referente|relativo|concerniente|respectivo) a|en (?:cuanto|lo) a"
    r"|(?:con )?respecto (?:a|de)|tocante a|referente a|(?:en|con) relacion (?:a|con)|en materia de"
    r"|en el (?:rubro|renglon|tema|caso|ambito|area|apartado|servicio|campo) de"
    r"|(?:el|la) (?:hospital|unidad|clinica|sede|municipio|centro|nosocomio)(?: medic[oa])?"
    r" (?:con|que mas|de)"
    r"(?: (?:el|la))?(?: (?:mas|mayor))?(?: (?:numero|cantidad|volumen|total))?(?: de)?"
    r"|tratandose de|acerca de|sobre|de|en)l?\s+(?:(?:el|la|l[ao]s|tod[ao]s)\s+){0,2}"
)
_LONGEST = 60


def topic_of(spot: Spot) -> Item | None:
    """Return what the number's sentence begins with as what it is about, None where it does not."""
    sentence = spot.sentence
    about = _ABOUT.match(spot.folded, sentence.start, spot.numeral.start)
    if about is None:
        return None
    start = about.end()
    ends = [at for mark in ",:" if (at := spot.text.find(mark, start, start + _LONGEST)) >= 0]
    end = min(ends, default=-1)
    if not start < end < spot.numeral.start:
        return None
    heads = spot.terms(start, end, {Role.HEAD})
    if not heads or heads[0].start != start:
        return None
    named = nouns.read_noun_phrase(spot, start, heads)
    if not isinstance(named, Item) or named.service in (Service.STAFF, Service.TOTAL):
        return None
    return Item(named.service, named.detail, spot.numeral.start, spot.numeral.end)
