"""What tills and printers keep of people (P1): a buyer's phone, who signed, who printed."""

from core.privacy import Expiring, Ground, Kept

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
    "devices_contract.signer_cipher": Kept(
        _CONTRACT, 1825, "合同签字人（加密）", "who signed a contract, encrypted"
    ),
    "devices_contract.made_by": Kept(_STAFF, 1825, "合同经办人", "who made a contract", "''"),
    "devices_contract.ended_by": Kept(_STAFF, 1825, "合同签收人", "who noted the signature", "''"),
    "devices_print_job.made_by": Kept(_STAFF, 30, "打印操作人", "who asked for a print", "''"),
    "devices_print_job.decided_by": Kept(_STAFF, 30, "打印确认人", "who decided on it", "''"),
    "devices_print_template.made_by": Kept(
        _STAFF, 1095, "模板编辑人", "who wrote a template", "''"
    ),
    "devices_till_conflict.answered_by": Kept(
        _STAFF, 1095, "冲突处理人", "who answered a conflict", "''"
    ),
}

NOT_PERSONAL = frozenset(
    {
        "account_id", "address", "agent_id", "answer", "answer_reason", "answered_at",
        "asked_at", "attempts", "base_url", "became_id", "blocks", "booked_at", "code",
        "code_hash", "code_until", "columns", "condition", "content", "contract_no",
        "copy", "counts", "created_at", "digest", "document", "document_no",
        "down_since", "encoding", "ended_at", "exported_at", "first_at", "has_buzzer",
        "has_cutter", "has_drawer", "id", "is_active", "is_snapshot", "job_no", "kind",
        "label_cipher", "last_stamp", "lease_no", "leased_until", "made_at", "maker_reason",
        "name", "noted_at",
        "opens_drawer", "order_id", "origin_no", "origin_store_id", "origin_till",
        "partner_id", "payload", "printer_id", "public_id", "public_key", "qr", "reason",
        "receipt_id", "receipt_no", "received_at", "role", "secret_cipher", "seen",
        "seen_at", "sent_at", "sequence", "signed_by", "sold_at", "source", "state",
        "store_id", "text", "ticket_no", "till", "token", "token_at", "token_cipher", "total_fen",
        "transport", "troubled_since", "upload_id", "user", "version", "waiting_since",
        "words",
    }
)  # fmt: skip

EXPIRING = (
    Expiring(
        "devices_print_job",
        "created_at",
        30,
        "打印内容",
        "what was printed",
        where="state IN ('printed', 'maybe_printed', 'failed', 'cancelled') AND code = ''",
    ),
)
