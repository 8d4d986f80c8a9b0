"""The templates a brand begins with, the names each kind has, and an example to look at."""

from devices.protocol.blocks import Block
from devices.protocol.templates import Facts, Names, fill, parse
from devices.rules import DocumentKind

_NONE: frozenset[str] = frozenset()
_SOLD = frozenset({"title", "spec", "quantity", "price", "gross", "off", "amount", "shelf", "sku"})


def _names(*plain: str, **lists: frozenset[str]) -> Names:
    return {**dict.fromkeys(plain, _NONE), **lists}


_STORE = ("store_name", "store_address", "store_phone")
_SALE = ("order_no", "paid_at", "pieces", "goods", "discount", "freight", "paid", "payment")
_QR = ("invoice_url", "invoice_until", "short_code", "entry_url")

NAMES: dict[DocumentKind, Names] = {
    DocumentKind.RECEIPT: _names(*_STORE, *_SALE, "points", "cashier", *_QR, lines=_SOLD),
    DocumentKind.INVOICE: _names(*_STORE, "order_no", "paid_at", "paid", *_QR),
    DocumentKind.PICK: _names(
        *_STORE, "task_no", "order_no", "kind", "due_at", "note", "pieces", lines=_SOLD
    ),
    DocumentKind.CONTRACT: _names(
        *_STORE, *_SALE, "contract_no", "made_at", "guide", "contract_url", lines=_SOLD
    ),
    DocumentKind.TEST: _names("store_name", "printer", "at", "letters", "url"),
}

TEXTS: dict[DocumentKind, str] = {
    DocumentKind.RECEIPT: """\
^# {{store_name}}

单号：{{order_no}}
时间：{{paid_at}}
{{#store_address}}
地址：{{store_address}}
{{/store_address}}
{{#store_phone}}
电话：{{store_phone}}
{{/store_phone}}
---
* 品名 数量×单价 | 金额
---
{{#lines}}
{{title}} {{spec}}
  {{quantity}}×{{price}} | {{gross}}
{{#off}}
  优惠 | {{off}}
{{/off}}
{{/lines}}
---
合计 {{pieces}} 件 | {{goods}}
{{#discount}}
优惠 | {{discount}}
{{/discount}}
{{#freight}}
运费 | {{freight}}
{{/freight}}
---
># 实付￥{{paid}}
---
支付方式 | {{payment}}
{{#points}}
本单积分 | {{points}}
{{/points}}
{{#invoice_url}}
---
^* 扫码开票

[qr invoice_url]
{{#invoice_until}}
^ 最晚开票日 {{invoice_until}}
{{/invoice_until}}
{{#short_code}}
^ 或打开 {{entry_url}}
^ 输入开票码 {{short_code}} 和实付金额
{{/short_code}}
{{/invoice_url}}

^ 谢谢惠顾 欢迎再来
[cut]
""",
    DocumentKind.INVOICE: """\
^* {{store_name}}
单号：{{order_no}}
时间：{{paid_at}}
金额：￥{{paid}}
---
^* 扫码开票

[qr invoice_url]
^ 最晚开票日 {{invoice_until}}
{{#short_code}}
^ 或打开 {{entry_url}}
^ 输入开票码 {{short_code}} 和实付金额
{{/short_code}}
[cut]
""",
    DocumentKind.PICK: """\
^# 拣货单
^ {{store_name}}
---
任务：{{task_no}}
订单：{{order_no}}
方式：{{kind}}
{{#due_at}}
* 最晚 {{due_at}}
{{/due_at}}
---
{{#lines}}
* {{title}} {{spec}} | ×{{quantity}}
  {{sku}} | {{shelf}}
{{/lines}}
---
共 {{pieces}} 件
{{#note}}
备注：{{note}}
{{/note}}

[barcode task_no]
[buzz]
[cut]
""",
    DocumentKind.CONTRACT: """\
^# 销售合同
合同号：{{contract_no}}
订单号：{{order_no}}
日期：{{made_at}}
---
卖方：{{store_name}}
{{#store_address}}
地址：{{store_address}}
{{/store_address}}
{{#guide}}
导购：{{guide}}
{{/guide}}
---
{{#lines}}
{{title}} {{spec}}
  {{quantity}}×{{price}} | {{amount}}
{{/lines}}
---
* 合计（{{pieces}} 件） | ￥{{paid}}
---
1. 买方已核对以上商品、数量与金额。
2. 质量问题七日内可退换，凭本合同办理。
3. 本合同一式两份，双方各执一份。

[sign 买方签字：]
[sign 卖方签字：]
日期：

^ 扫码查看合同
[qr contract_url]
[cut]
""",
    DocumentKind.TEST: """\
^# 测试页
^ {{store_name}} {{printer}}
{{at}}
---
左 | 右
^ 居中
> 靠右
^# 大字
* 粗体
{{letters}}
---
[barcode at]
[qr url]
[buzz]
[cut]
""",
}

_LINES = (
    {
        "title": "羊绒围巾",
        "spec": "烟灰 / 均码",
        "quantity": "2",
        "price": "399.00",
        "gross": "798.00",
        "off": "-40.00",
        "amount": "758.00",
        "shelf": "A-03",
        "sku": "SJ0712",
    },
    {
        "title": "亚麻长袖衬衫",
        "spec": "米白 / M",
        "quantity": "1",
        "price": "299.00",
        "gross": "299.00",
        "off": "",
        "amount": "299.00",
        "shelf": "B-11",
        "sku": "YM0203",
    },
)
EXAMPLE: Facts = {
    "store_name": "木棠生活·南京西路店",
    "store_address": "上海市静安区南京西路 1266 号",
    "store_phone": "021-60000000",
    "order_no": "2511210123456789",
    "paid_at": "2025-11-21 14:03:09",
    "lines": _LINES,
    "pieces": "3",
    "goods": "1097.00",
    "discount": "-40.00",
    "freight": "",
    "paid": "1057.00",
    "payment": "微信支付",
    "points": "1057",
    "cashier": "周婷",
    "invoice_url": "https://shop.example.cn/i/AQABAAAAAQAAAAAAAQAAJxAAZG5mYWJjZGVmZ2hpams",
    "invoice_until": "2026-05-20",
    "short_code": "7K3M-9QXV",
    "entry_url": "https://shop.example.cn/i",
    "task_no": "T251121000017",
    "kind": "门店自提",
    "due_at": "15:03",
    "note": "请加礼品袋",
    "contract_no": "C251121000003",
    "made_at": "2025-11-21",
    "guide": "周婷",
    "contract_url": "https://shop.example.cn/contract/ct_example",
    "printer": "前台",
    "at": "2025-11-21 14:03",
    "letters": "龘 喆 堃 䶮 㛃 ￥1,234.56",
    "url": "https://shop.example.cn/",
}


def example(kind: DocumentKind, text: str) -> list[Block]:
    """A paper of `kind` as `text` writes it. Raises TemplateUnfit."""
    return fill(parse(text, NAMES[kind]), EXAMPLE)
