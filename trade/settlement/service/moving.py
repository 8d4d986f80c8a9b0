"""Goods that one owner sold and another took back: who has them owes whoever is without them."""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql, use_case
from core.ledger import Account, AccountKind, Cause, Entry, house, name_cause, post
from trade.orders.queries import order_of
from trade.promotions.queries import rates
from trade.settlement.models import GoodsMoved
from trade.settlement.rules import price_of_moved
from trade.settlement.service.crediting import TAKE_TURNS
from trade.stores.queries import get_store, owner_of

name_cause("return_received.goods", zh="异店退货货款", en="goods taken back by another store")


@dataclass(frozen=True, slots=True)
class MovedGoods:
    """Pieces a store took back that another sold, worth what the buyer had paid for them."""

    receipt_id: int
    return_no: str
    order_id: int
    sold_store_id: int
    store_id: int
    pieces: int
    worth_fen: int
    at: datetime


@use_case
async def settle_moved_goods(moved: MovedGoods) -> None:
    """Note who has whose goods, and book what is owed for them when their owners differ.

    The owner of the store that took them pays the other the share of a sale at the rates of the
    sale's moment; direct and joint stores are the house's, franchise and agency stores are not.
    The same receipt again changes nothing, and so does one of the store that sold.
    """
    if moved.store_id == moved.sold_store_id:
        return
    await sql(TAKE_TURNS, moved.order_id)
    if await GoodsMoved.exists(receipt_id=moved.receipt_id):
        return
    row = await _keep(moved)
    if row.amount_fen:
        await _post(row)


async def _keep(moved: MovedGoods) -> GoodsMoved:
    order = await order_of(moved.order_id)
    flat = await rates(order.paid_at or order.placed_at)
    sold_by = owner_of(await get_store(moved.sold_store_id))
    has = owner_of(await get_store(moved.store_id))
    price = price_of_moved(moved.worth_fen, share_bp_=flat.share_bp, sold_by=sold_by, has=has)
    return await GoodsMoved.create(
        receipt_id=moved.receipt_id,
        return_no=moved.return_no,
        order_id=order.id,
        order_no=order.order_no,
        sold_store_id=moved.sold_store_id,
        store_id=moved.store_id,
        sold_franchisee_id=sold_by,
        franchisee_id=has,
        pieces=moved.pieces,
        worth_fen=moved.worth_fen,
        rates_version=flat.version,
        share_bp=flat.share_bp,
        amount_fen=price,
        at=moved.at,
    )


async def _post(row: GoodsMoved) -> None:
    memo: dict[str, str | int] = {
        "order_no": row.order_no,
        "return_no": row.return_no,
        "store_id": row.store_id,
        "rate_bp": row.share_bp,
        "rates_version": row.rates_version,
    }
    entries = [
        Entry(purse_of(row.sold_franchisee_id), row.amount_fen),
        Entry(purse_of(row.franchisee_id), -row.amount_fen),
    ]
    await post(Cause("return_received.goods", str(row.receipt_id)), entries, memo, row.at)


def purse_of(franchisee_id: int | None) -> Account:
    if franchisee_id is None:
        return house(AccountKind.SHARE_COST)
    return Account(AccountKind.FRANCHISE_SHARE, f"franchisee:{franchisee_id}")
