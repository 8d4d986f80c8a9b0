"""Who of ours is told that invoices wait for them: the store's manager and head office, in WeCom.

No buyer is named: a message passes through a phone's lock screen.
"""

from core.database import use_case
from core.security.scope import Role
from core.settings import current
from crm.people.service import want_message
from invoicing.backends.events import BackendDown
from invoicing.events import InvoiceHeld, RequestExpired
from invoicing.reds.events import RedWaits
from trade.stores.queries import get_store, office_staff, seller_named, staff_of_store

SELLERS, REDS = "/console/invoices/sellers", "/console/invoices/reds"
TERMINALS = "/console/terminals"
STATES = {
    "login": "开票员未登录电子税务局",
    "face": "需要人脸认证",
    "quota": "开票额度已用完",
    "numbers": "票号已用完",
    "credential": "开票密钥失效",
    "bureau": "税局限制开票",
    "device": "开票设备离线",
    "silent": "开票服务没有应答",
    "held": "已人工暂停",
}
HOLDS = {
    "quota": "本月开票额度已用完",
    "frozen": "征期暂停开票",
    "seller_off": "开票已停用",
    "no_account": "没有可用的开票账号",
}
REDS_WAIT = {
    "buyer": "红字发票等待购买方确认，72 小时内有效",
    "seller": "红字发票等待我方确认，72 小时内有效",
    "reminder": "红字发票的确认单还有 24 小时作废",
    "lapsed": "红字发票的确认单多次过期，需要人工处理",
    "refused": "红字发票被退回，需要人工处理",
}


@use_case
async def tell_of_account(event: BackendDown) -> None:
    """An account at a tax backend takes nothing: head office logs in, or sees to it. Told once."""
    seller = await seller_named(event.tax_entity_id)
    why = STATES.get(event.state, "开票服务暂停")
    key = f"backend:{event.account_id}:{event.at:%Y%m%d%H%M}"
    await _tell(key, f"{seller.name}：{why}，发票申请排队中，恢复后按顺序开具。", SELLERS)


@use_case
async def tell_of_hold(event: InvoiceHeld) -> None:
    """Requests wait for another reason than their account. Told once for each time it stops."""
    why = HOLDS.get(event.reason)
    if why is None:
        return
    seller = await seller_named(event.tax_entity_id)
    key = f"held:{event.tax_entity_id}:{event.reason}:{event.at:%Y%m%d%H%M}"
    await _tell(key, f"{seller.name}：{why}，发票申请排队中。", SELLERS, event.store_id)


@use_case
async def tell_of_red(event: RedWaits) -> None:
    """A red letter waits for somebody. Told once for each reason and hour."""
    why = REDS_WAIT.get(event.why, "红字发票需要处理")
    key = f"red:{event.red_id}:{event.why}:{event.at:%Y%m%d%H}"
    await _tell(key, f"{why}。", REDS, event.store_id)


@use_case
async def tell_of_expired(event: RequestExpired) -> None:
    """A guest waited for a sale that was never uploaded: somebody looks at the till or box."""
    store = await get_store(event.store_id)
    text = f"{store.name}：有顾客扫码开票，但小票一直没有上传，申请已过期。请检查收银机或动码盒。"
    await _tell(f"expired:{event.request_no}", text, TERMINALS, event.store_id)


async def _tell(key: str, text: str, page: str, store_id: int | None = None) -> None:
    here = await staff_of_store(store_id) if store_id else []
    managers = [one for one in here if one.role is Role.STORE_MANAGER]
    told = f"{text}\n{current().public_url}{page}"
    for one in [*await office_staff(), *managers]:
        await want_message(key=f"{key}:{one.id}", staff_id=one.id, text=told)
