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
    PARTNER = "partner"  # 外部系统: a till, an ERP


class Grant(StrEnum):
    """What a partner's program may do. Nothing is granted that was not said."""

    TILL_WRITE = "till.write"  # 上传收银小票
    STOCK_WRITE = "stock.write"  # 同步库存
    STOCK_READ = "stock.read"
    ORDERS_READ = "orders.read"
    ORDERS_MARK = "orders.mark"  # 回写 ERP 单号
    CATALOG_READ = "catalog.read"
    FEED_READ = "feed.read"  # 变更流与推送
    INVOICES_READ = "invoices.read"  # 发票回写
    TRACKS_WRITE = "tracks.write"  # 回传物流轨迹


EVERYWHERE = frozenset({Role.MARKETER, Role.HEAD_OFFICE})
NOTHING = Q(id__lt=0)  # keys begin at 1


@dataclass(frozen=True, slots=True)
class Scope:
    """A member sees own rows; staff see their stores' rows; head office and marketers see all.

    A partner sees the stores it was given, or every store when it `is_everywhere`, and no member.

    What is not said is denied: an empty `store_ids` sees no store.
    """

    role: Role
    member_id: int | None = None
    staff_id: int | None = None
    store_ids: frozenset[int] = frozenset()
    franchisee_id: int | None = None
    partner_id: int | None = None
    is_everywhere: bool = False
    grants: frozenset[Grant] = frozenset()

    @property
    def sees_all_stores(self) -> bool:
        return self.role in EVERYWHERE or (self.role is Role.PARTNER and self.is_everywhere)

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
        if self.role in EVERYWHERE:
            return Q()
        is_member = self.role is Role.MEMBER and self.member_id is not None
        own: dict[str, Any] = {column: self.member_id}
        return Q(**own) if is_member else NOTHING

    @property
    def actor(self) -> str:
        """For audit rows and timelines: `member:12`, `guide:3` or `partner:2`."""
        ids = {Role.MEMBER: self.member_id, Role.PARTNER: self.partner_id}
        return f"{self.role}:{ids.get(self.role, self.staff_id)}"
