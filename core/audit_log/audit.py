"""The auditor's view of the audit log: it is what was sealed."""

from core.audit import Finding, check
from core.audit_log.sealing import verify_chain


@check("audit_log.chain")
async def the_log_is_what_was_sealed() -> list[Finding]:
    return [Finding("audit_log.chain", one.key, one.text) for one in await verify_chain()]
