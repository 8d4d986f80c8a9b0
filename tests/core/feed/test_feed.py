"""The feed of changes: one order, no hole, whatever runs side by side and whatever fails."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from tortoise.transactions import in_transaction

from core import clock, jobs
from core.audit import checks
from core.database import sql, use_case
from core.events import Event, told_outside
from core.feed import (
    BadWebhook,
    NotYetThere,
    Part,
    SubscriptionUnknown,
    UnknownKinds,
    all_subscriptions,
    deliver,
    end_subscription,
    kinds,
    number_changes,
    read_feed,
    renew_secret,
    replay_from,
    subscribe,
    subscriptions_of,
    tells,
)
from core.feed.models import SecretRow
from core.outbox import publish
from core.security.api_keys import add_partner, scope_of_key
from core.security.rotation import still_old
from core.security.scope import Grant, Scope
from core.settings import Settings, configure

pytestmark = pytest.mark.usefixtures("db")
EVERYTHING = [Grant.FEED_READ, Grant.ORDERS_READ]


@dataclass(frozen=True, slots=True)
class BookSold(Event):
    name: ClassVar[str] = "test.book_sold"
    number: int
    store_id: int


@pytest.fixture(autouse=True)
def book_news() -> Iterator[None]:
    @tells("book.sold", BookSold, needs=Grant.ORDERS_READ)
    async def tell_book(event: BookSold) -> list[Part]:
        if event.number < 0:
            raise LookupError("poison")
        return [Part(f"book:{event.number}", event.store_id, {"number": event.number})]

    yield
    del kinds["book.sold"], told_outside[BookSold]


async def a_partner(name: str = "erp", *, store_ids: list[int] | None = None) -> Scope:
    made = await add_partner(name=name, grants=EVERYTHING, store_ids=store_ids, by="test")
    return await scope_of_key(made.token)


@use_case
async def sell(*numbers: int, store_id: int = 1) -> None:
    for number in numbers:
        await publish(BookSold(number, store_id))


async def heard(scope: Scope, public_id: str, after: int = 0) -> list[tuple[int, int]]:
    page = await read_feed(scope, public_id, after=after)
    return [(message.sequence, message.data["number"]) for message in page.messages]


async def test_a_subscription_hears_what_happens_from_now_on_under_its_own_numbers() -> None:
    scope = await a_partner()
    await sell(1)
    mine = (await subscribe(scope, kinds=["book.sold"])).subscription
    await sell(2, 3)
    later = (await subscribe(await a_partner("till"), kinds=["book.sold"])).subscription
    await sell(4)
    await number_changes()

    assert await heard(scope, mine.public_id) == [(1, 2), (2, 3), (3, 4)]
    assert await heard(scope, mine.public_id, after=2) == [(3, 4)]
    assert (await all_subscriptions())[1].public_id == later.public_id
    assert await sql("SELECT FROM feed_change") == []


async def test_a_partner_hears_of_its_stores_alone_and_without_holes() -> None:
    scope = await a_partner(store_ids=[2])
    mine = (await subscribe(scope, kinds=["book.sold"])).subscription
    for number in range(6):
        await sell(number, store_id=1 + number % 2)
    await number_changes()

    assert await heard(scope, mine.public_id) == [(1, 1), (2, 3), (3, 5)]


async def test_a_change_that_commits_late_comes_later_and_leaves_no_hole() -> None:
    scope = await a_partner()
    mine = (await subscribe(scope, kinds=["book.sold"])).subscription
    noted, may_end = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with in_transaction():
            await publish(BookSold(1, 1))
            noted.set()
            await may_end.wait()

    running = asyncio.create_task(slow())
    await noted.wait()
    await sell(2)
    await number_changes()
    assert await heard(scope, mine.public_id) == [(1, 2)]
    may_end.set()
    await running
    await number_changes()

    assert await heard(scope, mine.public_id) == [(1, 2), (2, 1)]


async def test_many_writers_and_numberers_leave_each_change_once_and_no_hole() -> None:
    scope = await a_partner()
    mine = (await subscribe(scope, kinds=["book.sold"])).subscription
    work = [sell(number) for number in range(40)]
    await asyncio.gather(*work[:20], *(number_changes(3) for _ in range(5)), *work[20:])
    while await number_changes(7):
        pass
    told = await heard(scope, mine.public_id)

    assert [sequence for sequence, _ in told] == list(range(1, 41))
    assert sorted(number for _, number in told) == list(range(40))


async def test_a_rolled_back_change_is_never_told_and_a_poisoned_one_holds_nobody_up() -> None:
    scope = await a_partner()
    mine = (await subscribe(scope, kinds=["book.sold"])).subscription
    async with in_transaction() as undo:
        await publish(BookSold(1, 1))
        await undo.rollback()
    await sell(-1, 2)
    await number_changes()

    assert await heard(scope, mine.public_id) == [(1, 2)]


async def test_where_nobody_listens_nothing_is_noted() -> None:
    scope = await a_partner()
    mine = (await subscribe(scope, kinds=["book.sold"])).subscription
    await end_subscription(scope, mine.public_id)
    await end_subscription(scope, mine.public_id)
    await sell(1)

    assert await sql("SELECT FROM feed_change") == []
    assert [each.state for each in await subscriptions_of(scope)] == ["ended"]


class Receiver:
    """An ERP at the other end of a socket: verifies by its own code, answers as it is told."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.seen: list[int] = []
        self.bodies: list[bytes] = []
        self.answers: list[int] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def check(self, headers: dict[str, str], body: bytes) -> bool:
        said = f"{headers['daogou-timestamp']}.{headers['daogou-sequence']}.".encode() + body
        given = dict(part.split("=") for part in headers["daogou-signature"].split(","))
        return any(
            hmac.compare_digest(hmac.new(s.encode(), said, hashlib.sha256).hexdigest(), given[k])
            for k, s in self.secrets.items()
            if k in given
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:]
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        status = self.answers.pop(0) if self.answers else 200
        if status == 200 and not self.check(headers, body):
            status = 401
        if status == 200:
            self.seen.append(json.loads(body)["sequence"])
            self.bodies.append(body)
        if status:
            writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    yield receiver
    server.close()
    await server.wait_closed()


