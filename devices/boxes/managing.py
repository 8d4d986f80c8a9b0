"""What people do with boxes: add, invite again, change keys, retire, revoke, teach."""

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.ids import new_id
from core.security.vault import blind_index
from devices.boxes.enrolling import INVITE
from devices.boxes.errors import BoxEnded, BoxUnfit
from devices.boxes.rules import INVITE_LIFE, BoxState, bare_invite, new_invite
from trade.stores.queries import stores_of
from trade.stores.service import refuse_device_keys

ADD = """
INSERT INTO boxes_box (public_id, store_id, name, state, invite_index, invite_ends_at, made_by)
VALUES ($1, $2, $3, 'invited', $4, $5, $6) RETURNING id
"""
INVITE_AGAIN = """
UPDATE boxes_box SET invite_index = $2, invite_ends_at = $3, invite_key_digest = ''
WHERE id = $1 AND state IN ('invited', 'active') RETURNING id
"""
WANT_KEY = "UPDATE boxes_box SET wants_key = true WHERE id = $1 AND state = 'active' RETURNING id"
END = """
UPDATE boxes_box SET state = $2, ended_by = $3, ended_at = now(), invite_index = NULL
WHERE id = $1 AND state IN ('invited', 'active') RETURNING id
"""
END_CERTIFICATES = """
UPDATE boxes_certificate SET ended_at = now() WHERE box_id = $1 AND ended_at IS NULL
"""


@use_case
async def add_box(*, store_id: int, name: str, by: str) -> str:
    """Add a box to a store. Answers its one-time code, good for a day and shown this once.

    Raises BoxUnfit.
    """
    called = " ".join(name.split())
    if not 1 <= len(called) <= 40 or not await stores_of([store_id]):
        raise BoxUnfit
    code = new_invite()
    index, ends = blind_index(bare_invite(code), INVITE), clock.now() + INVITE_LIFE
    [row] = await sql(ADD, new_id("box"), store_id, called, index, ends, by)
    await record(by, "box.add", f"box:{row['id']}", store_id=store_id)
    return code


@use_case
async def invite_again(box_id: int, *, by: str) -> str:
    """A new code for a box whose first was lost, or whose hardware was replaced: when it is used,
    the certificates from before end. Raises BoxEnded."""
    code = new_invite()
    index, ends = blind_index(bare_invite(code), INVITE), clock.now() + INVITE_LIFE
    if not await sql(INVITE_AGAIN, box_id, index, ends):
        raise BoxEnded
    await record(by, "box.invite", f"box:{box_id}")
    return code


@use_case
async def want_new_key(box_id: int, *, by: str) -> None:
    """The box gets a new receipt key when it is heard next; the old one stays readable.

    Raises BoxEnded.
    """
    if not await sql(WANT_KEY, box_id):
        raise BoxEnded
    await record(by, "box.renew", f"box:{box_id}")


@use_case
async def end_box(box_id: int, *, is_stolen: bool, by: str) -> None:
    """The box is out at once. What a retired one printed stays good; codes of a stolen one are
    refused. Raises BoxEnded."""
    state = BoxState.REVOKED if is_stolen else BoxState.RETIRED
    if not await sql(END, box_id, state, by):
        raise BoxEnded
    await sql(END_CERTIFICATES, box_id)
    if is_stolen:
        await refuse_device_keys(f"box:{box_id}")
    await record(by, "box.end", f"box:{box_id}", stolen=int(is_stolen))
