"""What a quote refuses."""

from core.errors import Conflict, Invalid, NotFound


class NothingToQuote(Invalid):
    code = "promotions.nothing_to_quote"
    zh = "还没有选择商品，请先选择商品"
    en = "Nothing is chosen yet: choose something first."


class TooManyLines(Invalid):
    code = "promotions.too_many_lines"
    zh = "一次最多结算 50 种商品，请分开结算"
    en = "At most 50 kinds of goods at once: check out in parts."


class QuantityOutOfRange(Invalid):
    code = "promotions.quantity_out_of_range"
    zh = "每种商品的数量须为 1 到 999，请修改数量"
    en = "Take 1 to 999 of each: correct the quantity."


class SkuOffShelf(Conflict):
    code = "promotions.sku_off_shelf"
    zh = "商品已下架，请从购物车移除后重试"
    en = "This choice is off the shelf: take it out of the cart and try again."


class CouponNotUsable(Conflict):
    code = "promotions.coupon_not_usable"
    zh = "优惠券已被使用、已过期或不属于您，请重新选择优惠券"
    en = "This coupon is used, expired or somebody else's: choose another."


class PromotionSpent(Conflict):
    code = "promotions.spent"
    zh = "优惠名额已用完，请重新确认价格后下单"
    en = "This offer has just run out: look at the new price and order again."


class PromotionTakenOften(Conflict):
    code = "promotions.taken_often"
    zh = "您已达到该优惠的限购数量，请调整数量后下单"
    en = "You have reached the limit of this offer: change the quantity and order again."


class BadPromotion(Invalid):
    code = "promotions.bad_promotion"
    zh = "促销设置有误，请检查所标字段"
    en = "The promotion cannot be kept so: check the field that is named."


class PromotionNotFound(NotFound):
    code = "promotions.not_found"
    zh = "没有这个促销或优惠券，请检查编号"
    en = "There is no promotion or coupon of this code: check it."


class CouponNotFound(NotFound):
    code = "promotions.coupon_not_found"
    zh = "没有这张优惠券，或已停止发放"
    en = "There is no such coupon to be had: look at the offers again."


class CouponsAllGone(Conflict):
    code = "promotions.coupons_all_gone"
    zh = "优惠券已领完，下次请早"
    en = "All of these coupons are taken."


class CouponClaimedOften(Conflict):
    code = "promotions.coupon_claimed_often"
    zh = "您已领过该优惠券，请到“我的优惠券”使用"
    en = "You have claimed this coupon already: it is among your coupons."


class CouponNotForYou(Conflict):
    code = "promotions.coupon_not_for_you"
    zh = "该优惠券仅限指定会员领取，请看看其他优惠券"
    en = "This coupon is for other members: look at the other offers."


class CouponNotGiftable(Conflict):
    code = "promotions.coupon_not_giftable"
    zh = "该优惠券不能转赠：可能已使用、已过期、来自好友或不支持转赠"
    en = "This coupon cannot be given on: it is used, over, a friend's gift, or not meant for it."


class GiftNotFound(NotFound):
    code = "promotions.gift_not_found"
    zh = "没有这份赠券，请向好友核对链接"
    en = "There is no such gift: ask your friend for the link again."


class GiftGone(Conflict):
    code = "promotions.gift_gone"
    zh = "这份赠券已被领取、收回或过期"
    en = "This gift is taken, taken back or over."


class GiftOwn(Conflict):
    code = "promotions.gift_own"
    zh = "不能领取自己送出的优惠券，请发给好友；也可以收回"
    en = "This is your own gift: send it to a friend, or take it back."


class CodeUnknown(NotFound):
    code = "promotions.code_unknown"
    zh = "券码无效或已被使用，请核对后重试"
    en = "This code is wrong or used: check it and try again."


class IssueNotFound(NotFound):
    code = "promotions.issue_not_found"
    zh = "没有这次发券，请刷新后重试"
    en = "There is no such issue of coupons: reload and try again."


class BatchNotFound(NotFound):
    code = "promotions.batch_not_found"
    zh = "没有这批券码，请刷新后重试"
    en = "There is no such batch of codes: reload and try again."
