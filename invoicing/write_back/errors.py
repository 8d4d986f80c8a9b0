from core.errors import Conflict, NotFound


class InvoiceNotTold(NotFound):
    code = "write_back.invoice_unknown"
    zh = "没有这张发票，请检查编号"
    en = "There is no such invoice: check its number."


class WrittenFileUnknown(NotFound):
    code = "write_back.file_unknown"
    zh = "没有这个回写文件，请刷新页面"
    en = "There is no such file: reload the page."


class WindowTooWide(Conflict):
    code = "write_back.window_too_wide"
    zh = "查询时间范围不能超过 31 天，请缩小范围"
    en = "At most 31 days can be asked for at once: choose a shorter time."
