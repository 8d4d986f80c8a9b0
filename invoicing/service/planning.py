"""Which invoices a wish becomes: whose, of which lines, in how many parts. Nothing is written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.clock import shop_day
from core.money import split_fen
from invoicing.backends.port import Kind, Seller
from invoicing.errors import (
    SellerMissing,
    SellersDiffer,
    SpecialNotAllowed,
    TaxClassMissing,
)
from invoicing.queries.rulebook import RuleBook, rule_book
from invoicing.queries.sales import SaleLine, SaleView
from invoicing.rules import matching
from invoicing.rules.lines import Sold, full_name, goods_of
from invoicing.rules.parts import Limits, parts_of
from invoicing.rules.tax import (
    UNTAXED,
    Goods,
    Origin,
    Policy,
    TaxLine,
    discount_lines,
    merged,
    net_lines,
    shares,
)
from invoicing.rules.terms import Terms
from invoicing.rules.texts import clean
from invoicing.service.capacity import Capacity, capacities, unprintable, widest
from trade.stores.queries import SellerView, get_store, seller_named, seller_of

NOT_SPECIAL = UNTAXED | {Policy.DIFFERENCE}


@dataclass(frozen=True, slots=True)
class Planned:
    """One invoice to be asked for; `able` are the seller's backends."""

    tax_entity_id: int
    seller: Seller
    kind: Kind
    lines: list[TaxLine]
    able: tuple[Capacity, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sale, and how many fen of it are to be invoiced."""

    sale: SaleView
    fen: int


async def planned(wanted: Sequence[Wanted], kind: Kind) -> list[Planned]:
    """The invoices of these sales, in the order of their parts; all lines of all sales are on them.

    Raises SellerMissing, SellersDiffer, TaxClassMissing, NothingToInvoice, SpecialNotAllowed.
    """
    by_entity: dict[int, list[Goods]] = defaultdict(list)
    entities: set[frozenset[int]] = set()
    book = await rule_book()
    sellers: dict[int, SellerView] = {}
    for one in wanted:
        own = await seller_of(one.sale.store_id)
        sellers[own.tax_entity_id] = own
        routed = await _routed(book, one.sale, own.tax_entity_id)
        entities.add(frozenset(routed))
        for (entity, lines), fen in zip(routed.items(), _shared(one, routed), strict=True):
            by_entity[entity] += await _goods(book, one.sale, entity, lines, fen)
    if len(entities) > 1:
        raise SellersDiffer
    plan: list[Planned] = []
    for entity, goods in by_entity.items():
        seller = sellers.get(entity) or await seller_named(entity)
        plan += await _of_seller(seller, await book.terms_of(entity), goods, kind)
    return plan


async def _routed(book: RuleBook, sale: SaleView, own: int) -> dict[int, list[SaleLine]]:
    """The lines of a sale by who invoices them. Raises SellerMissing."""
    known = book.routes
    first = own if (await book.terms_of(own)).is_active else None
    day = shop_day(sale.paid_at)
    by_entity: dict[int, list[SaleLine]] = defaultdict(list)
    for line in sale.lines:
        entity = matching.entity_for(known, line, store_id=sale.store_id, day=day, own=first)
        if entity is None and any(not r.tax_entity_id for r in known):
            raise SellerMissing(order_no=sale.order_no, name=line.name)
        by_entity[entity or own].append(line)
    return by_entity or {own: []}


def _shared(wanted: Wanted, routed: dict[int, list[SaleLine]]) -> list[int]:
    """The fen of a sale over its sellers, by what each one's lines cost."""
    costs = [sum(max(0, line.payable_fen) for line in lines) for lines in routed.values()]
    return split_fen(wanted.fen, costs) if any(costs) else [wanted.fen]


async def _goods(
    book: RuleBook, sale: SaleView, tax_entity_id: int, lines: list[SaleLine], fen: int
) -> list[Goods]:
    """The goods of one sale and one seller, their prices being what they add up to."""
    if not fen:
        return []
    terms = await book.terms_of(tax_entity_id)
    sold = await _sold(book, sale, tax_entity_id, lines) or _lump(sale, terms)
    goods = merged(goods_of(sold, fen))
    costs = [line.gross_fen - line.discount_fen for line in goods]
    off = shares(goods, max(0, sum(costs) - fen))
    pairs = zip(goods, off, strict=True)
    if terms.shows_discounts:
        return [replace(one, discount_fen=one.discount_fen + part) for one, part in pairs]
    return [
        replace(one, gross_fen=one.gross_fen - one.discount_fen - part, discount_fen=0)
        for one, part in pairs
    ]


async def _sold(
    book: RuleBook, sale: SaleView, tax_entity_id: int, lines: list[SaleLine]
) -> list[Sold]:
    """Lines with the class that this seller gives them. Raises TaxClassMissing."""
    classes = await book.classes_of(tax_entity_id)
    day = shop_day(sale.paid_at)
    sold = [_classed(sale, line, classes, day) for line in lines]
    shorts = await book.short_names(one.tax_code for one in sold)
    if book.has_tax_codes:
        for one in sold:
            if one.payable_fen > 0 and one.tax_code not in shorts:
                raise TaxClassMissing(name=one.name, tax_code=one.tax_code)
    return [replace(one, name=full_name(one.name, shorts.get(one.tax_code, ""))) for one in sold]


def _classed(sale: SaleView, line: SaleLine, classes: list[matching.TaxClass], day: date) -> Sold:
    found = matching.best(classes, line, store_id=sale.store_id, day=day)
    name = clean(found.label if found and found.label else line.name)
    return Sold(
        name=full_name(name, found.short_name) if found else name,
        spec=clean(line.spec),
        unit=line.unit,
        quantity=line.quantity,
        tax_code=(found.tax_code if found else "") or line.tax_code,
        tax_bp=line.tax_bp if found is None or found.tax_bp is None else found.tax_bp,
        payable_fen=line.payable_fen,
        policy=found.policy if found else Policy.NONE,
        origin=Origin(sale.id, line.key, line.quantity, line.payable_fen),
        discount_fen=max(0, line.discount_fen),
    )


def _lump(sale: SaleView, terms: Terms) -> list[Sold]:
    """One line for goods that are not known, where the seller allows it. Raises TaxClassMissing."""
    if not terms.lump_tax_code:
        raise TaxClassMissing(order_no=sale.order_no)
    origin = Origin(sale.id, "", 1, sale.paid_fen)
    return [
        Sold(
            terms.lump_name, "", "", 1, terms.lump_tax_code, terms.lump_tax_bp, sale.paid_fen,
            origin=origin,
        )
    ]  # fmt: skip


async def _of_seller(
    seller: SellerView, terms: Terms, goods: list[Goods], kind: Kind
) -> list[Planned]:
    """The parts of one seller: those that may be special, then the others."""
    entity, frozen = seller.tax_entity_id, frozen_seller(seller)
    able = tuple(await capacities(entity))
    special = [one for one in goods if kind is Kind.SPECIAL and one.policy not in NOT_SPECIAL]
    if kind is Kind.SPECIAL and not (special and terms.is_special_allowed):
        raise SpecialNotAllowed
    general = [one for one in goods if one not in special]
    made = []
    for each, some in ((Kind.SPECIAL, special), (Kind.GENERAL, general)):
        best = widest(able, each) if some else None
        if some and best is None and each is Kind.SPECIAL:
            raise SpecialNotAllowed
        lines = _printed(_lines(some, terms), best)
        limits = best.limits if best else Limits()
        made += [Planned(entity, frozen, each, part, able) for part in parts_of(lines, limits)]
    return made


def _lines(goods: list[Goods], terms: Terms) -> list[TaxLine]:
    form = discount_lines if terms.shows_discounts else net_lines
    return form(merged(goods))


def _printed(lines: list[TaxLine], able: Capacity | None) -> list[TaxLine]:
    """Names as the backend can print them: cut and without what it cannot; never a refusal."""
    if able is None:
        return lines
    return [
        replace(
            line,
            name=_fit(line.name, able)[: able.most_name] or "商品",
            spec=_fit(line.spec, able),
            unit=_fit(line.unit, able),
        )
        for line in lines
    ]


def _fit(text: str, able: Capacity) -> str:
    lost = unprintable(text, is_unicode=able.is_unicode)
    return "".join(c for c in text if c not in lost)


async def remark_of(sales: Sequence[SaleView]) -> str:
    """What stands in the field for remarks: which orders, of which store."""
    store = await get_store(sales[0].store_id)
    numbers = "、".join(sale.order_no for sale in sales)
    return clean(f"订单号 {numbers}；{store.name}")[:200]


def frozen_seller(seller: SellerView) -> Seller:
    return Seller(
        tax_no=seller.tax_no,
        name=seller.name,
        address=seller.address,
        phone=seller.phone,
        bank_account=seller.bank_account,
        drawer=seller.drawer or "管理员",  # providers want a name; many sellers have none
    )
