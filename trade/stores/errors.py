"""What stores refuse."""

from core.errors import Conflict, Invalid, NotFound, Unauthorized


class SellerNotFound(NotFound):
    code = "stores.seller_not_found"
    zh = "没有这个开票主体，请重新选择"
    en = "There is no such tax entity: choose another one."


class StoreNotFound(NotFound):
    code = "stores.store_not_found"
    zh = "没有这家门店，请重新选择门店"
    en = "There is no such store: choose another one."


class StaffNotFound(NotFound):
    code = "stores.staff_not_found"
    zh = "没有这位员工，请核对企业微信成员账号"
    en = "There is no such member of staff: check the WeCom user id."


class ReceiptKeyNotFound(NotFound):
    code = "stores.receipt_key_not_found"
    zh = "无法识别小票上的码，请向门店出示小票"
    en = "The code on this receipt is unknown: show the receipt in the store."


class LoginRefused(Unauthorized):
    """Says the same for an unknown login, a wrong password and somebody who has left."""

    code = "stores.login_refused"
    zh = "登录名或密码不正确，请重试或联系管理员"
    en = "Login or password is not right: try again or ask the operator."


class LoginTaken(Conflict):
    code = "stores.login_taken"
    zh = "该登录名已被使用，请换一个"
    en = "This login is in use: choose another one."


class BadCursor(Invalid):
    code = "stores.bad_cursor"
    zh = "分页位置无法识别，请从第一页重新加载"
    en = "This cursor comes from no earlier page: begin with the first page."


class BadHours(Invalid):
    code = "stores.bad_hours"
    zh = "营业时间需为每周七天的起止分钟，请修改后重试"
    en = "Opening hours are spans of minutes for seven days: correct them and try again."


class NotLendable(Conflict):
    code = "stores.not_lendable"
    zh = "直营与联营门店的库存本就可供全渠道，无需设置"
    en = "Stock of the brand's own stores serves every order already: nothing to switch."
