"""Pages, each from a template of its room; what frames them all lies beside this file."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse

from pipeline.pages.environment import make_environment
from pipeline.review.context import context_of


@cache
def _environment(package: str) -> Environment:
    def load(name: str) -> str:
        own = files(package).joinpath("templates", name)
        # What frames every page is here alone.
        found = own if own.is_file() else files(__package__).joinpath("templates", name)
        return found.read_text("utf-8")

    return make_environment(load)


def render(
    request: Request,
    name: str,
    *,
    package: str = __package__,
    status: int = 200,
    **values: object,
) -> HTMLResponse:
    """Render a template of `templates` of a package, which is a page's room.

    It knows `context`, `root`, which addresses begin with, and `here`, the page's own.
    """
    context = context_of(request)
    page = _environment(package).get_template(name)
    root, here = f"/{context.token}", request.url.path
    html = page.render(context=context, root=root, here=here, **values)
    return HTMLResponse(html, status_code=status)
