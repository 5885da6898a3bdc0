"""The pages on which gold is made, each at its address."""

from eval.review import apart_page, doubts_page, gold_page, settle_page

ROUTES = (
    *apart_page.ROUTES,
    *doubts_page.ROUTES,
    *gold_page.ROUTES,
    *settle_page.ROUTES,
)
