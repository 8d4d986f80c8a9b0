"""Who gets what of a sale (flat rates for now), frozen as it was when it was credited."""

from dataclasses import dataclass

from core.money import share_bp


@dataclass(frozen=True, slots=True)
class Shares:
    """What a sale is worth to its guide and to its franchisee, and by which rates."""

    commission_bp: int
    share_bp: int
    commission_fen: int
    share_fen: int


def shares_of_sale(
    paid_fen: int, *, commission_bp: int, share_bp_: int, has_guide: bool, is_franchise: bool
) -> Shares:
    """Rates in 1/10000 of what was paid, half a fen upwards; nobody there, nothing given."""
    commission_bp = commission_bp if has_guide else 0
    franchise_bp = share_bp_ if is_franchise else 0
    return Shares(
        commission_bp,
        franchise_bp,
        share_bp(paid_fen, commission_bp),
        share_bp(paid_fen, franchise_bp),
    )


def price_of_moved(worth_fen: int, *, share_bp_: int, sold_by: int | None, has: int | None) -> int:
    """What the owner who has goods now owes the one who sold them; None is the house.

    It is what the sale of a franchise store leaves its owner: that share of what the buyer had
    paid for the pieces, for the refund takes just so much from the seller.
    """
    return 0 if sold_by == has else share_bp(worth_fen, share_bp_)
