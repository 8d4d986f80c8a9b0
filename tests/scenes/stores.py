"""Set the scene: stores, who owns them and who works there."""

from itertools import count
from typing import Any

from core.security.scope import Role
from trade.stores import keys
from trade.stores.models import Franchisee, Staff, Store, TaxEntity
from trade.stores.rules import StoreKind

serial = count(1)


async def a_tax_entity(**more: Any) -> TaxEntity:
    facts = {
        "tax_no": "91310101MA1DGXY129",
        "name": "木棠生活家居（上海）有限公司",
        "drawer": "沈知秋",
    }
    return await TaxEntity.create(code=f"T{next(serial)}", **{**facts, **more})


async def a_franchisee() -> Franchisee:
    return await Franchisee.create(code=f"F{next(serial)}", name="苏州棠里商贸有限公司")


async def a_store(*, franchisee: Franchisee | None = None, **more: Any) -> Store:
    number = next(serial)
    facts = {
        "code": f"S{number:03}",
        "name": f"木棠{number}店",
        "kind": StoreKind.FRANCHISE if franchisee else StoreKind.DIRECT,
        "region": "华东",
        "city": "上海",
        "address": "南京西路 1 号",
        "latitude": 31.23,
        "longitude": 121.47,
        "franchisee": franchisee,
    }
    seller = more.pop("tax_entity", None) or await a_tax_entity()
    store = await Store.create(tax_entity=seller, **{**facts, **more})
    await keys.make(store.id)
    return store


async def a_member_of_staff(role: Role = Role.GUIDE, **more: Any) -> Staff:
    number = next(serial)
    facts = {"user_id": f"u{number}", "name": "林晓", "display_name": "小林", "role": role}
    if role in {Role.GUIDE, Role.STORE_MANAGER} and "store" not in more:
        more["store"] = await a_store()
    return await Staff.create(**{**facts, **more})