async def hooked(receiver: Receiver, scope: Scope) -> tuple[int, str]:
    made = await subscribe(scope, kinds=["book.sold"], url=receiver.url)
    receiver.secrets[made.key_id] = made.secret
    [row] = await sql("SELECT max(id) AS id FROM feed_subscription")
    return row["id"], made.subscription.public_id


async def due() -> None:
    await sql("UPDATE feed_subscription SET due_at = now()")


async def state_of(scope: Scope) -> Any:
    [view] = await subscriptions_of(scope)
    return view


async def test_messages_arrive_signed_in_order_and_once_told_are_not_sent_again() -> None:
    scope = await a_partner()
    async with receiving() as receiver:
        row_id, _ = await hooked(receiver, scope)
        await sell(1, 2, 3)
        await number_changes()
        await deliver(row_id)
        await deliver(row_id)

        assert receiver.seen == [1, 2, 3]
        assert json.loads(receiver.bodies[0])["data"] == {"number": 1}
        assert (await state_of(scope)).delivered == 3


@pytest.mark.parametrize("failure", [500, 503, 429, 0])
async def test_nothing_overtakes_a_message_nobody_answered(failure: int) -> None:
    scope = await a_partner()
    async with receiving() as receiver:
        row_id, _ = await hooked(receiver, scope)
        await sell(1, 2)
        await number_changes()
        receiver.answers = [failure]
        await deliver(row_id)

        assert receiver.seen == []
        view = await state_of(scope)
        assert (view.delivered, view.tries, view.error != "") == (0, 1, True)
        await deliver(row_id)
        assert receiver.seen == []  # not due yet
        await due()
        await deliver(row_id)
        assert receiver.seen == [1, 2]


async def test_a_message_refused_five_times_is_set_aside_and_can_be_replayed() -> None:
    scope = await a_partner()
    async with receiving() as receiver:
        row_id, public_id = await hooked(receiver, scope)
        await sell(1, 2)
        await number_changes()
        receiver.answers = [422] * 5
        for _ in range(5):
            await due()
            await deliver(row_id)

        assert receiver.seen == [2]
        page = await read_feed(scope, public_id, after=0)
        assert [message.is_set_aside for message in page.messages] == [True, False]
        await replay_from(scope, public_id, after=0)
        await deliver(row_id)
        assert receiver.seen == [2, 1, 2]
        assert receiver.bodies[0] == receiver.bodies[2]


