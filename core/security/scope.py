"""Who asks, and what that person may see. Every query starts from one of these."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q


class Role(StrEnum):
    MEMBER = "member"  # 会员
    GUIDE = "guide"  # 导购
    STORE_MANAGER = "store_manager"  # 店长
    FRANCHISEE = "franchisee"  # 加盟商
    MARKETER = "marketer"  # 营销
    HEAD_OFFICE = "head_office"  # 总部


EVERYWHERE = frozenset({Role.MARKETER, Role.HEAD_OFFICE})
NOTHING = Q(id__lt=0)  # keys begin at 1


@dataclass(frozen=True, slots=True)
class Scope:
    """A member sees own rows; staff see their stores' rows; head office and marketers see all.

    What is not said is denied: an empty `store_ids` sees no store.
    """

    role: Role
    member_id: int | None = None
    staff_id: int | None = None
    store_ids: frozenset[int] = frozenset()
    franchisee_id: int | None = None

    @property
    def sees_all_stores(self) -> bool:
        return self.role in EVERYWHERE

    def sees_store(self, store_id: int | None) -> bool:
        return self.sees_all_stores or store_id in self.store_ids

    def stores_q(self, column: str = "store_id") -> Q:
        """The filter a query on rows of stores begins with."""
        if self.sees_all_stores:
            return Q()
        mine: dict[str, Any] = {f"{column}__in": sorted(self.store_ids)}
        return Q(**mine) if self.store_ids else NOTHING

    def members_q(self, column: str = "member_id") -> Q:
        """The filter a query on rows of members begins with. Staff of stores see none here:

        whom a guide may see is a binding, which is crm's to answer.
        """
        if self.sees_all_stores:
            return Q()
        is_member = self.role is Role.MEMBER and self.member_id is not None
        own: dict[str, Any] = {column: self.member_id}
        return Q(**own) if is_member else NOTHING

    @property
    def actor(self) -> str:
        """For audit rows and timelines: `member:12` or `guide:3`."""
        return f"{self.role}:{self.member_id if self.role is Role.MEMBER else self.staff_id}"
