"""Who looks after whom. A binding is never edited: it ends, and another one begins."""

from core import clock
from core.database import use_case
from core.outbox import publish
from crm.people.errors import MemberNotFound
from crm.people.events import GuideChanged
from crm.people.models import Binding, Member
from crm.people.queries.handling import has_parted


@use_case
async def bind_guide(*, member_id: int, guide_id: int, store_id: int) -> None:
    """Give a member to a guide; the binding before ends now. Repeating it changes nothing.

    Raises MemberNotFound, also for one who has left the company of that store (P12).
    """
    held = await _open_binding(member_id)
    if await has_parted(member_id, store_id):
        raise MemberNotFound()
    if held is not None and (held.guide_id, held.store_id) == (guide_id, store_id):
        return
    await _end(held)
    await _begin(member_id, guide_id, store_id)


@use_case
async def bind_if_free(*, member_id: int, guide_id: int, store_id: int) -> bool:
    """Give a member nobody looks after to a guide. False when somebody already does, or when the
    member has left the company of that store."""
    if await _open_binding(member_id) is not None or await has_parted(member_id, store_id):
        return False
    await _begin(member_id, guide_id, store_id)
    return True


@use_case
async def unbind_guide(*, guide_id: int) -> int:
    """A guide left: their members are free again. Answers how many; again it is 0."""
    held = await Binding.filter(guide_id=guide_id, unbound_at=None).select_for_update()
    at = clock.now()
    for binding in held:
        await _end(binding)
        await publish(
            GuideChanged(member_id=binding.member_id, guide_id=None, store_id=None, at=at)
        )
    return len(held)


async def _open_binding(member_id: int) -> Binding | None:
    """The member's row is the lock: two bindings at once take turns."""
    if await Member.filter(id=member_id).select_for_update().first() is None:
        raise MemberNotFound(member_id=member_id)
    return await Binding.get_or_none(member_id=member_id, unbound_at=None)


async def _end(binding: Binding | None) -> None:
    if binding is not None:
        await Binding.filter(id=binding.id, unbound_at=None).update(unbound_at=clock.now())


async def _begin(member_id: int, guide_id: int, store_id: int) -> None:
    at = clock.now()
    await Binding(member_id=member_id, guide_id=guide_id, store_id=store_id, bound_at=at).save()
    await publish(GuideChanged(member_id=member_id, guide_id=guide_id, store_id=store_id, at=at))
