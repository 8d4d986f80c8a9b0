"""To which account of a seller a request goes: fixed by its first send, chosen by load."""

from core.database import sql
from invoicing.backends.queries import AccountView, accounts_of
from invoicing.backends.service import usable_accounts
from invoicing.models import InvoiceRequest
from invoicing.queries.requests import lines_of
from invoicing.rules.sales import HoldReason
from invoicing.sealing import open_buyer
from invoicing.service.capacity import Capacity, capacities

# Open requests count, and those of the last hour: a device that answers fast is not overrun.
LOAD = """
SELECT account_id, count(*)::int AS number FROM invoicing_request
WHERE tax_entity_id = $1 AND account_id IS NOT NULL AND (
    state IN ('sending', 'submitted', 'unknown', 'held') OR sent_at > now() - interval '1 hour')
GROUP BY account_id
"""


async def account_for(row: InvoiceRequest) -> int | HoldReason:
    """The account that takes this request now, or why none does. 0: the one of the settings."""
    usable = {one.id: one for one in await usable_accounts(row.tax_entity_id)}
    if row.account_id is not None:
        fixed = usable.get(row.account_id)
        is_well = row.account_id == 0 or (fixed is not None and _has_quota(fixed, row))
        return row.account_id if is_well else HoldReason.ACCOUNT
    if not usable and not [one for one in await accounts_of(row.tax_entity_id) if one.is_active]:
        return 0
    able = {one.account_id for one in await capacities(row.tax_entity_id) if _takes(one, row)}
    if not able:
        return HoldReason.NO_ACCOUNT
    well = [one for one in usable.values() if one.id in able and _has_quota(one, row)]
    return await _least_busy(well, row.tax_entity_id) if well else HoldReason.ACCOUNT


async def _least_busy(accounts: list[AccountView], tax_entity_id: int) -> int:
    """By what each has to do for its weight; at a tie the one enrolled first."""
    if len(accounts) == 1:  # the load of a peak's hour need not be counted for each of its requests
        return accounts[0].id
    load = {one["account_id"]: one["number"] for one in await sql(LOAD, tax_entity_id)}

    def busy(one: AccountView) -> tuple[float, int]:
        return (load.get(one.id, 0) + 1) / max(1, one.weight), one.id

    return min(accounts, key=busy).id


def _has_quota(account: AccountView, row: InvoiceRequest) -> bool:
    return account.quota_fen is None or account.quota_fen >= row.ex_fen


def _takes(able: Capacity, row: InvoiceRequest) -> bool:
    limits = able.limits
    is_small = limits.most_fen is None or row.incl_fen <= limits.most_fen
    fits = len(row.lines) <= limits.most_lines and is_small and row.kind in able.kinds
    return fits and (able.is_unicode or _can_print(able, row))


def _can_print(able: Capacity, row: InvoiceRequest) -> bool:
    title = open_buyer(row.buyer, request_id=row.id).title
    return all(able.can_print(text) for text in (title, *(line.name for line in lines_of(row))))
