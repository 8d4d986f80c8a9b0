"""What this room can say of a member, for conditions and columns: their coupons."""

from core.audience import Attribute, Choice, Happening, Kind, Trait, register
from trade.promotions.queries import campaigns
from trade.promotions.rules import DealKind


async def coupon_choices() -> list[Choice]:
    found = await campaigns()
    return [Choice(one.code, one.name, one.name) for one in found if one.kind is DealKind.COUPON]


CODE = Attribute(Kind.CHOICE, "优惠券", "coupon", coupon_choices)

register(
    Trait(
        "coupons.in_hand",
        Kind.NUMBER,
        "可用优惠券张数",
        "coupons in hand",
        "SELECT member_id, count(*)::bigint AS value FROM promotions_coupon"
        " WHERE state = 'issued' AND ends_at > now() GROUP BY member_id",
    )
)
register(
    Trait(
        "coupons.has",
        Kind.CHOICE,
        "持有优惠券",
        "has a coupon of",
        "SELECT DISTINCT c.member_id, a.code AS value FROM promotions_coupon AS c"
        " JOIN promotions_campaign AS a ON a.id = c.campaign_id"
        " WHERE c.state = 'issued' AND c.ends_at > now()",
        choices=coupon_choices,
        is_many=True,
    )
)
register(
    Trait(
        "coupons.next_end",
        Kind.MOMENT,
        "最近到期的优惠券",
        "the next coupon ends",
        "SELECT member_id, min(ends_at) AS value FROM promotions_coupon"
        " WHERE state = 'issued' AND ends_at > now() GROUP BY member_id",
    )
)
register(
    Happening(
        "coupons.given",
        "获得优惠券",
        "was given a coupon",
        "SELECT c.member_id, c.claimed_at AS at, a.code FROM promotions_coupon AS c"
        " JOIN promotions_campaign AS a ON a.id = c.campaign_id WHERE c.returned_of_id IS NULL",
        {"code": CODE},
    )
)
register(
    Happening(
        "coupons.used",
        "使用优惠券",
        "used a coupon",
        "SELECT c.member_id, c.used_at AS at, a.code, u.fen AS saved"
        " FROM promotions_coupon AS c JOIN promotions_campaign AS a ON a.id = c.campaign_id"
        " JOIN promotions_use AS u ON u.kind = 'coupon' AND u.ref = c.id"
        " AND u.order_no = c.order_no WHERE c.state = 'used'",
        {"code": CODE, "saved": Attribute(Kind.FEN, "优惠金额", "money off")},
    )
)
