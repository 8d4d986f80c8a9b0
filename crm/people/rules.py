"""Decisions about people, pure: who gets the credit of a sale, how many points, what is shown."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.money import yuan
from core.security.scope import Role
from crm.people.errors import BadPhone, ConsentTextUnknown, NoSuchPurpose, ReasonNeeded

ATTRIBUTION_RULE = "v1"
STANDARD_TIER = "standard"  # 普通会员
WHOLE, LAST4 = "people.phone", "people.phone_last4"  # two indexes, each with its own purpose
MAY_REVEAL = frozenset({Role.MARKETER, Role.HEAD_OFFICE})  # a whole phone, with a reason
MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")


class Purpose(StrEnum):
    """What a person may agree to, each on its own (P2, P3)."""

    MEMBERSHIP = "membership"  # 会员服务
    PHONE = "phone"  # 手机号
    MARKETING = "marketing"  # 营销消息
    FRANCHISEE = "franchisee"  # 向加盟商提供


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What was shown. A new sentence is a new version; an old one is never edited."""

    version: str
    zh: str
    en: str


CONSENT_TEXTS: dict[Purpose, ConsentText] = {
    Purpose.MEMBERSHIP: ConsentText(
        "membership-2026-01",
        "为提供会员服务，我们保存您的微信标识、订单和积分。您可以随时在“我的”中撤回。",
        "To serve you as a member we keep your WeChat id, orders and points. Withdraw at any time.",
    ),
    Purpose.PHONE: ConsentText(
        "phone-2026-01",
        "为在门店使用积分，我们加密保存您的手机号，仅用于识别会员身份。",
        "To let you use points in a store we keep your phone number, encrypted, to recognise you.",
    ),
    Purpose.MARKETING: ConsentText(
        "marketing-2026-01",
        "我们可以向您发送新品和优惠消息，频率受限，不同意不影响购买。",
        "We may tell you about new products and offers, rarely. You can buy without agreeing.",
    ),
    Purpose.FRANCHISEE: ConsentText(
        "franchisee-2026-01",
        "加盟门店可以看到您在该店的消费和会员等级，看不到您的手机号。",
        "A franchised store may see your purchases there and your tier, never your phone.",
    ),
}


def purpose_of(name: str) -> Purpose:
    """Raises NoSuchPurpose."""
    try:
        return Purpose(name)
    except ValueError:
        raise NoSuchPurpose() from None


def check_consent(purpose: Purpose, version: str) -> None:
    """Raises ConsentTextUnknown when the person was shown another text than today's."""
    if CONSENT_TEXTS[purpose].version != version:
        raise ConsentTextUnknown(purpose=purpose, version=CONSENT_TEXTS[purpose].version)


class MessageState(StrEnum):
    """How a message to our own staff ended. Unknown: WeCom never said whether it took it."""

    WANTED = "wanted"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    FAILED = "failed"


ENDED = frozenset({MessageState.DELIVERED, MessageState.FAILED})
REPEATS_FOR = timedelta(minutes=25)  # WeCom is asked to drop a repeated text for 30


class Why(StrEnum):
    """Why a guide gets the credit of a sale."""

    SOURCE = "source"  # 订单来源
    BINDING = "binding"  # 导购绑定
    NOBODY = "nobody"  # 自然成交


def attribute(*, source_guide: int | None, bound_guide: int | None) -> tuple[int | None, Why]:
    """Attribution rule v1 (业绩归属): the source on the order wins, else the current binding."""
    if source_guide is not None:
        return source_guide, Why.SOURCE
    if bound_guide is not None:
        return bound_guide, Why.BINDING
    return None, Why.NOBODY


def is_phone_wanted(*, points: int, has_phone: bool) -> bool:
    """A phone is asked for when there are points to use in a store, and not a moment earlier."""
    return points > 0 and not has_phone


def plain_phone(raw: str) -> str:
    """Eleven digits. Raises BadPhone, whose facts do not repeat the number."""
    found = MOBILE.fullmatch(re.sub(r"[\s-]", "", raw))
    if found is None:
        raise BadPhone()
    return found[1]


def mask_phone(phone: str) -> str:
    """As `138****1234`: the head tells the network, the tail lets a member recognise it."""
    return f"{phone[:3]}****{phone[-4:]}"


def check_reason(reason: str) -> str:
    """Raises ReasonNeeded: a look at a full number is on record with words, not with a dot."""
    kept = reason.strip()
    if len(kept) < 4:
        raise ReasonNeeded()
    return kept


def sale_message(*, order_no: str, paid_fen: int, store_name: str) -> str:
    """To a guide. The end of the order number keeps two alike sales two messages."""
    return f"您的顾客在{store_name}下单 ¥{yuan(paid_fen)}，订单尾号 {order_no[-6:]}。"


def share_message(*, order_no: str, paid_fen: int, share_fen: int, store_name: str) -> str:
    """To a franchisee, of a sale in a store of theirs."""
    sold = f"{store_name}成交 ¥{yuan(paid_fen)}，您的分账 ¥{yuan(share_fen)}"
    return f"{sold}，订单尾号 {order_no[-6:]}。"


def card_title(title: str) -> str:
    """Cut to the 64 bytes that WeCom takes for a card, at a whole character."""
    return title.encode()[:64].decode(errors="ignore")
