"""Who looked at, exported or changed what. Rows are added, never changed (privacy rule P11)."""

from core.audit_log.models import AuditRow
from core.audit_log.recording import record
from core.audit_log.sealing import chain_head, seal_new, verify_chain

__all__ = ["AuditRow", "chain_head", "record", "seal_new", "verify_chain"]