async def test_a_receiver_that_stays_away_is_parked_and_a_replay_wakes_it() -> None:
    scope = await a_partner()
    async with receiving() as receiver:
        row_id, public_id = await hooked(receiver, scope)
        await sell(1)
        await number_changes()
        await sql("UPDATE feed_subscription SET tries = 19")
        receiver.answers = [500]
        await deliver(row_id)
        assert (await state_of(scope)).state == "parked"
        await due()
        await deliver(row_id)
        assert receiver.seen == []
        await replay_from(scope, public_id, after=0)
        await deliver(row_id)

        assert receiver.seen == [1]


async def test_an_old_secret_signs_beside_the_new_one_until_its_end() -> None:
    scope = await a_partner()
    async with receiving() as receiver:
        row_id, public_id = await hooked(receiver, scope)
        made = await renew_secret(scope, public_id)
        await sell(1)
        await number_changes()
        await deliver(row_id)
        assert receiver.seen == [1]  # the receiver knows the old secret only
        receiver.secrets = {made.key_id: made.secret}
        await SecretRow.exclude(key_id=made.key_id).update(
            expires_at=clock.now() - timedelta(seconds=1)
        )
        await sell(2)
        await number_changes()
        await deliver(row_id)

        assert receiver.seen == [1, 2]
        assert made.secret not in str(await sql("SELECT cipher FROM feed_secret"))
        assert (await still_old())["feed_secret.cipher"] == 0


async def test_the_worker_numbers_and_delivers_by_itself() -> None:
    scope = await a_partner()
    async with receiving() as receiver:
        await hooked(receiver, scope)
        await sell(1)
        await jobs.schedules["feed.number"].work()
        [debt] = await sql("SELECT payload FROM core_outbox WHERE name = 'feed.deliver'")
        await jobs.jobs["feed.deliver"].work(**json.loads(debt["payload"]))

        assert receiver.seen == [1]


async def test_nobody_reads_replays_or_ends_what_is_somebody_elses() -> None:
    mine = (await subscribe(await a_partner(), kinds=["book.sold"])).subscription.public_id
    other = await a_partner("other")
    for work in (
        read_feed(other, mine, after=0),
        replay_from(other, mine, after=0),
        end_subscription(other, mine),
        renew_secret(other, mine),
    ):
        with pytest.raises(SubscriptionUnknown):
            await work


async def test_a_number_not_given_out_cannot_be_replayed_from() -> None:
    scope = await a_partner()
    mine = (await subscribe(scope, kinds=["book.sold"])).subscription.public_id
    for after in (-1, 1):
        with pytest.raises(NotYetThere):
            await replay_from(scope, mine, after=after)


@pytest.mark.parametrize("names", [[], ["book.burnt"], ["book.sold", "x"]])
async def test_an_unknown_kind_is_refused(names: list[str]) -> None:
    with pytest.raises(UnknownKinds):
        await subscribe(await a_partner(), kinds=names)


async def test_a_kind_needs_its_right() -> None:
    made = await add_partner(name="x", grants=[Grant.FEED_READ], store_ids=[1], by="test")
    with pytest.raises(UnknownKinds):
        await subscribe(await scope_of_key(made.token), kinds=["book.sold"])


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example.cn/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://printer.local/",
        "https://user:pass@erp.example.cn/",
        "https://erp.example.cn:0/",
        "https://erp.example.cn/\n",
        "https://[bad/",
        "ftp://erp.example.cn/",
        "https://erp.example.cn/" + "a" * 300,
    ],
)
async def test_a_webhook_leads_outside_by_tls(settings: Settings, url: str) -> None:
    scope = await a_partner()
    configure(settings.model_copy(update={"mode": "production"}))

    with pytest.raises(BadWebhook):
        await subscribe(scope, kinds=["book.sold"], url=url)


async def test_the_auditor_names_a_hole_a_wrong_count_and_what_waits_too_long() -> None:
    scope = await a_partner()
    await subscribe(scope, kinds=["book.sold"])
    await sell(1, 2, 3)
    await number_changes()
    sequences, told = checks["feed.sequences"], checks["feed.told"]
    assert (await sequences(), await told()) == ([], [])
    await sell(4)
    await sql("UPDATE feed_change SET at = now() - interval '1 hour'")
    assert len(await told()) == 1
    for corruption in (
        "DELETE FROM feed_message WHERE sequence = 2",
        "UPDATE feed_message SET sequence = 9 WHERE sequence = 3",
        "UPDATE feed_subscription SET last_sequence = 2",
    ):
        async with in_transaction() as undo:
            await sql(corruption)
            assert len(await sequences()) == 1
            await undo.rollback()
