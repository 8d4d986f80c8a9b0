"""What the book keeps of people: owners by number, and nothing that names them (P1)."""

from core.privacy import OnErase, Owned

NOT_PERSONAL = frozenset(
    {
        "account_id", "act", "amount", "at", "balance", "book", "cause_key", "cause_kind",
        "count", "day", "digest", "ended_at", "expires_at", "hash", "id", "journal_id",
        "journals", "kind", "memo", "mirrors_id", "number", "owner", "previous",
        "remaining", "sealed_at", "share_denominator", "share_numerator", "state",
        "written_at",
    }
)  # fmt: skip

OWNED = (
    Owned("core_ledger_account", whose="owner = 'member:' || $1::bigint", erase=OnErase.KEEP),
    Owned("core_ledger_hold", whose="owner = 'member:' || $1::bigint"),
)
