"""Set the scene: members who may be reached, templates, and a world that takes messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time
from itertools import count
from typing import Any

from core.settings import Settings, configure, current
from crm.people import identities
from crm.people.models import Member
from crm.people.rules import CONSENT_TEXTS, IdKind, Purpose
from crm.people.service import give_consent
from crm.reach.models import Message
from crm.reach.rules import Channel
from crm.reach.service import TemplateText, save_quiet_hours, save_template
from sandbox import contacts, people
from sandbox.world import World
from tests.scenes.people import a_member, head_office, played, with_open_id, with_phone
from trade.stores.models import Staff

SUBSCRIPTION = "TPBX4Uciov71gF4ofF9xV1IoWGkfEZCQxXmAtxcSrwI"
serial = count(1)


@asynccontextmanager
async def a_world(
    settings: Settings, secrets: dict[str, Any], *, guides: tuple[str, ...] = ()
) -> AsyncIterator[World]:
    """Everything outside, with mail; and no quiet hours, for tests run at night too."""
    async with played(settings, secrets, members=guides) as world:
        mail = current().mail
        assert mail
        there = mail.model_copy(update={"port": world.smtp_port})
        configure(current().model_copy(update={"mail": there}))
        await save_quiet_hours(scope=head_office(), starts=time(0), ends=time(0))
        yield world


async def a_reachable_member(*, guide: Staff | None = None, phone: str = "") -> Member:
    """Agreed to marketing and left a number."""
    member = await a_member(guide=guide)
    await agreed(member)
    return await with_phone(member, phone or f"138{next(serial):08}")


async def agreed(member: Member, purpose: Purpose = Purpose.MARKETING) -> None:
    version = CONSENT_TEXTS[purpose].version
    await give_consent(member_id=member.id, purpose=purpose, version=version, how="test")


async def with_mail(member: Member, address: str) -> None:
    assert await identities.add(member.id, IdKind.EMAIL, address, source="test")


async def in_mini_program(world: World, member: Member, user_id: str = "u1") -> None:
    """By the app of our own, where popups are answered."""
    app = the_app(world)
    _ = await with_open_id(member, app.app_id, people.openid(world, app.app_id, user_id))


async def in_wecom(world: World, member: Member, guide: str, user_id: str = "u1") -> str:
    """A contact of one of our guides; answers the external_userid."""
    [corp] = world.corps.values()
    contacts.add(world, corp, userid=guide, user_id=user_id)
    external = people.external_userid(world, corp.corp_id, user_id)
    assert await identities.add(
        member.id, IdKind.EXTERNAL_USERID, external, source="test", realm=corp.corp_id
    )
    return external


def the_app(world: World) -> Any:
    return next(app for app in world.apps.values() if app.kind == "mini_program")


async def a_template(channel: Channel = Channel.SMS, code: str = "", **more: Any) -> str:
    """Answers its code."""
    code = code or f"news-{channel}"
    usual: dict[Channel, dict[str, Any]] = {
        Channel.SUBSCRIBE: {"platform_id": SUBSCRIPTION, "data": {"thing1": "秋季新品{what}"}},
        Channel.WECOM: {"text": "秋季新品{what}到店，欢迎来看。"},
        Channel.SMS: {"text": "秋季新品{what}到店。"},
        Channel.MAIL: {"subject": "秋季新品", "text": "秋季新品{what}到店。"},
    }
    given = {"code": code, "name": code, "channel": channel, **usual[channel], **more}
    text = TemplateText(**given)
    await save_template(scope=head_office(), said=text)
    return code


async def stands(key: str) -> tuple[str, str]:
    """State and reason of a message."""
    row = await Message.get(key=key)
    return row.state.value, row.why
