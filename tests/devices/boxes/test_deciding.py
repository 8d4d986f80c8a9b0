"""What people say of papers: typed in, dismissed, one of two, or read again with taught words."""

import asyncio
import base64
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from core.events import listeners, on
from core.security.receipt_code import check
from core.security.scope import Role, Scope
from devices.boxes.deciding import Answer, Entry, dismiss_paper, enter_paper, resolve_conflict
from devices.boxes.errors import (
    EntryUnfit,
    MarkUnfit,
    PaperDecided,
    PaperNotFound,
    PaperTaken,
    ReasonNeeded,
)
from devices.boxes.queries import boxes_for, paper_for, picture_for, waiting_papers
from devices.boxes.rules import Health, PaperKind, alarms_of
from devices.boxes.teaching import teach
from devices.events import TillSaleRead, TillSaleWithdrawn
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.boxes import a_body, a_box, a_doubtful_body, an_order, told
from trade.stores.queries import receipt_key_of

pytestmark = pytest.mark.usefixtures("db")
OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)
AT = datetime(2026, 5, 1, 2, 33, 20, tzinfo=UTC)
ENTRY = Entry(PaperKind.SALE, "A7", AT, 3_600, lines=(("牛肉面", "2", 3_600),))
MORE = """
INSERT INTO boxes_certificate (box_id, serial, key_digest, pem, ends_at)
SELECT box_id, n::text, n::text, '', now() FROM boxes_certificate, generate_series(1, 2) AS n
"""
SPEECH = "街角面馆\n本单编码 A7\n2026-05-01 10:33:20\n牛肉面 2 36.00\n总共要给 36.00\n现金 36.00\n"


@pytest.fixture
async def news() -> AsyncIterator[list[TillSaleRead | TillSaleWithdrawn]]:
    heard: list[TillSaleRead | TillSaleWithdrawn] = []

    @on(TillSaleRead)
    async def hear_sale(event: TillSaleRead) -> None:
        heard.append(event)

    @on(TillSaleWithdrawn)
    async def hear_end(event: TillSaleWithdrawn) -> None:
        heard.append(event)

    yield heard
    for name in [name for name in listeners if name.startswith(__name__)]:
        listeners.pop(name)


def sent(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode("gb18030") + b"\x1dV\x00")).decode()


async def test_a_typed_paper_counts_and_gets_a_code_of_the_store(
    news: list[TillSaleRead | TillSaleWithdrawn],
) -> None:
    box = await a_box()
    paper = await told(box, a_doubtful_body("单号 A7", "36.00?"))
    code = await enter_paper(OFFICE, paper.paper_id, ENTRY)
    await tell_everyone()
    said = check(code, await receipt_key_of(box.store.id))

    [sale] = news
    assert isinstance(sale, TillSaleRead)
    assert (sale.due_fen, sale.code, said.amount_fen) == (3_600, code, 3_600)
    assert sale.order_key == said.order_key.hex()
    assert (await told(box, a_body(an_order()))).result == "known"  # the box read it, too


async def test_two_who_type_at_once_make_one_sale() -> None:
    paper = await told(await a_box(), a_doubtful_body("x"))
    done = await asyncio.gather(
        *(enter_paper(OFFICE, paper.paper_id, ENTRY) for _ in range(4)), return_exceptions=True
    )

    assert sum(isinstance(one, str) for one in done) == 1
    refused = [one for one in done if not isinstance(one, str)]
    assert all(isinstance(one, PaperDecided | PaperTaken) for one in refused)


async def test_what_is_here_already_is_not_typed_again() -> None:
    box = await a_box()
    await told(box, a_body(an_order()))
    paper = await told(box, a_doubtful_body("x"))

    with pytest.raises(PaperTaken):
        await enter_paper(OFFICE, paper.paper_id, ENTRY)


@pytest.mark.parametrize(
    "odd",
    [
        Entry(PaperKind.SALE, "", AT, 1),
        Entry(PaperKind.SALE, "=1", AT, 1),
        Entry(PaperKind.SALE, "A7", AT, 0),
        Entry(PaperKind.SALE, "A7", AT, 2**32),
        Entry(PaperKind.SALE, "A7", datetime(2019, 1, 1, tzinfo=UTC), 1),
        Entry(PaperKind.SALE, "A7", datetime.now(UTC) + timedelta(days=1), 1),
        Entry(PaperKind.REFUND, "A7", AT, 1),
        Entry(PaperKind.DOUBTFUL, "A7", AT, 1),
    ],
)
async def test_an_entry_that_cannot_be_is_refused(odd: Entry) -> None:
    paper = await told(await a_box(), a_doubtful_body("x"))

    with pytest.raises(EntryUnfit):
        await enter_paper(OFFICE, paper.paper_id, odd)


