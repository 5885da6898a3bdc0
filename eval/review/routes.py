"""The pages on which gold is made, each at its address."""

from eval.review.apart import page as apart_page
from eval.review.doubts import page as doubts_page
from eval.review.gold import page as gold_page
from eval.review.settle import page as settle_page

ROUTES = (
    *apart_page.ROUTES,
    *doubts_page.ROUTES,
    *gold_page.ROUTES,
    *settle_page.ROUTES,
)
