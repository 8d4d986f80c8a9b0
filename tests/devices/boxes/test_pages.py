"""The pages of boxes: add one, see what is wrong, type in a paper, end a box."""

from httpx2 import AsyncClient

from core.database import sql
from core.security.scope import Role
from tests.scenes.boxes import (
    a_body,
    a_box,
    a_doubtful_body,
    a_picture_paper,
    an_order,
    packed,
    told,
)
from tests.scenes.console import csrf_of, enter
from tests.scenes.stores import a_member_of_staff, a_store

SPEECH = "街角面馆\n本单编码 A7\n2026-05-01 10:33:20\n牛肉面 2 36.00\n总共要给 36.00\n现金 36.00\n"


async def test_a_box_is_added_watched_and_ended(client: AsyncClient) -> None:
    store = await a_store()
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    page = await client.get("/console/boxes")
    form = {"csrf": csrf_of(page), "store": store.code, "name": "1 号收银台"}
    added = await client.post("/console/boxes", data=form)
    refused = await client.post("/console/boxes", data={**form, "store": "none"})
    assert "daogou box join --url" in added.text
    assert added.headers["cache-control"] == "no-store"
    assert refused.status_code == 422
    box = await a_box(store, name="2 号收银台")
    await told(box, a_body(an_order()))
    listed = await client.get("/console/boxes")
    path = f"/console/boxes/{box.speaker.box_id}"
    one = await client.get(path)
    invited = await client.post(f"{path}/invite", data=form)
    changed = await client.post(f"{path}/key", data=form)
    ended = await client.post(f"{path}/end", data={**form, "why": "stolen"})

    assert "15 分钟没有消息" not in listed.text
    assert "36.00" in one.text
    assert "box join" in invited.text
    assert [changed.status_code, ended.status_code] == [303, 303]
    assert "已吊销" in (await client.get(path)).text
    again = await client.post(f"{path}/end", data=form)
    assert again.status_code == 409


async def test_a_paper_that_is_a_picture_is_typed_in_and_gets_a_code(client: AsyncClient) -> None:
    box = await a_box()
    paper = await told(box, a_doubtful_body(raw=packed(a_picture_paper())))
    await enter(client, await a_member_of_staff(Role.STORE_MANAGER, store=box.store))
    path = f"/console/boxes/papers/{paper.paper_id}"
    page = await client.get(path)
    picture = await client.get(f"{path}/picture.png")
    form = {
        "csrf": csrf_of(page),
        "do": "enter",
        "kind": "sale",
        "order_no": "K17",
        "at": "2026-05-01T10:33",
        "due": "¥1,036.50",
        "lines": "牛肉面 大碗 2 36.50\n外套 1 1,000.00\n",
    }
    odd = await client.post(path, data={**form, "due": "much"})
    done = await client.post(path, data=form)

    assert picture.content.startswith(b"\x89PNG")
    assert odd.status_code == 422
    assert 'value="K17"' in odd.text
    assert "开票二维码" in done.text
    [row] = await sql("SELECT due_fen, state, lines FROM boxes_paper")
    assert (row["due_fen"], row["state"]) == (103_650, "typed")
    assert '["牛肉面 大碗", "2", 3650]' in row["lines"]


async def test_two_amounts_under_one_number_are_decided_with_a_reason(client: AsyncClient) -> None:
    box = await a_box()
    await told(box, a_body(an_order()))
    other = await told(box, a_body(an_order(due="40.00")))
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    path = f"/console/boxes/papers/{other.paper_id}"
    page = await client.get(path)
    form = {"csrf": csrf_of(page), "do": "replaces", "reason": "收银员改价"}
    short = await client.post(path, data={**form, "reason": ""})
    odd = await client.post(path, data={**form, "do": "nothing"})
    done = await client.post(path, data=form)

    assert "¥36.00" in page.text
    assert [short.status_code, odd.status_code, done.status_code] == [422, 422, 303]
    states = await sql("SELECT state FROM boxes_paper ORDER BY id")
    assert [row["state"] for row in states] == ["dismissed", "typed"]


async def test_a_till_is_taught_from_its_paper(client: AsyncClient) -> None:
    box = await a_box()
    said = (
        "街角面馆\n本单编码 A7\n2026-05-01 10:33:20\n牛肉面 2 36.00\n总共要给 36.00\n现金 36.00\n"
    )
    raw = packed(said.encode("gb18030") + b"\x1dV\x00")
    paper = await told(box, a_doubtful_body("a", raw=raw))
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    path = f"/console/boxes/papers/{paper.paper_id}"
    page = await client.get(path, headers={"accept-language": "en"})
    form = {"csrf": csrf_of(page), "do": "teach", "mark_order_no": "A7", "mark_due": "36.00"}
    taught = await client.post(path, data=form)
    box_page = await client.get(f"/console/boxes/{box.speaker.box_id}")

    assert "Teach the box this till" in page.text
    assert "随之读出的小票数：1" in taught.text
    assert "总共要给" in box_page.text


async def test_papers_of_other_stores_are_not_there(client: AsyncClient) -> None:
    paper = await told(await a_box(), a_doubtful_body("x"))
    await enter(client, await a_member_of_staff(Role.STORE_MANAGER))

    for path in (f"papers/{paper.paper_id}", "1", "0", "9" * 30, "papers/x"):
        assert (await client.get(f"/console/boxes/{path}")).status_code == 404
