"""The keys for typed goods (手工录入的类目), and how a store's scale writes its labels."""

import re
from dataclasses import dataclass

from core.audit_log import record
from core.database import use_case
from core.security.scope import Scope
from devices.counter.errors import DepartmentUnfit, DepartmentUnknown, ScaleUnfit
from devices.counter.models import Department, Scale
from devices.counter.rules import SLOT, ScaleValue
from trade.catalog.queries import SkuView, product_ids, skus_by_code
from trade.catalog.service import ProductDraft, SkuDraft, put_products, put_skus
from trade.stores.errors import StoreNotFound

TYPED = "柜台手工录入"  # the category of the catalog under which they lie together, on no shelf
CODE, TAX_CODE = re.compile(r"[a-z0-9-]{1,20}"), re.compile(r"[0-9]{19}")


@dataclass(frozen=True, slots=True)
class DepartmentDraft:
    """`store_id` None: for every store, which only head office says. `tax_bp` 1300 is 13 %."""

    code: str
    name: str
    tax_code: str
    tax_bp: int
    store_id: int | None = None
    unit: str = "件"
    position: int = 0
    is_active: bool = True


@use_case
async def put_department(scope: Scope, draft: DepartmentDraft) -> None:
    """Add or correct a department by its code. Doing it again changes nothing.

    A code of another store, or of all stores for who is not head office, is not theirs.
    Raises DepartmentUnfit, DepartmentUnknown, StoreNotFound.
    """
    name, unit = draft.name.strip(), draft.unit.strip()
    is_fit = CODE.fullmatch(draft.code) and TAX_CODE.fullmatch(draft.tax_code)
    if not is_fit or not name or not unit or not 0 <= draft.tax_bp <= 10_000:
        raise DepartmentUnfit(code=draft.code)
    if draft.store_id is not None and not scope.sees_store(draft.store_id):
        raise StoreNotFound(store_id=draft.store_id)
    if draft.store_id is None and not scope.sees_all_stores:
        raise StoreNotFound
    facts = {
        "name": name[:40],
        "unit": unit[:10],
        "tax_code": draft.tax_code,
        "tax_bp": draft.tax_bp,
        "position": draft.position,
        "is_active": draft.is_active,
    }
    row, is_new = await Department.get_or_create(
        {**facts, "store_id": draft.store_id}, code=draft.code
    )
    if row.store_id != draft.store_id:
        raise DepartmentUnknown(department=draft.code)
    if not is_new:
        await Department.filter(id=row.id).update(**facts)
    await record(scope, "counter.department_put", f"department:{draft.code}", tax_bp=draft.tax_bp)


@use_case
async def put_scale(scope: Scope, *, store_id: int, flag: str, says: str) -> None:
    """How labels that begin with `flag` are read in a store. Again changes nothing.

    Raises ScaleUnfit, StoreNotFound.
    """
    if not re.fullmatch(r"2[0-9]", flag, re.ASCII) or says not in set(ScaleValue):
        raise ScaleUnfit(flag=flag[:4])
    if not scope.sees_store(store_id):
        raise StoreNotFound(store_id=store_id)
    row, _ = await Scale.get_or_create({"says": says}, store_id=store_id, flag=flag)
    await Scale.filter(id=row.id).update(says=says)


async def typed_goods(
    wanted: set[tuple[str, int]], known: dict[str, Department]
) -> dict[tuple[str, int], SkuView]:
    """The SKUs that stand for the n-th typed price of departments; those missing are made.

    They are off every shelf and no stock is kept of them: the order says what was sold and for how
    much, they say only of which tax class.
    """
    codes = {slot: SLOT.format(code=slot[0], slot=slot[1]) for slot in wanted}
    found = await skus_by_code(codes.values())
    lacking = {
        slot
        for slot, code in codes.items()
        if code not in found or _is_other(found[code], known[slot[0]])
    }
    if lacking:
        await _make(lacking, known)
        found = await skus_by_code(codes.values())
    return {slot: found[code] for slot, code in codes.items()}


def _is_other(sku: SkuView, department: Department) -> bool:
    said = (sku.tax_code, sku.tax_bp, sku.unit)
    return said != (department.tax_code, department.tax_bp, department.unit)


async def _make(lacking: set[tuple[str, int]], known: dict[str, Department]) -> None:
    """A product for each: of one product no two SKUs look alike."""
    rows = {SLOT.format(code=code, slot=slot): known[code] for code, slot in sorted(lacking)}
    await put_products(
        ProductDraft(code, row.name, TYPED, "", "", "", on_sale=False) for code, row in rows.items()
    )
    ids = await product_ids()
    await put_skus([_sku(row, code, ids[code]) for code, row in rows.items()])


def _sku(row: Department, code: str, product_id: int) -> SkuDraft:
    return SkuDraft(
        product_id=product_id,
        code=code,
        barcode=None,
        colour="",
        size="",
        unit=row.unit,
        tax_code=row.tax_code,
        tax_bp=row.tax_bp,
        list_price_fen=0,
        picture="",
        on_sale=False,
    )
