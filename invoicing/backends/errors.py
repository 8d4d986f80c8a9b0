"""Refusals about tax backends and their accounts."""

from core.errors import Conflict, Invalid, NotFound, Unauthorized


class AccountUnknown(NotFound):
    code = "backends.account_unknown"
    zh = "没有这个开票通道，请刷新后重新选择"
    en = "There is no such tax backend: reload the page and choose again."


class AccountTaken(Conflict):
    code = "backends.account_taken"
    zh = "该开票主体已登记过同类型、同开票点的通道，请修改开票点编号"
    en = "This seller has a backend of this kind and point already: give another point."


class AccountUnfit(Invalid):
    """Facts: `field`."""

    code = "backends.account_unfit"
    zh = "通道信息不完整或不正确，请检查后重新提交"
    en = "Something about the backend is missing or wrong: check the field and submit again."


class AgentRefused(Unauthorized):
    code = "backends.agent_refused"
    zh = "无法确认开票代理程序的身份，请核对通道编号、公钥和本机时间"
    en = "The agent cannot be told: check the account's name, its public key and the clock."


class BadNotice(Invalid):
    code = "backends.bad_notice"
    zh = "通知内容不完整，请按接口文档提交申请编号"
    en = "The notice names no request: send its number as the interface says."
