"""A box comes in by a code that is typed once, and changes its keys while it is in."""

import json
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.security.receipt_code import ReceiptKey
from core.security.vault import blind_indexes
from core.settings import current
from devices.boxes.authority import key_digest_of, sign
from devices.boxes.errors import InviteRefused
from devices.boxes.knowing import Speaker, authority
from devices.boxes.rules import ANSWER_AGAIN, KEY_LIFE, RENEW_BEFORE, bare_invite
from trade.stores.queries import device_key
from trade.stores.service import make_device_key

INVITE = "boxes.invite"
RECEIPT_PATH = "/i/"


@dataclass(frozen=True, slots=True)
class Papers:
    """What a box gets: who it is, its certificate, the key it signs codes with. Shown this once,
    or again to the key that asked for it. `is_gate`: at `url` our own authority vouches for us."""

    box: str
    store_id: int
    certificate: str
    authority: str
    key: ReceiptKey
    receipt_url: str
    url: str
    is_gate: bool
    layout: dict[str, str]
    layout_no: int


USE = """
UPDATE boxes_box
SET state = 'active', enrolled_at = coalesce(enrolled_at, now()), invite_key_digest = $2,
    invite_ends_at = CASE WHEN invite_key_digest = '' THEN now() + $3 * interval '1 second'
                     ELSE invite_ends_at END
WHERE invite_index = ANY($1) AND invite_ends_at > now() AND invite_key_digest IN ('', $2)
    AND state IN ('invited', 'active')
RETURNING id, public_id, store_id
"""


@use_case
async def enrol(code: str, csr: str) -> Papers:
    """A box comes in; certificates it had before end. With the same key the answer can be had
    again within an hour: the first may have been lost.

    Raises RequestUnfit and InviteRefused.
    """
    digest = key_digest_of(csr)
    indexes = blind_indexes(bare_invite(code), INVITE)
    rows = await sql(USE, indexes, digest, int(ANSWER_AGAIN.total_seconds()))
    if not rows:
        raise InviteRefused
    box = rows[0]
    speaker = Speaker(box["id"], box["public_id"], box["store_id"], clock.now())
    known = await _certificate_of(speaker, digest)
    if known is None:
        await sql(END_OTHERS, speaker.box_id, 0)
        await make_device_key(speaker.store_id, device=speaker.device)
        await record(f"box:{speaker.box_id}", "box.enrol", f"box:{speaker.box_id}")
    return await _papers(speaker, known or await _certify(speaker, csr))


@use_case
async def renew(speaker: Speaker, csr: str) -> Papers:
    """A further certificate beside the one in use, and a new receipt key where one is due.

    At most two certificates are good at a time. The same key again gets the same answer.
    Raises RequestUnfit.
    """
    known = await _certificate_of(speaker, key_digest_of(csr))
    if known is None and await _is_key_due(speaker):
        await make_device_key(speaker.store_id, device=speaker.device)
        await sql("UPDATE boxes_box SET wants_key = false WHERE id = $1", speaker.box_id)
    return await _papers(speaker, known or await _certify(speaker, csr))


@dataclass(frozen=True, slots=True)
class Beat:
    """What a box says of itself. `at` is its own clock."""

    at: datetime
    version: str
    waiting: int
    has_printer: bool | None
    kid: int
    layout_no: int


@dataclass(frozen=True, slots=True)
class Orders:
    """What a box shall do. `layout` is None where it has the newest."""

    now: datetime
    must_renew: bool
    layout_no: int
    layout: dict[str, str] | None


NOTE = """
UPDATE boxes_box SET last_seen_at = now(), version = $2, waiting = $3, has_printer = $4,
    clock_skew_s = $5
WHERE id = $1 RETURNING layout, layout_no, wants_key
"""


@use_case
async def hear_beat(speaker: Speaker, beat: Beat) -> Orders:
    """Note how a box is, and say what it shall do."""
    now = clock.now()
    skew = max(-(10**8), min(10**8, int((beat.at - now).total_seconds())))
    [row] = await sql(NOTE, speaker.box_id, beat.version, beat.waiting, beat.has_printer, skew)
    newest = await device_key(speaker.device)
    is_odd = newest is None or newest[1].kid != beat.kid
    is_due = await _is_key_due(speaker) or speaker.certificate_ends_at - now < RENEW_BEFORE
    has_newest = beat.layout_no == row["layout_no"]
    layout = None if has_newest else _layout(row["layout"])
    return Orders(now, is_odd or is_due, row["layout_no"], layout)


async def _is_key_due(speaker: Speaker) -> bool:
    [row] = await sql("SELECT wants_key FROM boxes_box WHERE id = $1", speaker.box_id)
    newest = await device_key(speaker.device)
    return row["wants_key"] or newest is None or clock.now() - newest[0] > KEY_LIFE


async def _certificate_of(speaker: Speaker, digest: str) -> str | None:
    rows = await sql(
        "SELECT pem FROM boxes_certificate WHERE box_id = $1 AND key_digest = $2"
        " AND ended_at IS NULL",
        speaker.box_id,
        digest,
    )
    return rows[0]["pem"] if rows else None


KEEP = """
INSERT INTO boxes_certificate (box_id, serial, key_digest, pem, ends_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key_digest) DO NOTHING RETURNING id
"""
END_OTHERS = """
UPDATE boxes_certificate SET ended_at = now()
WHERE box_id = $1 AND ended_at IS NULL AND id NOT IN (
    SELECT id FROM boxes_certificate WHERE box_id = $1 ORDER BY id DESC LIMIT $2)
"""


async def _certify(speaker: Speaker, csr: str) -> str:
    """Raises InviteRefused for a key that another box, or this one earlier, had."""
    made = sign(csr, speaker.public_id, await authority(), clock.now())
    rows = await sql(KEEP, speaker.box_id, made.serial, made.key_digest, made.pem, made.ends_at)
    if not rows:
        raise InviteRefused
    await sql(END_OTHERS, speaker.box_id, 2)
    return made.pem


async def _papers(speaker: Speaker, certificate: str) -> Papers:
    [row] = await sql("SELECT layout, layout_no FROM boxes_box WHERE id = $1", speaker.box_id)
    newest = await device_key(speaker.device)
    assert newest is not None
    return Papers(
        box=speaker.public_id,
        store_id=speaker.store_id,
        certificate=certificate,
        authority=(await authority())[0],
        key=newest[1],
        receipt_url=current().public_url.rstrip("/") + RECEIPT_PATH,
        url=(current().box_url or current().public_url).rstrip("/"),
        is_gate=current().box_url is not None,
        layout=_layout(row["layout"]),
        layout_no=row["layout_no"],
    )


def _layout(said: object) -> dict[str, str]:
    return dict(json.loads(said)) if isinstance(said, str) else {}
