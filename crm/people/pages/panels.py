"""What this room itself shows on a member's page: who they are, their ids, what they agreed to."""

from collections.abc import Mapping
from typing import Any

from core.security.scope import Role, Scope
from core.web.panels import STAFF, Panel, register
from crm.people.queries import consents_of, ids_of, masked_profile_of, touches_of

NO_FRANCHISEES = STAFF - {Role.FRANCHISEE}


async def load_profile(scope: Scope, member_id: int, language: str) -> Mapping[str, Any]:
    return {"profile": await masked_profile_of(member_id), "touches": await touches_of(member_id)}


async def load_ids(scope: Scope, member_id: int, language: str) -> Mapping[str, Any]:
    return {"ids": await ids_of(member_id)}


async def load_consents(scope: Scope, member_id: int, language: str) -> Mapping[str, Any]:
    return {"consents": await consents_of(member_id)}


WHO = Panel("who", "资料", "Profile", "people/panel_who.html", load_profile, NO_FRANCHISEES, 1)
IDS = Panel("ids", "身份标识", "Ids", "people/panel_ids.html", load_ids, NO_FRANCHISEES, 10)
CONSENTS = Panel(
    "consents", "授权", "Consents", "people/panel_consents.html", load_consents, place=11
)
for panel in (WHO, IDS, CONSENTS):
    register(panel)
