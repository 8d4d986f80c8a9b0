"""Who may walk in while the shop is played: the demo's logins, shown on its front page."""

from dataclasses import dataclass

from core.security.scope import Role
from trade.stores.queries import find_staff_by_user, get_store, logins

PASSWORD = "daogou-demo"  # noqa: S105  told at the start and on the front page, in demo mode only


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """`store` is the one they see; empty: more than one."""

    login: str
    name: str
    role: Role
    store: str


async def demo_logins() -> list[DemoLogin]:
    """Everybody who has a login, head office first."""
    found = [await _demo_login(login, user_id) for login, user_id in (await logins()).items()]
    order = list(Role)
    return sorted(
        (one for one in found if one), key=lambda one: (-order.index(one.role), one.login)
    )


async def _demo_login(login: str, user_id: str) -> DemoLogin | None:
    staff = await find_staff_by_user(user_id)
    if staff is None:
        return None
    store = (await get_store(staff.store_id)).name if staff.store_id else ""
    return DemoLogin(login, staff.name, staff.role, store)
