"""A shop with everything twice: what each asker may see, and the same things of somebody else."""

import secrets
from dataclasses import dataclass, field
from datetime import date

from core.database import sql
from core.feed import subscribe
from core.security.api_keys import scope_of_key
from core.security.scope import Role
from core.security.sessions import open_session
from core.settings import current
from crm.people import identities
from crm.people.models import CustomerGroup, Identity, Member
from crm.people.queries import Purpose
from crm.people.rules import IdKind
from crm.people.service import give_consent
from devices.queries import receipt_code_of
from invoicing.models import InvoiceRequest
from invoicing.service import BuyerKind, read_buyer, request_invoice
from tests.scene import tell_everyone
from tests.scenes.boxes import some_boxes
from tests.scenes.counter import a_sale_over_the_counter
from tests.scenes.exports import some_exports
from tests.scenes.fulfilment import a_days_work
from tests.scenes.orders import Shelf, a_payment, a_shelf, an_order, money_for, some_rates
from tests.scenes.people import a_group, a_member, with_open_id, with_phone
from tests.scenes.points import some_gifts
from tests.scenes.printers import some_papers
from tests.scenes.promises import some_promises
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from tests.scenes.tiers import some_cards
from tests.scenes.tills import a_key
from trade.catalog.models import Product, Scene, Sku
from trade.catalog.service import (
    SceneDraft,
    SceneKind,
    SpotDraft,
    favourite_product,
    put_scene,
)
from trade.fulfilment.shipping_info.models import Upload
from trade.fulfilment.shipping_info.rules import UploadState
from trade.orders.queries import OrderView, order_of
from trade.orders.service import CartLine, MakeDraft, OrderedLine, keep_cart, make_draft
from trade.payments.bills.models import Difference
from trade.payments.bills.rules import Aspect, DifferenceState, Kind
from trade.payments.service import Method, Tender, record_tender, refund, settle
from trade.stores.models import Staff, Store
from trade.stores.service import renew_receipt_key, set_password

BUYER = {
    "title": "某某商贸（上海）有限公司",
    "tax_no": "11310115MA4R207G5L",
    "mail": "finance@buyer.example.cn",
}
REASON = "核对退货地址"
PHONES = ("13912345678", "13887654321")
PASSWORD = "mu-tang-2026"
COUNTED = (
    "shipping_info_upload",
    "people_member",
    "stores_staff",
)  # limits are counted by these ids, beyond one database
NOBODYS = {  # whose a thing of these is, the tests of its room say
    "merge": "mrg_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "pair": "mat_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "tag": "tag_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "link": "dlv_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "segment": "nobodys",
    "journey": "jny_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "conflict": "999999999",
    "title": "999999998",
    "told_invoice": "inv_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "told_request": "2611229999BBBBBB",
    "tax_account": "tba_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "red": "red_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "company": "999999998",
}
MISSING = {
    "box": "999999999",
    "ended_box": "999999999",
    "paper": "999999999",
    "order": "ord_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "unpaid": "ord_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "regretted": "ord_cccccccccccccccccccccccccc",
    "member": "mem_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "group": "grp_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "product": "prd_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "code": "A" * 42,
    "task": "tsk_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "link": "dlv_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "shipment": "shp_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "sale": "sal_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "case": "rtn_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "kept": "rtn_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "return_no": "T2611229999999999",
    "tax_token": "cb_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "purpose": "nothing-of-ours",
    "picture": "nothing-a1b2c3.svg",
    "order_no": "2601010000000000",
    "subscription": "sub_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "till": "99",
    "scene": "scn_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "store_code": "S-nowhere",
    "day": "2026-13-45",
    "difference": "999999999",
    "redemption_no": "PX000000000000000000",
    "handed_no": "PX000000000000000000",
    "alliance": "none-such",
    "program": "none-such",
    "upload": "999999999",
    "refund": "R2611229999999999",
    "draft": "drf_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "withdrawn": "drf_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "coupon": "cpn_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "gifted": "cpn_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "plan": "none-such",
    "tier": "none-such",
    "coupon_code": "none-such",
    "coupon_batch": "cdb_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "coupon_issue": "iss_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "term": "trm_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "export": "exp_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "unwritten": "exp_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "unseen": "exp_cccccccccccccccccccccccccc",
    "doubted": "exp_dddddddddddddddddddddddddd",
    "schedule": "exs_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "visit": "vis_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "arriving": "vis_bbbbbbbbbbbbbbbbbbbbbbbbbb",
    "printer": "999999999",
    "print_job": "999999999",
    "print_agent": "999999999",
    "contract": "C261122999999999999",
    "contract_no": "C261122999999999999",
    "contract_token": "ct_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "guide_task": "gtk_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "sku_code": "none-such",
    **{name: value.replace("b", "a") for name, value in NOBODYS.items()},
}


