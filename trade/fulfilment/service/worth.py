"""What pieces of a line are worth, given back one after the other: never twice, never a fen more.

The row of `fulfilment_line_back` is the lock of a line.
"""

from typing import Any

from core.database import sql
from trade.fulfilment.errors import TooManyPieces
from trade.orders.queries import OrderLineView
from trade.promotions.service import refund_share

KNOW = """
INSERT INTO fulfilment_line_back (id, order_id, pieces, payable_fen) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO NOTHING
"""
LOCK = "SELECT * FROM fulfilment_line_back WHERE id = $1 FOR UPDATE"
WRITE = """
UPDATE fulfilment_line_back SET refused = $2, returned = $3, worth_fen = $4 WHERE id = $1
"""


def share_fen(payable_fen: int, pieces: int, given_back: int) -> int:
    """What the first `given_back` of so many pieces are worth together, as a running total."""
    return refund_share(payable_fen, pieces, 0, given_back)


async def _locked(line: OrderLineView, order_id: int) -> dict[str, Any]:
    await sql(KNOW, line.id, order_id, line.quantity, line.payable_fen)
    [row] = await sql(LOCK, line.id)
    return row


async def _claim(row: dict[str, Any], *, refused: int, returned: int) -> int:
    """The fen these pieces are worth: what the running total grows by."""
    refused, returned = row["refused"] + refused, row["returned"] + returned
    if refused + returned > row["pieces"]:
        raise TooManyPieces(line_id=row["id"])
    total = share_fen(row["payable_fen"], row["pieces"], refused + returned)
    await sql(WRITE, row["id"], refused, returned, total)
    return int(total - row["worth_fen"])


async def claim_refused(line: OrderLineView, order_id: int, pieces: int) -> int:
    """Pieces that will never leave. Raises TooManyPieces."""
    return await _claim(await _locked(line, order_id), refused=pieces, returned=0)


async def claim_returned(line: OrderLineView, order_id: int, pieces: int, *, left: int) -> int:
    """Pieces that come back, of `left` that the buyer has had. Raises TooManyPieces."""
    row = await _locked(line, order_id)
    if row["returned"] + pieces > left:
        raise TooManyPieces(line_id=line.id, left=left - row["returned"])
    return await _claim(row, refused=0, returned=pieces)


async def unclaim_returned(line: OrderLineView, order_id: int, pieces: int, fen: int) -> None:
    """Pieces that were announced and do not come; others may claim them and their fen again."""
    row = await _locked(line, order_id)
    await sql(WRITE, line.id, row["refused"], row["returned"] - pieces, row["worth_fen"] - fen)
