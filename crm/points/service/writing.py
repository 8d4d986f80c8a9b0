"""An earning on its way into the table: once for each cause."""

import json
from dataclasses import asdict

from core.database import sql
from crm.points.models import Earning
from crm.points.rules import State, Worked

WRITE = """
INSERT INTO points_earning (
    program, program_id, member_id, purse, "on", cause_kind, cause_key, order_id, order_no, base,
    points, basis_fen, day, state, earned_at, available_at, expires_at, steps, terms
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
    $18::jsonb, $19::jsonb)
ON CONFLICT (cause_kind, cause_key) DO NOTHING RETURNING id
"""


async def write_earning(draft: Earning, worked: Worked, *, base: int) -> int | None:
    """The id of the new row; None when this cause has earned before, whatever it earned then."""
    state = State.PENDING if worked.points else State.VOID
    rows = await sql(
        WRITE,
        *(draft.program, draft.program_id, draft.member_id, draft.purse, draft.on),
        *(draft.cause_kind, draft.cause_key, draft.order_id, draft.order_no),
        *(base, worked.points, draft.basis_fen, draft.day, state),
        *(draft.earned_at, draft.available_at, draft.expires_at),
        json.dumps([asdict(step) for step in worked.steps]),
        json.dumps(draft.terms),
    )
    return rows[0]["id"] if rows else None
