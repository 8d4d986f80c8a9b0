"""From what a clerk said to amounts: goods by the store's quote, typed and weighed ones as said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import clock
from core.errors import DomainError
from core.money import split_fen
from devices.counter.errors import BadSale, DepartmentUnknown, GoodsUnknown, NothingSold
from devices.counter.models import Department
from devices.counter.rules import MOST_FEN, MOST_LINES, slots_of, weight_text
from devices.counter.service.asking import Buyer, Line, RingUp
from devices.counter.service.departments import typed_goods
from trade.catalog.queries import SkuView, skus_by_code
from trade.orders.queries import ReasonView
from trade.orders.service import Agreed, AgreedLine, Entrance, quote_wish
from trade.promotions.queries import rates
from trade.promotions.service import Quote, QuotedLine, QuoteLine, QuoteRequest, Reason


@dataclass(frozen=True, slots=True)
class Priced:
    """What a sale costs. `differs_fen` is what it takes above the quote of this moment."""

    agreed: Agreed
    differs_fen: int

    @property
    def payable_fen(self) -> int:
        return sum(line.payable_fen for line in self.agreed.lines)


@dataclass(frozen=True, slots=True)
class _Found:
    """The goods of a sale: by SKU code, and by slot of a department."""

    skus: Mapping[str, SkuView]
    departments: Mapping[str, Department]


async def price_sale(sale: RingUp, buyer: Buyer | None) -> Priced:
    """Changes nothing but makes the SKUs of typed goods known. Raises NothingSold, BadSale,
    GoodsUnknown, DepartmentUnknown, and what the quote refuses."""
    check_lines(sale.lines)
    found = await _goods(sale)
    typed = await _typed([line for line in sale.lines if line.department], found.departments)
    weighed = _weighed([line for line in sale.lines if line.is_weighed], found.skus)
    goods = [line for line in sale.lines if line.sku_code and not line.is_weighed]
    quote = await _asked(sale, goods, found.skus, buyer)
    if sale.is_offline:
        said_fen = sum(line.payable_fen for line in (*typed, *weighed))
        counted = _as_shown(goods, found.skus, sale.expected_fen - said_fen)
    else:
        counted = [_quoted(line) for line in quote.lines] if quote else []
    earned = await _points(quote, [*typed, *weighed]) if buyer else 0
    agreed = Agreed(
        lines=(*counted, *_apart([*weighed, *typed], counted)),
        at=sale.sold_at,
        moves_stock=bool(counted),
        points_earned=earned,
        reasons=_reasons(quote.reasons) if quote and not sale.is_offline else (),
        uses=quote.uses if quote and not sale.is_offline else (),
    )
    taken_fen = sum(line.payable_fen for line in counted)
    return Priced(agreed, taken_fen - (quote.payable_fen if quote else taken_fen))


def check_lines(lines: Sequence[Line]) -> None:
    """Raises NothingSold, BadSale."""
    if not lines:
        raise NothingSold
    if len(lines) > MOST_LINES:
        raise BadSale(lines=len(lines), most=MOST_LINES)
    for place, line in enumerate(lines):
        is_one_kind = bool(line.sku_code) != bool(line.department)
        price_fen = line.price_fen if line.price_fen is not None else 1
        is_said = line.price_fen is not None or not (line.department or line.is_weighed)
        is_fit = 1 <= line.quantity <= 999 and 0 < price_fen * line.quantity <= MOST_FEN
        if not (is_one_kind and is_said and is_fit) or (line.weight_g or 0) < 0:
            raise BadSale(line=place + 1)


async def _goods(sale: RingUp) -> _Found:
    codes = {line.sku_code for line in sale.lines if line.sku_code}
    skus = await skus_by_code(codes)
    if lacking := sorted(codes - skus.keys()):
        raise GoodsUnknown(code=lacking[0])
    named = {line.department for line in sale.lines if line.department}
    rows = await Department.filter(code__in=sorted(named)) if named else []
    here = {row.code: row for row in rows if row.store_id in {None, sale.store_id}}
    usable = {code: row for code, row in here.items() if row.is_active or sale.is_offline}
    if lacking := sorted(named - usable.keys()):
        raise DepartmentUnknown(department=lacking[0])
    return _Found(skus, usable)


async def _typed(lines: Sequence[Line], known: Mapping[str, Department]) -> list[AgreedLine]:
    """Lines alike become one line of more pieces."""
    said = [(line.department, _name(line, known), line.price_fen or 0) for line in lines]
    places = slots_of(said)
    goods = await typed_goods(
        {(line.department, slot) for line, (slot, _) in zip(lines, places, strict=True)},
        dict(known),
    )
    found: dict[tuple[str, int], AgreedLine] = {}
    for line, (code, name, price_fen), (slot, _) in zip(lines, said, places, strict=True):
        before = found.get((code, slot))
        quantity = line.quantity + (before.quantity if before else 0)
        found[code, slot] = _plain(goods[code, slot].id, quantity, price_fen, name)
    return list(found.values())


def _name(line: Line, known: Mapping[str, Department]) -> str:
    return line.name.strip()[:40] or known[line.department].name


def _plain(sku_id: int, quantity: int, price_fen: int, title: str) -> AgreedLine:
    return AgreedLine(
        sku_id=sku_id,
        quantity=quantity,
        list_fen=price_fen,
        price_fen=price_fen,
        discount_fen=0,
        payable_fen=price_fen * quantity,
        title=title,
        is_counted=False,
    )


def _weighed(lines: Sequence[Line], skus: Mapping[str, SkuView]) -> list[AgreedLine]:
    """Pieces of one SKU that a scale has priced are one line: an order has one of each SKU."""
    found: dict[str, AgreedLine] = {}
    for line in lines:
        sku, before = skus[line.sku_code], found.get(line.sku_code)
        total_fen = (line.price_fen or 0) * line.quantity + (before.payable_fen if before else 0)
        grams = sum((x.weight_g or 0) * x.quantity for x in lines if x.sku_code == line.sku_code)
        found[line.sku_code] = _plain(sku.id, 1, total_fen, weight_text(sku.title, grams))
    return list(found.values())


def _apart(lines: list[AgreedLine], counted: Sequence[AgreedLine]) -> list[AgreedLine]:
    """Raises BadSale when a SKU is both weighed and counted: nobody could tell them apart."""
    if {line.sku_id for line in lines} & {line.sku_id for line in counted}:
        raise BadSale(lines="weighed_and_counted")
    return lines


async def _asked(
    sale: RingUp, goods: Sequence[Line], skus: Mapping[str, SkuView], buyer: Buyer | None
) -> Quote | None:
    """What an offline sale took is in the drawer: goods since off the shelf refuse nothing."""
    if not goods:
        return None
    try:
        return await _quote(sale, goods, skus, buyer)
    except DomainError:
        if sale.is_offline:
            return None
        raise


async def _quote(
    sale: RingUp, goods: Sequence[Line], skus: Mapping[str, SkuView], buyer: Buyer | None
) -> Quote:
    return await quote_wish(
        QuoteRequest(
            store_id=sale.store_id,
            lines=[QuoteLine(skus[line.sku_code].id, line.quantity) for line in goods],
            tier=buyer.tier if buyer else "",
            at=sale.sold_at or clock.now(),
            member_id=buyer.member_id if buyer else None,
            segments=buyer.segments if buyer else frozenset(),
            channel=Entrance.COUNTER,
            coupons=sale.coupons,
            delivery="taken",
        )
    )


def _quoted(line: QuotedLine) -> AgreedLine:
    return AgreedLine(
        line.sku_id,
        line.quantity,
        line.list_fen,
        line.price_fen,
        line.discount_fen,
        line.payable_fen,
        line.is_gift,
        _reasons(line.reasons),
    )


def _as_shown(
    goods: Sequence[Line], skus: Mapping[str, SkuView], total_fen: int
) -> list[AgreedLine]:
    """Offline goods stand as the clerk's screen showed them: `total_fen` together.

    What a promotion took off them there is shared among the lines. Raises BadSale.
    """
    pieces: dict[int, tuple[SkuView, int, int]] = {}
    for line in goods:
        sku = skus[line.sku_code]
        price_fen = sku.list_price_fen if line.price_fen is None else line.price_fen
        _, quantity, before_fen = pieces.get(sku.id, (sku, 0, price_fen))
        if before_fen != price_fen:
            raise BadSale(lines="two_prices")
        pieces[sku.id] = (sku, quantity + line.quantity, price_fen)
    full = [quantity * price_fen for _, quantity, price_fen in pieces.values()]
    off_fen = sum(full) - total_fen
    if not 0 <= off_fen <= sum(full):
        raise BadSale(payable_fen=total_fen)
    shares = split_fen(off_fen, full) if off_fen else [0] * len(full)
    return [
        AgreedLine(
            sku.id,
            quantity,
            max(sku.list_price_fen, price_fen),
            price_fen,
            off,
            price_fen * quantity - off,
        )
        for (sku, quantity, price_fen), off in zip(pieces.values(), shares, strict=True)
    ]


def _reasons(reasons: Sequence[Reason]) -> tuple[ReasonView, ...]:
    return tuple(ReasonView(r.rule, r.version, r.zh, r.en, r.amount_fen, r.won) for r in reasons)


async def _points(quote: Quote | None, said: Sequence[AgreedLine]) -> int:
    """Goods earn what their quote says, typed and weighed ones what a yuan earns."""
    typed_fen = sum(line.payable_fen for line in said)
    typed = (await rates(None)).points_for(typed_fen) if typed_fen else 0
    return (quote.points_earned if quote else 0) + typed
