"""What this room refuses, by fact. `at` says where in the condition, as `all.0.value`."""

from core.errors import Conflict, Invalid, NotFound, TooMany, Unavailable


class BadCondition(Invalid):
    code = "segments.bad_condition"
    zh = "条件的写法不对，请修改所指的部分"
    en = "This part of the condition cannot be read: change it."


class FactUnknown(BadCondition):
    code = "segments.fact_unknown"
    zh = "没有这个属性或行为，请从列表中选择"
    en = "There is no such fact: choose one of the list."


class OperatorUnknown(BadCondition):
    code = "segments.operator_unknown"
    zh = "这个属性不能这样比较，请换一种比较方式"
    en = "This fact cannot be compared in that way: choose another comparison."


class BadValue(BadCondition):
    code = "segments.bad_value"
    zh = "比较的值不对，请填写正确的值"
    en = "This value does not fit the fact: fill in another."


class TooDeep(BadCondition):
    code = "segments.too_deep"
    zh = "条件嵌套太深，请拆成几个人群包"
    en = "The condition is nested too deeply: make several segments of it."


class TooLarge(BadCondition):
    code = "segments.too_large"
    zh = "条件太多，请拆成几个人群包"
    en = "The condition has too many parts: make several segments of it."


class SegmentUnknown(NotFound):
    code = "segments.segment_unknown"
    zh = "没有这个人群包，请刷新列表后重试"
    en = "There is no such segment: reload the list and try again."


class SegmentCycle(Conflict):
    code = "segments.segment_cycle"
    zh = "人群包不能直接或间接引用自己，请去掉这个引用"
    en = "A segment cannot stand in itself, nor by way of another: take that part out."


class SegmentInUse(Conflict):
    code = "segments.segment_in_use"
    zh = "其他人群包正在引用它，请先修改那些人群包"
    en = "Other segments are made of this one: change those first."


class CodeTaken(Conflict):
    code = "segments.code_taken"
    zh = "这个编码已被使用，请换一个编码"
    en = "This code is taken: choose another."


class NameNeeded(Invalid):
    code = "segments.name_needed"
    zh = "请填写人群包名称和编码（小写字母、数字、短横线）"
    en = "Give the segment a name and a code (small letters, digits, hyphens)."


class ChangedMeanwhile(Conflict):
    code = "segments.changed_meanwhile"
    zh = "这个人群包刚被别人修改，请刷新后再改"
    en = "Somebody else has just changed this segment: reload it and change it again."


class TooSlow(Unavailable):
    code = "segments.too_slow"
    zh = "这个条件算得太久，请缩小时间范围后重试"
    en = "This condition takes too long to count: narrow its time range and try again."


class TooManyCounts(TooMany):
    code = "segments.too_many_counts"
    zh = "正在计算的人数太多，请稍后再试"
    en = "Too many counts are running: try again in a moment."
