"""Refusals about points. Each sentence says what to do next."""

from core.errors import Conflict, Invalid, NotFound


class BadProgram(Invalid):
    """`field` is the one that cannot be worked out."""

    code = "points.bad_program"
    zh = "积分规则填写有误，请检查标出的字段"
    en = "This program cannot be worked out: check the field that is named."


class ProgramUnknown(NotFound):
    code = "points.program_unknown"
    zh = "没有这个积分规则，请返回列表重新选择"
    en = "There is no such program: go back and choose from the list."


class NotEnough(Conflict):
    code = "points.not_enough"
    zh = "可用积分不足，请减少数量或再攒一攒"
    en = "There are not enough usable points: take less, or collect more first."


class BadAmount(Invalid):
    code = "points.bad_amount"
    zh = "积分数量必须是 1 到 1000000 之间的整数"
    en = "Points are a whole number from 1 to 1,000,000: correct the number."
