"""One look at an account: ask its backend how the seller stands, and note it."""

from core import clock
from core.database import use_case
from core.jobs import owe
from core.security.vault import VaultError
from invoicing.backends.errors import AccountUnknown
from invoicing.backends.making import backend_for
from invoicing.backends.models import Account
from invoicing.backends.noting import note_health, note_held, note_login_link
from invoicing.backends.port import Held, Hold, Seller
from invoicing.backends.rules import AccountState, is_due, wants_quota
from trade.stores.queries import seller_named

UNREADABLE = "保存的凭证无法解开，请重新填写凭证"
WANT_LOGIN = {AccountState.LOGIN, AccountState.FACE}


async def seller_for(tax_entity_id: int) -> Seller:
    """The taxpayer as backends get it. Raises SellerNotFound."""
    view = await seller_named(tax_entity_id)
    return Seller(
        tax_no=view.tax_no,
        name=view.name,
        address=view.address,
        phone=view.phone,
        bank_account=view.bank_account,
        drawer=view.drawer,
    )


async def look(account_id: int, *, asks_quota: bool = False) -> AccountState | None:
    """Ask and note; None when there is no such account. Again only asks again.

    Who has just lost the login also gets the link to log in again. Credentials whose key is gone
    hold the account.
    """
    row = await Account.get_or_none(id=account_id)
    if row is None:
        return None
    try:
        backend = backend_for(row)
    except VaultError:
        return await note_held(row.id, Held("vault", UNREADABLE, Hold.CREDENTIAL))
    seller = await seller_for(row.tax_entity_id)
    quota_too = asks_quota or wants_quota(row.quota_checked_at, clock.now())
    state = await note_health(row.id, await backend.health(seller, quota_too=quota_too))
    if state in WANT_LOGIN and (row.state is not state or not row.login_url):
        await note_login_link(row.id, await backend.login_link(seller))
    return state


async def check_account(*, public_id: str) -> AccountState:
    """Look at an account now, quota too. Raises AccountUnknown."""
    row = await Account.get_or_none(public_id=public_id[:40])
    state = await look(row.id, asks_quota=True) if row else None
    if state is None:
        raise AccountUnknown
    return state


@use_case
async def owe_looks() -> None:
    """Each account that is due is owed one look."""
    at = clock.now()
    for row in await Account.filter(is_active=True).order_by("id"):
        if is_due(row.state, row.checked_at, at):
            await owe("backends.look", key=f"look:{row.id}", account_id=row.id)
