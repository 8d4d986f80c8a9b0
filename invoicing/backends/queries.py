"""Which backend issues for whom: the door of this room for questions."""

from dataclasses import dataclass
from datetime import datetime

from invoicing.backends.making import backend_for, of_settings
from invoicing.backends.missing import Missing
from invoicing.backends.models import Account
from invoicing.backends.notices import Notice, read_notice
from invoicing.backends.port import Backend
from invoicing.backends.rules import AccountState, Adapter, is_low

__all__ = ["AccountState", "AccountView", "Adapter", "account_of", "accounts_of", "all_accounts"]
__all__ += ["Notice", "backend_of", "backends_of", "read_notice"]


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account, without its secrets. `is_usable`: it takes new requests now.

    `most_fen` limits one invoice, with tax; `quota_fen` is what is left, without. None: no limit
    is known.
    """

    id: int
    public_id: str
    tax_entity_id: int
    adapter: Adapter
    name: str
    point: str
    base_url: str
    is_active: bool
    state: AccountState
    said: str
    login_url: str
    weight: int
    most_fen: int | None
    most_lines: int | None
    quota_fen: int | None
    numbers_left: int | None
    checked_at: datetime | None
    quota_checked_at: datetime | None
    down_since: datetime | None
    is_of_settings: bool

    @property
    def is_usable(self) -> bool:
        return self.is_active and self.state is AccountState.READY

    @property
    def is_low(self) -> bool:
        """Quota or numbers will be used up soon."""
        return is_low(self.quota_fen, self.numbers_left)


async def backend_of(account_id: int) -> Backend:
    """The backend behind an account; 0 is the one that the settings name.

    Where there is none, one that sends nothing.
    """
    if not account_id:
        return of_settings()
    row = await Account.get_or_none(id=account_id)
    return Missing() if row is None else backend_for(row)


async def accounts_of(tax_entity_id: int) -> list[AccountView]:
    """The accounts of a seller in the order they were enrolled, switched off ones too.

    `service.usable_accounts` is what a request is given to.
    """
    rows = await Account.filter(tax_entity_id=tax_entity_id).order_by("id")
    return [view_of(row) for row in rows]


async def backends_of(tax_entity_id: int) -> list[tuple[AccountView, Backend]]:
    """As `accounts_of`, each with its backend, in one question."""
    rows = await Account.filter(tax_entity_id=tax_entity_id).order_by("id")
    return [(view_of(row), backend_for(row)) for row in rows]


async def all_accounts() -> list[AccountView]:
    """Every account, by seller."""
    return [view_of(row) for row in await Account.all().order_by("tax_entity_id", "id")]


async def account_of(account_id: int) -> AccountView | None:
    row = await Account.get_or_none(id=account_id)
    return None if row is None else view_of(row)


def view_of(row: Account) -> AccountView:
    names = AccountView.__dataclass_fields__.keys() - {"is_of_settings"}
    return AccountView(
        **{name: getattr(row, name) for name in names}, is_of_settings=row.credentials is None
    )
