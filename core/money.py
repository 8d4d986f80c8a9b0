"""Money is a whole number of fen. One yuan is 100 fen; a float never touches it."""

from collections.abc import Sequence


def split_fen(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` ≥ 0 fen by weight. The parts add up exactly.

    The odd fen go to the largest remainders, at a tie to the earlier part.

    Raises ValueError when a weight is negative or all are zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    parts = [total * weight // whole for weight in weights]
    left = [total * weight % whole for weight in weights]
    largest_first = sorted(range(len(weights)), key=lambda index: -left[index])
    for index in largest_first[: total - sum(parts)]:
        parts[index] += 1
    return parts


def yuan(fen: int) -> str:
    """For people: 123456 is `1,234.56`."""
    sign, whole, part = "-" if fen < 0 else "", abs(fen) // 100, abs(fen) % 100
    return f"{sign}{whole:,}.{part:02d}"


def share_bp(fen: int, rate_bp: int) -> int:
    """`rate_bp` of 1/10000 of an amount ≥ 0, half a fen upwards."""
    return (fen * rate_bp * 2 + 10_000) // 20_000
