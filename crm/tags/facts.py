"""What this room can say of a member: which tags they have, and how long they had one."""

from core.audience import Attribute, Choice, Happening, Kind, Trait, register
from crm.tags.queries import tag_choices
from crm.tags.rules import Source

HAS = """
SELECT m.member_id, t.public_id AS value FROM tags_mark AS m JOIN tags_tag AS t ON t.id = m.tag_id
WHERE m.ended_at IS NULL AND (m.until_at IS NULL OR m.until_at > now()) AND t.archived_at IS NULL
GROUP BY m.member_id, t.public_id
"""
GIVEN = """
SELECT m.member_id, m.since_at AS at, t.public_id AS tag, m.source::text AS source
FROM tags_mark AS m JOIN tags_tag AS t ON t.id = m.tag_id
"""
SOURCES = (
    Choice(Source.MANUAL, "手工", "by hand"),
    Choice(Source.RULE, "规则", "a rule"),
    Choice(Source.WECOM, "企业微信", "WeCom"),
    Choice(Source.IMPORT, "导入", "import"),
    Choice(Source.JOURNEY, "旅程或活动", "a journey or campaign"),
)

register(Trait("tags.has", Kind.CHOICE, "标签", "tags", HAS, tag_choices, is_many=True))
register(
    Happening(
        "tags.given",
        "被打标签",
        "was given a tag",
        GIVEN,
        {
            "tag": Attribute(Kind.CHOICE, "标签", "tag", tag_choices),
            "source": Attribute(Kind.CHOICE, "来源", "source", SOURCES),
        },
    )
)
