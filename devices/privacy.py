"""What tills and printers keep of people: a buyer's phone until the sale is booked (P1)."""

from core.privacy import Ground, Kept

_STAFF = frozenset({Ground.STAFF})
_CONTRACT = frozenset({Ground.CONTRACT})

PERSONAL: dict[str, Kept] = {
    "devices_till_receipt.member_cipher": Kept(
        _CONTRACT, 0, "收银小票会员手机（加密）", "phone on a till's receipt, encrypted"
    ),
    "devices_till_receipt.member_index": Kept(
        _CONTRACT, 0, "收银小票会员索引", "index of it", "''"
    ),
    "devices_till_upload.cipher": Kept(
        _CONTRACT, 0, "收银上传原文（加密）", "what a till sent, encrypted"
    ),
    "devices_till_conflict.answered_by": Kept(
        _STAFF, 1095, "冲突处理人", "who answered a conflict", "''"
    ),
}

NOT_PERSONAL = frozenset(
    {
        "answer", "answer_reason", "answered_at", "attempts", "became_id", "booked_at",
        "code", "columns", "content", "copy", "counts", "created_at", "digest", "document",
        "document_no", "ended_at", "exported_at", "first_at", "host", "id", "is_active",
        "is_snapshot", "kind", "lease_no", "leased_until", "name", "noted_at", "order_id",
        "origin_no", "origin_store_id", "origin_till", "partner_id", "payload", "port",
        "printer_id", "reason", "receipt_id", "receipt_no", "received_at", "seen",
        "sent_at", "sequence", "sold_at", "source", "state", "store_id", "till",
        "total_fen", "upload_id",
    }
)  # fmt: skip
