"""What the platform refuses boxes, and those who manage them."""

from core.errors import Conflict, Invalid, NotFound, Unauthorized


class BoxRefused(Unauthorized):
    """Says the same for no certificate, a foreign, an ended one, and a box that was revoked."""

    code = "boxes.box_refused"
    zh = "盒子证书无效、已到期或已吊销，请在控制台重新入网"
    en = "This box's certificate is unknown, ended or revoked: enrol the box again."


class InviteRefused(Unauthorized):
    code = "boxes.invite_refused"
    zh = "入网码无效、已使用或已过期，请在控制台重新生成"
    en = "This code is unknown, used or too old: make a new one in the console."


class RequestUnfit(Invalid):
    code = "boxes.request_unfit"
    zh = "证书申请无法使用：须为 P-256 密钥并由该密钥签名"
    en = "This certificate request does not fit: it needs a P-256 key and that key's signature."


class PaperUnreadable(Invalid):
    code = "boxes.paper_unreadable"
    zh = "上传内容不符合格式，请升级盒子程序后重试"
    en = "This upload has another shape: bring the box up to date and try again."


class BoxNotFound(NotFound):
    code = "boxes.box_not_found"
    zh = "没有这个盒子，请刷新列表"
    en = "There is no such box: reload the list."


class BoxUnfit(Invalid):
    code = "boxes.box_unfit"
    zh = "请选择门店，并给盒子起 1 到 40 字的名称"
    en = "Choose a store and give the box a name of 1 to 40 letters."


class BoxEnded(Conflict):
    code = "boxes.box_ended"
    zh = "该盒子已停用，不能再操作；请新建一个盒子"
    en = "This box was ended and stays so: add another one."


class PaperNotFound(NotFound):
    code = "boxes.paper_not_found"
    zh = "没有这张小票，请刷新列表"
    en = "There is no such paper: reload the list."


class PaperDecided(Conflict):
    code = "boxes.paper_decided"
    zh = "这张小票已经处理过，请刷新列表"
    en = "This paper was dealt with already: reload the list."


class PaperTaken(Conflict):
    code = "boxes.paper_taken"
    zh = "同一单号、日期和金额的小票已经存在，无需再录入"
    en = "A paper with this number, day and amount is here already: dismiss this one."


class EntryUnfit(Invalid):
    code = "boxes.entry_unfit"
    zh = "请填写单号、交易时间和大于零的金额，退货须填原单号"
    en = "Say number, time and an amount above zero; a return also names its sale."


class ReasonNeeded(Invalid):
    code = "boxes.reason_needed"
    zh = "请填写原因（至少 2 个字）"
    en = "Say why, in two letters or more."


class MarkUnfit(Invalid):
    code = "boxes.mark_unfit"
    zh = "标注的内容不在这张小票上，或它前面没有文字，请照原样填写"
    en = "A mark is not on this paper, or no words stand before it: write it as it is printed."
