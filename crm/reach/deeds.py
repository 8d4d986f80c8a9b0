"""What journeys may do by this room: tell a member something, or ask their guide."""

from datetime import timedelta
from functools import partial

from pydantic import BaseModel, ConfigDict, Field

from core import clock
from core.deeds import Deed, Done, Outcome, Refused, register
from crm.reach.errors import NoGuide, NoWay, TemplateNotFound, WrongChannel
from crm.reach.queries import budget_of, template_of
from crm.reach.rules import Channel
from crm.reach.service import ask_guide, want

ORDER = (Channel.SUBSCRIBE, Channel.WECOM, Channel.MAIL, Channel.SMS)  # the cheapest first


class Telling(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    template: str = Field(title="消息模板", min_length=2, max_length=40)
    words: dict[str, str] = Field(default={}, title="填充内容", max_length=10)


class BestTelling(BaseModel):
    """One template for each channel; the first channel that may still carry one is used."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    templates: list[str] = Field(title="消息模板", min_length=1, max_length=4)
    words: dict[str, str] = Field(default={}, title="填充内容", max_length=10)


class GuideTask(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(title="任务内容", min_length=2, max_length=200)
    days: int = Field(default=3, title="完成期限（天）", ge=0, le=60)


async def tell(channel: Channel, member_id: int, params: Telling, cause: str) -> Outcome:
    try:
        if (await template_of(params.template)).channel is not channel:
            return Refused(WrongChannel.code)
        await want(
            key=cause,
            member_id=member_id,
            template=params.template,
            cause=about(cause),
            words=params.words,
        )
    except TemplateNotFound as gone:
        return Refused(gone.code)
    return Done(f"message:{cause}")


async def tell_best(member_id: int, params: BestTelling, cause: str) -> Outcome:
    by_channel = {}
    for code in params.templates:
        try:
            by_channel[(await template_of(code)).channel] = code
        except TemplateNotFound as gone:
            return Refused(gone.code)
    left = {line.channel: line.left for line in await budget_of(member_id)}
    for channel in ORDER:
        if channel in by_channel and left[channel] > 0:
            chosen = Telling(template=by_channel[channel], words=params.words)
            return await tell(channel, member_id, chosen, cause)
    return Refused(NoWay.code)


async def give_task(member_id: int, params: GuideTask, cause: str) -> Outcome:
    due_on = clock.shop_day(clock.now()) + timedelta(days=params.days)
    is_asked = await ask_guide(key=cause, member_id=member_id, text=params.text, due_on=due_on)
    return Done(f"task:{cause}") if is_asked else Refused(NoGuide.code)


def about(cause: str) -> str:
    """A cause like `journey:12:345:2` belongs to `journey:12`: messages are counted by that."""
    return ":".join(cause.split(":")[:2])


NAMES = {
    Channel.SUBSCRIBE: ("发订阅消息", "send a subscription message"),
    Channel.WECOM: ("企业微信群发", "send by WeCom"),
    Channel.SMS: ("发短信", "send an SMS"),
    Channel.MAIL: ("发邮件", "send a mail"),
}
for one, (zh, en) in NAMES.items():
    doing = partial(tell, one)
    register(Deed(f"reach.{one}", zh, en, Telling, doing, is_message=True, channel=one))
register(
    Deed(
        "reach.best",
        "按最佳渠道发消息",
        "tell by the best channel",
        BestTelling,
        tell_best,
        is_message=True,
        channel="best",
    )
)
register(Deed("reach.guide_task", "请导购跟进", "ask the guide", GuideTask, give_task))
