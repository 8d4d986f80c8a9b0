"""Writing the log: one row, in the transaction of what it tells of."""

from core.audit_log.models import AuditRow
from core.security.scope import Scope


async def record(actor: Scope | str, action: str, subject: str, **facts: str | int | None) -> None:
    """Write one row, in the transaction of the moment where there is one.

    A job seals it within a minute; here nobody waits for anybody.
    """
    who = actor if isinstance(actor, str) else actor.actor
    await AuditRow(actor=who, action=action, subject=subject, facts=facts).save()
