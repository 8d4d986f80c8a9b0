"""The tier of one member, on the member's page: where they stand and how it came about."""

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from core import clock
from core.security.scope import Role, Scope
from core.web.panels import Panel, register
from crm.tiers.queries import WHY, Basis, changes_of, ladder_now, standing_of, terms_of


async def load(scope: Scope, member_id: int, language: str) -> Mapping[str, Any]:
    ladder, standing = await ladder_now(), await standing_of(member_id)
    is_english = language == "en"
    names = {one.code: (one.en if is_english else one.zh) or one.code for one in ladder.rungs}
    return {
        "standing": standing,
        "names": names,
        "is_money": standing.basis is Basis.PAID,
        "changes": await changes_of(member_id, limit=20),
        "why": {why.value: said[is_english] for why, said in WHY.items()},
        "terms": await terms_of(member_id, limit=20),
        "now": clock.now(),
        "may_give": scope.role is Role.HEAD_OFFICE,
        "key": token_hex(16),
    }


register(Panel("tiers", "等级", "Tier", "tiers/panel.html", load, place=20))
