"""Customer groups that staff may share to."""

from dataclasses import dataclass
from datetime import datetime

from core.security.scope import Scope
from crm.people.errors import GroupNotFound
from crm.people.models import CustomerGroup


@dataclass(frozen=True, slots=True)
class GroupView:
    """`name` may be empty in WeCom; people then see the end of its id."""

    id: int
    public_id: str
    chat_id: str
    name: str
    store_id: int | None


def _view(row: CustomerGroup) -> GroupView:
    name = row.name or f"客户群 {row.chat_id[-4:]}"
    return GroupView(row.id, row.public_id, row.chat_id, name, row.store_id)


async def groups_for(scope: Scope) -> list[GroupView]:
    """The groups of the asker's stores by name, the asker's own before the others."""
    rows = CustomerGroup.filter(scope.stores_q(), gone_at=None)
    found = await rows.order_by("name", "id").limit(200)
    return [
        _view(row) for row in sorted(found, key=lambda row: row.owner_guide_id != scope.staff_id)
    ]


async def groups_seen_since(moment: datetime) -> set[str]:
    """Chat ids whose name and owner were looked up after a moment."""
    rows = CustomerGroup.filter(seen_at__gte=moment, gone_at=None)
    return {row.chat_id for row in await rows}


async def find_group(scope: Scope, public_id: str) -> GroupView:
    """Raises GroupNotFound for a group of others as for one that is not there."""
    row = await CustomerGroup.filter(scope.stores_q(), public_id=public_id, gone_at=None).first()
    if row is None:
        raise GroupNotFound(group_id=public_id)
    return _view(row)
