"""Head office enrols, tests, holds and changes tax backends on pages; secrets never come back."""

import httpx2
import pytest

from core.security.scope import Role
from invoicing.backends.bridge.signing import public_text
from invoicing.backends.models import Account
from invoicing.backends.queries import AccountState, Adapter
from invoicing.backends.sealing import opened
from tests.scenes.backends import AGENT_KEY, UNIT_KEY, pem_of
from tests.scenes.console import csrf_of, enter
from tests.scenes.outside import TAX
from tests.scenes.stores import a_member_of_staff, a_store
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("shop")
PATH = "/console/invoices/accounts"
SECRETS = {name: str(TAX[name]) for name in ("app_key", "secret", "access_token")}


async def office(client: httpx2.AsyncClient) -> Store:
    store = await a_store()
    await enter(client, await a_member_of_staff(role=Role.HEAD_OFFICE))
    return store


async def enrol(client: httpx2.AsyncClient, store: Store, **fields: str) -> httpx2.Response:
    """A Nuonuo account, but for what is said otherwise."""
    page = await client.get(f"{PATH}/new", params={"adapter": fields.get("adapter", "nuonuo")})
    typed = {
        "csrf": csrf_of(page),
        "adapter": "nuonuo",
        "seller": str(store.tax_entity_id),
        "name": "诺诺一号",
        "weight": "2",
        "most": "9999.90",
        **SECRETS,
        **fields,
    }
    return await client.post(f"{PATH}/new", data=typed)


async def do(client: httpx2.AsyncClient, account: Account, **fields: str) -> httpx2.Response:
    page = await client.get(f"{PATH}/{account.public_id}")
    data = {"csrf": csrf_of(page), **fields}
    return await client.post(f"{PATH}/{account.public_id}", data=data)


async def test_an_account_is_enrolled_tested_held_and_given_new_secrets(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient
) -> None:
    store = await office(client)
    taken = await enrol(client, store, base_url=str(http.base_url).rstrip("/"))
    account = await Account.get()
    assert taken.headers["location"] == f"{PATH}/{account.public_id}?done=enrol"
    assert (account.weight, account.most_fen, account.adapter) == (2, 999_990, Adapter.NUONUO)

    checked = await do(client, account, do="check")
    assert checked.status_code == 303
    tested = await Account.get()
    assert (tested.state, tested.quota_fen is not None) == (AccountState.READY, True)
    await do(client, account, do="hold")
    assert (await Account.get()).state is AccountState.HELD
    await do(client, account, do="resume")
    await do(client, account, do="change", weight="5", most="")
    changed = await Account.get()
    assert (changed.state, changed.weight, changed.most_fen, changed.is_active) == (
        AccountState.READY, 5, None, False,
    )  # fmt: skip
    rotated = await do(client, account, do="rotate", app_key="", secret="another-secret")
    kept = opened((await Account.get()).credentials or "", account_id=account.id)
    assert kept == {**SECRETS, "secret": "another-secret"}
    pages = [await client.get(rotated.headers["location"]), await client.get(PATH)]
    assert not [
        one for one in pages if "another-secret" in one.text or SECRETS["secret"] in one.text
    ]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"seller": "x"}, "seller"),
        ({"name": " "}, "name"),
        ({"base_url": "javascript:alert(1)"}, "base_url"),
        ({"weight": "0"}, "weight"),
        ({"most": "-1"}, "most_fen"),
        ({"secret": ""}, "secret"),
        ({"adapter": "bridge", "point": "D1", "public_key": "x"}, "public_key"),
        ({"adapter": "direct", "unit_no": "U", "private_key_pem": "x"}, "private_key_pem"),
        ({"adapter": "direct", "unit_no": "U", "private_key_pem": "KEY",
          "bureau_public_pem": "KEY"}, "bureau_public_pem"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named_and_what_was_typed_stays(
    client: httpx2.AsyncClient, fields: dict[str, str], wrong: str
) -> None:
    store = await office(client)
    typed = {name: pem_of(UNIT_KEY) if text == "KEY" else text for name, text in fields.items()}
    page = await enrol(client, store, **{"base_url": "https://tax.example.cn", **typed})

    assert page.status_code == 422
    assert f"<code>{wrong}</code>" in page.text
    assert SECRETS["secret"] not in page.text
    assert await Account.all().count() == 0


async def test_a_disc_needs_no_address_and_an_unknown_deed_is_refused(
    client: httpx2.AsyncClient,
) -> None:
    store = await office(client)
    key = public_text(AGENT_KEY)
    await enrol(client, store, adapter="bridge", name="税控盘", point="D1", public_key=key)
    account = await Account.get()

    assert (await do(client, account, do="fly")).status_code == 422
    assert (await do(client, account, do="rotate", public_key="x")).status_code == 422
    assert (await client.get(f"{PATH}/tba_nobody")).status_code == 404
