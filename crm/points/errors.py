"""Refusals about points. Each sentence says what to do next."""

from core.errors import Conflict, Forbidden, Invalid, NotFound


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


class BadReward(Invalid):
    """`field` is the one that is wrong."""

    code = "points.bad_reward"
    zh = "兑换商品填写有误，请检查标出的字段"
    en = "This reward cannot be offered so: check the field that is named."


class RewardNotFound(NotFound):
    code = "points.reward_not_found"
    zh = "没有这个兑换商品，请返回积分商城重新选择"
    en = "There is no such reward: go back to the redemption shop and choose again."


class RewardGone(Conflict):
    code = "points.reward_gone"
    zh = "该商品已兑完或不在兑换期，请换一个"
    en = "This reward is used up or not to be had now: choose another one."


class RewardTakenOften(Conflict):
    code = "points.reward_taken_often"
    zh = "已达到每人兑换上限，请换一个商品"
    en = "You have had as many of these as one person may: choose another one."


class StoreNeeded(Invalid):
    code = "points.store_needed"
    zh = "请选择领取礼品的门店"
    en = "Choose the store where you will fetch the gift."


class RedemptionNotFound(NotFound):
    code = "points.redemption_not_found"
    zh = "没有这笔兑换，请核对兑换单号"
    en = "There is no such redemption: check its number."


class RedemptionNotReady(Conflict):
    code = "points.redemption_not_ready"
    zh = "这笔兑换已领取、已发放或已取消，不能再操作"
    en = "This redemption was fetched, given or cancelled already: nothing is left to do."


class AllianceUnknown(NotFound):
    code = "points.alliance_unknown"
    zh = "没有这个积分合作方，或已停止互换，请返回列表重新选择"
    en = "There is no such partner, or it exchanges no more: go back and choose from the list."


class BadAccount(Invalid):
    code = "points.bad_account"
    zh = "合作方会员账号应为 4 到 64 位字母或数字，请核对"
    en = "An account at the partner has 4 to 64 letters or digits: check it."


class ConsentNeeded(Forbidden):
    code = "points.consent_needed"
    zh = "请先在“我的授权”中同意向合作公司提供会员信息"
    en = "First agree, among your consents, that a partner company is told of you."


class NotLinked(Conflict):
    code = "points.not_linked"
    zh = "还没有绑定合作方会员账号，请先绑定"
    en = "Your account at the partner is not known yet: link it first."


class NotWholeLots(Invalid):
    code = "points.not_whole_lots"
    zh = "请按整份填写积分数量"
    en = "Points cross in whole lots: correct the number."


class ExchangeTooMuch(Conflict):
    code = "points.exchange_too_much"
    zh = "超过今天可互换的积分上限，请减少数量或明天再来"
    en = "This is more than one member may exchange in a day: take less, or come back tomorrow."


class DifferenceUnknown(NotFound):
    code = "points.difference_unknown"
    zh = "没有这条待处理的差异，或没有填写处理说明，请刷新列表"
    en = "There is no such open difference, or no note was written: reload the list."
