"""The templates of messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.privacy import Purpose
from crm.reach.errors import TemplateNotFound
from crm.reach.models import Template
from crm.reach.rules import Channel


@dataclass(frozen=True, slots=True)
class TemplateView:
    code: str
    name: str
    channel: Channel
    purpose: Purpose
    subject: str
    text: str
    platform_id: str
    page: str
    data: Mapping[str, str]
    is_on: bool
    changed_at: datetime


async def templates(channel: Channel | None = None) -> list[TemplateView]:
    """All of them, or those of one channel that are in use."""
    rows = Template.all() if channel is None else Template.filter(channel=channel, is_on=True)
    return [_view(row) for row in await rows.order_by("channel", "name")]


async def template_of(code: str) -> TemplateView:
    """Raises TemplateNotFound."""
    row = await Template.get_or_none(code=code[:40])
    if row is None:
        raise TemplateNotFound(template=code[:40])
    return _view(row)


def _view(row: Template) -> TemplateView:
    return TemplateView(
        code=row.code,
        name=row.name,
        channel=row.channel,
        purpose=row.purpose,
        subject=row.subject,
        text=row.text,
        platform_id=row.platform_id,
        page=row.page,
        data=row.data,
        is_on=row.is_on,
        changed_at=row.changed_at,
    )
