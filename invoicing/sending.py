"""Messages that carry an invoice: their words, and what became of each on its way."""

import asyncio

from core.errors import Unavailable
from core.mail import Attachment, Fate, Outcome, send
from core.money import yuan
from core.partners import NoAnswer
from core.settings import current
from core.sms import SmsFate, send_sms
from core.wechat import mini_program
from invoicing import archive
from invoicing.rules.delivery import MOST_ATTACHED
from invoicing.rules.files import SUFFIXES
from invoicing.service.delivering import Letter


async def post(letter: Letter) -> Outcome:
    """By mail, with all files while they are small enough, else with the link alone."""
    amount = yuan(letter.incl_fen)
    attached = await _attached(letter)
    names = "、".join(one.name.rpartition(".")[2].upper() for one in attached)
    how = f"附件为发票文件（{names}）。也可" if attached else "请"
    return await send(
        to=letter.to,
        subject=f"{letter.seller_name} 电子发票 尾号 {letter.number[-4:]} ￥{amount}",
        text=TEXT.format(letter=letter, amount=amount, how=how),
        message_key=letter.message_key,
        attachments=attached,
    )


async def _attached(letter: Letter) -> list[Attachment]:
    if sum(file.size for file in letter.files) > MOST_ATTACHED:
        return []
    attached = []
    for file in letter.files:
        data = await asyncio.to_thread(archive.load, file.sha256, file.format.value)
        name = f"{letter.number}.{file.format.value}"
        attached.append(Attachment(name, data, SUFFIXES[file.format]))
    return attached


TEXT = """您好，您的电子发票已开具。

销售方：{letter.seller_name}
发票号码：{letter.number}
开票日期：{letter.issued_on}
价税合计：￥{amount}
订单号：{letter.order_no}

{how}打开下面的链接查看或下载（90 天内有效）：
{letter.link}
之后凭小票二维码随时查看：
{letter.page_url}

Your e-invoice is here: see the files attached, or the first link (good for 90 days).
"""


async def text(letter: Letter) -> Outcome:
    """By SMS: a short link and no amount. The provider sends one key once, so asking again is safe.

    Without a provider it has failed, and the page says so; the file is there all the same.
    """
    sms = current().sms
    if sms is None:
        return Outcome(Fate.REFUSED, "not_configured")
    brand = sms.signature or "daogou"
    words = f"【{brand}】您的电子发票（尾号{letter.number[-4:]}）已开具：{letter.link}"
    try:
        said = await send_sms(to=letter.to, text=words, key=letter.message_key)
    except NoAnswer as lost:
        return Outcome(Fate.NOT_SENT, str(lost.facts.get("why", ""))[:40])
    is_sent = said.fate is SmsFate.SENT
    return Outcome(Fate.SENT) if is_sent else Outcome(Fate.REFUSED, "refused")


async def card(letter: Letter) -> Outcome:
    """A card in WeChat that opens the invoice in the mini-program. It never blocks anything."""
    app = current().mini_program
    if app is None or app.invoice_card is None:
        return Outcome(Fate.REFUSED, "not_configured")
    facts = {
        "number": letter.number,
        "amount": f"¥{yuan(letter.incl_fen).replace(',', '')}",
        "seller": letter.seller_name,
        "day": f"{letter.issued_on:%Y-%m-%d}",
    }
    try:
        ended = await mini_program.send_subscription(
            open_id=letter.to,
            template_id=app.invoice_card.template_id,
            page=f"{app.invoice_card.page}?token={letter.message_key}",
            data={key: facts[fact] for key, fact in app.invoice_card.fields.items()},
        )
    except Unavailable as lost:
        return Outcome(Fate.MAYBE, lost.code.rpartition(".")[2])
    is_sent = ended is mini_program.Delivery.SENT
    return Outcome(Fate.SENT) if is_sent else Outcome(Fate.REFUSED, ended.value)
