"""The pages of evals within the review, each at its address. No logic."""

from starlette.routing import BaseRoute

ROUTES: tuple[BaseRoute, ...] = ()
