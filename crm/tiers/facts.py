"""What this room can say of a member, for conditions and columns."""

from core.audience import Attribute, Choice, Happening, Kind, Trait, register
from crm.tiers.queries import WHY, ladder_now, plans


async def tier_choices() -> list[Choice]:
    ladder = await ladder_now()
    return [Choice(one.code, one.zh or one.code, one.en or one.code) for one in ladder.rungs]


async def plan_choices() -> list[Choice]:
    return [Choice(one.code, one.zh, one.en or one.code) for one in await plans()]


register(
    Trait(
        "tiers.tier",
        Kind.CHOICE,
        "会员等级",
        "tier",
        "SELECT member_id, tier AS value FROM tiers_standing",
        choices=tier_choices,
    )
)
register(
    Trait(
        "tiers.earned",
        Kind.CHOICE,
        "消费所得等级",
        "tier earned by buying",
        "SELECT member_id, earned AS value FROM tiers_standing",
        choices=tier_choices,
    )
)
register(
    Trait(
        "tiers.rank",
        Kind.NUMBER,
        "等级高低（0 起）",
        "rank of the tier, from 0",
        "SELECT member_id, rank::bigint AS value FROM tiers_standing",
    )
)
register(
    Trait(
        "tiers.until",
        Kind.MOMENT,
        "等级到期时间",
        "end of the tier",
        "SELECT member_id, until AS value FROM tiers_standing WHERE until IS NOT NULL",
    )
)
register(
    Trait(
        "tiers.is_in_grace",
        Kind.FLAG,
        "等级宽限期内",
        "in the grace days of a tier",
        "SELECT member_id, is_in_grace AS value FROM tiers_standing",
    )
)
register(
    Trait(
        "tiers.plan",
        Kind.CHOICE,
        "付费会员",
        "paid membership",
        "SELECT DISTINCT member_id, plan AS value FROM tiers_term WHERE kind = 'plan'"
        " AND ended_at IS NULL AND starts_at <= now() AND ends_at > now()",
        choices=plan_choices,
        is_many=True,
    )
)
register(
    Trait(
        "tiers.plan_until",
        Kind.MOMENT,
        "付费会员到期时间",
        "end of the paid membership",
        "SELECT member_id, max(ends_at) AS value FROM tiers_term WHERE kind = 'plan'"
        " AND ended_at IS NULL AND ends_at > now() GROUP BY member_id",
    )
)
register(
    Happening(
        "tiers.changed",
        "等级变更",
        "changed tier",
        "SELECT member_id, at, from_tier, to_tier, why FROM tiers_change",
        {
            "from_tier": Attribute(Kind.CHOICE, "原等级", "from", tier_choices),
            "to_tier": Attribute(Kind.CHOICE, "新等级", "to", tier_choices),
            "why": Attribute(
                Kind.CHOICE, "原因", "because of", tuple(Choice(k, *v) for k, v in WHY.items())
            ),
        },
    )
)
