"""Who of ours is told that a printer of a store is down: its manager, in WeCom."""

from core.database import use_case
from core.security.scope import Role
from core.settings import current
from crm.people.service import want_message
from devices.events import PrinterBack, PrinterDown
from trade.stores.queries import get_store, staff_of_store

PAGE = "/console/printing"
WHY = {"offline": "离线", "no_paper": "缺纸", "abnormal": "异常"}


@use_case
async def tell_of_printer(event: PrinterDown) -> None:
    """Told once for each time it goes down."""
    why = WHY.get(event.condition, "异常")
    text = f"打印机{why}，小票暂存，恢复后由您确认是否补打。"
    await _tell(event.store_id, f"printer:{event.printer_id}:{event.at:%Y%m%d%H%M%S}", text)


@use_case
async def tell_of_return(event: PrinterBack) -> None:
    """Told once for each time it is back."""
    key = f"printer_back:{event.printer_id}:{event.at:%Y%m%d%H%M%S}"
    await _tell(event.store_id, key, "打印机已恢复。")


async def _tell(store_id: int, key: str, text: str) -> None:
    store = await get_store(store_id)
    told = f"{store.name}：{text}\n{current().public_url}{PAGE}"
    for one in await staff_of_store(store_id):
        if one.role is Role.STORE_MANAGER:
            await want_message(key=f"{key}:{one.id}", staff_id=one.id, text=told)
