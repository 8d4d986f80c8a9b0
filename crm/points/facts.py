"""What this room can say of a member, for conditions and columns."""

from core.audience import Attribute, Choice, Happening, Kind, Trait, register
from crm.points.rules import On

ON = tuple(
    Choice(on, zh, en)
    for on, (zh, en) in {
        On.ORDER: ("消费", "an order"),
        On.SIGN_IN: ("签到", "signing in"),
        On.JOIN: ("入会", "joining"),
        On.BIRTHDAY: ("生日", "a birthday"),
        On.REVIEW: ("评价", "a review"),
        On.SHARE: ("分享", "sharing"),
        On.FAVOURITE: ("收藏", "a favourite"),
        On.VISIT: ("到店", "a visit"),
        On.FOLLOW: ("关注", "following"),
        On.GIFT: ("赠送", "a gift"),
    }.items()
)
OWNER = "substr(owner, 8)::bigint AS member_id"
BALANCE = (
    f"SELECT {OWNER}, balance AS value FROM core_ledger_account"  # noqa: S608 - our own words
    " WHERE kind = '{kind}' AND owner LIKE 'member:%'"
)
SOON = (
    f"SELECT {OWNER}, sum(lot.remaining)::bigint AS value FROM core_ledger_lot AS lot"  # noqa: S608
    " JOIN core_ledger_account AS account ON account.id = lot.account_id"
    " WHERE kind = 'points' AND owner LIKE 'member:%' AND lot.remaining > 0"
    " AND lot.expires_at <= now() + interval '30 days' GROUP BY owner"
)


def _number(name: str, zh: str, en: str, sql: str) -> None:
    register(Trait(f"points.{name}", Kind.NUMBER, zh, en, sql))


_number("balance", "消费积分余额", "points", BALANCE.format(kind="points"))
_number(
    "behaviour_balance", "行为积分余额", "behaviour points", BALANCE.format(kind="behaviour_points")
)
_number("expiring_in_30_days", "30 天内到期的积分", "points that end within 30 days", SOON)
_number(
    "pending",
    "待生效积分",
    "points that wait",
    "SELECT member_id, sum(points)::bigint AS value FROM points_earning"
    " WHERE state = 'pending' AND purse = 'points' GROUP BY member_id",
)
_number(
    "streak",
    "最近一次连续签到天数",
    "days in a row of the last sign-in",
    "SELECT DISTINCT ON (member_id) member_id, streak::bigint AS value FROM points_check_in"
    " ORDER BY member_id, day DESC",
)
register(
    Trait(
        "points.owes",
        Kind.FLAG,
        "积分为负（退款欠分）",
        "owes points",
        f"SELECT {OWNER}, true AS value FROM core_ledger_account"  # noqa: S608
        " WHERE kind = 'points' AND owner LIKE 'member:%' AND balance < 0",
    )
)
register(
    Happening(
        "points.earned",
        "获得积分",
        "earned points",
        'SELECT member_id, given_at AS at, points, "on"::text AS for_what FROM points_earning'
        " WHERE state = 'given'",
        {
            "points": Attribute(Kind.NUMBER, "积分", "points"),
            "for_what": Attribute(Kind.CHOICE, "原因", "for what", ON),
        },
    )
)
register(
    Happening(
        "points.redeemed",
        "积分兑换",
        "redeemed points",
        "SELECT member_id, at, points FROM points_redemption WHERE state <> 'cancelled'",
        {"points": Attribute(Kind.NUMBER, "积分", "points")},
    )
)
