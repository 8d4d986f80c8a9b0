"""Members as WeCom's customers (外部联系人): whose id this is, and what WeCom calls a member."""

from collections.abc import Iterable

from core.settings import current
from crm.people.models import Identity
from crm.people.rules import IdKind


async def member_of_external(external_user_id: str) -> int | None:
    """Who this customer of the corp is, as far as we know."""
    rows = Identity.filter(
        kind=IdKind.EXTERNAL_USERID, realm=_corp(), known_as=external_user_id, until=None
    )
    found = await rows.first()
    return found.member_id if found else None


async def members_of_external(external_user_ids: Iterable[str]) -> dict[str, int]:
    """The same for many; customers we do not know are left out."""
    wanted = sorted(set(external_user_ids))
    rows = Identity.filter(
        kind=IdKind.EXTERNAL_USERID, realm=_corp(), known_as__in=wanted, until=None
    ).values_list("known_as", "member_id")
    return dict(await rows) if wanted else {}


async def external_ids_of(member_ids: Iterable[int]) -> dict[int, str]:
    """What WeCom calls these members; who is no customer there is left out."""
    wanted = sorted(set(member_ids))
    rows = Identity.filter(
        kind=IdKind.EXTERNAL_USERID, realm=_corp(), member_id__in=wanted, until=None
    ).order_by("-id")
    found = await rows.values_list("member_id", "known_as") if wanted else []
    return dict(found)


def _corp() -> str:
    ours = current().wecom
    return ours.corp_id if ours else ""
