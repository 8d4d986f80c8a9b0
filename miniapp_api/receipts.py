"""Codes of receipts as members show them: each look counts, so that guessing is slow (S9)."""

from core.security.scope import Scope
from core.web.limits import check_rate
from invoicing.queries import Awaited, Scanned, look_up

LOOKS = 60  # a minute, of one member


async def count_look(scope: Scope) -> None:
    """Raises TooManyTries."""
    await check_rate("invoice.member", scope.actor, per_minute=LOOKS)


async def seen(scope: Scope, code: str) -> Scanned | Awaited:
    """What a code names. Raises TooManyTries, CodeUnknown."""
    await count_look(scope)
    return await look_up(code)
