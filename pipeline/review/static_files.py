"""Style sheets and scripts, as they lie in the folders `static` of pages' packages and their rooms.

The style sheet that all pages share lies beside what makes pages that are one file.
"""

import re
from collections.abc import Sequence
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

# A name of a file, of a kind that is known, and a room's at most: no other file can be asked for.
_NAME = re.compile(r"(?:([a-z]+)/)?([a-z0-9][a-z0-9_-]*\.(css|js|svg))")
_SHARED = "tokens.css"
_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def static_route(packages: Sequence[str]) -> Route:
    """Make the route that serves them; of files of one name, the first package's."""

    def send_static(request: Request) -> Response:
        known = _NAME.fullmatch(request.path_params["name"])
        if known is None:
            raise HTTPException(404)
        room, name, kind = known.groups()
        folders = [files(package).joinpath(room or "", "static") for package in packages]
        if room is None and name == _SHARED:
            folders = [files("pipeline.pages")]
        for folder in folders:
            file = folder.joinpath(name)
            if file.is_file():
                return Response(file.read_bytes(), media_type=_KINDS[kind])
        raise HTTPException(404)

    return Route("/static/{name:path}", send_static)
