"""The console's navigation: what each role finds in it, and where a page lies."""

import pytest
from httpx2 import AsyncClient

from core.security.scope import Role
from core.web.navigation import Section, add_to_console, entries, menu_for
from core.web.operations import Operation
from core.web.policy import PUBLIC
from tests.scenes.console import enter
from tests.scenes.stores import a_member_of_staff
from tests.security.table import operations


def pages() -> dict[str, Operation]:
    return {one.path: one for one in operations() if one.kind == "page" and one.method == "GET"}


def test_every_page_of_the_navigation_is_a_route_for_the_same_roles() -> None:
    known = pages()

    assert entries
    assert {path: entry.roles for path, entry in entries.items()} == {
        path: known[path].who.roles for path in entries
    }


def test_every_console_page_without_a_name_in_its_address_is_in_the_navigation() -> None:
    lists = {path for path in pages() if path.startswith("/console") and "{" not in path}
    parts = {path for path in lists if path.endswith((".csv", "/part", "/new", "/parts"))}

    assert {path for path in lists - parts if not menu_for_path(path)} == set()


def menu_for_path(path: str) -> bool:
    return any(path == known or path.startswith(f"{known}/") for known in entries)


def test_a_role_sees_what_it_may_open_and_nothing_else() -> None:
    office = menu_for(Role.HEAD_OFFICE, "/console/reconciliation", "zh")
    owner = menu_for(Role.FRANCHISEE, "/console/reconciliation", "zh")

    assert "/console/reconciliation" in {link.path for link in office.pages}
    assert "/console/reconciliation" not in {link.path for link in owner.pages}
    assert menu_for(Role.MEMBER, "/console", "zh").sections == ()


def test_a_page_below_a_named_one_is_marked_there() -> None:
    menu = menu_for(Role.HEAD_OFFICE, "/console/promotions/what-if", "en")
    member = menu_for(Role.HEAD_OFFICE, "/console/members/mem_1", "en")
    other = menu_for(Role.HEAD_OFFICE, "/console/membersandmore", "en")

    assert [link.text for link in menu.pages if link.is_current] == ["Try a cart"]
    assert [link.text for link in menu.sections if link.is_current] == ["Marketing"]
    assert [link.path for link in member.pages if link.is_current] == ["/console/members"]
    assert other.here == "/console"  # no beginning of a word is a beginning of a path


def test_a_page_for_nobody_or_everybody_is_not_taken() -> None:
    with pytest.raises(ValueError, match="for whom"):
        add_to_console("/console/x", zh="甲", en="A", section=Section.DATA, who=PUBLIC)


async def test_the_page_says_where_one_is_in_both_languages(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    chinese = await client.get("/console/promotions")
    english = await client.get("/console/promotions?lang=en")

    assert '<a href="/console/promotions" aria-current="page">促销</a>' in chinese.text
    assert '<a href="/console/promotions" aria-current="page">Promotions</a>' in english.text


async def test_the_shell_of_a_console_page_is_small_on_its_way(client: AsyncClient) -> None:
    """Everything but pictures, packed as it travels; the page itself travels unpacked."""
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    page = await client.get("/console/promotions")
    sizes = [len(page.content)]
    for name in ("shell.css", "console.css", "htmx.min.js", "console.js"):
        async with client.stream(
            "GET", f"/static/{name}", headers={"accept-encoding": "gzip"}
        ) as part:
            sizes.append(sum([len(chunk) async for chunk in part.aiter_raw()]))

    assert sum(sizes) < 60_000


async def test_htmx_runs_without_eval_styles_of_its_own_or_a_store_of_pages(
    client: AsyncClient,
) -> None:
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    page = await client.get("/console/promotions")

    for said in ('"allowEval":false', '"includeIndicatorStyles":false', '"historyCacheSize":0'):
        assert said in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