async def test_a_dismissed_paper_needs_a_reason_and_is_done() -> None:
    paper = await told(await a_box(), a_doubtful_body("开钱箱"))
    with pytest.raises(ReasonNeeded):
        await dismiss_paper(OFFICE, paper.paper_id, reason=" x ")
    await dismiss_paper(OFFICE, paper.paper_id, reason="不是小票")

    assert await waiting_papers(OFFICE) == []
    with pytest.raises(PaperDecided):
        await dismiss_paper(OFFICE, paper.paper_id, reason="不是小票")


async def test_papers_of_other_stores_are_not_there() -> None:
    paper = await told(await a_box(), a_doubtful_body("x"))
    other = Scope(Role.STORE_MANAGER, staff_id=2, store_ids=frozenset({4_711}))

    assert await waiting_papers(other) == []
    assert await boxes_for(other) == []
    for asked in (
        paper_for(other, paper.paper_id),
        picture_for(OFFICE, paper.paper_id),
        enter_paper(other, paper.paper_id, ENTRY),
        dismiss_paper(other, paper.paper_id, reason="why"),
        teach(other, paper.paper_id, {"due": "36.00"}),
    ):
        with pytest.raises(PaperNotFound):
            await asked


@pytest.mark.parametrize(
    ("answer", "told_now"),
    [(Answer.WRONG, []), (Answer.SEPARATE, [4_000]), (Answer.REPLACES, [-1, 4_000])],
)
async def test_a_person_says_which_of_two_papers_is_right(
    news: list[TillSaleRead | TillSaleWithdrawn], answer: Answer, told_now: list[int]
) -> None:
    box = await a_box()
    first = await told(box, a_body(an_order()))
    other = await told(box, a_body(an_order(due="40.00")))
    await tell_everyone()
    news.clear()
    await resolve_conflict(OFFICE, other.paper_id, answer, reason="核对过")
    await tell_everyone()

    found = [-1 if isinstance(one, TillSaleWithdrawn) else one.due_fen for one in news]
    assert sorted(found) == sorted(told_now)
    withdrawn = [one.paper_id for one in news if isinstance(one, TillSaleWithdrawn)]
    assert withdrawn == ([first.paper_id] if answer is Answer.REPLACES else [])
    with pytest.raises(PaperDecided):
        await resolve_conflict(OFFICE, other.paper_id, Answer.WRONG, reason="again")


async def test_a_marked_paper_teaches_the_box_and_reads_what_waited(
    news: list[TillSaleRead | TillSaleWithdrawn],
) -> None:
    box = await a_box()
    first = await told(box, a_doubtful_body("a", raw=sent(SPEECH)))
    await told(box, a_doubtful_body("b", raw=sent(SPEECH.replace("A7", "A8"))))
    with pytest.raises(MarkUnfit):
        await teach(OFFICE, first.paper_id, {"due": "99.00"})
    with pytest.raises(MarkUnfit):
        await teach(OFFICE, first.paper_id, {"due": " "})
    counted = await teach(OFFICE, first.paper_id, {"order_no": "A7", "due": "36.00"})
    await tell_everyone()
    [seen] = await boxes_for(OFFICE)

    assert counted == 2
    assert seen.layout == {"order_no": "本单编码", "due": "总共要给"}
    assert sorted(one.order_no for one in news if isinstance(one, TillSaleRead)) == ["A7", "A8"]


async def test_the_auditor_sees_what_cannot_be() -> None:
    box = await a_box()
    await told(box, a_body(an_order()))
    back = an_order("T1", due="-36.00", at="2026-05-03 09:00:00", kind="refund", origin="A7")
    await told(box, a_body(back))
    corruptions = {
        "boxes.certificates": [
            "UPDATE boxes_box SET state = 'revoked', ended_at = now()",
            MORE,
        ],
        "boxes.refunds": ["UPDATE boxes_paper SET due_fen = -3601 WHERE kind = 'refund'"],
    }

    assert await named_in({"boxes"}) == set()
    assert await overlooked_of(corruptions, {"boxes"}) == []


async def test_alarms_say_the_worst_first() -> None:
    now = datetime.now(UTC)
    soon = now + timedelta(days=3)
    sound = Health(now, 0, 0, has_printer=True, certificate_ends_at=now + timedelta(days=300))
    bad = Health(
        None, -300, 99, has_printer=False, certificate_ends_at=soon, doubtful=1, conflicts=1
    )

    assert alarms_of(sound, now) == []
    assert alarms_of(bad, now) == [
        "silent", "printer", "conflict", "clock", "certificate", "waiting", "doubtful",
    ]  # fmt: skip
