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


class BadEmail(Invalid):
    code = "people.bad_email"
    zh = "邮箱格式不正确，请检查后重试"
    en = "This is not an e-mail address: check it and try again."


class BadCard(Invalid):
    code = "people.bad_card"
    zh = "会员卡号格式不正确，请按卡面填写"
    en = "This is no card number: write it as it stands on the card."


class BadBirthday(Invalid):
    code = "people.bad_birthday"
    zh = "生日不正确，请重新选择日期"
    en = "This cannot be a birthday: choose another day."


class BadName(Invalid):
    code = "people.bad_name"
    zh = "姓名含有不能保存的字符，请修改后重试"
    en = "This name holds a character that cannot be kept: change it and try again."


class GuardianNeeded(Forbidden):
    """Under fourteen a guardian agrees first (P10)."""

    code = "people.guardian_needed"
    zh = "未满十四周岁，请由监护人先同意《儿童会员须知》"
    en = "Under fourteen: a guardian has to agree to the membership first."


class IdTaken(Conflict):
    code = "people.id_taken"
    zh = "该标识已属于其他会员，请联系门店核实"
    en = "This id belongs to another member: ask the store to look at it."


class ClaimRefused(NotFound):
    """One answer for an unknown card, other digits, a claimed card: nobody learns which (S10)."""

    code = "people.claim_refused"
    zh = "卡号与预留手机后四位不匹配，请核对或到门店办理"
    en = "This card and these digits do not belong together: check them or ask in a store."


class MergeNotFound(NotFound):
    code = "people.merge_not_found"
    zh = "没有找到这次合并，请刷新列表"
    en = "There is no such merge: reload the list."


class MatchNotFound(NotFound):
    code = "people.match_not_found"
    zh = "该疑似重复已处理或不存在，请刷新列表"
    en = "This pair is decided already, or unknown: reload the list."


class SamePerson(Invalid):
    code = "people.same_person"
    zh = "这是同一个会员，请选择另一个会员"
    en = "This is one member: choose another one to join with."


class MergeWaits(Conflict):
    """Points or money of theirs are set aside for an order that is not paid yet."""

    code = "people.merge_waits"
    zh = "会员有未支付的订单，请等订单支付或关闭后再合并"
    en = "The member has an order that waits for its payment: join them when it is paid or closed."


class MergeSpent(Conflict):
    """Money that came with the merge is spent: taking it back would leave the other in debt."""

    code = "people.merge_spent"
    zh = "合并带来的储值或购物金已被使用，无法拆分，请先补足余额"
    en = "Money that came with this merge is spent: bring the balance back first, then undo it."


class MergeCovered(Conflict):
    """Later merges are undone first."""

    code = "people.merge_covered"
    zh = "之后还有一次合并，请先撤销较新的那一次"
    en = "There is a later merge of this member: undo that one first."


class MoneyLeft(Conflict):
    code = "people.money_left"
    zh = "账户里还有储值或购物金，请先使用或申请退款，再注销"
    en = "There is money left on the account: spend it or have it refunded, then leave."


class CodeRefused(Invalid):
    """One answer for a wrong, a used and an expired code, and for a number that never asked."""

    code = "people.code_refused"
    zh = "验证码不正确或已失效，请重新获取"
    en = "This code is wrong or too old: ask for a new one."


class NoContractNeeded(Invalid):
    code = "people.no_contract_needed"
    zh = "请选择其他公司的门店和处理角色，并填写合同编号"
    en = "Choose a store of another company and its role, and fill in the number of the contract."


class CompanyNotFound(NotFound):
    code = "people.company_not_found"
    zh = "没有找到该公司，请刷新列表"
    en = "There is no such company: reload the list."
