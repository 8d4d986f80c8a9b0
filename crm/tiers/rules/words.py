"""The words of tiers: what counts, how one falls, what a tier brings, why it changed."""

from enum import StrEnum

BASE_TIER = "standard"  # 普通会员: whoever has reached nothing yet


class Basis(StrEnum):
    """What qualifies: money really paid, or growth value. Points that can be spent never do."""

    PAID = "paid"  # 实付金额
    GROWTH = "growth"  # 成长值


class Fall(StrEnum):
    """Where one lands who has not qualified again."""

    ONE_DOWN = "one_down"  # 降一级
    BALANCE = "balance_based"  # 按当前累计定级
    NEVER = "never"  # 永不降级


class RoundTo(StrEnum):
    """A tier holds to the end of a shop's day, month or year."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class BenefitKind(StrEnum):
    PRICE = "price"  # 会员价
    FREIGHT = "freight"  # 包邮
    POINTS = "points"  # 积分倍数
    WELCOME = "welcome"  # 升级礼券
    BIRTHDAY = "birthday"  # 生日礼券
    MONTHLY = "monthly"  # 每月礼券
    SERVICE = "service"  # 专属服务


GIFTS = frozenset({BenefitKind.WELCOME, BenefitKind.BIRTHDAY, BenefitKind.MONTHLY})


class TermKind(StrEnum):
    """Why somebody has a tier that was not earned by buying."""

    PLAN = "plan"  # 付费会员
    GIVEN = "given"  # 赠予
    CARRIED = "carried"  # 旧系统带入


class Why(StrEnum):
    PURCHASE = "purchase"  # 消费
    REFUND = "refund"  # 退款
    GROWTH = "growth"  # 成长值
    EXPIRY = "expiry"  # 到期评定
    TERM = "term"  # 付费会员或赠予开始、结束
    RULES = "rules"  # 规则调整
    MERGE = "merge"  # 会员合并


WHY: dict[Why, tuple[str, str]] = {
    Why.PURCHASE: ("消费", "a purchase"),
    Why.REFUND: ("退款", "a refund"),
    Why.GROWTH: ("成长值", "growth value"),
    Why.EXPIRY: ("到期评定", "its end"),
    Why.TERM: ("付费会员或赠予", "a membership paid for or given"),
    Why.RULES: ("规则调整", "new rules"),
    Why.MERGE: ("会员合并", "a merge"),
}
