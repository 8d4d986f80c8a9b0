"""Refusals about people. Each sentence says what to do next."""

from core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized


class LogInAgain(Unauthorized):
    """A login code works once and for five minutes; a double tap sends it twice."""

    code = "people.log_in_again"
    zh = "登录凭证已失效，请重新打开小程序登录"
    en = "This login code is used up or too old: open the mini-program again."


class LoginRefused(Forbidden):
    """WeChat calls this user risky (40226)."""

    code = "people.login_refused"
    zh = "微信暂时限制了该账号登录，请稍后再试或联系门店"
    en = "WeChat does not let this account log in now: try later or ask the store."


class PhoneCodeExpired(Invalid):
    code = "people.phone_code_expired"
    zh = "手机号授权已过期，请重新点击“获取手机号”"
    en = "This phone permission is used up or too old: press the phone button again."


class BadPhone(Invalid):
    code = "people.bad_phone"
    zh = "手机号格式不正确，请换一个中国大陆手机号"
    en = "This is not a mobile number of mainland China: choose another one."


class PhoneTaken(Conflict):
    code = "people.phone_taken"
    zh = "该手机号已绑定其他会员，请用原账号登录或联系门店"
    en = "This phone belongs to another member: log in with that account or ask the store."


class ConsentTextUnknown(Invalid):
    code = "people.consent_text_unknown"
    zh = "授权文本已更新，请刷新后重新确认"
    en = "This consent text is not the current one: reload it and agree again."


class NoSuchPurpose(NotFound):
    code = "people.no_such_purpose"
    zh = "没有这个授权项目，请刷新授权列表后重试"
    en = "There is no such purpose: reload the list of consents and choose from it."


class MemberNotFound(NotFound):
    code = "people.member_not_found"
    zh = "没有找到该会员，请返回列表重新选择"
    en = "There is no such member: go back and choose from the list."


class GroupNotFound(NotFound):
    code = "people.group_not_found"
    zh = "没有找到该客户群，请刷新群列表后重试"
    en = "There is no such customer group: reload your groups and choose again."


class ReasonNeeded(Invalid):
    code = "people.reason_needed"
    zh = "查看完整手机号需要填写理由（至少四个字）"
    en = "Say why you need the full number, in four characters or more."


class PhoneUnknown(NotFound):
    code = "people.phone_unknown"
    zh = "该会员还没有留下手机号"
    en = "This member has not left a phone number."
