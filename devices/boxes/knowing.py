"""Who speaks: from a client certificate to the box that may use it now."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.database import sql, use_case
from core.security.rotation import encrypted_column
from core.security.vault import decrypt, encrypt
from devices.boxes.authority import make_authority, serial_of
from devices.boxes.errors import BoxRefused

OWN_KEY = "boxes.authority:1"


@encrypted_column("boxes_authority", "cipher", bound_to="boxes.authority:{id}")
def _no_index(_: str) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Speaker:
    """A box that showed a good certificate, ending at `certificate_ends_at`."""

    box_id: int
    public_id: str
    store_id: int
    certificate_ends_at: datetime

    @property
    def device(self) -> str:
        """The name of the box among the keys of its store."""
        return f"box:{self.box_id}"


OPEN = """
SELECT b.id, b.public_id, b.store_id, c.id AS certificate_id, c.ends_at, c.first_used_at
FROM boxes_certificate AS c JOIN boxes_box AS b ON b.id = c.box_id
WHERE c.serial = $1 AND c.ended_at IS NULL AND c.ends_at > now() AND b.state = 'active'
"""
USED = "UPDATE boxes_certificate SET first_used_at = now() WHERE id = $1 AND first_used_at IS NULL"
SEEN = """
UPDATE boxes_box SET last_seen_at = now()
WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < now() - interval '20 seconds')
"""


async def box_of_certificate(der: bytes | None) -> Speaker:
    """The box that showed this certificate. Looked up each time: who is revoked is out at once.

    Raises BoxRefused, for every reason alike.
    """
    authority = await sql("SELECT certificate FROM boxes_authority") if der else []
    serial = serial_of(der, authority[0]["certificate"]) if der and authority else None
    rows = await sql(OPEN, serial) if serial else []
    if not rows:
        raise BoxRefused
    row = rows[0]
    if row["first_used_at"] is None:
        await sql(USED, row["certificate_id"])
    await sql(SEEN, row["id"])
    return Speaker(row["id"], row["public_id"], row["store_id"], row["ends_at"])


@use_case
async def authority() -> tuple[str, str]:
    """Certificate and key of our authority; made when it is needed first, once."""
    rows = await sql("SELECT certificate, cipher FROM boxes_authority")
    if not rows:
        pem, key = make_authority(clock.now())
        await sql(
            "INSERT INTO boxes_authority (id, certificate, cipher) VALUES (1, $1, $2)"
            " ON CONFLICT (id) DO NOTHING",
            pem,
            encrypt(key, bound_to=OWN_KEY),
        )
        rows = await sql("SELECT certificate, cipher FROM boxes_authority")
    return rows[0]["certificate"], decrypt(rows[0]["cipher"], bound_to=OWN_KEY)
