"""The words tills print: what kind of paper it is, and which label stands before which value."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

REFUND = ["退货", "退款", "退单", "冲销", "冲正", "红冲", "退换货单"]
REPRINT = ["补打", "重打", "副本", "重印", "再打印", "重新打印", "补印"]
PRE_BILL = ["预结", "预打", "客看", "未结账", "未结帐", "未付款", "预览单"]
OTHER = [
    "交班",
    "日结",
    "日报",
    "班结",
    "月结",
    "报表",
    "对账",
    "对帐",
    "汇总",
    "后厨",
    "厨打",
    "厨房",
    "传菜",
    "传单",
    "制作单",
    "出品单",
    "划菜",
    "点菜单",
    "加菜单",
    "催菜",
    "起菜",
    "测试页",
    "自检",
    "排队",
    "叫号",
    "签购单",
    "存根",
    "寄存",
    "入库",
    "出库",
    "调拨",
    "盘点",
    "采购单",
    "开钱箱",
    "储值凭证",
    "充值",
    "外卖单",
    "美团",
    "饿了么",
    "标签",
    "美团外卖",
    "打印测试",
    "押金",
]
NOT_A_KIND = re.compile(
    r"凭.{0,12}退|退换?货?(?:须知|说明|政策|规则)|天内.{0,6}退|日内.{0,6}退"
    r"|不予?退|概不|可退|退(?:换|货)(?:请|时|需)|换货|团购|充值(?:优惠|有礼|享)"
)
# What an amount is called. Where one word can mean several sums, arithmetic decides (see sums).
COUNT = [
    "件数",
    "数量",
    "总数",
    "总件数",
    "共计件",
    "品种",
    "行数",
    "积分",
    "余额",
    "人数",
    "人均",
    "编号",
    "开钱箱",
    "单品数",
]
ROUNDING = ["抹零", "舍零", "去零", "去尾", "舍入", "取整", "凑整", "尾数", "rounding"]
CHANGE = ["找零", "找回", "找赎", "找补", "找钱", "找续", "change"]
STRONG_DUE = [
    "应收",
    "应付",
    "应退",
    "实付",
    "实退",
    "待付",
    "需付",
    "应缴",
    "due",
    "payable",
    "退款金额",
    "退款合计",
    "实退",
]
PAID = [
    "实收",
    "收款",
    "已收",
    "已付",
    "付款金额",
    "收您",
    "收现",
    "支付金额",
    "收银金额",
    "顾客付",
    "paid",
    "tendered",
    "received",
]
OFF = [
    "优惠",
    "折扣",
    "让利",
    "满减",
    "立减",
    "直降",
    "折让",
    "减免",
    "减价",
    "减额",
    "扣减",
    "减",
    "discount",
    "less",
    "代金券抵",
    "券抵",
    "抵扣",
    "促销",
    "省",
    "特价",
    "活动",
    "coupon",
    "改价",
]
WEAK_SUM = [
    "合计",
    "总计",
    "总金额",
    "总额",
    "消费合计",
    "消费金额",
    "小计",
    "商品总额",
    "total",
    "subtotal",
    "原价",
    "金额",
    "货款",
    "总价",
    "共计",
    "应计",
]
METHODS = [
    "现金",
    "微信支付",
    "微信",
    "支付宝",
    "银行卡",
    "信用卡",
    "借记卡",
    "储蓄卡",
    "刷卡",
    "银联",
    "云闪付",
    "储值卡",
    "会员卡",
    "购物卡",
    "礼品卡",
    "礼券",
    "数字人民币",
    "数币",
    "花呗",
    "挂账",
    "挂帐",
    "签单",
    "翼支付",
    "京东支付",
    "抖音支付",
    "抖音团购",
    "抖音券",
    "美团券",
    "美团支付",
    "医保",
    "医保卡",
    "扫码支付",
    "扫码",
    "聚合支付",
    "预付卡",
    "提货券",
    "转账",
    "储值",
    "余额支付",
    "会员余额",
    "会员储值",
    "代金券",
    "消费券",
    "cash",
    "wechat",
    "alipay",
    "card",
]
ITEM_OFF = re.compile(
    r"^(?:[-*·>↓\[(]\s*)?(?:less\s*)?(?:单品|商品|会员|促销|活动|行|整单|本品|其中)?"
    r"(?:优惠|折扣|折让|让利|直降|立减|特价|满减|减价|减免|促销|discount|less|减|省|优惠额|折后优惠|改价|会员价优惠)"
    r"(?:金额|额)?(?:\s*\d+(?:\.\d+)?\s*(?:%|折))?[\])]?$",
    re.IGNORECASE,
)
HEADS: dict[str, str] = {
    "name": "品名 商品名称 商品 名称 菜品 菜名 品项 项目 货品 品目 品名规格 货名 "
    "item description name 品种 商品明细 服务项目",
    "code": "货号 编码 条码 编号 款号 商品编码 商品条码 sku code 代码",
    "price": "单价 价格 原价 吊牌价 售价 零售价 标价 price 单价元 会员价",
    "qty": "数量 件数 数 qty 重量 数量kg 份数",
    "amount": "金额 小计 成交金额 总价 amount 合计 实售金额 应收 成交额 金额元 "
    "实收 折后金额 实付 total 折后小计",
    "rate": "折率 折扣 折扣率 折 扣率",
    "off": "优惠 让利 折让 优惠额 优惠金额 折扣额",
    "unit": "单位",
    "seq": "序号 序 no no. #",
    "spec": "规格",
    "net_price": "成交价 折后价 现价 实售价 折后单价",
}
HEAD_ROLES = {word: role for role, words in HEADS.items() for word in words.split()}


TRADITIONAL = (
    "單单 號号 訂订 編编 時时 間间 應应 實实 總总 計计 額额 優优 減减 讓让 現现 續续 餘余 員员 "
    "銀银 數数 價价 稱称 貨货 項项 據据 憑凭 證证 開开 結结 賬账 換换 補补 預预 對对 報报 廚厨 "
    "後后 傳传 測测 試试 頁页 會会 電电 話话 機机 檯台 臺台 費费 購购 門门 條条 碼码 類类 錢钱"
)


_SIMPLE = {pair[0]: pair[1] for pair in TRADITIONAL.split()}


_OFTEN = (
    "單號 時間 日期 品名 數量 單價 金額 合計 總計 小計 應收 實收 找零 收銀 折扣 現金 訂單 發票 商品"
)
_SAID = [*_OFTEN.split(), *("".join(_SIMPLE.get(s, s) for s in word) for word in _OFTEN.split())]
BIG5_WORDS = re.compile(b"|".join(word.encode("big5") for word in _OFTEN.split()))
GBK_WORDS = re.compile(b"|".join(word.encode("gbk") for word in _SAID))


class _Narrow(dict[int, str]):
    """The narrow look of each sign, worked out once."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        plain = unicodedata.normalize("NFKC", sign)
        plain = _SIMPLE.get(plain, plain)
        plain = {"−": "-", "—": "-", "–": "-", "\u3000": " ", "\u00a0": " "}.get(sign, plain)
        self[code] = plain if len(plain) == 1 else sign
        return self[code]


