"""What a store of another company may see of members: by the role its contract gives it (P12)."""

from collections.abc import Iterable
from enum import StrEnum

from core.security.scope import Role


class Handling(StrEnum):
    """How somebody deals with members' data (个人信息处理角色); the strictest comes last."""

    OWN = "own"  # 自营: our own people
    ENTRUSTED = "entrusted"  # 受托处理: on our behalf, for our purposes
    JOINT = "joint"  # 共同处理: both decide, both answer
    PROVIDED = "provided"  # 向其提供: for purposes of their own, only with the member's consent


class Shared(StrEnum):
    """What can be shared of a member."""

    TIER = "tier"
    PURCHASES = "purchases"  # in the stores of that company, no others
    POINTS = "points"
    JOINED = "joined"
    GUIDE = "guide"
    COUPONS = "coupons"
    TAGS = "tags"
    PROFILE = "profile"  # masked name, way of joining, consents
    STEPS = "steps"  # views and messages
    PHONE = "phone"  # masked


WITH_CONTRACT = frozenset({Handling.ENTRUSTED, Handling.JOINT, Handling.PROVIDED})
SHARED: dict[Handling, frozenset[Shared]] = {
    Handling.OWN: frozenset(Shared),
    Handling.ENTRUSTED: frozenset(Shared),
    Handling.JOINT: frozenset(Shared) - {Shared.PROFILE, Shared.STEPS, Shared.PHONE},
    Handling.PROVIDED: frozenset({Shared.TIER, Shared.PURCHASES}),
}
HANDLINGS: dict[Handling, tuple[str, str]] = {
    Handling.OWN: ("自营", "our own"),
    Handling.ENTRUSTED: ("受托处理", "on our behalf"),
    Handling.JOINT: ("共同处理", "jointly with us"),
    Handling.PROVIDED: ("向其提供（须单独同意）", "provided to it, by consent alone"),
}
SHARED_WORDS: dict[Shared, tuple[str, str]] = {
    Shared.TIER: ("会员等级", "tier"),
    Shared.PURCHASES: ("在其门店的消费", "purchases in its stores"),
    Shared.POINTS: ("积分", "points"),
    Shared.JOINED: ("入会时间", "day of joining"),
    Shared.GUIDE: ("专属导购", "own guide"),
    Shared.COUPONS: ("优惠券", "coupons"),
    Shared.TAGS: ("标签", "tags"),
    Shared.PROFILE: ("打码的资料与授权", "masked profile and consents"),
    Shared.STEPS: ("浏览与触达记录", "views and messages"),
    Shared.PHONE: ("打码的手机号", "masked phone"),
}


def handling_of(role: Role, recorded: Iterable[Handling], *, is_all_recorded: bool) -> Handling:
    """What holds for an asker of a company: the strictest of its stores' contracts.

    Without one, its stores serve members on our behalf, and the company itself (加盟商) is somebody
    else, which it stays whatever its stores' contracts say of being entrusted.
    """
    order = list(Handling)
    missing = Handling.PROVIDED if role is Role.FRANCHISEE else Handling.ENTRUSTED
    found = [*recorded, *([] if is_all_recorded else [missing])]
    strictest = max(found, key=order.index, default=missing)
    is_company = role is Role.FRANCHISEE and strictest is Handling.ENTRUSTED
    return Handling.JOINT if is_company else strictest


def shared_with(role: Role, handling: Handling) -> frozenset[Shared]:
    """The fields; a company's own seat sees no phone, whatever the contract: members were told."""
    hidden = {Shared.PHONE} if role is Role.FRANCHISEE else set()
    return SHARED[handling] - hidden


def needs_consent(role: Role, handling: Handling) -> bool:
    """Whether only members who agreed to it are named to this asker (P3)."""
    return role is Role.FRANCHISEE or handling is Handling.PROVIDED
