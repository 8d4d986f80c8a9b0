"""The log is sealed by itself. Thin: the work is next door."""

import logging

from core.audit_log.sealing import chain_head
from core.audit_log.sealing import seal_new as seal
from core.jobs import every

log = logging.getLogger(__name__)


@every("audit_log.seal_new", seconds=60)
async def seal_new() -> None:
    """The head goes into the process log too: what is cut off the database shows against it."""
    if count := await seal():
        number, digest = await chain_head()
        log.info("the audit log was sealed", extra={"count": count, "seal": f"{number} {digest}"})
