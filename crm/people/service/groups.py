"""Customer groups (客户群) as WeCom tells them to us: which exist, and whose they are."""

from collections.abc import Collection

from core import clock
from core.database import use_case
from crm.people.models import CustomerGroup
from trade.stores.queries import find_staff_by_user


@use_case
async def mirror_group(*, chat_id: str, name: str, owner_user_id: str) -> bool:
    """Keep what WeCom says of a group; repeating it changes nothing but the moment it was seen.

    False, and nothing kept, when its owner is nobody of our staff.
    """
    owner = await find_staff_by_user(owner_user_id)
    if owner is None:
        return False
    seen = {
        "name": name[:120],
        "owner_guide_id": owner.id,
        "store_id": owner.store_id,
        "seen_at": clock.now(),
        "gone_at": None,
    }
    _, is_new = await CustomerGroup.get_or_create(seen, chat_id=chat_id)
    if not is_new:
        await CustomerGroup.filter(chat_id=chat_id).update(**seen)
    return True


@use_case
async def note_gone_groups(*, listed: Collection[str]) -> int:
    """WeCom's whole list no longer has some groups: nobody can share to them any more.

    Answers how many went. A group that is listed again comes back when it is mirrored.
    """
    gone = CustomerGroup.filter(gone_at=None).exclude(chat_id__in=list(listed))
    return await gone.update(gone_at=clock.now())
