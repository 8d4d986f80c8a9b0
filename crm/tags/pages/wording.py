"""What pages call the sources of a tag: Chinese, English."""

from crm.tags.queries import Source

SOURCES: dict[Source, tuple[str, str]] = {
    Source.MANUAL: ("手工", "By hand"),
    Source.RULE: ("规则", "By a rule"),
    Source.WECOM: ("企业微信", "In WeCom"),
    Source.IMPORT: ("导入", "Imported"),
    Source.JOURNEY: ("旅程或活动", "By a journey"),
}
