"""How much may differ on bulletins not seen, where all that were seen are alike. Pure."""

_LEVEL = 0.95


def most_unseen(bulletins: int, level: float = _LEVEL) -> float:
    """Give the largest share of all such bulletins that may still differ where none of these does.

    Exact and one-sided: of a larger share at least one of so many would have differed, with this
    probability (Clopper-Pearson for 0 of n: 1 - (1 - level)^(1/n); about 3/n). 1 for no bulletin.
    """
    return 1 - (1 - level) ** (1 / bulletins) if bulletins else 1.0
