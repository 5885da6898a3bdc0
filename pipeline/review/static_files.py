"""Style sheets and scripts, as they lie in the folders `static` of the packages that have pages.

The style sheet that all pages share lies beside what makes pages that are one file.
"""

import re
from collections.abc import Sequence
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

# A name of a file and no path, of a kind that is known: no other file can be asked for.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\.(css|js|svg)")
_SHARED = "tokens.css"
_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def static_route(packages: Sequence[str]) -> Route:
    """Make the route that serves them; of files of one name, the first package's."""

    def send_static(request: Request) -> Response:
        name = request.path_params["name"]
        known = _NAME.fullmatch(name)
        if known is None:
            raise HTTPException(404)
        folders = [files(package).joinpath("static") for package in packages]
        if name == _SHARED:
            folders = [files("pipeline.pages")]
        for folder in folders:
            file = folder.joinpath(name)
            if file.is_file():
                return Response(file.read_bytes(), media_type=_KINDS[known[1]])
        raise HTTPException(404)

    return Route("/static/{name}", send_static)
