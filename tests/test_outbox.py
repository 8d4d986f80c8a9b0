import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core import clock, outbox
from core.events import listeners, on
from core.outbox import OutboxRow, publish
from crm.models import FollowUp
from tests.scene import a_customer, a_product, tell_everyone
from trade.catalog.events import ProductFavourited
from trade.catalog.models import Favourite
from trade.catalog.service import favourite_product

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def clumsy() -> Iterator[str]:
    """A listener that writes something and then fails."""

    @on(ProductFavourited)
    async def clumsy(event: ProductFavourited) -> None:
        await FollowUp.filter(product_id=event.product_id).delete()
        raise ValueError("dropped it")

    name = f"{__name__}.clumsy"
    yield name
    del listeners[name]


async def test_news_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        await publish(ProductFavourited(customer_id=1, product_id=2, at=clock.now()))


async def test_a_failing_listener_leaves_no_trace_and_waits(clumsy: str) -> None:
    customer, scarf = await a_customer(guide_id=7), await a_product()
    await favourite_product(customer_id=customer.id, product_id=scarf.id)
    await tell_everyone()

    assert await FollowUp.all().count() == 1
    row = await OutboxRow.get(listener=clumsy)
    assert row.done_at is None
    assert row.attempts == 1
    assert row.error == "ValueError('dropped it')"
    assert row.due_at > clock.now()


async def test_news_whose_teller_died_is_offered_again_after_its_lease() -> None:
    customer, scarf = await a_customer(guide_id=7), await a_product()
    await favourite_product(customer_id=customer.id, product_id=scarf.id)
    [(row_id, first)] = await outbox.claim()
    while_leased = await outbox.claim()
    await OutboxRow.filter(id=row_id).update(leased_until=clock.now() - timedelta(seconds=1))

    assert while_leased == []
    assert (first, await outbox.claim()) == (1, [(row_id, 2)])


async def test_eight_taps_at_once_are_one_favourite_and_one_piece_of_news() -> None:
    customer, scarf = await a_customer(guide_id=7), await a_product()
    taps = [favourite_product(customer_id=customer.id, product_id=scarf.id) for _ in range(8)]
    await asyncio.gather(*taps)
    [(row_id, _)] = await outbox.claim()
    await asyncio.gather(*[outbox.tell(row_id) for _ in range(3)])

    assert await Favourite.all().count() == 1
    assert await FollowUp.all().count() == 1
