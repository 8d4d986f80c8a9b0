"""What this room can say of a member, for conditions and columns."""

from core.audience import Choice, Export, Kind, Trait, register, register_population
from crm.people.rules import PURPOSES, Entrance, Gender, IdKind

LIVE = "merged_into_id IS NULL AND erased_at IS NULL"
ENTRANCES = {
    Entrance.OFFICIAL_ACCOUNT: ("公众号", "official account"),
    Entrance.SOCIAL: ("社交裂变", "shared by friends and groups"),
    Entrance.MINI_PROGRAM: ("自有小程序", "own mini-program"),
    Entrance.MARKETPLACE: ("平台小程序", "marketplace mini-program"),
    Entrance.PUSH: ("外部推送与直播", "outside pushes and live"),
    Entrance.STORE: ("到店", "a visit to a store"),
}
GENDERS = {
    Gender.FEMALE: ("女", "female"),
    Gender.MALE: ("男", "male"),
    Gender.OTHER: ("其他", "other"),
}
WAYS = {
    IdKind.OPEN_ID: ("小程序", "mini-program"),
    IdKind.EXTERNAL_USERID: ("企业微信", "WeCom"),
    IdKind.PHONE: ("短信", "text message"),
    IdKind.EMAIL: ("邮件", "e-mail"),
}


def _choices(names: dict[str, tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(str(value), zh, en) for value, (zh, en) in names.items())


def _own(name: str, kind: Kind, zh: str, en: str, value: str, **more: object) -> Trait:
    """A trait that stands in the member's own row."""
    sql = f"SELECT id AS member_id, {value} AS value FROM people_member"  # noqa: S608 (our own)
    return register(Trait(name, kind, zh, en, sql, **more))  # type: ignore[arg-type]


register_population(
    "SELECT id AS member_id FROM people_member WHERE merged_into_id IS NULL AND erased_at IS NULL"
)
_own("people.joined", Kind.MOMENT, "入会时间", "joined", "joined_at")
_own(
    "people.entrance",
    Kind.CHOICE,
    "来源渠道",
    "came in by",
    "entrance",
    choices=_choices({str(key): words for key, words in ENTRANCES.items()}),
)
_own("people.birth_month", Kind.NUMBER, "生日月份", "month of birth", "birth_month::bigint")
_own("people.is_minor", Kind.FLAG, "未满十四周岁", "under fourteen", "minor_until > current_date")
_own(
    "people.gender",
    Kind.CHOICE,
    "性别",
    "gender",
    "gender",
    choices=_choices({str(key): words for key, words in GENDERS.items()}),
    export=Export.MASKED,
)
register(
    Trait(
        "people.has_phone",
        Kind.FLAG,
        "有手机号",
        "has a phone",
        "SELECT member_id, true AS value FROM people_identity"
        " WHERE kind = 'phone' AND until IS NULL GROUP BY member_id",
    )
)
register(
    Trait(
        "people.agreed",
        Kind.CHOICE,
        "已同意的用途",
        "agreed to",
        "SELECT member_id, purpose AS value FROM people_consent WHERE withdrawn_at IS NULL",
        choices=_choices({str(key): words for key, words in PURPOSES.items()}),
        is_many=True,
    )
)
register(
    Trait(
        "people.reached_by",
        Kind.CHOICE,
        "已有的联系方式",
        "known by",
        "SELECT member_id, kind AS value FROM people_identity"
        " WHERE until IS NULL AND kind IN ('open_id', 'external_userid', 'phone', 'email')"
        " GROUP BY member_id, kind",
        choices=_choices({str(key): words for key, words in WAYS.items()}),
        is_many=True,
    )
)
register(
    Trait(
        "people.guide",
        Kind.NUMBER,
        "专属导购编号",
        "own guide",
        "SELECT member_id, guide_id AS value FROM people_binding WHERE unbound_at IS NULL",
    )
)
register(
    Trait(
        "people.store",
        Kind.NUMBER,
        "所属门店编号",
        "own store",
        "SELECT member.id AS member_id, coalesce(held.store_id, member.home_store_id) AS value"
        " FROM people_member AS member LEFT JOIN people_binding AS held"
        " ON held.member_id = member.id AND held.unbound_at IS NULL"
        " WHERE coalesce(held.store_id, member.home_store_id) IS NOT NULL",
    )
)
