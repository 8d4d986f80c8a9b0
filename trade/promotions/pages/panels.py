"""The coupons of one member, on the member's page."""

from collections.abc import Mapping
from typing import Any

from core.security.scope import Scope
from core.web.panels import Panel, register
from trade.promotions.queries import coupons_of


async def load(scope: Scope, member_id: int, language: str) -> Mapping[str, Any]:
    return {"found": await coupons_of(member_id)}


register(Panel("coupons", "优惠券", "Coupons", "coupons/panel.html", load, place=45))
