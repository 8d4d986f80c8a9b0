"""What tiers and paid membership refuse."""

from core.errors import Conflict, Invalid, NotFound


class BadLadder(Invalid):
    code = "tiers.bad_ladder"
    zh = "等级规则有误，请检查所标字段：等级代码不重复，门槛从 0 起逐级升高"
    en = "The tiers cannot be kept so: check the named field; bounds begin at 0 and rise."


class BadBenefit(Invalid):
    code = "tiers.bad_benefit"
    zh = "权益设置有误，请检查所标字段"
    en = "The benefit cannot be kept so: check the field that is named."


class TierUnknown(NotFound):
    code = "tiers.tier_unknown"
    zh = "没有这个等级，请检查等级代码"
    en = "There is no such tier: check its code."


class BadPlan(Invalid):
    code = "tiers.bad_plan"
    zh = "付费会员设置有误，请检查所标字段"
    en = "The paid membership cannot be kept so: check the field that is named."


class PlanNotFound(NotFound):
    code = "tiers.plan_not_found"
    zh = "没有这个付费会员，请检查编号"
    en = "There is no such paid membership: check its code."


class TermNotFound(NotFound):
    code = "tiers.term_not_found"
    zh = "没有这段会员期，请刷新后重试"
    en = "There is no such term of membership: reload and try again."


class NoMembership(Conflict):
    code = "tiers.no_membership"
    zh = "您还没有开通该付费会员，请先开通再设置续费"
    en = "You have no such paid membership: buy it first, then decide about renewal."


class ClockAstray(Conflict):
    code = "tiers.clock_astray"
    zh = "服务器时钟与数据库相差过大，等级评定已暂停；请校准时钟"
    en = "This machine's clock is far from the database's: set it right, then tiers are judged."
