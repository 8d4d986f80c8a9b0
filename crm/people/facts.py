"""What this room can say of a member, for conditions and columns."""

from core.audience import Kind, Trait, register, register_population

register_population("SELECT id AS member_id FROM people_member")

register(
    Trait(
        "people.joined",
        Kind.MOMENT,
        "入会时间",
        "joined",
        "SELECT id AS member_id, joined_at AS value FROM people_member",
    )
)
register(
    Trait(
        "people.has_phone",
        Kind.FLAG,
        "有手机号",
        "has a phone",
        "SELECT id AS member_id, phone_index IS NOT NULL AS value FROM people_member",
    )
)
