"""A store has something to do: its people learn of it at once, its manager when it is late."""

from core.database import use_case
from core.security.scope import Role
from crm.people.service.messages import want_message
from trade.stores.queries import get_store, staff_of_store

TOLD = {Role.GUIDE, Role.STORE_MANAGER}


@use_case
async def alert_store(*, task_id: int, order_no: str, store_id: int, is_late: bool) -> None:
    """Tell the people of a store of a task, or only the manager that it is late. Once each."""
    store, tail = await get_store(store_id), order_no[-6:]
    roles = {Role.STORE_MANAGER} if is_late else TOLD
    what = "已超时未处理，请尽快安排" if is_late else "待处理，请尽快接单备货"
    text = f"{store.name}有订单{what}，订单尾号 {tail}。请打开“门店任务”查看。"
    kind = "task-late" if is_late else "task"
    for person in await staff_of_store(store_id):
        if person.role in roles:
            key = f"{kind}:{task_id}:{person.id}"
            await want_message(key=key, staff_id=person.id, text=text)
