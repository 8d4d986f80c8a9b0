"""Refusals of red letters. Each sentence says what can be done next."""

from core.errors import Conflict, Invalid, NotFound


class RedUnknown(NotFound):
    code = "reds.unknown"
    zh = "没有这张红字发票，请检查编号"
    en = "There is no such red letter: check its number."


class BlueUnknown(NotFound):
    code = "reds.blue_unknown"
    zh = "没有这张发票，请检查编号"
    en = "There is no such invoice: check its number."


class RedCallbackUnknown(NotFound):
    code = "reds.callback_unknown"
    zh = "没有与此通知对应的红字申请，请检查回调地址和编号"
    en = "No red letter fits this notice: check its address and number."


class RedCannotMove(Conflict):
    code = "reds.cannot_move"
    zh = "红字发票当前状态不支持该操作，请刷新后再看"
    en = "The red letter is not in a state that allows this: reload and look again."


class NothingToTakeBack(Conflict):
    """Facts: `fen` wanted, `left_fen` of the invoice."""

    code = "reds.nothing_to_take_back"
    zh = "发票可红冲金额不足，请核对已开红字金额"
    en = "Not so much is left of the invoice: look at the red letters it has."


class ReasonNeeded(Invalid):
    code = "reds.reason_needed"
    zh = "请填写红冲原因（2 到 200 字）"
    en = "Say why the invoice is taken back, in 2 to 200 characters."


class AmountWrong(Invalid):
    code = "reds.amount_wrong"
    zh = "请填写正确的红冲金额，单位元，最多两位小数"
    en = "Enter the amount to take back in yuan, with at most two decimals."


class OnlyWhole(Conflict):
    code = "reds.only_whole"
    zh = "该发票只能全额红冲，请选择全额"
    en = "This invoice can only be taken back as a whole: choose the whole."


class LookChanged(Conflict):
    """What the person looked at is not what would be taken back now."""

    code = "reds.look_changed"
    zh = "发票的可红冲金额已变化，请重新核对后再提交"
    en = "What is left of the invoice has changed: look again, then submit."


class ChangeNotOffered(Conflict):
    """Facts: `reason` is `off`, `late`, `used_up`, `red`, `not_final` or `same`."""

    code = "reds.change_not_offered"
    zh = "这张发票不能自助修改抬头，请联系门店"
    en = "The title of this invoice cannot be changed here: ask the store."


class RedFileNotReady(NotFound):
    code = "reds.file_not_ready"
    zh = "红字发票文件还没生成好，请稍后再试"
    en = "The file of the red letter is not ready yet: try again in a moment."
    retryable = True
