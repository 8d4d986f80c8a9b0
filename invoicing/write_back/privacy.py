"""What the ERP is told names no person: buyers are read one by one, on record (P1)."""

from core.privacy import Kept

PERSONAL: dict[str, Kept] = {}

NOT_PERSONAL = frozenset(
    {
        "at", "colour", "created_at", "facts", "file_id", "first_number", "id", "last_number",
        "name", "number", "public_id", "sha256", "source_id", "state", "store_id", "subject",
        "tax_entity_id", "versions", "written_at",
    }
)  # fmt: skip
