"""What the audit log keeps of people (P1): who acted, and ids; names stand nowhere in it."""

from core.privacy import Ground, Kept

_LAW = frozenset({Ground.LAW})
THREE_YEARS = 1095

PERSONAL: dict[str, Kept] = {
    "core_audit_log.actor": Kept(_LAW, THREE_YEARS, "操作人", "who acted"),
    "core_audit_log.facts": Kept(_LAW, THREE_YEARS, "操作内容", "what was done"),
}

NOT_PERSONAL = frozenset(
    {
        "action", "at", "hash", "id", "listed", "number", "previous", "rows", "sealed_at",
        "signature", "subject",
    }
)  # fmt: skip