@dataclass(slots=True)
class Asker:
    """Somebody with a role. `own` and `foreign` name one thing of each kind, as MISSING does."""

    name: str
    role: Role | None = None
    member_id: int | None = None
    staff_id: int | None = None
    own: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)

    async def session(self) -> str:
        """A fresh token, or a partner's key; empty for nobody."""
        if self.role is None:
            return ""
        if self.role is Role.PARTNER:
            await scope_of_key(self.own["api_key"])  # its last use is remembered to the minute
            return self.own["api_key"]
        return await open_session(role=self.role, member_id=self.member_id, staff_id=self.staff_id)


@dataclass(frozen=True, slots=True)
class FullShop:
    """`askers` by name; `planted` are personal and secret texts that no answer may hold."""

    askers: dict[str, Asker]
    planted: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Branch:
    """One store with its guide, a group, a member who bought there, and what they left behind."""

    store: Store
    guide: Staff
    group: CustomerGroup
    member: Member
    wanted: Shelf
    things: dict[str, str]


async def a_full_shop() -> FullShop:
    """Two branches, one of them a franchisee's, and an asker of each role."""
    for table in COUNTED:
        start = secrets.randbelow(10**9)
        await sql(f"ALTER SEQUENCE {table}_id_seq RESTART WITH {start + 1}")
    await some_rates()
    owner = await a_franchisee()
    direct = await _a_branch(await a_store(name="静安甲店"), phone=PHONES[0])
    franchised = await _a_branch(await a_store(name="苏州乙店", franchisee=owner), phone=PHONES[1])
    for here, elsewhere in ((direct, franchised), (franchised, direct)):
        for branch in (elsewhere, here):  # two carts in each store
            lines = [CartLine(branch.wanted.sku_id, 2)]
            await keep_cart(member_id=branch.member.id, store_id=here.store.id, lines=lines)
    await give_consent(
        member_id=franchised.member.id,
        purpose=Purpose.FRANCHISEE,
        version="franchisee-2026-01",
        how="test",
    )
    manager = await a_member_of_staff(Role.STORE_MANAGER, store=direct.store)
    franchisee = await a_member_of_staff(Role.FRANCHISEE, franchisee=owner)
    marketer = await a_member_of_staff(Role.MARKETER)
    office = await a_member_of_staff(Role.HEAD_OFFICE)
    await set_password(user_id=office.user_id, login=f"zongbu{office.id}", password=PASSWORD)
    lists = await some_exports(office, colleague=await a_member_of_staff(Role.HEAD_OFFICE))
    ours, theirs = direct.things | lists, franchised.things | lists
    askers = [
        Asker("nobody", own=ours),
        _member("member", direct.member, ours, theirs),
        _member("other member", franchised.member, theirs, ours),
        _staff("guide", direct.guide, ours, theirs),
        _staff("store manager", manager, ours, theirs),
        _staff("franchisee", franchisee, theirs, ours),
        _staff("marketer", marketer, ours, {}),
        _staff("head office", office, ours, {}),
        Asker("partner", Role.PARTNER, own=ours, foreign=theirs),
    ]
    for asker in askers:  # a code is sent to one address once a minute, a name is given once
        fresh = f"n{secrets.token_hex(8)}"
        asker.own = asker.own | {"contact": f"{fresh}@example.cn", "fresh": fresh}
    return FullShop(
        {asker.name: asker for asker in askers}, await _planted(direct, franchised, office)
    )


def _member(name: str, row: Member, own: dict[str, str], foreign: dict[str, str]) -> Asker:
    return Asker(name, Role.MEMBER, member_id=row.id, own=own, foreign=foreign)


def _staff(name: str, row: Staff, own: dict[str, str], foreign: dict[str, str]) -> Asker:
    return Asker(name, row.role, staff_id=row.id, own=own, foreign=foreign)


