from hypothesis import given
from hypothesis import strategies as st

from trade.promotions.rules import (
    MemberRateTerm,
    ReductionTerm,
    StorePriceTerm,
    Terms,
    points_for,
    work_out,
)

MONEY = st.integers(0, 10**8)
ITEMS = st.lists(
    st.tuples(st.integers(1, 50), st.integers(1, 999), MONEY),
    min_size=1,
    max_size=12,
    unique_by=lambda item: item[0],
)
REDUCTIONS = st.lists(
    st.integers(1, 10**7).flatmap(
        lambda threshold: st.builds(
            ReductionTerm,
            code=st.sampled_from("abcdef"),
            name=st.just("满减"),
            threshold_fen=st.just(threshold),
            reduction_fen=st.integers(1, threshold),
            version=st.just("v1"),
        )
    ),
    max_size=4,
    unique_by=lambda term: term.code,
)
TERMS = st.builds(
    Terms,
    store_prices=st.dictionaries(
        st.integers(1, 50), st.builds(StorePriceTerm, MONEY, st.just("2026-11-01"))
    ),
    member_rate=st.none()
    | st.builds(MemberRateTerm, st.just("gold"), st.integers(0, 10_000), st.just("v1")),
    reductions=REDUCTIONS,
    points_per_yuan=st.integers(0, 10),
)


@given(ITEMS, TERMS)
def test_a_quote_adds_up_and_no_line_goes_below_zero(
    items: list[tuple[int, int, int]], terms: Terms
) -> None:
    quote = work_out(items, terms)

    assert quote.payable_fen == quote.goods_fen - quote.discount_fen + quote.freight_fen
    assert quote.payable_fen == sum(line.payable_fen for line in quote.lines)
    assert quote.discount_fen == sum(line.discount_fen for line in quote.lines)
    for line in quote.lines:
        assert line.payable_fen == line.price_fen * line.quantity - line.discount_fen
        assert min(line.price_fen, line.discount_fen, line.payable_fen) >= 0


@given(ITEMS, TERMS)
def test_the_winning_reasons_of_a_line_explain_what_it_costs(
    items: list[tuple[int, int, int]], terms: Terms
) -> None:
    for line in work_out(items, terms).lines:
        won = sum(reason.amount_fen for reason in line.reasons if reason.won)
        assert line.list_fen * line.quantity - won == line.payable_fen


@given(ITEMS, TERMS)
def test_of_the_full_reductions_at_most_one_wins_and_each_has_its_say(
    items: list[tuple[int, int, int]], terms: Terms
) -> None:
    quote = work_out(items, terms)
    winners = [reason for reason in quote.reasons if reason.won]

    assert len(quote.reasons) == len(terms.reductions)
    assert len(winners) <= 1
    assert quote.discount_fen == sum(reason.amount_fen for reason in winners)
    reached = [t.reduction_fen for t in terms.reductions if t.threshold_fen <= quote.goods_fen]
    assert quote.discount_fen == max(reached, default=0)


@given(ITEMS, TERMS)
def test_a_member_never_pays_more_than_a_guest_for_a_piece(
    items: list[tuple[int, int, int]], terms: Terms
) -> None:
    guest = Terms(terms.store_prices, None, terms.reductions, terms.points_per_yuan)
    pairs = zip(work_out(items, terms).lines, work_out(items, guest).lines, strict=True)

    assert all(member.price_fen <= other.price_fen for member, other in pairs)


@given(ITEMS, TERMS)
def test_the_same_question_has_the_same_answer(
    items: list[tuple[int, int, int]], terms: Terms
) -> None:
    assert work_out(items, terms) == work_out(items, terms)


def test_another_price_is_another_version() -> None:
    assert work_out([(1, 1, 100)], Terms()).version != work_out([(1, 1, 101)], Terms()).version


def test_a_store_price_beaten_by_the_member_price_says_so() -> None:
    terms = Terms({1: StorePriceTerm(9_800, "2026-11-01")}, MemberRateTerm("gold", 9_500, "v3"))
    [line] = work_out([(1, 2, 10_000)], terms).lines
    store, member = line.reasons

    assert line.price_fen == 9_500
    assert (store.won, store.amount_fen, store.zh) == (
        False,
        400,
        "本店售价 98.00 元，会员价更低",
    )
    assert (member.won, member.amount_fen, member.version) == (True, 1_000, "v3")


def test_a_full_reduction_out_of_reach_says_how_much_is_missing() -> None:
    term = ReductionTerm("autumn", "满300减30", 30_000, 3_000, "autumn v1")
    [reason] = work_out([(1, 1, 26_650)], Terms(reductions=[term])).reasons

    assert not reason.won
    assert reason.zh == "满300减30：再买 33.50 元可减 30.00 元"
    assert reason.en == "autumn: 33.50 yuan more and 30.00 yuan come off."


def test_points_count_whole_yuan_only() -> None:
    assert [points_for(fen, 2) for fen in (0, 99, 100, 199, 20_000)] == [0, 0, 2, 2, 400]
