"""How accounts are doing: noted by the checks, by refused requests, and by hand."""

from core import clock
from core.audit_log import record
from core.database import use_case
from core.outbox import publish
from core.security.scope import Scope
from invoicing.backends.errors import AccountUnknown
from invoicing.backends.events import BackendBack, BackendDown
from invoicing.backends.models import Account
from invoicing.backends.port import Health, HealthAnswer, Held
from invoicing.backends.rules import AccountState, judge, state_of


@use_case
async def note_health(account_id: int, answer: HealthAnswer) -> AccountState:
    """Book a check. Whoever listens is told when an account stops issuing, and when it is back.

    Again with the same answer changes nothing and tells nobody. Raises AccountUnknown.
    """
    row = await _row(account_id)
    verdict = judge(row.state, row.failures, answer)
    row.failures, row.checked_at = verdict.failures, clock.now()
    if isinstance(answer, Health):
        _take_figures(row, answer)
    await _move(row, verdict.state, verdict.said)
    return verdict.state


@use_case
async def note_held(account_id: int, held: Held) -> AccountState:
    """The backend would not take a request because of its seller: nothing more is sent there
    until a check finds it well. What holds one request alone changes nothing."""
    row = await _row(account_id)
    state = state_of(held.why)
    if state is not None and row.state is not AccountState.HELD:
        await _move(row, state, held.text)
    return row.state


@use_case
async def hold_account(*, scope: Scope, public_id: str) -> None:
    """Stop an account by hand, until `resume_account`. Raises AccountUnknown."""
    row = await locked(public_id)
    await _move(row, AccountState.HELD, scope.actor)
    await record(scope, "backend.hold", f"backend:{row.id}")


@use_case
async def resume_account(*, scope: Scope, public_id: str) -> None:
    """Let an account issue again; the next check may find otherwise. Raises AccountUnknown."""
    row = await locked(public_id)
    row.failures = 0
    await _move(row, AccountState.READY, "")
    await record(scope, "backend.resume", f"backend:{row.id}")


@use_case
async def note_login_link(account_id: int, url: str) -> None:
    """Where the drawer logs in; shown to the seller's staff until the account is well again."""
    await Account.filter(id=account_id).update(login_url=url[:300])


def _take_figures(row: Account, health: Health) -> None:
    if health.quota_fen is not None:
        row.quota_fen, row.quota_checked_at = health.quota_fen, clock.now()
    if health.numbers_left is not None:
        row.numbers_left = health.numbers_left
    if health.login_url:
        row.login_url = health.login_url[:300]


async def _row(account_id: int) -> Account:
    row = await Account.filter(id=account_id).select_for_update().first()
    if row is None:
        raise AccountUnknown
    return row


async def _move(row: Account, state: AccountState, said: str) -> None:
    before, row.state, row.said = row.state, state, said[:200]
    at = clock.now()
    if before is AccountState.READY and state is not before:
        row.down_since = at
    if state is AccountState.READY:
        row.down_since, row.login_url = None, ""
    await row.save()
    if state is before:
        return
    if state is AccountState.READY:
        await publish(BackendBack(row.id, row.tax_entity_id, at))
    else:
        await publish(
            BackendDown(row.id, row.tax_entity_id, state.value, row.said, row.login_url, at)
        )


async def locked(public_id: str) -> Account:
    """The row of an account, locked. Raises AccountUnknown."""
    row = await Account.filter(public_id=public_id[:40]).select_for_update().first()
    if row is None:
        raise AccountUnknown
    return row
