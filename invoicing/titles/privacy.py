"""What titles keep of people: what somebody asked us to remember (P1).

A company's registered name and number are public; sole traders' identity numbers are never listed.
"""

from core.privacy import Expiring, Ground, Kept, OnErase, Owned
from invoicing.titles.rules import FORGET_AFTER_DAYS

_CONTRACT = frozenset({Ground.CONTRACT})

PERSONAL: dict[str, Kept] = {
    "titles_remembered.sealed": Kept(
        _CONTRACT, 0, "保存的发票抬头和接收方式（加密）", "remembered titles, encrypted", "''"
    ),
    "titles_remembered.content_index": Kept(_CONTRACT, 0, "发票抬头索引", "index of a title", "''"),
    "titles_remembered.device_index": Kept(_CONTRACT, 0, "浏览器标识索引", "index of a browser"),
}

NOT_PERSONAL = frozenset(
    {
        "id", "title", "name_key", "tax_no", "speed_code", "source", "times", "seen_at",
        "invoice_id", "at", "asked_at", "member_id", "uses", "used_at", "created_at",
    }
)  # fmt: skip

OWNED = (Owned("titles_remembered", erase=OnErase.DELETE, once_by=("content_index",)),)

EXPIRING = (
    Expiring(
        "titles_remembered",
        at="used_at",
        days=FORGET_AFTER_DAYS,
        zh="一年未使用的发票抬头",
        en="titles that nobody used for a year",
    ),
)
