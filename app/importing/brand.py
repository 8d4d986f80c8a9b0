"""A brand's files, in the order in which they need each other, and the room each belongs to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.importing.belonging import load_kits, load_scenes
from app.importing.cells import Row
from app.importing.deals import PromotionRow, load_promotions
from app.importing.loading import Loader, Refused, maybe_named, named
from app.importing.price_rows import (
    FullReductionRow,
    MemberRateRow,
    PriceRow,
    ProgramRateRow,
)
from app.importing.rows import (
    AxisRow,
    BrandRow,
    CategoryRow,
    FranchiseeRow,
    KitRow,
    PrinterRow,
    ProductRow,
    SceneRow,
    SkuRow,
    StaffRow,
    StockRow,
    StoreRow,
    TaxEntityRow,
)
from core.upsert import Upserted
from devices.queries import printers_of
from devices.service import add_printer
from trade.catalog.queries import (
    axis_codes,
    barcodes,
    category_codes,
    choices,
    product_ids,
    sku_ids,
    spec_key,
)
from trade.catalog.service import (
    AxisDraft,
    BrandDraft,
    CategoryDraft,
    ProductDraft,
    SkuDraft,
    put_axes,
    put_brands,
    put_categories,
    put_products,
    put_skus,
)
from trade.promotions.service import (
    FullReductionDraft,
    MemberRateDraft,
    PriceDraft,
    ProgramRateDraft,
    put_full_reductions,
    put_member_rates,
    put_prices,
    put_program_rates,
)
from trade.stock.errors import MovementCauseReused
from trade.stock.queries import MovementKind, availability
from trade.stock.service import receive_stock, set_safety
from trade.stores.queries import franchisee_ids, logins, store_ids, tax_entity_ids
from trade.stores.service import (
    FranchiseeDraft,
    StaffDraft,
    StoreDraft,
    TaxEntityDraft,
    put_franchisees,
    put_staff,
    put_stores,
    put_tax_entities,
)

Places = Mapping[str, tuple[str, int]]  # store code -> host and port of its printer


@dataclass(frozen=True, slots=True)
class Step:
    """One file: the shape of its rows and how they are taken."""

    shape: type[Row]
    load: Callable[[Loader[Any]], Awaitable[Upserted]]


def _facts(row: Row, *codes: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields if name not in codes}


async def load_tax_entities(loader: Loader[TaxEntityRow]) -> Upserted:
    return await loader.put(lambda row: TaxEntityDraft(**_facts(row)), put_tax_entities)


async def load_franchisees(loader: Loader[FranchiseeRow]) -> Upserted:
    return await loader.put(lambda row: FranchiseeDraft(**_facts(row)), put_franchisees)


async def load_stores(loader: Loader[StoreRow]) -> Upserted:
    sellers, owners = await tax_entity_ids(), await franchisee_ids()

    def draft(row: StoreRow) -> StoreDraft:
        return StoreDraft(
            **_facts(row, "tax_entity_code", "franchisee_code"),
            tax_entity_id=named(sellers, row, "tax_entity_code"),
            franchisee_id=maybe_named(owners, row, "franchisee_code"),
        )

    return await loader.put(draft, put_stores)


async def load_staff(loader: Loader[StaffRow]) -> Upserted:
    stores, owners, taken = await store_ids(), await franchisee_ids(), await logins()

    def draft(row: StaffRow) -> StaffDraft:
        if taken.get(row.login, row.user_id) != row.user_id:
            raise Refused("login", "taken")
        return StaffDraft(
            **_facts(row, "store_code", "franchisee_code", "login"),
            store_id=maybe_named(stores, row, "store_code"),
            franchisee_id=maybe_named(owners, row, "franchisee_code"),
            login=row.login or None,
        )

    return await loader.put(draft, put_staff)


async def load_categories(loader: Loader[CategoryRow]) -> Upserted:
    """A parent may stand in another row of the file, or be known already."""
    known = {**await category_codes(), **{line.row.code: 0 for line in loader.sheet.lines}}

    def draft(row: CategoryRow) -> CategoryDraft:
        maybe_named(known, row, "parent_code")
        return CategoryDraft(**_facts(row))

    return await loader.put(draft, put_categories)


async def load_brands(loader: Loader[BrandRow]) -> Upserted:
    return await loader.put(lambda row: BrandDraft(**_facts(row)), put_brands)


async def load_axes(loader: Loader[AxisRow]) -> Upserted:
    return await loader.put(lambda row: AxisDraft(**_facts(row)), put_axes)


async def load_products(loader: Loader[ProductRow]) -> Upserted:
    return await loader.put(lambda row: ProductDraft(**_facts(row)), put_products)


async def load_skus(loader: Loader[SkuRow]) -> Upserted:
    products, scanned, chosen = await product_ids(), await barcodes(), await choices()
    axes = await axis_codes()

    def draft(row: SkuRow) -> SkuDraft:
        product_id, further = named(products, row, "product_code"), row.further
        labels = tuple(row.more_barcodes.split("|")) if row.more_barcodes else ()
        if row.barcode and scanned.setdefault(row.barcode, row.code) != row.code:
            raise Refused("barcode", "taken")
        if len({row.barcode, *labels}) <= len(labels) or any(
            scanned.setdefault(label, row.code) != row.code for label in labels
        ):
            raise Refused("more_barcodes", "taken")
        if set(further) - axes:
            raise Refused("spec", "unknown_reference")
        if chosen.get((product_id, row.colour, row.size, spec_key(further)), row.code) != row.code:
            raise Refused("size", "taken")
        facts = _facts(row, "product_code", "more_barcodes", "spec")
        return SkuDraft(**facts, product_id=product_id, more_barcodes=labels, more_spec=further)

    return await loader.put(draft, put_skus)


async def load_prices(loader: Loader[PriceRow]) -> Upserted:
    stores, skus = await store_ids(), await sku_ids()

    def draft(row: PriceRow) -> PriceDraft:
        return PriceDraft(
            **_facts(row, "store_code", "sku_code"),
            store_id=maybe_named(stores, row, "store_code"),
            sku_id=named(skus, row, "sku_code"),
        )

    return await loader.put(draft, put_prices)


async def load_stock(loader: Loader[StockRow]) -> Upserted:
    """Opening stock (期初库存): booked once per store and SKU, whatever is sold afterwards."""
    stores, skus = await store_ids(), await sku_ids()
    known = await availability(list(skus.values()), list(stores.values()))

    async def receive(row: StockRow) -> Upserted:
        store_id, sku_id = named(stores, row, "store_code"), named(skus, row, "sku_code")
        cause = f"opening:{row.store_code}:{row.sku_code}"
        level = known.get((sku_id, store_id))
        if row.quantity:
            try:
                await receive_stock(
                    cause=cause,
                    sku_id=sku_id,
                    store_id=store_id,
                    quantity=row.quantity,
                    kind=MovementKind.OPENING,
                    actor="import",
                )
            except MovementCauseReused:
                raise Refused("quantity", "opening_stock_fixed") from None
        is_safer = row.safety != (level.safety if level else 0)
        if is_safer or (level is None and not row.quantity):
            await set_safety(sku_id=sku_id, store_id=store_id, safety=row.safety)
        if level is None:
            return Upserted(new=1)
        return Upserted(changed=1) if is_safer else Upserted(same=1)

    return await loader.one_by_one(receive)


async def load_full_reductions(loader: Loader[FullReductionRow]) -> Upserted:
    stores = await store_ids()

    def draft(row: FullReductionRow) -> FullReductionDraft:
        store_id = maybe_named(stores, row, "store_code")
        return FullReductionDraft(**_facts(row, "store_code"), store_id=store_id)

    return await loader.put(draft, put_full_reductions)


async def load_member_rates(loader: Loader[MemberRateRow]) -> Upserted:
    return await loader.put(lambda row: MemberRateDraft(**_facts(row)), put_member_rates)


async def load_program_rates(loader: Loader[ProgramRateRow]) -> Upserted:
    return await loader.put(lambda row: ProgramRateDraft(**_facts(row)), put_program_rates)


def loading_printers(places: Places) -> Callable[[Loader[PrinterRow]], Awaitable[Upserted]]:
    """A place named in `places` stands in for the file's: the printers of a demo are elsewhere."""

    async def load_printers(loader: Loader[PrinterRow]) -> Upserted:
        stores = await store_ids()

        async def add(row: PrinterRow) -> Upserted:
            store_id = named(stores, row, "store_code")
            host, port = places.get(row.store_code, (row.host, row.port))
            before = await printers_of(store_id)
            after = await add_printer(store_id=store_id, host=host, port=port, columns=row.columns)
            if after in before:
                return Upserted(same=1)
            is_known = after.id in {printer.id for printer in before}
            return Upserted(changed=1) if is_known else Upserted(new=1)

        return await loader.one_by_one(add)

    return load_printers


def steps(places: Places) -> tuple[Step, ...]:
    return (
        Step(TaxEntityRow, load_tax_entities),
        Step(FranchiseeRow, load_franchisees),
        Step(StoreRow, load_stores),
        Step(StaffRow, load_staff),
        Step(CategoryRow, load_categories),
        Step(BrandRow, load_brands),
        Step(AxisRow, load_axes),
        Step(ProductRow, load_products),
        Step(SkuRow, load_skus),
        Step(KitRow, load_kits),
        Step(SceneRow, load_scenes),
        Step(PriceRow, load_prices),
        Step(StockRow, load_stock),
        Step(FullReductionRow, load_full_reductions),
        Step(PromotionRow, load_promotions),
        Step(MemberRateRow, load_member_rates),
        Step(ProgramRateRow, load_program_rates),
        Step(PrinterRow, loading_printers(places)),
    )
