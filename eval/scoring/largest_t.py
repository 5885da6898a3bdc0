"""How large the largest of several t is by chance: what each of several is held against."""

import numpy as np

from eval.scoring.ratio import Floats

_SEED = 20_240_217
_DRAWN = 10_000


def draw_largest_t(apart: Floats, freedom: int) -> Floats:
    """Draw the largest |t| of several comparisons that share their bulletins, ascending.

    `apart` has a row a bulletin and a column a comparison: what is drawn is as alike among the
    comparisons as these are (the multivariate t of Hothorn, Bretz and Westfall 2008).
    """
    rng = np.random.default_rng(_SEED)
    lengths = np.sqrt((apart**2).sum(axis=0))
    columns = apart / np.where(lengths > 0, lengths, 1)
    drawn = rng.standard_normal((_DRAWN, len(apart))) @ columns
    errors = np.sqrt(rng.chisquare(freedom, _DRAWN) / freedom)
    return np.sort(np.abs(drawn).max(axis=1) / errors)
