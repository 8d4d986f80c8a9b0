"""Templates of messages: saved by marketers, checked as far as we can before the outside does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core import audit_log, clock
from core.database import use_case
from core.privacy import Purpose
from core.security.scope import Scope
from crm.reach.errors import BadTemplate
from crm.reach.models import Template
from crm.reach.rules import Channel, check_template

PURPOSES = (Purpose.MARKETING, Purpose.MEMBERSHIP)


@dataclass(frozen=True, slots=True)
class TemplateText:
    """What a person filled in. `data`: the fields of a subscription message, by their names."""

    code: str
    name: str
    channel: str
    purpose: str = Purpose.MARKETING
    subject: str = ""
    text: str = ""
    platform_id: str = ""
    page: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    is_on: bool = True


@use_case
async def save_template(*, scope: Scope, said: TemplateText) -> None:
    """Make a template or change it; on record. Raises BadTemplate."""
    if said.channel not in set(Channel) or said.purpose not in PURPOSES or not said.name.strip():
        raise BadTemplate(where="channel,purpose,name")
    channel = Channel(said.channel)
    check_template(
        code=said.code,
        channel=channel,
        text=said.text,
        subject=said.subject,
        platform_id=said.platform_id,
        fields=said.data,
    )
    known = await Template.get_or_none(code=said.code)
    if known is not None and known.channel is not channel:
        raise BadTemplate(where="channel")
    given = {
        "name": said.name.strip()[:60],
        "channel": channel,
        "purpose": Purpose(said.purpose),
        "subject": said.subject,
        "text": said.text,
        "platform_id": said.platform_id,
        "page": said.page[:120],
        "data": dict(said.data),
        "is_on": said.is_on,
        "changed_at": clock.now(),
    }
    await Template.update_or_create(given, code=said.code)
    await audit_log.record(scope, "reach.template_saved", said.code, channel=channel)
