"""A session serves its own door only, and no other site can use it (S23)."""

import httpx2

from core.web.operations import Operation
from core.web.policy import SESSION_COOKIE
from tests.security.callers import Caller, code_of, filled
from tests.security.conftest import Crowd, database
from tests.security.table import TABLE, name_of, operations

# Whoever holds the code may ask; no cookie is read, so there is nothing a foreign site could use.
WITHOUT_SESSION = {  # whoever holds the code or the link may
    "POST /contract/{contract_token}",
    "POST /i",
    "POST /i/{code}",
    "POST /i/{code}/proof",
    "POST /i/{code}/send",
    "POST /i/{code}/change",
}
SIGNS_IN = {"GET /wecom/callback"}


def forms() -> list[Operation]:
    """Every page that takes a form on behalf of a browser's session."""
    return [
        operation
        for operation in operations()
        if operation.kind == "page" and operation.method != "GET"
        if name_of(operation) not in WITHOUT_SESSION
    ]


def admitted(crowd: Crowd, operation: Operation) -> Caller:
    return next(
        caller
        for caller in crowd.callers.values()
        if caller.asker.role and (operation.who.is_open or caller.asker.role in operation.who.roles)
    )


async def submit(operation: Operation, caller: Caller, csrf: str | None) -> httpx2.Response:
    """The form, good in everything but its token."""
    entry, own = TABLE[name_of(operation)], caller.asker.own
    path = operation.path
    for param in operation.params:
        path = path.replace(f"{{{param}}}", own[entry.thing])
    headers = caller.headers(kind="page")
    if entry.form is None:  # said as JSON by a script of our own page
        headers |= {} if csrf is None else {"x-csrf-token": csrf}
        said = {"json": filled(entry.body, own)}
    else:
        said = {"data": filled(entry.form, own) | ({} if csrf is None else {"csrf": csrf})}
    return await caller.http.request(operation.method, path, headers=headers, **said)


async def test_no_form_is_taken_from_another_site(crowd: Crowd) -> None:
    before, taken = await database(), []
    for operation in forms():
        caller = admitted(crowd, operation)
        stranger = next(each for each in crowd.callers.values() if each is not caller)
        for csrf in (None, "", "x" * 64, caller.csrf[:-1], stranger.csrf):
            answer = await submit(operation, caller, csrf)
            if (answer.status_code, code_of(answer)) != (403, "core.forged_form"):
                taken.append(f"{name_of(operation)} with {csrf}: {answer.status_code}")

    assert len(forms()) >= 6
    assert taken == []
    assert await database() == before


async def test_a_form_from_before_a_login_is_worth_nothing_after_it(crowd: Crowd) -> None:
    office = crowd.callers["head office"]
    planted = office.csrf
    await office.sign_in()
    search = next(each for each in forms() if name_of(each) == "POST /console/members")
    old, new = [await submit(search, office, csrf) for csrf in (planted, office.csrf)]

    assert (old.status_code, new.status_code) == (403, 200)


def test_what_is_taken_without_a_token_knows_no_session() -> None:
    known = {name_of(operation): operation for operation in operations()}

    assert all("scope" not in known[name].takes for name in WITHOUT_SESSION)
    assert all(known[name].who.is_open for name in WITHOUT_SESSION)


async def test_a_token_opens_its_own_door_only(crowd: Crowd) -> None:
    """The API takes no cookie, so a foreign page cannot call it; a page takes no bearer token."""
    opened = []
    for operation in operations():
        if operation.who.is_open:
            continue
        caller, entry = admitted(crowd, operation), TABLE[name_of(operation)]
        other = "page" if operation.kind in {"json", "file"} else "json"
        headers = caller.headers(kind=other) | {"idempotency-key": "wrong-door-1"}
        path = operation.path
        for param in operation.params:
            path = path.replace(f"{{{param}}}", caller.asker.own[entry.thing])
        answer = await caller.http.request(operation.method, path, headers=headers)
        if (answer.status_code, code_of(answer)) != (401, "core.sign_in_needed"):
            opened.append(f"{name_of(operation)}: {answer.status_code}")

    assert opened == []


async def test_no_get_changes_anything(crowd: Crowd) -> None:
    before = await database()
    before.pop("core_audit_log")  # a look at personal data is on record
    for operation in operations():
        if operation.method == "GET" and name_of(operation) not in SIGNS_IN:
            for caller in crowd.callers.values():
                await caller.ask(operation, TABLE[name_of(operation)], caller.asker.own)

    after = await database()
    after.pop("core_audit_log")
    assert after == before


async def test_every_cookie_is_for_the_browser_alone(crowd: Crowd) -> None:
    seen = set()
    for operation in operations():
        for name in ("nobody", "head office"):
            caller = crowd.callers[name]
            caller.http.cookies.clear()
            answer = await caller.ask(operation, TABLE[name_of(operation)], caller.asker.own)
            fresh = await caller.http.get("/login?lang=en")
            for cookie in answer.headers.get_list("set-cookie") + fresh.headers.get_list(
                "set-cookie"
            ):
                seen.add(cookie.partition("=")[0])
                if "Max-Age=0" not in cookie:
                    assert "httponly" in cookie.lower(), cookie
                    assert "samesite=lax" in cookie.lower(), cookie

    assert {"daogou_visit", "daogou_wecom_state", "daogou_lang", SESSION_COOKIE} <= seen
