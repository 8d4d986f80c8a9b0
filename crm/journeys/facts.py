"""What this room can say of a member: where in their life with the brand they are, what they began.

The stage is worked out from consents and paid orders, so that it is never out of date (MB-07).
"""

from core.audience import (
    Attribute,
    Choice,
    Happening,
    Kind,
    Trait,
    happenings,
    populations,
    register,
    traits,
)

SLEEPS_AFTER_DAYS = 180
STAGES = (
    Choice("visitor", "未同意入会条款", "has not agreed to membership"),
    Choice("member", "已入会未购买", "member, no order"),
    Choice("active", "首购", "bought once"),
    Choice("repeat", "复购", "buys again"),
    Choice("sleeping", "沉睡", "sleeping"),
)
STAGE = """
SELECT everybody.member_id, CASE
    WHEN paid.times IS NULL AND agreed.member_id IS NULL THEN 'visitor'
    WHEN paid.times IS NULL THEN 'member'
    WHEN paid.last < now() - {days} * interval '1 day' THEN 'sleeping'
    WHEN paid.times = 1 THEN 'active'
    ELSE 'repeat' END AS value
FROM ({everybody}) AS everybody
LEFT JOIN (SELECT member_id, count(*) AS times, max(at) AS last FROM ({paid}) AS told
           GROUP BY member_id) AS paid ON paid.member_id = everybody.member_id
LEFT JOIN (SELECT DISTINCT member_id FROM ({agreed}) AS said WHERE value = 'membership') AS agreed
    ON agreed.member_id = everybody.member_id
"""
BEGAN = """
SELECT r.member_id, r.entered_at AS at, j.code::text AS journey
FROM journeys_run AS r JOIN journeys_journey AS j ON j.id = r.journey_id WHERE NOT r.is_holdout
"""

register(
    Trait(
        "lifecycle.stage",
        Kind.CHOICE,
        "生命周期阶段",
        "stage of life",
        STAGE.format(
            days=SLEEPS_AFTER_DAYS,
            everybody=populations[0],
            paid=happenings["orders.paid"].sql,
            agreed=traits["people.agreed"].sql,
        ),
        choices=STAGES,
    )
)
register(
    Happening(
        "journeys.began",
        "进入旅程或活动",
        "began a journey",
        BEGAN,
        {"journey": Attribute(Kind.TEXT, "旅程编码", "journey's code")},
    )
)
