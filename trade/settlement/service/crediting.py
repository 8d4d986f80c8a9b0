"""Crediting sales to those who have a part in them, and taking it back when money goes back."""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql, use_case
from core.ledger import Account, AccountKind, Cause, Entry, house, mirror, name_cause, post
from trade.payments.queries import RefundState, refunds_of
from trade.promotions.queries import rates
from trade.settlement.models import SaleCredit
from trade.settlement.rules import shares_of_sale
from trade.stores.queries import get_store, owner_of

name_cause("order_paid.commission", zh="导购佣金", en="the guide's commission")
name_cause("order_paid.share", zh="加盟分账", en="the franchisee's share")
name_cause("order_refunded.commission", zh="退款扣回佣金", en="commission of what was refunded")
name_cause("order_refunded.share", zh="退款扣回分账", en="share of what was refunded")

# Crediting a sale and taking it back may meet: the second sees what the first wrote.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended('settlement.order', $1::bigint))"


@dataclass(frozen=True, slots=True)
class CreditSale:
    """A paid order and the guide to whom it was attributed, if to any."""

    order_no: str
    order_id: int
    store_id: int
    paid_fen: int
    guide_id: int | None
    at: datetime


@use_case
async def credit_sale(sale: CreditSale) -> None:
    """Post the guide's commission and, in a store of another company, its share. Once an order:

    the first crediting stays. What has been refunded meanwhile is taken back at once.
    """
    await sql(TAKE_TURNS, sale.order_id)
    if not await SaleCredit.exists(order_id=sale.order_id):
        await _post(await _keep(sale))
    await _take_back(sale.order_id)


@use_case
async def claw_back(*, order_id: int) -> None:
    """Take back of a credited sale what its settled refunds are worth. Again: nothing changes.

    A sale that is credited later takes its refunds back by itself.
    """
    await sql(TAKE_TURNS, order_id)
    await _take_back(order_id)


async def _keep(sale: CreditSale) -> SaleCredit:
    store, flat = await get_store(sale.store_id), await rates(sale.at)
    owner = owner_of(store)
    shares = shares_of_sale(
        sale.paid_fen,
        commission_bp=flat.commission_bp,
        share_bp_=flat.share_bp,
        has_guide=sale.guide_id is not None,
        is_franchise=owner is not None,
    )
    return await SaleCredit.create(
        order_id=sale.order_id,
        order_no=sale.order_no,
        store_id=sale.store_id,
        guide_id=sale.guide_id,
        franchisee_id=owner,
        paid_fen=sale.paid_fen,
        rates_version=flat.version,
        commission_bp=shares.commission_bp,
        share_bp=shares.share_bp,
        commission_fen=shares.commission_fen,
        share_fen=shares.share_fen,
        at=sale.at,
    )


async def _post(credit: SaleCredit) -> None:
    memo: dict[str, str | int] = {
        "order_no": credit.order_no,
        "paid_fen": credit.paid_fen,
        "rates_version": credit.rates_version,
    }
    if credit.commission_fen:
        guide = Account(AccountKind.COMMISSION, f"staff:{credit.guide_id}")
        entries = _to(guide, house(AccountKind.COMMISSION_COST), credit.commission_fen)
        told = {**memo, "rate_bp": credit.commission_bp}
        await post(Cause("order_paid.commission", credit.order_no), entries, told, credit.at)
    if credit.share_fen:
        owner = Account(AccountKind.FRANCHISE_SHARE, f"franchisee:{credit.franchisee_id}")
        entries = _to(owner, house(AccountKind.SHARE_COST), credit.share_fen)
        told = {**memo, "rate_bp": credit.share_bp}
        await post(Cause("order_paid.share", credit.order_no), entries, told, credit.at)


def _to(account: Account, cost: Account, amount_fen: int) -> list[Entry]:
    return [Entry(account, amount_fen), Entry(cost, -amount_fen)]


async def _take_back(order_id: int) -> None:
    credit = await SaleCredit.get_or_none(order_id=order_id)
    if credit is None:
        return
    parts = {"commission": credit.commission_fen, "share": credit.share_fen}
    for refund in await refunds_of(order_id):
        if refund.state is not RefundState.SETTLED or not refund.is_of_sale:
            continue
        for part in [part for part, amount_fen in parts.items() if amount_fen]:
            await mirror(
                Cause(f"order_refunded.{part}", refund.refund_no),
                of=Cause(f"order_paid.{part}", credit.order_no),
                numerator=refund.amount_fen,
                denominator=credit.paid_fen,
                memo={"order_no": credit.order_no, "refund_no": refund.refund_no},
            )
