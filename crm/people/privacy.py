"""Which columns of this room are personal, why and how long they are kept; what is whose (P1)."""

from core.privacy import Disclosure, Expiring, Ground, Kept, OnErase, OnMerge, Owned, Purpose

_MEMBER = frozenset({Purpose.MEMBERSHIP})
_PHONE = frozenset({Purpose.PHONE, Purpose.MEMBERSHIP})
_STAFF = frozenset({Ground.STAFF})
_SAFETY = frozenset({Ground.SAFETY})
_LAW = frozenset({Ground.LAW})
YEAR, THREE_YEARS = 365, 1095

PERSONAL: dict[str, Kept] = {
    "people_member.name_cipher": Kept(_MEMBER, 0, "姓名", "name"),
    "people_member.birthday_cipher": Kept(_MEMBER, 0, "生日", "birthday"),
    "people_member.birth_month": Kept(_MEMBER, 0, "生日的月份", "month of birth"),
    "people_member.birth_day": Kept(_MEMBER, 0, "生日的日期", "day of birth"),
    "people_member.minor_until": Kept(_MEMBER, 0, "满十四周岁的日期", "day of turning fourteen"),
    "people_member.gender": Kept(_MEMBER, 0, "性别", "gender"),
    "people_member.entrance": Kept(_MEMBER, YEAR, "来源渠道", "way of joining"),
    "people_identity.realm": Kept(_MEMBER, 0, "标识所属应用", "app of an id"),
    "people_identity.known_as": Kept(_MEMBER, 0, "微信与会员卡标识", "ids of WeChat and cards"),
    "people_identity.tail_index": Kept(_PHONE, 0, "手机号后四位索引", "index of the phone's end"),
    "people_identity.cipher": Kept(
        _PHONE, 0, "手机号与邮箱（加密）", "phone and e-mail, encrypted"
    ),
    "people_consent.text_version": Kept(_LAW, THREE_YEARS, "授权记录", "what was agreed to", "''"),
    "people_touch.entrance": Kept(_MEMBER, YEAR, "来源触点的渠道", "way of a visit"),
    "people_touch.guide_id": Kept(_MEMBER, YEAR, "来源导购", "guide who shared"),
    "people_touch.store_id": Kept(_MEMBER, YEAR, "来源门店", "store of a visit"),
    "people_touch.group_id": Kept(_MEMBER, YEAR, "来源客户群", "group of a visit"),
    "people_touch.product_id": Kept(_MEMBER, YEAR, "来源商品", "product of a visit"),
    "people_touch.at": Kept(_MEMBER, YEAR, "来源时间", "time of a visit"),
    "people_binding.guide_id": Kept(_MEMBER, YEAR, "专属导购", "own guide"),
    "people_follow_up.product_id": Kept(_MEMBER, YEAR, "跟进的商品", "product to follow up"),
    "people_member_message.order_id": Kept(_MEMBER, YEAR, "通知的订单", "order of a notice"),
    "people_one_time_code.known_as": Kept(_SAFETY, 0, "验证码的接收方", "receiver of a code"),
    "people_store_contract.recorded_by": Kept(
        _STAFF, THREE_YEARS, "合同登记人", "who put on record"
    ),
    "people_merge.reason": Kept(_LAW, THREE_YEARS, "合并理由", "reason of a merge", "''"),
    "people_merge.filled": Kept(_LAW, THREE_YEARS, "合并前的资料", "profile before a merge"),
}

NOT_PERSONAL = frozenset(
    {
        "id", "public_id", "member_id", "tier", "joined_at", "purpose", "how", "given_at",
        "withdrawn_at", "guide_id", "store_id", "group_id", "bound_at", "unbound_at", "chat_id",
        "name", "owner_guide_id", "seen_at", "gone_at", "order_no", "why", "rule", "paid_fen",
        "points", "at", "key", "staff_id", "text", "state", "wanted_at", "first_tried_at",
        "settled_at", "due_on", "home_store_id", "merged_into_id", "erased_at", "kind", "source",
        "since", "verified_at", "until", "why_ended", "kept_id", "gone_id", "matched_by", "actor",
        "moved", "undone_at", "undone_by", "undone_reason", "one_id", "other_id", "found_at",
        "decided_at", "decided_by", "is_same", "asked_at", "why_waits", "done_at", "counts",
        "code_hash", "tries", "expires_at", "used_at", "day", "table_name", "rows", "fingerprint",
        "company_id", "handling", "contract_no", "recorded_at", "parted_at", "back_at",
        "lines_done", "new", "changed", "same", "refused", "started_at", "ended_at",
    }
)  # fmt: skip

OWNED = (
    Owned("people_member", column="id", merge=OnMerge.KEEP, erase=OnErase.BLANK),
    Owned("people_member", column="merged_into_id", merge=OnMerge.KEEP, is_copied=False),
    Owned("people_identity", erase=OnErase.DELETE),
    # Whoever said no, or yes, for themselves is not spoken for by an older list.
    Owned("people_consent", once_by=("purpose",)),
    Owned("people_touch", erase=OnErase.DELETE),
    Owned("people_binding", merge=OnMerge.KEEP),
    Owned("people_attribution", is_copied=False),
    Owned("people_member_message", erase=OnErase.DELETE),
    Owned("people_follow_up", once_by=("product_id",), erase=OnErase.DELETE),
    Owned("people_merge", column="kept_id", merge=OnMerge.KEEP, erase=OnErase.BLANK),
    Owned("people_merge", column="gone_id", merge=OnMerge.KEEP, is_copied=False),
    Owned("people_match", column="one_id", merge=OnMerge.KEEP, is_copied=False),
    Owned("people_match", column="other_id", merge=OnMerge.KEEP, is_copied=False),
    Owned("people_parting", once_by=("company_id",), once_where="back_at IS NULL"),
    Owned("people_erasure", merge=OnMerge.KEEP),
)

EXPIRING = (
    Expiring("people_one_time_code", "expires_at", 1, "验证码", "codes sent to a phone or e-mail"),
    Expiring("people_touch", "at", THREE_YEARS, "来源触点", "visits by a shared card"),
    Expiring(
        "people_identity", "until", THREE_YEARS, "已失效的标识", "ids that are valid no more",
        "until IS NOT NULL",
    ),
    Expiring(
        "people_member_message", "settled_at", YEAR, "通知记录", "notices that were sent",
        "settled_at IS NOT NULL",
    ),
)  # fmt: skip

REVEALED = """
SELECT split_part(subject, ':', 2)::bigint AS member_id, at, actor FROM core_audit_log
WHERE action = 'people.phone_revealed' AND at >= $1 AND at < $2
"""
COPIED = """
SELECT split_part(subject, ':', 2)::bigint AS member_id, at, actor FROM core_audit_log
WHERE action = 'people.copied' AND at >= $1 AND at < $2
"""

DISCLOSURES = (
    Disclosure(
        "people.phone_revealed", "查看完整手机号", "a whole phone was shown",
        ("people_identity.cipher",), REVEALED,
    ),
    Disclosure(
        "people.copied", "会员下载个人数据", "a member's copy of their own data",
        ("people_identity.cipher", "people_member.name_cipher", "people_member.birthday_cipher"),
        COPIED,
    ),
)  # fmt: skip
