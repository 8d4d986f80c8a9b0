"""The words of points programs, as they stand in rows and in JSON."""

from enum import StrEnum


class Purse(StrEnum):
    """Two kinds of points, kept apart; the values are the ledger's names of the accounts."""

    POINTS = "points"  # 消费积分
    BEHAVIOUR = "behaviour_points"  # 行为积分


class On(StrEnum):
    """What a program gives points for."""

    ORDER = "order"  # 消费
    SIGN_IN = "sign_in"  # 签到
    JOIN = "join"  # 入会
    BIRTHDAY = "birthday"  # 生日
    REVIEW = "review"  # 评价
    SHARE = "share"  # 分享
    INVITE = "invite"  # 邀请好友
    FAVOURITE = "favourite"  # 收藏
    VISIT = "visit"  # 到店
    FOLLOW = "follow"  # 关注
    WATCH = "watch"  # 观看直播
    SURVEY = "survey"  # 问卷


class State(StrEnum):
    """An earning waits until the return window has ended; then it stands in the book."""

    PENDING = "pending"
    GIVEN = "given"
    VOID = "void"


class Since(StrEnum):
    """Where the wait of an earning begins."""

    PAID = "paid"
    DONE = "done"


class Span(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
