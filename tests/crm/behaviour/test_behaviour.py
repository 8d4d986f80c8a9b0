"""Steps of our own rooms, counts that stay true, portraits of buyers and of those who only look."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from core import audience, clock
from core.belongings import expire
from core.database import sql
from crm.behaviour.models import DayCount, Event, Portrait, ProductDay
from crm.behaviour.queries import WORDS, Step, journey_of, portrait_of, product_numbers
from crm.behaviour.service import (
    Batch,
    Note,
    Told,
    count_products,
    note,
    note_all,
    portray_everybody,
    take_steps,
    tie_visitor,
)
from crm.people.models import Member, Merge
from crm.people.queries import Purpose
from crm.people.service import merge_members, undo_merge
from tests.scene import tell_everyone
from tests.scenes.auditing import overlooked_of
from tests.scenes.behaviour import PHONE
from tests.scenes.catalog import a_product
from tests.scenes.orders import a_payment, a_shelf, an_order, money_for, some_rates
from tests.scenes.people import a_member, head_office
from tests.scenes.reach import agreed
from trade.catalog.models import Product, Sku
from trade.payments.service import settle

pytestmark = pytest.mark.usefixtures("db")
REASON = "同一位顾客，两个账号"


async def looked_at(
    product: Product, member: Member | None, *, times: int = 1, phone: str = PHONE
) -> None:
    now = clock.now()
    steps = tuple(
        Told(f"{product.id}-{n}", "view", now - timedelta(minutes=n), product.public_id)
        for n in range(times)
    )
    await take_steps(Batch(phone, now, steps, member.id if member else None))


async def times_of(member: Member) -> dict[str, int]:
    rows = await DayCount.filter(member_id=member.id).values_list("kind", "times")
    return dict(rows)


async def test_every_step_has_its_words() -> None:
    assert set(WORDS) == set(Step)


async def test_an_order_stands_in_the_journey_once_however_often_it_is_told() -> None:
    await some_rates()
    member = await a_member()
    order = await an_order(await a_shelf(), member_id=member.id)
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()
    for _ in range(2):
        await note(
            member_id=member.id,
            kind=Step.PAID,
            cause=order.order_no,
            at=clock.now(),
            subject=order.order_no,
        )

    steps = (await journey_of(member.id)).steps

    kinds = [step.kind for step in steps if step.subject == order.order_no]
    assert kinds == [Step.PAID, Step.ORDERED]
    assert (await times_of(member))["paid"] == 1


async def test_two_who_turn_out_to_be_one_have_one_journey_and_get_their_own_back() -> None:
    one, other, scarf = await a_member(), await a_member(), await a_product()
    await looked_at(scarf, one, times=2)
    await looked_at(scarf, other, times=3, phone=PHONE[::-1])

    await merge_members(
        scope=head_office(),
        one_public_id=one.public_id,
        other_public_id=other.public_id,
        reason=REASON,
    )
    await tell_everyone()
    [merge] = await Merge.all()
    kept = one if merge.kept_id == one.id else other
    assert (await times_of(kept))["view"] == 5
    await undo_merge(scope=head_office(), merge_public_id=merge.public_id, reason=REASON)
    await tell_everyone()

    assert [(await times_of(one))["view"], (await times_of(other))["view"]] == [2, 3]


async def test_who_chose_the_ordinary_view_is_counted_as_nobody_and_has_no_portrait() -> None:
    member, scarf = await a_member(), await a_product()
    await looked_at(scarf, member, times=3)
    await portray_everybody()
    assert await portrait_of(member.id) is not None

    await agreed(member, Purpose.ORDINARY_VIEW)
    await looked_at(scarf, member, times=5)
    await portray_everybody()

    rows = await Event.all().order_by("id").values_list("member_id", "visitor_id")
    assert [row[0] for row in rows] == [member.id] * 3 + [None] * 2
    assert [row[1] for row in rows[3:]] == [None] * 2
    assert await portrait_of(member.id) is None


async def test_goods_are_counted_by_day_and_counting_again_changes_nothing() -> None:
    member, scarf = await a_member(), await a_product()
    await looked_at(scarf, member, times=3)
    await looked_at(scarf, None, times=2, phone=PHONE[::-1])

    counted = [await count_products(), await count_products()]

    assert counted == [1, 0]
    today = clock.shop_day(clock.now())
    [numbers] = await product_numbers(today - timedelta(days=1), today)
    assert (numbers.views, numbers.people) == (5, 2)
    assert await ProductDay.all().count() == counted[0]


async def test_a_visitor_is_tied_once_and_old_steps_stay_nobodys() -> None:
    member, scarf = await a_member(), await a_product()
    await looked_at(scarf, None, times=3)
    old = clock.now() - timedelta(days=31)
    first = await Event.all().order_by("id").first()
    assert first is not None
    await Event.filter(id=first.id).update(received_at=old)

    tied = [await tie_visitor(member_id=member.id, visitor=PHONE) for _ in range(2)]

    assert tied == [2, 0]
    assert await times_of(member) == {"view": 2}


async def test_a_portrait_of_a_buyer_rests_on_purchases_and_of_a_prospect_on_views() -> None:
    await some_rates()
    buyer, prospect = await a_member(), await a_member()
    coat = await a_product("羊绒大衣", category="外套", price_fen=399_000)
    tee = await a_product("棉T恤", category="T恤", price_fen=9_900)
    shelf = await a_shelf()
    sku = await Sku.get(id=shelf.sku_id).select_related("product__category")
    order = await an_order(shelf, member_id=buyer.id)
    await settle(await money_for(await a_payment(order)))
    await looked_at(tee, buyer, times=4)
    await looked_at(coat, prospect, times=3, phone=PHONE[::-1])
    await count_products()

    assert await portray_everybody() == 2

    bought, seen = await portrait_of(buyer.id), await portrait_of(prospect.id)
    assert bought is not None
    assert seen is not None
    assert bought.has_bought
    assert sku.product.category is not None
    assert bought.category == sku.product.category.name
    assert bought.discount_bp == 0
    assert not seen.has_bought
    assert (seen.category, seen.new_bp, seen.level) == ("外套", 10_000, 5)
    rows = await sql(audience.traits["behaviour.spending_level"].sql)
    assert {row["member_id"] for row in rows} == {buyer.id, prospect.id}


async def test_too_little_is_no_portrait_of_prices() -> None:
    member, scarf = await a_member(), await a_product()
    await looked_at(scarf, member)
    await count_products()
    await portray_everybody()

    [row] = await Portrait.all()
    assert (row.level, row.new_bp, row.discount_bp) == (None, None, None)


async def test_steps_go_after_their_time_and_the_counts_of_goods_stay() -> None:
    member, scarf = await a_member(), await a_product()
    await looked_at(scarf, member, times=2)
    await count_products()

    await expire(clock.now() + timedelta(days=402))

    assert await Event.all().count() == 0
    assert await ProductDay.all().count() == 1


async def test_many_notes_are_one_statement_and_a_note_twice_is_one() -> None:
    member, at = await a_member(), clock.now()
    notes = [Note(member.id, Step.TIER, f"change:{n % 3}", at, "gold") for n in range(6)]

    assert [await note_all(notes), await note_all(notes)] == [3, 0]


CORRUPTIONS: Mapping[str, Sequence[str]] = {
    "behaviour.days": (
        "UPDATE behaviour_day SET times = times + 1",
        "DELETE FROM behaviour_day",
        "INSERT INTO behaviour_day (member_id, on_day, kind, times) VALUES (1, now(), 'cart', 1)",
        "DELETE FROM behaviour_event WHERE kind = 'view'",
    ),
}


async def test_the_auditor_sees_days_that_do_not_add_up() -> None:
    await looked_at(await a_product(), await a_member(), times=2)

    assert await overlooked_of(CORRUPTIONS, {"behaviour"}) == []


async def test_every_fact_can_be_asked() -> None:
    asked = 0
    for name, fact in (audience.happenings | audience.traits).items():
        if not name.startswith(("behaviour.", "tags.")):
            continue
        more = fact.attributes if isinstance(fact, audience.Happening) else {"value": None}
        columns = ", ".join(["member_id", *more])
        query = f"SELECT {columns} FROM ({fact.sql}) AS f WHERE member_id = ANY($1::bigint[])"  # noqa: S608
        assert await sql(query, [1]) == []
        asked += 1

    assert asked >= 20
