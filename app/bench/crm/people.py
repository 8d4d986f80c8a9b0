"""How fast a member is found by a phone."""

import time

from app.bench.crm.brand import Brand
from app.bench.crm.figures import Figure, p95
from core.database import sql
from core.security.vault import blind_index
from crm.people.queries import member_known_as

ASKED = 2_000
WHOLE = "people.phone"


async def measure(brand: Brand) -> list[Figure]:
    """Some members get phones that can be found; all others keep rows of the same shape."""
    step = max(brand.members // ASKED, 1)
    phones = {f"139{n:08}": n for n in range(1, brand.members + 1, step)}
    query = "UPDATE people_identity SET known_as = $2 WHERE member_id = $1 AND kind = 'phone'"
    for phone, member_id in phones.items():
        await sql(query, member_id, blind_index(phone, WHOLE))
    times = []
    for phone, member_id in list(phones.items())[:ASKED]:
        began = time.perf_counter()
        found = await member_known_as(phone)
        times.append((time.perf_counter() - began) * 1000)
        if found is not None and found != member_id:
            raise RuntimeError("a phone found somebody else")
    return [Figure("member by phone, p95", p95(times), "ms", 5, note=f"{len(times)} phones")]
