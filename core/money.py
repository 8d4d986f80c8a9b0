"""Money is a whole number of fen. One yuan is 100 fen; a float never touches it."""

from collections.abc import Sequence


def split_fen(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` ≥ 0 fen by weight. The parts add up exactly; early parts take the odd fen.

    Raises ValueError when a weight is negative or all are zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    parts = [total * weight // whole for weight in weights]
    takers = [index for index, weight in enumerate(weights) if weight]
    for index in takers[: total - sum(parts)]:
        parts[index] += 1
    return parts