_NARROW = _Narrow()


def flat(text: str) -> str:
    """Full-width letters, digits and signs as narrow ones, words of labels in simplified signs;
    sign for sign: places stay the same."""
    return text if text.isascii() else text.translate(_NARROW)


def bare(text: str) -> str:
    """A label without blanks, colons and brackets, in small letters."""
    return re.sub(r"[\s:：()（）\[\]【】¥￥$.*_]+", "", flat(text)).lower()


def has_word(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


MOST_TITLE = 14  # of a word in the middle of a rule


@lru_cache(1024)
def is_rule(text: str) -> bool:
    """A line of hyphens, stars, waves or the like, perhaps with a word in its middle."""
    said = text.strip()
    signs = set(said) - {" "}
    few = len(signs) == 1 and len(said) >= 16
    plain = len(said) >= 8 and 0 < len(signs) <= 2 and not any(s.isalnum() for s in signs)
    return few or plain or _is_titled(said)


def _is_titled(said: str) -> bool:
    """==== 商品明细 ====: one sign six times, a word, and the sign again."""
    if len(said) < 6 or said[0].isalnum() or said[0] == "_":
        return False
    own = said[0] + " "
    ahead = said[: len(said) - len(said.lstrip(own))].count(said[0])
    behind = said[len(said.rstrip(own)) :].count(said[0])
    title = said.strip(own)
    return ahead >= 6 and (not title or (len(title) <= MOST_TITLE and behind >= 4))
