"""Contracts (销售合同): printed at the deal, signed on paper or on the buyer's phone, kept."""

import json

from core import clock
from core.audit_log import record
from core.clock import SHOP_ZONE
from core.database import sql, use_case
from core.ids import new_id, new_no
from core.money import yuan
from core.security.scope import Scope
from core.security.vault import encrypt
from core.settings import current
from devices.errors import ContractEnded, ContractNotFound, SignatureUnfit
from devices.models import Contract
from devices.protocol.blocks import Block, to_json
from devices.protocol.templates import Facts
from devices.queries.contracts import ContractView, contract_of, contract_view
from devices.rules import ContractState, DocumentKind, SignedBy, digest_of
from devices.service.papers import Paper, print_document
from devices.service.templates import filled
from trade.orders.errors import OrderNotFound
from trade.orders.queries import OrderLineView, OrderState, OrderView, find_order
from trade.stores.queries import get_store

END = """
UPDATE devices_contract SET state = $2, signed_by = $3, ended_by = $4, ended_at = now(),
    signer_cipher = $5
WHERE id = $1 AND state = 'open' RETURNING id
"""
MAKE = """
INSERT INTO devices_contract
    (contract_no, token, store_id, order_id, words, digest, state, made_by)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, 'open', $7)
ON CONFLICT (order_id) WHERE state <> 'void' DO NOTHING RETURNING id
"""
TAKE_FOR_WORDS = 60  # letters of a name


@use_case
async def make_contract(scope: Scope, *, order_no: str, guide: str = "") -> ContractView:
    """The contract of an order, printed if the store has a printer; again: the same one.

    Its words are frozen as they are printed. One that was voided makes room for another. Raises
    OrderNotFound for an order of stores not theirs or one that is closed.
    """
    order = await find_order(order_no)
    if order is None or not scope.sees_store(order.store_id) or order.state is OrderState.CLOSED:
        raise OrderNotFound(order_no=order_no)
    known = await Contract.exclude(state=ContractState.VOID).get_or_none(order_id=order.id)
    row = known or await _make(scope, order, guide)
    await _print(row, scope.actor)
    return contract_view(row)


@use_case
async def sign_on_paper(scope: Scope, contract_no: str) -> ContractView:
    """Note that the buyer signed the paper, which the store keeps. Again changes nothing.

    Raises ContractNotFound, ContractEnded for one that was signed on a phone, or voided.
    """
    row = await _mine(scope, contract_no)
    if row.signed_by is SignedBy.PAPER:
        return contract_view(row)
    await _end(row, ContractState.SIGNED, scope.actor, signed_by=SignedBy.PAPER)
    await record(scope, "devices.contract_signed", f"contract:{row.id}", by="paper")
    return await contract_of(scope, contract_no)


@use_case
async def void_contract(scope: Scope, contract_no: str) -> None:
    """It holds no more. A signed one stays. Raises ContractNotFound, ContractEnded."""
    row = await _mine(scope, contract_no)
    await _end(row, ContractState.VOID, scope.actor)
    await record(scope, "devices.contract_voided", f"contract:{row.id}")


@use_case
async def sign_on_phone(token: str, *, name: str, digest: str) -> None:
    """The buyer signs with their name what the page showed them: `digest` says which words.

    Signing again changes nothing. Raises ContractNotFound, ContractEnded, SignatureUnfit for an
    empty name or other words.
    """
    row = await Contract.get_or_none(token=token)
    if row is None:
        raise ContractNotFound
    signer = " ".join(name.split())[:TAKE_FOR_WORDS]
    if len(signer) < 2 or digest != row.digest:
        raise SignatureUnfit
    if (row.state, row.signed_by) == (ContractState.SIGNED, SignedBy.PHONE):
        return
    cipher = encrypt(signer, bound_to=f"contract:{row.id}")
    await _end(row, ContractState.SIGNED, "buyer", signed_by=SignedBy.PHONE, signer=cipher)


async def _make(scope: Scope, order: OrderView, guide: str) -> Contract:
    token = new_id("ct")
    number = new_no("C")
    words = to_json(await _words(order, number, token, guide))
    facts = (number, token, order.store_id, order.id, json.dumps(words), digest_of(words))
    if await sql(MAKE, *facts, scope.actor):
        await record(scope, "devices.contract_made", f"order:{order.id}", contract=number)
    return await Contract.exclude(state=ContractState.VOID).get(order_id=order.id)


async def _print(row: Contract, actor: str) -> None:
    blocks = contract_view(row).blocks
    paper = Paper(
        store_id=row.store_id,
        kind=DocumentKind.CONTRACT,
        document=f"contract:{row.id}",
        blocks=list(blocks),
        made_by=actor,
    )
    await print_document(paper)


async def _words(order: OrderView, number: str, token: str, guide: str) -> list[Block]:
    store = await get_store(order.store_id)
    facts: Facts = {
        "store_name": store.name,
        "store_address": store.address,
        "store_phone": store.phone,
        "contract_no": number,
        "order_no": order.order_no,
        "made_at": f"{clock.now().astimezone(SHOP_ZONE):%Y-%m-%d}",
        "guide": guide[:40],
        "lines": tuple(_line(line) for line in order.lines),
        "pieces": str(sum(line.quantity for line in order.lines)),
        "goods": yuan(order.goods_fen),
        "discount": yuan(-order.discount_fen) if order.discount_fen else "",
        "freight": yuan(order.freight_fen) if order.freight_fen else "",
        "paid": yuan(order.payable_fen),
        "contract_url": f"{current().public_url}/contract/{token}",
    }
    return await filled(order.store_id, DocumentKind.CONTRACT, facts)


def _line(line: OrderLineView) -> dict[str, str]:
    return {
        "title": line.title,
        "spec": line.spec_text,
        "quantity": str(line.quantity),
        "price": yuan(line.price_fen),
        "amount": yuan(line.payable_fen),
        "sku": line.sku_code,
    }


async def _mine(scope: Scope, contract_no: str) -> Contract:
    row = await Contract.filter(scope.stores_q(), contract_no=contract_no).first()
    if row is None:
        raise ContractNotFound(contract_no=contract_no)
    return row


async def _end(
    row: Contract,
    state: ContractState,
    actor: str,
    *,
    signed_by: SignedBy | None = None,
    signer: str | None = None,
) -> None:
    if not await sql(END, row.id, state, signed_by, actor, signer):
        raise ContractEnded(contract_no=row.contract_no)
