"""Decisions about reaching members, pure: channels, windows, quiet hours, what a text may be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from core.clock import SHOP_ZONE, shop_day
from core.privacy import Purpose
from crm.reach.errors import BadLimit, BadTemplate

ALL = ""  # the limit over all channels together


class Channel(StrEnum):
    """A way to a member that the brand owns itself: no auction stands before it."""

    SUBSCRIBE = "subscribe"  # 订阅消息
    WECOM = "wecom"  # 企业微信群发
    SMS = "sms"  # 短信
    MAIL = "mail"  # 邮件


class State(StrEnum):
    """How a message to a member stands.

    `unknown` from the moment it leaves until the outside has answered; who may repeat it safely
    does, else a person looks. `handed`: WeCom waits for the guide's confirmation.
    """

    WANTED = "wanted"
    UNKNOWN = "unknown"
    HANDED = "handed"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


OPEN = frozenset({State.WANTED, State.UNKNOWN, State.HANDED})
NOT_SPENT = frozenset({State.FAILED, State.SUPPRESSED})  # what it took of the budget comes back


class Why(StrEnum):
    """What stood in the way of a message."""

    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    NO_GRANT = "no_grant"  # the member allowed no (more) subscription message of this template
    CAPPED = "capped"
    TOO_LATE = "too_late"
    CANCELLED = "cancelled"
    NOT_SET_UP = "not_set_up"
    NO_TEMPLATE = "no_template"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    PLATFORM_CAP = "platform_cap"
    UNCONFIRMED = "unconfirmed"  # the guide did not press send
    NO_GUIDE = "no_guide"


class Window(StrEnum):
    """Calendar windows in the shop's time; the platforms count so too."""

    DAY = "day"
    WEEK = "week"  # from Monday
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many marketing messages to one member in a window; `channel` "": of all."""

    channel: str
    span: Window
    most: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something members are told of by itself, once the brand has written its words.

    A template named `<code>-<channel>`, as `tier-ends-sms`, whose text has some of `places`. Its
    purpose should be "membership": what somebody booked or paid for is no marketing.
    """

    code: str
    zh: str
    en: str
    places: tuple[str, ...]


NOTICES = (
    Notice("visit-booked", "已预约到店", "a visit is booked", ("store", "time")),
    Notice("visit-soon", "即将到店", "a visit comes soon", ("store", "time")),
    Notice("visit-cancelled", "到店预约已取消", "a visit is cancelled", ("store", "time")),
    Notice("tier-ends", "等级即将到期", "a tier ends soon", ("tier", "until", "missing")),
    Notice("membership-ends", "付费会员即将到期", "a membership ends soon", ("plan", "until")),
    Notice("membership-renew", "付费会员请续费", "a membership to renew", ("plan", "until")),
)
CHEAPEST_FIRST = (Channel.SUBSCRIBE, Channel.WECOM, Channel.MAIL, Channel.SMS)
REPEATABLE = frozenset({Channel.SMS})  # the outside drops a repetition of the same number
REPEATS_FOR = timedelta(hours=24)
GOOD_FOR = timedelta(days=3)  # a message that could not leave by then is not sent any more
CONFIRM_WITHIN = timedelta(days=3)

# What a platform itself allows one customer; nobody may set more.
PLATFORM_CAPS = (Cap(Channel.WECOM, Window.MONTH, 4),)
USUAL_CAPS = (
    Cap(ALL, Window.DAY, 1),
    Cap(ALL, Window.WEEK, 3),
    Cap(Channel.SMS, Window.WEEK, 1),
    Cap(Channel.SMS, Window.MONTH, 3),
    Cap(Channel.WECOM, Window.MONTH, 4),
    Cap(Channel.MAIL, Window.WEEK, 2),
)
MOST_OF_A_CAP = 100


@dataclass(frozen=True, slots=True)
class Quiet:
    """No marketing between these times of day; `starts == ends`: no quiet hours."""

    starts: time = time(21)
    ends: time = time(9)


def starts_on(window: Window, at: datetime) -> date:
    """The first day of the window that holds `at`."""
    day = shop_day(at)
    if window is Window.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if window is Window.MONTH else day


def quiet_until(quiet: Quiet, at: datetime) -> datetime | None:
    """When the quiet hours around `at` end; None: it may be sent now."""
    local = at.astimezone(SHOP_ZONE)
    clock, starts, ends = local.time(), quiet.starts, quiet.ends
    if starts == ends:
        return None
    over_night = starts > ends
    is_quiet = (clock >= starts or clock < ends) if over_night else starts <= clock < ends
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if over_night and clock >= starts else 0)
    return datetime.combine(day, ends, SHOP_ZONE)


def check_cap(cap: Cap) -> None:
    """Raises BadLimit for one out of range, or above what the platform allows."""
    if not 0 <= cap.most <= MOST_OF_A_CAP:
        raise BadLimit(channel=cap.channel, span=cap.span, most=MOST_OF_A_CAP)
    for theirs in PLATFORM_CAPS:
        if (theirs.channel, theirs.span) == (cap.channel, cap.span) and cap.most > theirs.most:
            raise BadLimit(channel=cap.channel, span=cap.span, most=theirs.most)


FIELD = re.compile(
    r"(?:thing|number|letter|symbol|character_string|time|date|amount|name|phrase)\d+"
)
PLACE = re.compile(r"\{([a-z_]{1,30})\}")
LONGEST = {Channel.SUBSCRIBE: 0, Channel.WECOM: 1300, Channel.SMS: 330, Channel.MAIL: 20_000}
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
SMS_END = "拒收请回复R"


def check_template(
    *,
    code: str,
    channel: Channel,
    text: str,
    subject: str,
    platform_id: str,
    fields: Mapping[str, str],
) -> None:
    """Raises BadTemplate that names what lacks or is too long."""
    faults = {
        "code": not CODE.fullmatch(code),
        "text": channel is not Channel.SUBSCRIBE and not 0 < len(text) <= LONGEST[channel],
        "subject": channel is Channel.MAIL and not 0 < len(subject.strip()) <= 120,
        "template_id": channel is Channel.SUBSCRIBE and not 0 < len(platform_id) <= 64,
        "fields": channel is Channel.SUBSCRIBE and not _are_fields(fields),
    }
    if found := [name for name, is_wrong in faults.items() if is_wrong]:
        raise BadTemplate(where=",".join(found))


def _are_fields(fields: Mapping[str, str]) -> bool:
    return 0 < len(fields) <= 10 and all(
        FIELD.fullmatch(name) and 0 < len(value) <= 60 for name, value in fields.items()
    )


def places_of(*texts: str) -> set[str]:
    """What the texts want filled in, as {store}."""
    return {name for text in texts for name in PLACE.findall(text)}


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with its places filled; a place without a word becomes nothing."""
    return PLACE.sub(lambda found: words.get(found[1], ""), text)


def sms_text(text: str, *, brand: str, purpose: Purpose) -> str:
    """As SMS wants it: who speaks stands first, and last how to end it, where it is marketing."""
    end = SMS_END if purpose is Purpose.MARKETING and SMS_END not in text else ""
    return f"【{brand}】{text}{' ' if end else ''}{end}"
