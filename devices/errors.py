from core.errors import Conflict, Invalid, NotFound, Unauthorized


class PrintJobCannotMove(Conflict):
    code = "devices.print_job_cannot_move"
    zh = "打印任务当前状态不支持该操作，请刷新后再看"
    en = "The print job is not in a state that allows this: reload and look again."


class PrinterUnfit(Invalid):
    code = "devices.printer_unfit"
    zh = "打印机参数不正确：网络打印机填 主机:端口，云打印机填编号和账号，列数为 32 或 48"
    en = "The printer is wrong: host:port, or a maker's number and account; 32 or 48 columns."


class PrinterNotFound(NotFound):
    code = "devices.printer_not_found"
    zh = "没有这台打印机，请检查编号"
    en = "There is no such printer: check its number."


class AccountUnfit(Invalid):
    code = "devices.account_unfit"
    zh = "云打印账号不正确：请选择厂商，填写账号与密钥，地址须为 https"
    en = "The maker's account is wrong: choose a maker, give user and secret, an https address."


class PushRefused(Unauthorized):
    code = "devices.push_refused"
    zh = "通知的签名无效，请检查云打印账号的密钥"
    en = "The notice's sign is no good: check the secret of the maker's account."


class AgentNotFound(NotFound):
    code = "devices.agent_not_found"
    zh = "没有这个打印助手，请检查编号"
    en = "There is no such print agent: check its number."


class AgentRefused(Unauthorized):
    code = "devices.agent_refused"
    zh = "打印助手的签名无效或已停用，请校准时钟，或用新的入网码重新加入"
    en = "The agent's signature is no good: set its clock, or join again with a new code."


class AgentCodeRefused(Unauthorized):
    code = "devices.agent_code_refused"
    zh = "入网码不正确或已失效，请在打印页面重新生成"
    en = "The code is wrong, used or older than an hour: make a new one on the printing page."


class ContractNotFound(NotFound):
    code = "devices.contract_not_found"
    zh = "没有这份合同，请检查编号或重新扫码"
    en = "There is no such contract: check its number, or scan the code again."


class ContractEnded(Conflict):
    code = "devices.contract_ended"
    zh = "合同已签署或已作废，不能再改；如需更改请另签一份"
    en = "The contract was signed or voided already: make another one."


class SignatureUnfit(Invalid):
    code = "devices.signature_unfit"
    zh = "请填写姓名（至少两个字），并在看到的合同页面上签署"
    en = "Give your name, in two letters or more, on the page that shows the contract."


class TemplateUnfit(Invalid):
    code = "devices.template_unfit"
    zh = "模板有误，未保存，请按 facts 所示的行和原因修改"
    en = "The template has a mistake and was not kept: correct the line named in facts."


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


class TillUnreadable(Invalid):
    code = "devices.till_unreadable"
    zh = "小票内容不符合要求，请按 facts 所示位置修改后重传"
    en = "The receipt does not fit: correct the places named in facts and send it again."


class TillNumberMangled(Invalid):
    code = "devices.till_number_mangled"
    zh = "编号被表格软件改成了科学计数法，请把该列设为文本后重新导出"
    en = "A spreadsheet turned this number into 1.23E+15: make the column text and export again."


class TillBarcodeWrong(Invalid):
    code = "devices.till_barcode_wrong"
    zh = "条码校验位不正确，请核对后重传"
    en = "The barcode's check digit is wrong: compare it with the label and send it again."


class TillSumsDiffer(Invalid):
    code = "devices.till_sums_differ"
    zh = "小票的行金额、合计与付款不相等，请核对后重传"
    en = "Lines, total and tenders do not add up: correct the receipt and send it again."


class TillTimeWrong(Invalid):
    code = "devices.till_time_wrong"
    zh = "销售时间在未来，请校准收银机时钟后重传"
    en = "The time of sale is in the future: set the till's clock and send the receipt again."


class TillOriginNeeded(Invalid):
    code = "devices.till_origin_needed"
    zh = "退货和作废须注明原小票号，销售不能注明"
    en = "A return or a void names the receipt it takes back, and nothing else does: add it."


class TillStoreUnknown(Invalid):
    code = "devices.till_store_unknown"
    zh = "没有这个门店，或密钥无权为该门店上传，请检查门店编号"
    en = "There is no such store for this key: check the store code."


class TillStoredValue(Invalid):
    code = "devices.till_stored_value"
    zh = "储值和购物金只能在系统收银台扣款，不能由小票上传"
    en = "Stored value is spent at our own checkout only: take another tender."


class TillConflicts(Conflict):
    code = "devices.till_conflict"
    zh = "该小票号已上传过不同的内容，已保留原件并提交人工核对"
    en = "This number came with other content before; the first stays, and a person will look."


class ConflictNotFound(NotFound):
    code = "devices.conflict_not_found"
    zh = "没有这条小票冲突，请用 daogou tills 查看编号"
    en = "There is no such conflict: `daogou tills` shows their numbers."


class ConflictAnswered(Conflict):
    code = "devices.conflict_answered"
    zh = "该冲突已经处理过，不能再改；如需更正请另开小票"
    en = "This conflict was answered already and stays so: correct it by a receipt of its own."


class ConflictNotMore(Conflict):
    code = "devices.conflict_not_more"
    zh = "两张小票的差额不是一笔销售，请选择忽略、作为另一笔销售入账，或在收银机开退货单"
    en = "What differs is no sale: dismiss it, book it as another sale, or make a return."


class TillTooMany(Invalid):
    code = "devices.till_too_many"
    zh = "一次最多上传 500 张小票，请分批上传"
    en = "Send 500 receipts at most at a time."


class TillFileUnreadable(Invalid):
    code = "devices.till_file_unreadable"
    zh = "文件无法读取，请按 facts 所示修改；编码须为 UTF-8 或 GBK"
    en = "The file cannot be read, see facts; it must be UTF-8 or GBK."


class UploadNotFound(NotFound):
    code = "devices.upload_not_found"
    zh = "没有这次上传，请检查编号"
    en = "There is no such upload: check its number."


class TillGoodsUnknown(Conflict):
    code = "devices.till_goods_unknown"
    zh = "小票中有未知商品，商品建档后自动入账"
    en = "The receipt names goods we do not know; it is booked once the catalog has them."


class TillOriginAwaited(Conflict):
    code = "devices.till_origin_awaited"
    zh = "原小票尚未上传，上传后自动入账"
    en = "The receipt it takes back has not come yet; it is booked once it has."


class StockSequenceReused(Conflict):
    code = "devices.stock_sequence_reused"
    zh = "该序号已用于不同的内容，请使用新的序号"
    en = "This sequence number came with other content: use a new one."


class StockGoodsUnknown(Invalid):
    code = "devices.stock_goods_unknown"
    zh = "有未知的商品或门店，请按 facts 所示修改；整条消息未生效"
    en = "A SKU or store is unknown: correct those in facts. Nothing of the message was taken."


class TillReturnUnfit(Conflict):
    code = "devices.till_return_unfit"
    zh = "退货小票中有原小票没有的商品，请人工核对"
    en = "The return names goods its sale does not have: a person must look."


class ReasonNeeded(Invalid):
    code = "devices.reason_needed"
    zh = "请选择处理方式并填写原因（至少 2 个字）"
    en = "Choose what it is and say why, in two letters or more."
