"""Set the scene: small builders of real rows, and the postman."""

import hashlib
from itertools import count

from core import outbox
from crm.models import Customer, Session
from trade.catalog.models import Product

serial = count(1)


async def a_product(*, price_fen: int = 39_900, on_sale: bool = True) -> Product:
    return await Product.create(title="羊绒围巾", price_fen=price_fen, on_sale=on_sale)


async def a_customer(*, guide_id: int | None = None) -> Customer:
    return await Customer.create(open_id=f"o{next(serial)}", guide_id=guide_id)


async def signed_in(customer: Customer) -> dict[str, str]:
    token = f"t{next(serial)}"
    token_hash = hashlib.sha256(token.encode()).hexdigest()
    await Session(token_hash=token_hash, customer=customer).save()
    return {"authorization": f"Bearer {token}"}


async def tell_everyone() -> None:
    for row_id, _ in await outbox.claim():
        await outbox.tell(row_id)
