"""What this room can say of a member: the ways the brand may use itself, and what was told."""

from core.audience import Attribute, Choice, Happening, Kind, Trait, register, traits

CHANNELS = (
    Choice("subscribe", "订阅消息", "subscription message"),
    Choice("wecom", "企业微信", "WeCom"),
    Choice("sms", "短信", "SMS"),
    Choice("mail", "邮件", "mail"),
)
PERMITTED = """
SELECT DISTINCT member_id, 'subscribe' AS value FROM reach_permit
WHERE message_id IS NULL AND ended_at IS NULL"""
ADDRESSED = """
SELECT member_id, CASE value WHEN 'phone' THEN 'sms' WHEN 'email' THEN 'mail' ELSE 'wecom' END
FROM ({known}) AS known WHERE value IN ('phone', 'email', 'external_userid')"""
WAYS = """
SELECT ways.member_id, ways.value FROM ({ways}) AS ways
JOIN ({agreed}) AS agreed ON agreed.member_id = ways.member_id AND agreed.value = 'marketing'"""
REACHED = "SELECT DISTINCT member_id, true AS value FROM ({ways}) AS reached"


def _ways() -> str:
    """Consent for marketing and an address: nothing here is bought by auction."""
    addressed = ADDRESSED.format(known=traits["people.reached_by"].sql)
    ways = f"{PERMITTED} UNION ALL {addressed}"
    return WAYS.format(ways=ways, agreed=traits["people.agreed"].sql)


register(
    Trait(
        "reach.channels",
        Kind.CHOICE,
        "可触达渠道",
        "can be reached by",
        _ways(),
        choices=CHANNELS,
        is_many=True,
    )
)
register(
    Trait(
        "reach.is_reachable",
        Kind.FLAG,
        "可触达",
        "can be reached",
        REACHED.format(ways=_ways()),
    )
)
register(
    Happening(
        "reach.told",
        "收到消息",
        "was told",
        "SELECT member_id, tried_at AS at, channel::text AS channel, cause FROM reach_message"
        " WHERE state = 'sent'",
        {
            "channel": Attribute(Kind.CHOICE, "渠道", "channel", choices=CHANNELS),
            "cause": Attribute(Kind.TEXT, "活动", "for"),
        },
    )
)
