"""What a print job may become, and how long the shop waits for a printer."""

import hashlib
import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from devices.errors import PrintJobCannotMove


class PrintState(StrEnum):
    QUEUED = "queued"  # 待打印
    SENDING = "sending"  # 发送中
    HANDED = "handed"  # 已交云端: a maker's cloud has it, its printer has not said a word
    STALE = "stale"  # 待确认: waited too long; a person says once whether it is still wanted
    PRINTED = "printed"  # 已打印: the printer answered after the job
    MAYBE_PRINTED = "maybe_printed"  # 可能已打印: bytes left us, nothing more is known
    FAILED = "failed"  # 打印失败: nothing is on paper
    CANCELLED = "cancelled"  # 已取消: nobody wants it any more


class DocumentKind(StrEnum):
    RECEIPT = "receipt"  # 小票
    INVOICE = "invoice"  # 开票码: the QR alone
    PICK = "pick"  # 拣货单
    CONTRACT = "contract"  # 合同
    TEST = "test"  # 测试页
    OTHER = "other"


class PrinterRole(StrEnum):
    """Where a printer stands: paper goes to the one whose place it is, else to any other."""

    FRONT = "front"  # 收银台
    BACK = "back"  # 后仓


class Transport(StrEnum):
    TCP = "tcp"  # 网络打印机, port 9100
    FEIE = "feie"  # 飞鹅云
    XPYUN = "xpyun"  # 芯烨云
    YILIANYUN = "yilianyun"  # 易联云
    SUNMI = "sunmi"  # 商米云
    AGENT = "agent"  # 打印助手: serial, USB or a network only the store sees


class Encoding(StrEnum):
    GBK = "gbk"
    GB18030 = "gb18030"  # the printer knows characters of four bytes


class QrWay(StrEnum):
    NATIVE = "native"  # the printer draws it
    RASTER = "raster"  # we draw it, dot by dot
    OFF = "off"


class PrinterCondition(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"  # switched off, or its network is
    NO_PAPER = "no_paper"
    ABNORMAL = "abnormal"  # cover open, cutter stuck
    UNKNOWN = "unknown"  # never asked, or it does not answer such questions


class ContractState(StrEnum):
    OPEN = "open"  # 待签
    SIGNED = "signed"  # 已签
    VOID = "void"  # 作废


class SignedBy(StrEnum):
    PAPER = "paper"  # 纸上签字
    PHONE = "phone"  # 手机签字


class ReceiptKind(StrEnum):
    """What a till's receipt (收银小票) says."""

    SALE = "sale"  # 销售
    RETURN = "return"  # 退货: of some goods of an earlier receipt
    VOID = "void"  # 作废: an earlier receipt as a whole
    CANCELLED = "cancelled"  # 取消: begun and never sold; its number is used up


class ReceiptState(StrEnum):
    WAITING = "waiting"  # 待入账
    PARKED = "parked"  # 挂起: goods or an earlier receipt are not known yet, or a person looks
    BOOKED = "booked"  # 已入账


class ConflictAnswer(StrEnum):
    """What a person says of another content under a number that was taken."""

    DISMISSED = "dismissed"  # 忽略: the first is right, this one is nothing
    DIFFERENCE = "difference"  # 补差: the first is a part of it, the rest is a sale of its own
    WHOLE = "whole"  # 另一笔: another sale; the till used the number twice


MOVES = {
    (PrintState.QUEUED, "send"): PrintState.SENDING,
    (PrintState.QUEUED, "grow_stale"): PrintState.STALE,
    (PrintState.QUEUED, "cancel"): PrintState.CANCELLED,
    (PrintState.SENDING, "confirm"): PrintState.PRINTED,
    (PrintState.SENDING, "hand_over"): PrintState.HANDED,
    (PrintState.SENDING, "lose_sight"): PrintState.MAYBE_PRINTED,
    (PrintState.SENDING, "put_back"): PrintState.QUEUED,
    (PrintState.SENDING, "refuse"): PrintState.FAILED,
    (PrintState.HANDED, "confirm"): PrintState.PRINTED,
    (PrintState.HANDED, "refuse"): PrintState.FAILED,
    (PrintState.HANDED, "lose_sight"): PrintState.MAYBE_PRINTED,
    (PrintState.HANDED, "take_back"): PrintState.STALE,
    (PrintState.STALE, "resume"): PrintState.QUEUED,
    (PrintState.STALE, "cancel"): PrintState.CANCELLED,
    (PrintState.MAYBE_PRINTED, "confirm"): PrintState.PRINTED,  # somebody heard of it later
}
OPEN_STATES = frozenset(
    {PrintState.QUEUED, PrintState.SENDING, PrintState.HANDED, PrintState.STALE}
)
END_STATES = frozenset(PrintState) - OPEN_STATES
ROLE_OF = {DocumentKind.PICK: PrinterRole.BACK}  # else the front
CLOUDS = frozenset({Transport.FEIE, Transport.XPYUN, Transport.YILIANYUN, Transport.SUNMI})
MAKER_URLS = {
    Transport.FEIE: "https://api.feieyun.cn",
    Transport.XPYUN: "https://open.xpyun.net",
    Transport.YILIANYUN: "https://open-api.10ss.net",
    Transport.SUNMI: "https://openapi.sunmi.com",
}
TROUBLES = frozenset(
    {PrinterCondition.OFFLINE, PrinterCondition.NO_PAPER, PrinterCondition.ABNORMAL}
)

PATIENCE = timedelta(minutes=8)  # after that a person says whether late paper is still wanted
WANTED_FOR = timedelta(hours=24)  # after that nobody will
DOWN_AFTER = timedelta(minutes=2)  # a short trouble is no alarm
PAUSE_S = 15.0  # between two knocks at a printer that does not open
BUSY_S = 2.0  # while another worker writes to the printer
TURN_S = 60.0  # how long one writer goes on with what waits
LEASE_S = 10  # kept alive every third of it while a delivery lasts
FIRST_LOOK_S = 3.0  # when a cloud is first asked what became of a job; then ever more seldom
SELDOM_S = 60.0
AGENT_LEASE_S = 30  # an agent that takes a job and is not heard of again
COLUMNS = frozenset({32, 48})  # 58 mm and 80 mm paper


def move(state: PrintState, action: str) -> PrintState:
    """Raises PrintJobCannotMove when the table has no such road."""
    if (state, action) not in MOVES:
        raise PrintJobCannotMove(state=state, action=action)
    return MOVES[state, action]


def is_stale(waiting_since: datetime, at: datetime) -> bool:
    return at - waiting_since > PATIENCE


def digest_of(words: list[dict[str, Any]]) -> str:
    """The SHA-256 of a contract's words, however its JSON is written."""
    plain = json.dumps(words, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
