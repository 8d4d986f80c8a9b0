from core.errors import Conflict, Invalid, NotFound


class PrintJobCannotMove(Conflict):
    code = "devices.print_job_cannot_move"
    zh = "打印任务当前状态不支持该操作，请刷新后再看"
    en = "The print job is not in a state that allows this: reload and look again."


class PrinterUnfit(Invalid):
    code = "devices.printer_unfit"
    zh = "打印机参数不正确：端口为 1-65535，列数为 32 或 48"
    en = "The printer's details are wrong: ports are 1 to 65535, columns are 32 or 48."


class PrintJobNotFound(NotFound):
    code = "devices.print_job_not_found"
    zh = "没有这条打印任务，请检查编号"
    en = "There is no such print job: check its number."


class NoPrinter(Conflict):
    code = "devices.no_printer"
    zh = "该门店没有可用的打印机，请先添加打印机"
    en = "This store has no active printer: add one first."


class OrderUnpaid(Conflict):
    code = "devices.order_unpaid"
    zh = "订单尚未付款，付款后才有开票码"
    en = "The order is not paid yet: it gets its receipt code with the payment."
