"""Asking a guide to do something for a member of theirs (跟进任务), and hearing that it is done."""

from datetime import date

from core import clock
from core.database import use_case
from core.security.scope import Scope
from crm.people.queries import binding_of
from crm.people.service import want_message
from crm.reach.errors import TaskNotFound
from crm.reach.models import GuideTask


@use_case
async def ask_guide(*, key: str, member_id: int, text: str, due_on: date) -> bool:
    """Ask the member's guide, in WeCom and in the list of tasks. The same key again: no change.

    False: the member has no guide. `text` names nobody (P15).
    """
    bound = await binding_of(member_id)
    if bound is None:
        return False
    asked = {
        "member_id": member_id,
        "guide_id": bound.guide_id,
        "store_id": bound.store_id,
        "text": text,
        "due_on": due_on,
        "asked_at": clock.now(),
    }
    _, is_new = await GuideTask.get_or_create(asked, key=key)
    if is_new:
        said = f"跟进任务：{text}（请在 {due_on:%m-%d} 前完成，详见“我的任务”）"
        await want_message(key=f"guide-task:{key}", staff_id=bound.guide_id, text=said)
    return True


@use_case
async def finish_task(*, scope: Scope, task_id: str, note: str = "") -> None:
    """The guide has done it. Saying so again changes nothing. Raises TaskNotFound for others'."""
    row = await GuideTask.get_or_none(public_id=task_id, guide_id=scope.staff_id)
    if row is None:
        raise TaskNotFound()
    done = GuideTask.filter(id=row.id, done_at=None)
    await done.update(done_at=clock.now(), note=note.strip()[:200])
