from core.errors import Conflict, Invalid, NotFound, Unavailable


class BillUnclear(Unavailable):
    code = "payments.bill_unclear"
    zh = "微信支付暂时没有给出账单，系统稍后自动重试"
    en = "WeChat Pay gave no bill for now: it is asked again by itself."


class BillTooLarge(Unavailable):
    code = "payments.bill_too_large"
    zh = "账单文件超出大小上限，请联系管理员调高上限"
    en = "The bill is larger than allowed: ask the operator to raise the limit."
    retryable = False


class BillMisread(Invalid):
    """`line` counts from 1, the header's; `why` is a word of `bills.protocol`."""

    code = "payments.bill_misread"
    zh = "账单内容与约定格式不符，请联系管理员查看所列行号"
    en = "The bill is not as agreed: ask the operator to look at the line that is named."


class DayNotOver(Conflict):
    code = "payments.bill_day_not_over"
    zh = "这一天的账单要到次日 10 点才有，请届时再对账"
    en = "The bill of this day comes at 10:00 on the next one: reconcile then."


class DifferenceUnknown(NotFound):
    code = "payments.difference_unknown"
    zh = "没有这条差异，请刷新页面"
    en = "There is no such difference: reload the page."


class DifferenceEnded(Conflict):
    code = "payments.difference_ended"
    zh = "这条差异已经处理，请刷新页面"
    en = "This difference has ended already: reload the page."


class ResolutionNeedsReason(Invalid):
    code = "payments.resolution_needs_reason"
    zh = "请填写 4 到 200 个字的原因，供日后查对"
    en = "Write a reason of 4 to 200 characters, for whoever looks later."


class DayUnknown(NotFound):
    code = "payments.day_unknown"
    zh = "没有这一天或这个月，请从月历中选择"
    en = "There is no such day or month: choose one in the calendar."
