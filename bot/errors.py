"""Refusals of chats, callbacks and pages inside WeCom. Each sentence says what to do next."""

from core.errors import Forbidden, Unauthorized


class CodeSpent(Unauthorized):
    """An OAuth code works once and for five minutes."""

    code = "bot.code_spent"
    zh = "登录凭证已失效，请从企业微信重新打开"
    en = "This login code is used up or too old: open the page from WeCom again."


class ForeignPage(Forbidden):
    code = "bot.foreign_page"
    zh = "只能为本店的页面签名，请从本店的地址打开"
    en = "Only pages of this shop are signed: open it at the shop's own address."
