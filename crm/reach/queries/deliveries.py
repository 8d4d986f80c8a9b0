"""What was sent, to whom, and how it ended: the delivery records."""

from dataclasses import dataclass
from datetime import date, datetime

from core.clock import now
from core.database import sql
from crm.reach.models import GuideTask, Message
from crm.reach.rules import Channel, State


@dataclass(frozen=True, slots=True)
class MessageView:
    public_id: str
    member_id: int
    channel: Channel
    purpose: str
    template: str
    cause: str
    state: State
    why: str
    wanted_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many messages of one cause stand so."""

    state: State
    why: str
    channel: Channel
    count: int


@dataclass(frozen=True, slots=True)
class TaskView:
    public_id: str
    member_id: int
    text: str
    due_on: date
    done_at: datetime | None


async def messages_of(member_id: int, limit: int = 20) -> list[MessageView]:
    """The newest messages to one member."""
    rows = Message.filter(member_id=member_id).order_by("-id").limit(limit)
    return [_view(row) for row in await rows.select_related("template")]


async def unknown_messages(limit: int = 50) -> list[MessageView]:
    """Messages whose answer was lost, oldest first: a person looks."""
    rows = Message.filter(state=State.UNKNOWN).order_by("id").limit(limit)
    return [_view(row) for row in await rows.select_related("template")]


def _view(row: Message) -> MessageView:
    return MessageView(
        public_id=row.public_id,
        member_id=row.member_id,
        channel=row.channel,
        purpose=row.purpose,
        template=row.template.name,
        cause=row.cause,
        state=row.state,
        why=row.why,
        wanted_at=row.wanted_at,
        settled_at=row.settled_at,
    )


COUNTS = """
SELECT state, why, channel, count(*) AS n FROM reach_message WHERE cause = $1
GROUP BY state, why, channel ORDER BY state, n DESC, why
"""


async def deliveries_of(cause: str) -> list[Delivered]:
    """How the messages of one cause ended."""
    rows = await sql(COUNTS, cause)
    return [
        Delivered(State(row["state"]), row["why"], Channel(row["channel"]), row["n"])
        for row in rows
    ]


BATCHES = """
SELECT batch FROM reach_message
WHERE channel = 'wecom' AND state = 'wanted' AND NOT is_held AND due_at <= now()
GROUP BY batch ORDER BY min(id) LIMIT $1
"""


async def waiting_batches(limit: int = 100) -> list[str]:
    """Group sends that may be made now, those that wait longest first."""
    return [row["batch"] for row in await sql(BATCHES, limit)]


async def tasks_of(guide_id: int) -> list[TaskView]:
    """What a guide has to do, what is due first; done ones of today after them."""
    day_start = now().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = GuideTask.filter(guide_id=guide_id).order_by("due_on", "id")
    return [
        TaskView(row.public_id, row.member_id, row.text, row.due_on, row.done_at)
        for row in await rows
        if row.done_at is None or row.done_at >= day_start
    ]
