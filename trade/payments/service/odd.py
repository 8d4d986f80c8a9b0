"""Notices that are genuine and yet do not fit: kept for a person, never acted upon."""

import json
from dataclasses import asdict

from core.database import sql
from trade.payments.protocol.notices import Fact

KEEP = """
INSERT INTO payments_odd_notice (kind, number, other_no, reason, facts)
VALUES ($1, $2, $3, $4, $5::jsonb)
ON CONFLICT (kind, number, other_no, reason) DO NOTHING
RETURNING id
"""


async def keep_odd(kind: str, number: str, other_no: str, *, reason: str, fact: Fact) -> None:
    """Remember one that differs in `reason`; the same one again is kept once."""
    facts = json.dumps(asdict(fact), default=str, ensure_ascii=False)
    await sql(KEEP, kind, number[:64], other_no[:64], reason, facts)
