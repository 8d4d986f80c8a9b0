"""The job that brings an exchange to its end: asks the partner, as often as it needs."""

from core.jobs import Later, job
from core.security.vault import decrypt
from crm.points import gateway
from crm.points.gateway import Unknown
from crm.points.models import Exchange
from crm.points.protocol import NeverHeard, Said, Transfer
from crm.points.rules import ExchangeState
from crm.points.service.exchanging import begin_exchange, end_exchange

LOOK_AGAIN_S = 60.0
GONE = Said("refused", why="account erased")


@job("points.exchange", timeout_s=40)
async def settle_exchange(exchange_no: str) -> None:
    """Ask until the partner has said yes or no. The same number goes out again, never a new one."""
    row = await begin_exchange(exchange_no)
    if row is None:
        return
    said = await _asked(row)
    if isinstance(said, Unknown) or said.status == "pending":
        raise Later(LOOK_AGAIN_S)
    await end_exchange(row, said)


async def _asked(row: Exchange) -> Said | Unknown:
    """What may have been sent before is asked about first."""
    partner = row.alliance.code
    if row.state is ExchangeState.UNKNOWN:
        known = await gateway.ask_about(partner, row.exchange_no)
        if not isinstance(known, NeverHeard):
            return known
    if row.account.account_cipher is None:
        return GONE
    account = decrypt(row.account.account_cipher, bound_to=f"points_account:{row.account_id}")
    wanted = Transfer(row.exchange_no, row.direction, account, row.theirs)
    return await gateway.transfer(partner, wanted)
