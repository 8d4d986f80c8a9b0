"""What a backend lists of the last days: outside calls of the nightly comparisons, no decision."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.jobs import Later
from invoicing.backends.port import Backend, Listed, Seller
from invoicing.backends.queries import account_of, backend_of
from invoicing.service.comparing import SLACK, WINDOW, seller_of_account

AGAIN_S = 3600


@dataclass(frozen=True, slots=True)
class Listing:
    """Blue and red invoices of one account since a moment, and whom to ask about one more."""

    backend: Backend
    seller: Seller
    tax_entity_id: int
    rows: list[Listed]
    since: datetime


async def listing_of(account_id: int) -> Listing | None:
    """None: the account is off, or its backend has no list. Raises Later when it did not answer."""
    account = await account_of(account_id)
    if account is None or not account.is_active:
        return None
    backend, since = await backend_of(account_id), clock.now() - WINDOW
    if not backend.capabilities().has_list:
        return None
    seller = await seller_of_account(account.tax_entity_id)
    rows = await backend.listing(seller, since, clock.now() + SLACK)  # its clock may be ahead
    if not isinstance(rows, list):
        raise Later(AGAIN_S)
    return Listing(backend, seller, account.tax_entity_id, rows, since)
