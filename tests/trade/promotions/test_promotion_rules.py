"""What holds of every quote, whatever the rules and however they stack."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trade.promotions.rules import (
    Asked,
    Claim,
    Deal,
    DealKind,
    Item,
    Left,
    PointsTerm,
    PriceTerm,
    Quote,
    RateTerm,
    Terms,
    deal_terms,
    points_for,
    refund_share,
    scope_of,
    work_out,
)

MONEY = st.integers(0, 10**7)
BP = st.integers(0, 10_000)
SKUS = st.integers(1, 12)
ITEMS = st.lists(
    st.builds(Item, SKUS, st.integers(1, 40), MONEY),
    min_size=1,
    max_size=6,
    unique_by=lambda item: item.sku_id,
)
STEP = st.builds(
    lambda threshold, pieces, off, is_share: {
        "threshold_fen": threshold,
        "pieces": pieces,
        **({"pay_bp": off % 10_001} if is_share else {"off_fen": 1 + off % threshold}),
    },
    st.integers(1, 10**6),
    st.integers(0, 5),
    MONEY,
    st.booleans(),
)
TERMS_OF: dict[DealKind, st.SearchStrategy[dict[str, object]]] = {
    DealKind.TIMED_PRICE: st.builds(
        lambda prices: {"prices": prices}, st.dictionaries(SKUS.map(str), MONEY, min_size=1)
    )
    | st.builds(lambda bp: {"rate_bp": bp}, BP),
    DealKind.N_FOR_M: st.builds(
        lambda pieces, pay: {"pieces": pieces, "pay_pieces": pay % pieces},
        st.integers(2, 5),
        st.integers(0, 9),
    )
    | st.builds(lambda fen: {"pieces": 2, "for_fen": fen}, MONEY)
    | st.builds(lambda bp: {"pieces": 2, "cheapest_bp": bp}, BP),
    DealKind.BUNDLE: st.builds(
        lambda one, other, fen: {"parts": [{"sku_ids": one}, {"sku_ids": other}], "for_fen": fen},
        st.lists(SKUS, min_size=1),
        st.lists(SKUS, min_size=1),
        MONEY,
    ),
    DealKind.FULL_REDUCTION: st.builds(
        lambda steps: {"steps": steps}, st.lists(STEP, min_size=1, max_size=3)
    ),
    DealKind.GIFT: st.builds(
        lambda sku, pieces: {"sku_id": sku, "pieces": pieces, "is_every": True},
        SKUS,
        st.integers(1, 5),
    ),
    DealKind.COUPON: STEP | st.builds(lambda n: {"exchange_pieces": n}, st.integers(1, 3)),
    DealKind.FREIGHT: st.builds(
        lambda fee, free: {"fee_fen": fee, "free_from_fen": free}, MONEY, MONEY
    ),
}
LEFT = st.builds(Left, st.none() | MONEY, st.none() | st.integers(0, 20))


@st.composite
def a_deal(draw: st.DrawFn, kind: DealKind) -> Deal:
    code = f"{kind}-{draw(st.integers(1, 99))}"
    return Deal(
        code=code,
        kind=kind,
        name=code,
        version=f"{code} v1",
        terms=deal_terms(kind, draw(TERMS_OF[kind])),
        scope=scope_of({"sku_ids": draw(st.lists(SKUS, max_size=4))}),
        campaign_id=draw(st.integers(1, 8)),
        priority=draw(st.integers(1, 3)),
        group=draw(st.sampled_from(["", "", "a", "b"])),
        may_stack=draw(st.booleans()),
        limits=draw(st.sampled_from([(None, None, None), (1, 1, 1)])),
    )


DEALS = st.lists(
    st.sampled_from([kind for kind in DealKind if kind is not DealKind.COUPON]).flatmap(a_deal),
    max_size=6,
    unique_by=(lambda deal: deal.code, lambda deal: deal.campaign_id),
).map(tuple)
COUPONS = st.lists(a_deal(DealKind.COUPON), max_size=3, unique_by=lambda deal: deal.code)
TERMS = st.builds(
    Terms,
    prices=st.dictionaries(
        SKUS, st.builds(lambda fen: (PriceTerm("store:1", fen, "v1"),), MONEY), max_size=4
    ),
    rates=st.dictionaries(st.just("gold"), st.builds(RateTerm, st.just("gold"), BP, st.just("v1"))),
    deals=DEALS,
    points=st.builds(PointsTerm, st.integers(0, 10), st.integers(0, 200), st.integers(1, 50), BP),
    gifts=st.dictionaries(SKUS, MONEY),
)
ASKED = st.builds(
    Asked,
    tier=st.sampled_from(["", "gold"]),
    delivery=st.sampled_from(["pickup", "express"]),
    claims=COUPONS.map(lambda deals: tuple(Claim(deal.code, deal, 1) for deal in deals)),
    left=st.dictionaries(st.integers(1, 8), LEFT),
    points=st.integers(0, 10**6),
)


def paid(quote: Quote) -> dict[tuple[int, bool], int]:
    return {(line.sku_id, line.is_gift): line.payable_fen for line in quote.lines}


@given(ITEMS, TERMS, ASKED)
def test_a_quote_adds_up_and_nothing_goes_below_zero(
    items: list[Item], terms: Terms, asked: Asked
) -> None:
    quote = work_out(items, terms, asked)

    assert quote.payable_fen == quote.goods_fen - quote.discount_fen + quote.freight_fen
    assert quote.goods_fen == sum(line.goods_fen for line in quote.lines)
    assert quote.discount_fen == sum(line.discount_fen for line in quote.lines)
    assert quote.payable_fen - quote.freight_fen == sum(line.payable_fen for line in quote.lines)
    for line in quote.lines:
        assert line.payable_fen == line.price_fen * line.quantity - line.discount_fen
        assert min(line.quantity - 1, line.price_fen, line.discount_fen, line.payable_fen) >= 0
    bought = [(line.sku_id, line.quantity) for line in quote.lines if not line.is_gift]
    assert bought == [(item.sku_id, item.quantity) for item in items]


@given(ITEMS, TERMS, ASKED)
def test_the_winning_reasons_explain_every_fen(
    items: list[Item], terms: Terms, asked: Asked
) -> None:
    quote = work_out(items, terms, asked)

    for line in quote.lines:
        won = sum(reason.amount_fen for reason in line.reasons if reason.won)
        assert line.list_fen * line.quantity - won == line.payable_fen
    timed = {deal.version for deal in terms.deals if deal.kind is DealKind.TIMED_PRICE}
    said = sum(r.amount_fen for r in quote.reasons if r.won and r.rule != "freight")
    parts = [r for line in quote.lines if not line.is_gift for r in line.reasons if r.won]
    by_price = sum(r.amount_fen for r in parts if r.rule in {"store_price", "member_price"}) + sum(
        r.amount_fen for r in parts if r.version in timed
    )
    assert sum(r.amount_fen for r in parts) == said + by_price


@given(ITEMS, TERMS, ASKED)
def test_no_limit_is_ever_exceeded(items: list[Item], terms: Terms, asked: Asked) -> None:
    quote = work_out(items, terms, asked)
    limited = {deal.campaign_id for deal in terms.deals if deal.is_limited}
    for use in quote.uses:
        assert min(use.fen, use.times) >= 0
    for deal in terms.deals:
        uses = [use for use in quote.uses if use.kind == "deal" and use.ref == deal.campaign_id]
        left = asked.left.get(deal.campaign_id, Left())
        assert not uses or deal.campaign_id in limited or asked.claims
        for use in uses:
            assert left.fen is None or use.fen <= left.fen
            assert left.times is None or use.times <= left.times


@given(ITEMS, TERMS, ASKED, st.randoms())
def test_the_order_of_cart_rules_and_coupons_changes_no_fen(
    items: list[Item], terms: Terms, asked: Asked, random: object
) -> None:
    shuffle = random.shuffle  # type: ignore[attr-defined]
    lines, deals, claims = list(items), list(terms.deals), list(asked.claims)
    for each in (lines, deals, claims):
        shuffle(each)
    other = work_out(
        lines, replace(terms, deals=tuple(deals)), replace(asked, claims=tuple(claims))
    )
    quote = work_out(items, terms, asked)

    assert paid(other) == paid(quote)
    assert (other.payable_fen, other.points_spent) == (quote.payable_fen, quote.points_spent)


@given(ITEMS, TERMS, ASKED, a_deal(DealKind.COUPON))
def test_laying_down_a_coupon_never_raises_the_price(
    items: list[Item], terms: Terms, asked: Asked, coupon: Deal
) -> None:
    asked = replace(asked, points=0, claims=asked.claims[:1])
    more = replace(asked, claims=(*asked.claims, Claim("zz", coupon, 2)))
    alone = replace(asked, claims=())

    assert work_out(items, terms, more).payable_fen <= work_out(items, terms, alone).payable_fen
    one = replace(asked, claims=(Claim("zz", coupon, 2),))
    assert work_out(items, terms, one).payable_fen <= work_out(items, terms, alone).payable_fen


@given(ITEMS, TERMS)
def test_a_member_never_pays_more_than_a_guest_for_a_piece(items: list[Item], terms: Terms) -> None:
    plain = replace(terms, deals=())
    member, guest = work_out(items, plain, Asked(tier="gold")), work_out(items, plain)

    pairs = zip(member.lines, guest.lines, strict=True)
    assert all(one.price_fen <= other.price_fen for one, other in pairs)


@given(ITEMS, TERMS, ASKED)
def test_the_same_question_has_the_same_answer(
    items: list[Item], terms: Terms, asked: Asked
) -> None:
    assert work_out(items, terms, asked) == work_out(items, terms, asked)


@given(MONEY, st.integers(1, 60), st.lists(st.integers(0, 60)))
def test_part_refunds_add_up_to_what_was_paid(fen: int, quantity: int, steps: list[int]) -> None:
    already = given_back = 0
    for step in steps:
        pieces = min(step, quantity - already)
        part = refund_share(fen, quantity, already, pieces)
        assert part >= 0
        already, given_back = already + pieces, given_back + part
    given_back += refund_share(fen, quantity, already, quantity - already)

    assert given_back == fen
    with pytest.raises(ValueError, match="pieces"):
        refund_share(fen, quantity, 1, quantity)


def test_another_price_is_another_version() -> None:
    assert work_out([Item(1, 1, 100)], Terms()).version != (
        work_out([Item(1, 1, 101)], Terms()).version
    )


def test_a_store_price_beaten_by_the_member_price_says_so() -> None:
    terms = Terms(
        {1: (PriceTerm("store:1", 9_800, "v7"),)}, {"gold": RateTerm("gold", 9_500, "v3")}
    )
    [line] = work_out([Item(1, 2, 10_000)], terms, Asked(tier="gold")).lines
    store, member = line.reasons

    assert line.price_fen == 9_500
    assert (store.won, store.amount_fen, store.zh) == (
        False,
        400,
        "本店售价 98.00 元，会员价更低",
    )
    assert (member.won, member.amount_fen, member.version) == (True, 1_000, "v3")


def test_a_full_reduction_out_of_reach_says_how_much_is_missing() -> None:
    terms = deal_terms(
        DealKind.FULL_REDUCTION, {"steps": [{"threshold_fen": 30_000, "off_fen": 3_000}]}
    )
    deal = Deal("autumn", DealKind.FULL_REDUCTION, "满300减30", "autumn v1", terms)
    [reason] = work_out([Item(1, 1, 26_650)], Terms(deals=(deal,))).reasons

    assert not reason.won
    assert reason.zh == "满300减30：再买 33.50 元可减 30.00 元"
    assert reason.en == "autumn: 33.50 yuan more and 30.00 yuan come off."


def test_points_count_whole_yuan_only() -> None:
    assert [points_for(fen, 2) for fen in (0, 99, 100, 199, 20_000)] == [0, 0, 2, 2, 400]
