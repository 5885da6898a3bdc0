"""Where the stories beside a bulletin begin, which a web page leaves behind its text."""

import re

from pipeline.rules.passages import Passages

# A line of its own.
_HEADING = re.compile(
    r"^[^\w\n]*(?:(?:notas?|noticias?|articulos?|contenidos?)\s+relacionad[ao]s"
    r"|relacionad[ao]s"
    r"|mas\s+(?:noticias|notas|leidas|leido)|lo\s+mas\s+leido|ultimas\s+noticias"
    r"|(?:te|le)\s+(?:puede|podria)\s+interesar|tambien\s+(?:lee|lea|te\s+interesa)|no\s+te\s+pierdas|comentarios"
    r"|otras\s+(?:noticias|notas))(?:\s*\(?\d{1,4}\)?)?[^\w\n]*$",
    re.MULTILINE,
)


def start_of_neighbours(source: Passages) -> int:
    """Return where the heading of neighbouring stories stands, else the end of the text."""
    match = _HEADING.search(source.folded)
    return match.start() if match else len(source.folded)