async def _a_branch(store: Store, *, phone: str) -> _Branch:
    await renew_receipt_key(store.id)
    guide = await a_member_of_staff(store=store)
    group = await a_group(guide, name=f"{store.name}的群")
    member = await _a_known_member(guide, phone)
    sold, wanted = await a_shelf(store_id=store.id), await a_shelf(store_id=store.id)
    paid = await _a_paid_order(sold, member)
    unpaid, regretted = [await an_order(sold, member_id=member.id) for _ in range(2)]
    code = await receipt_code_of(paid)
    await request_invoice(codes=[code], buyer=read_buyer(kind=BuyerKind.ENTERPRISE, **BUYER))
    request = await InvoiceRequest.get(order_no=paid.order_no)
    wish = await _wish(member, wanted)
    things = {
        "order": paid.public_id,
        "order_no": paid.order_no,
        **await a_days_work(sold, paid, member.id),
        "unpaid": unpaid.public_id,
        "regretted": regretted.public_id,
        "member": member.public_id,
        "phone_end": phone[-4:],
        "group": group.public_id,
        "store": store.name,
        "store_code": store.code,
        "code": code,
        "tax_token": request.callback_token,
        "request_no": request.request_no,
        "sale": await a_sale_over_the_counter(store, guide),
        "purpose": "marketing",
        "picture": "coat-a1b2c3.svg",
        **await some_gifts(member.id, store.id),
        **await some_promises(member.id, store.id),
        "alliance": "nobody-air",
        "program": "base",
        **NOBODYS,
        "till": "1",
        **await some_boxes(store),
        **await some_papers(store.id, paid.order_no),
        **await _partner(store),
        "day": "2026-11-20",
        "difference": str(await _a_difference()),
        "upload": str(await _a_parked_upload(paid)),
        "refund": await _a_waiting_refund(sold, member),
        "draft": await _a_draft(guide, wanted, member),
        "withdrawn": await _a_draft(guide, wanted, member),
        **await some_cards(member.id),
        **wish,
    }
    return _Branch(store, guide, group, member, wanted, things)


async def _a_parked_upload(order: OrderView) -> int:
    """Shipping information that WeChat has refused."""
    row = await Upload.get(order_id=order.id)
    await Upload.filter(id=row.id).update(state=UploadState.PARKED, errcode=10060019)
    return row.id


async def _a_difference() -> int:
    """Money at WeChat Pay that nobody here knows."""
    pay = current().pay
    assert pay is not None
    row = await Difference.create(
        mch_id=pay.mch_id,
        day=date(2026, 11, 20),
        kind=Kind.PAYMENT_ONLY_THERE,
        aspect=Aspect.WHOLE,
        subject=f"42{secrets.randbelow(10**20):026}",
        theirs_fen=100,
        state=DifferenceState.OPEN,
        run=1,
    )
    return row.id


async def _a_known_member(guide: Staff, phone: str) -> Member:
    """Bound to a guide, with a phone, known by WeChat's ids."""
    member = await with_phone(await a_member(guide=guide), phone)
    union = f"oUnion{secrets.token_hex(10)}"
    await identities.add(member.id, IdKind.UNION_ID, union, source="test")
    pay = current().pay
    assert pay is not None
    return await with_open_id(member, pay.app_id, f"oOpen{secrets.token_hex(11)}")


async def _a_paid_order(shelf: Shelf, member: Member) -> OrderView:
    order = await an_order(shelf, member_id=member.id)
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()
    return await order_of(order.id)


async def _a_waiting_refund(shelf: Shelf, member: Member) -> str:
    """A fen of cash that waits at the counter for the buyer."""
    order = await an_order(shelf, member_id=member.id)
    tender = Tender(Method.CASH, order.payable_fen)
    await record_tender(order_id=order.id, tender=tender, key="a-sale", by="guide:1")
    [view] = await refund(order_id=order.id, amount_fen=1, reason="少找一分", key="a-fen")
    return view.refund_no


async def _a_draft(guide: Staff, wanted: Shelf, member: Member) -> str:
    """The code of what a guide has prepared for the member."""
    lines = (OrderedLine(wanted.sku_id, 1),)
    draft = await make_draft(MakeDraft(guide.id, wanted.store_id, lines, member_id=member.id))
    return draft.code


async def _partner(store: Store) -> dict[str, str]:
    """The key of a till and ERP of this store alone, and what it hears."""
    made = await a_key(store)
    told = await subscribe(await scope_of_key(made.token), kinds=["order.paid"])
    return {"api_key": made.token, "subscription": told.subscription.public_id}


async def _wish(member: Member, wanted: Shelf) -> dict[str, str]:
    """A favourite, which they will lay into a cart."""
    sku = await Sku.get(id=wanted.sku_id)
    product = await Product.get(id=sku.product_id)
    await favourite_product(member_id=member.id, product_id=product.id)
    spots = (SpotDraft(product.code, 500, 500),)
    room = SceneDraft(f"room-{sku.id}", SceneKind.ROOM, "客厅", product.picture, spots)
    await put_scene(room, scope="scene")
    return {
        "product": product.public_id,
        "product_code": product.code,
        "sku_code": sku.code,
        "scene": (await Scene.get(code=room.code)).public_id,
    }


async def _planted(direct: _Branch, franchised: _Branch, office: Staff) -> dict[str, str]:
    """What stands in the tables and may stand in no answer."""
    found = {"password hash": (await Staff.get(id=office.id)).password_hash or ""}
    for branch in (direct, franchised):
        for row in await Identity.filter(member_id=branch.member.id):
            kept = {"as": row.known_as, "end": row.tail_index, "cipher": row.cipher}
            found |= {
                f"{branch.store.name}: {row.kind} {what}": value
                for what, value in kept.items()
                if value
            }
    return found
