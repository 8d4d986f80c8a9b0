"""Printed codes (券码): made in batches, each good for one coupon of whoever brings it first."""

import secrets

from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from trade.promotions.errors import BadPromotion, CodeUnknown, CouponNotFound
from trade.promotions.service.coupons import give, opened

ALPHABET, LENGTH, MOST_CODES = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 16, 100_000  # 80 random bits

OPEN = """
INSERT INTO promotions_code_batch (public_id, campaign_id, cause, note, count, by)
SELECT 'cdb_' || replace(gen_random_uuid()::text, '-', ''), id, $2, $3, $4, $5
FROM promotions_campaign WHERE code = $1 AND kind = 'coupon'
ON CONFLICT (cause) DO NOTHING RETURNING id, public_id
"""
KNOWN = "SELECT public_id FROM promotions_code_batch WHERE cause = $1"
MAKE = """
INSERT INTO promotions_coupon_code (batch_id, code)
SELECT $1, code FROM unnest($2::text[]) AS code ON CONFLICT (code) DO NOTHING
"""
TAKE = """
UPDATE promotions_coupon_code AS o SET member_id = coalesce(o.member_id, $2),
    taken_at = coalesce(o.taken_at, now())
FROM promotions_code_batch AS b JOIN promotions_campaign AS c ON c.id = b.campaign_id
WHERE o.code = $1 AND (o.member_id IS NULL OR o.member_id = $2) AND b.id = o.batch_id
RETURNING o.id, c.code
"""


@use_case
async def make_codes(*, code: str, count: int, cause: str, by: Scope, note: str = "") -> str:
    """Make codes of a coupon and answer the batch's public id; the same `cause`: the same batch.

    Raises CouponNotFound, BadPromotion for a count out of 1 to 100,000.
    """
    if not 1 <= count <= MOST_CODES:
        raise BadPromotion(field="count")
    made = await sql(OPEN, code, cause[:60], note[:80], count, by.actor)
    if not made:
        known = await sql(KNOWN, cause[:60])
        if not known:
            raise CouponNotFound(code=code[:40])
        return str(known[0]["public_id"])
    [row] = made
    await sql(MAKE, row["id"], sorted({_new_code() for _ in range(count)}))
    await record(by, "coupon.codes", code, count=count)
    return str(row["public_id"])


@use_case
async def redeem_code(*, member_id: int, code: str) -> str:
    """Turn a printed code into a coupon and answer its public id; again: the same one.

    However many bring the same code, one has it; where the campaign refuses, the code stays good.
    Raises CodeUnknown, and what `give_coupon` raises.
    """
    taken = await sql(TAKE, code.strip().upper().replace("-", "")[:40], member_id)
    if not taken:
        raise CodeUnknown
    [row] = taken
    outcome = (await give(await opened(row["code"]), [member_id], f"code:{row['id']}"))[member_id]
    if isinstance(outcome, str):
        return outcome
    raise outcome(code=row["code"])


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
