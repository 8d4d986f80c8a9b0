"""What guides should do for their members (跟进任务): asked by journeys, ticked off here."""

from datetime import date, datetime

from pydantic import Field

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from crm.people.queries import shown_members
from crm.reach.errors import TaskNotFound
from crm.reach.queries import tasks_of
from crm.reach.service import finish_task

router = Router("/api/v1/guide/tasks", "guide")
GUIDE = allow(Role.GUIDE, Role.STORE_MANAGER)


class GuideTaskOut(Schema):
    """`memberId` is None where the member is no longer the guide's to see."""

    task_id: str
    member_id: str | None
    text: str
    due_on: date
    done_at: datetime | None


@router.get("", who=GUIDE, summary="What I should do for my members (跟进任务)")
async def list_tasks(scope: Scope) -> list[GuideTaskOut]:
    """What is due first; done ones stay until the end of the day."""
    tasks = await tasks_of(scope.staff_id or 0)
    seen = await shown_members(scope, {task.member_id for task in tasks})
    names = {member.id: member.public_id for member in seen}
    return [
        GuideTaskOut(
            task_id=task.public_id,
            member_id=names.get(task.member_id),
            text=task.text,
            due_on=task.due_on,
            done_at=task.done_at,
        )
        for task in tasks
    ]


class TaskDoneIn(Schema):
    note: str = Field(default="", max_length=200)


@router.post(
    "/{task_id}/done",
    who=GUIDE,
    status=204,
    summary="A task is done (完成跟进)",
    errors=(TaskNotFound,),
)
async def post_done(scope: Scope, task_id: str, body: TaskDoneIn) -> None:
    await finish_task(scope=scope, task_id=task_id, note=body.note)
