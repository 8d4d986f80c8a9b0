"""What the pages of printing call things, in both languages."""

from core.errors import DomainError
from devices.service import DocumentKind, PrinterCondition, PrinterRole, PrintState, Transport

Words = tuple[str, str]

STATES: dict[str, Words] = {
    PrintState.QUEUED: ("待打印", "queued"),
    PrintState.SENDING: ("发送中", "sending"),
    PrintState.HANDED: ("已交云端", "in the maker's cloud"),
    PrintState.STALE: ("待确认", "asked about"),
    PrintState.PRINTED: ("已打印", "printed"),
    PrintState.MAYBE_PRINTED: ("可能已打印", "maybe printed"),
    PrintState.FAILED: ("打印失败", "failed"),
    PrintState.CANCELLED: ("已取消", "cancelled"),
}
TONES = {
    PrintState.QUEUED: "wait",
    PrintState.SENDING: "busy",
    PrintState.HANDED: "busy",
    PrintState.STALE: "bad",
    PrintState.PRINTED: "good",
    PrintState.MAYBE_PRINTED: "wait",
    PrintState.FAILED: "bad",
    PrintState.CANCELLED: "",
}
KINDS: dict[str, Words] = {
    DocumentKind.RECEIPT: ("小票", "receipt"),
    DocumentKind.INVOICE: ("开票码", "invoice code"),
    DocumentKind.PICK: ("拣货单", "pick ticket"),
    DocumentKind.CONTRACT: ("合同", "contract"),
    DocumentKind.TEST: ("测试页", "test page"),
    DocumentKind.OTHER: ("其他", "other"),
}
ROLES: dict[str, Words] = {
    PrinterRole.FRONT: ("收银台", "front"),
    PrinterRole.BACK: ("后仓", "back"),
}
WAYS: dict[str, Words] = {
    Transport.TCP: ("网络打印机", "network"),
    Transport.FEIE: ("飞鹅云", "Feie cloud"),
    Transport.XPYUN: ("芯烨云", "Xpyun cloud"),
    Transport.YILIANYUN: ("易联云", "Yilianyun cloud"),
    Transport.SUNMI: ("商米云", "Sunmi cloud"),
    Transport.AGENT: ("打印助手", "print agent"),
}
CONDITIONS: dict[str, Words] = {
    PrinterCondition.ONLINE: ("在线", "online"),
    PrinterCondition.OFFLINE: ("离线", "offline"),
    PrinterCondition.NO_PAPER: ("缺纸", "no paper"),
    PrinterCondition.ABNORMAL: ("异常", "abnormal"),
    PrinterCondition.UNKNOWN: ("未知", "unknown"),
}
HEALTH = {
    PrinterCondition.ONLINE: "good",
    PrinterCondition.OFFLINE: "bad",
    PrinterCondition.NO_PAPER: "bad",
    PrinterCondition.ABNORMAL: "bad",
    PrinterCondition.UNKNOWN: "",
}
REASONS: dict[str, Words] = {
    "unreachable": ("连接不上", "not reached"),
    "broken_off": ("连接中断", "broken off"),
    "stuck": ("不再接收数据", "takes no more"),
    "no_answer": ("没有应答", "no answer"),
    "paper_out": ("缺纸", "no paper"),
    "too_late": ("等待过久", "waited too long"),
    "interrupted": ("打印进程中断", "interrupted"),
    "agent_died": ("打印助手中断", "the agent died"),
    "no_word": ("云端一直没有回音", "the cloud never said"),
    "token": ("云端授权失效", "the cloud's token lapsed"),
    "too_long": ("内容过长", "too long"),
    "no_such_printer": ("打印助手没有这台打印机", "the agent has no such printer"),
}
MISTAKES: dict[str, Words] = {
    "unknown_name": ("没有这个变量", "there is no such name"),
    "unknown_order": ("没有这个指令", "there is no such order"),
    "hole_not_closed": ("花括号没有成对", "braces are not in pairs"),
    "begin_without_end": ("区段没有结束", "a part has no end"),
    "end_without_begin": ("区段没有开始", "a part has no beginning"),
    "list_in_list": ("列表里不能再有列表", "no list in a list"),
    "bad_number": ("行数为 1-6", "1 to 6 lines"),
    "too_long": ("模板太长", "the template is too long"),
    "too_many_lists": ("列表太多", "too many lists"),
    "bad_character": ("含有无效字符", "a character that cannot be kept"),
}


def say(words: dict[str, Words], key: str, *, is_english: bool) -> str:
    """The word, or the key itself where there is none."""
    return words[key][is_english] if key in words else key


def told(error: DomainError, *, is_english: bool) -> str:
    """A refusal for people, with the line of a template and what is wrong with it."""
    said = error.en if is_english else error.zh
    why = say(MISTAKES, str(error.facts.get("why", "")), is_english=is_english)
    if "line" not in error.facts:
        return said
    name = error.facts.get("name") or ""
    line = f"line {error.facts['line']}" if is_english else f"第 {error.facts['line']} 行"
    return f"{said} {line}: {why} {name}".strip()
