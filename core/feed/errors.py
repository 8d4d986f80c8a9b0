from core.errors import Conflict, Invalid, NotFound


class SubscriptionUnknown(NotFound):
    code = "feed.subscription_unknown"
    zh = "没有这个订阅，请检查编号"
    en = "There is no such subscription: check its number."


class UnknownKinds(Invalid):
    code = "feed.unknown_kinds"
    zh = "有不认识或无权订阅的消息类型，请按 facts 所示修改"
    en = "A kind is unknown or not granted to this key: correct the one named in facts."


class BadWebhook(Invalid):
    code = "feed.bad_webhook"
    zh = "推送地址须为公网 https 网址，不含账号，最长 300 个字符"
    en = "A webhook is a public https address without user names, 300 characters at most."


class NotYetThere(Conflict):
    code = "feed.not_yet_there"
    zh = "该序号尚未产生，请用 lastSequence 以内的序号"
    en = "That number was not given out yet: ask for one up to lastSequence."
