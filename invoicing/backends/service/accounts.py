"""Accounts are enrolled, changed and given new secrets by head office."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tortoise.exceptions import IntegrityError

from core.audit_log import record
from core.database import use_case
from core.security.scope import Scope
from core.security.vault import VaultError
from core.settings import current
from invoicing.backends.enrolling import check_draft, check_secrets
from invoicing.backends.errors import AccountTaken
from invoicing.backends.models import Account
from invoicing.backends.noting import locked
from invoicing.backends.queries import AccountView, view_of
from invoicing.backends.rules import Adapter
from invoicing.backends.sealing import opened, seal
from trade.stores.queries import seller_named


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """What head office says of an account. `point` tells several of one kind apart."""

    tax_entity_id: int
    adapter: Adapter
    name: str
    point: str = ""
    base_url: str = ""
    weight: int = 1
    most_fen: int | None = None
    most_lines: int | None = None


@use_case
async def enrol_account(
    *, scope: Scope, draft: AccountDraft, secrets: Mapping[str, str]
) -> AccountView:
    """Take a new account of a seller; it issues from now on.

    Raises AccountUnfit, AccountTaken, SellerNotFound.
    """
    await seller_named(draft.tax_entity_id)
    check_draft(draft)
    kept = check_secrets(draft.adapter, secrets)
    try:
        row = Account(**_facts(draft))
        await row.save()
    except IntegrityError:
        raise AccountTaken(point=draft.point) from None
    row.credentials = seal(kept, account_id=row.id)
    await row.save(update_fields=["credentials"])
    await record(scope, "backend.enrol", f"backend:{row.id}", adapter=draft.adapter.value)
    return view_of(row)


def _facts(draft: AccountDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in AccountDraft.__dataclass_fields__}


@use_case
async def change_account(
    *, scope: Scope, public_id: str, weight: int, most_fen: int | None, is_active: bool
) -> None:
    """Change its share of the load and its limit, or switch it off; what was sent stays with it.

    Raises AccountUnknown, AccountUnfit.
    """
    row = await locked(public_id)
    draft = AccountDraft(
        row.tax_entity_id,
        row.adapter,
        row.name,
        row.point,
        row.base_url,
        weight,
        most_fen,
        row.most_lines,
    )
    check_draft(draft)
    row.weight, row.most_fen, row.is_active = weight, most_fen, is_active
    await row.save(update_fields=["weight", "most_fen", "is_active"])
    await record(scope, "backend.change", f"backend:{row.id}", is_active=int(is_active))


@use_case
async def rotate_secrets(*, scope: Scope, public_id: str, secrets: Mapping[str, str]) -> None:
    """Put new secrets in the place of those given; the others stay, while they can be read.

    Raises AccountUnknown, AccountUnfit.
    """
    row = await locked(public_id)
    known = _kept_secrets(row)
    given = {name: value for name, value in secrets.items() if value}
    row.credentials = seal(check_secrets(row.adapter, known | given), account_id=row.id)
    await row.save(update_fields=["credentials"])
    await record(scope, "backend.rotate", f"backend:{row.id}", names=",".join(sorted(given)))


def _kept_secrets(row: Account) -> dict[str, str]:
    try:
        return opened(row.credentials, account_id=row.id) if row.credentials else {}
    except VaultError:
        return {}  # their key is gone: all are to be given anew


@use_case
async def usable_accounts(tax_entity_id: int) -> list[AccountView]:
    """The accounts that take new requests of a seller now, none if all are off or held.

    A seller that never had one gets the provider of the settings, where these name one.
    """
    rows = await Account.filter(tax_entity_id=tax_entity_id).order_by("id")
    if not rows and current().tax_provider is not None:
        row, _ = await Account.get_or_create(
            {"name": "默认通道"}, tax_entity_id=tax_entity_id, adapter=Adapter.NUONUO, point=""
        )
        rows = [row]
    return [view for view in map(view_of, rows) if view.is_usable]
