"""What every operation takes and answers, beyond its policy. An operation without a row fails.

`{…}` in a path, query, body or form stands for a thing of the asker, by the names of
`tests.scenes.full_shop`.
"""

from dataclasses import dataclass, field
from typing import Any

from app import front, probes
from app.web import routers
from core.web.operations import Operation, Router
from tests.scenes.boxes import a_request
from tests.scenes.full_shop import BUYER, REASON

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """`thing` is what path or body names; `shows` is what a list holds of the asker's own alone.

    `ok` is the answer to whoever may, `missing` the one for a thing that is not there.
    `but` are askers whom the policy lets in and who own no such thing.
    """

    ok: int = 200
    thing: str = ""
    missing: tuple[int, str] = (404, "")
    shows: str = ""
    but: frozenset[str] = frozenset()
    query: Json = field(default_factory=dict)
    body: Json | None = None
    form: Json | None = None
    ends_session: bool = False


STORE = {"storeCode": "{store_code}"}
LINES = {**STORE, "lines": [{"skuCode": "{sku_code}", "quantity": 1}]}
SKU_HERE = {**STORE, "skuCode": "{sku_code}"}
PARCEL = {"name": "林晓", "phone": "021-60000000", "address": "上海市静安区南京西路 1 号"}
PRODUCT_GONE = (404, "catalog.product_not_found")
SKU_GONE = (404, "catalog.sku_not_found")
STORE_GONE = (404, "stores.store_not_found")
SCENE = {
    "code": "living",
    "kind": "room",
    "title": "客厅",
    "picture": "/pictures/sofa-d9cbb3.svg",
    "spots": [{"productCode": "{product_code}", "x": 500, "y": 500}],
}
STEPS = {
    "visitor": "phone-0123456789abcdef",
    "sentAt": "2026-11-22T04:00:00Z",
    "steps": [{"id": "1", "kind": "visit", "at": "2026-11-22T03:59:00Z"}],
}
CALL_GONE = (404, "reach.task_not_found")
VISIT_GONE = (404, "fulfilment.visit_not_found")
JOURNEY_GONE = (404, "journeys.not_found")
SEGMENT_GONE = (404, "segments.segment_unknown")
TAG_GONE = (404, "tags.not_found")
SUBSCRIPTION_GONE = (404, "feed.subscription_unknown")
REQUEST_GONE = (404, "invoicing.request_unknown")
RED_GONE = (404, "reds.unknown")
COMPANY_GONE = (404, "people.company_not_found")
ACCOUNT_GONE = (404, "backends.account_unknown")
DRAFT_GONE = (404, "orders.draft_not_found")
TEMPLATE_GONE = (404, "promotions.not_found")
ISSUE_GONE = (404, "promotions.issue_not_found")
TIER_GONE = (404, "tiers.tier_unknown")
PLAN_GONE = (404, "tiers.plan_not_found")
ORDER_GONE = (404, "orders.not_found")
TASK_GONE = (404, "fulfilment.task_not_found")
SHIPMENT_GONE = (404, "fulfilment.shipment_not_found")
CASE_GONE = (404, "fulfilment.return_not_found")
REWARD_GONE = (404, "points.reward_not_found")
REDEMPTION_GONE = (404, "points.redemption_not_found")
ALLIANCE_GONE = (404, "points.alliance_unknown")
SALE_GONE = (404, "counter.sale_not_found")
SOLD = {
    "storeCode": "{store_code}",
    "key": "a-sale-0001",
    "lines": [{"quantity": 1, "skuCode": "{sku_code}"}],
}
LABEL = {"carrier": "SF", "trackingNo": "SF1234567890123"}
NO_SKU = {"skuCode": "nothing", "quantity": 1}
PROOF = {"proof": "order", "value": "{order_no}"}
CODE_GONE = (404, "invoicing.code_unknown")
LINK_GONE = (404, "invoicing.link_unknown")
EXPORT_GONE = (404, "exports.not_found")
NO_OFFICE = frozenset({"store manager", "franchisee", "marketer"})  # it is head office's
EXPORT = {
    "format": "csv",
    "use": "service",
    "reason": REASON,
    "receiver": "客服主管",
    "keep_days": "7",
    "columns": "tiers.tier",
    "key": "one-form",
}
NO_WECHAT = 503  # no test of this folder brings a sandbox: what needs WeChat answers so
UNSIGNED = Entry(400)
CSR = a_request()
PRINTER_GONE = (404, "devices.printer_not_found")
PRINT_GONE = (404, "devices.print_job_not_found")
CONTRACT_GONE = (404, "devices.contract_not_found")
BECAME = {"printJobId": 1, "attempt": 1, "printerId": 1, "leaseNo": 1, "outcome": "printed"}
BOX_GONE = (404, "boxes.box_not_found")
PAPER_GONE = (404, "boxes.paper_not_found")
BEAT = {"at": "2026-05-01T00:00:00Z", "version": "1", "waiting": 0, "kid": 1, "layoutNo": 0}
FORM_OF_BUYER = {"kind": "enterprise", **BUYER}
OWNED = frozenset(
    {
        "contract",
        "contract_no",
        "redemption_no",
        "handed_no",
        "upload",
        "order_no",
        "subscription",
        "task",
        "shipment",
        "case",
        "kept",
        "order",
        "sale",
        "unpaid",
        "regretted",
        "member",
        "group",
        "refund",
        "draft",
        "withdrawn",
        "coupon",
        "gifted",
    }
)  # else: of everybody
NOT_A_GUIDE = frozenset({"store manager"})  # who prepared no order
NO_PHONES = frozenset({"store manager", "franchisee"})

TABLE: dict[str, Entry] = {
    "GET /healthz": Entry(),
    "GET /readyz": Entry(),
    "GET /metrics": Entry(),
    "GET /openapi.json": Entry(),
    "GET /docs": Entry(),
    "GET /": Entry(),
    "GET /debug/probes": Entry(),
    "POST /api/v1/login": Entry(NO_WECHAT, body={"code": "0a1b2c3d4e"}),
    "POST /api/v1/logout": Entry(204, ends_session=True),
    "GET /api/v1/me": Entry(shows="member"),
    "POST /api/v1/phone": Entry(NO_WECHAT, body={"code": "0a1b2c3d4e"}),
    "GET /api/v1/me/profile": Entry(),
    "PUT /api/v1/me/profile": Entry(body={"name": "林晓"}),
    "POST /api/v1/me/email": Entry(422, body={"email": "lin@example.com", "code": "000000"}),
    "POST /api/v1/me/card": Entry(404, body={"cardNo": "C-1001", "phoneEnd": "0000"}),
    "GET /api/v1/me/data": Entry(),
    "GET /api/v1/me/companies": Entry(),
    "PUT /api/v1/me/companies/{company}/parting": Entry(
        404, thing="company", missing=COMPANY_GONE
    ),
    "DELETE /api/v1/me/companies/{company}/parting": Entry(
        404, thing="company", missing=COMPANY_GONE
    ),
    "DELETE /api/v1/me": Entry(),
    "POST /api/v1/register/code": Entry(NO_WECHAT, body={"contact": "{contact}"}),
    "POST /api/v1/register": Entry(422, body={"contact": "13800138000", "code": "000000"}),
    "GET /api/v1/consents": Entry(),
    "POST /api/v1/consents": Entry(
        204, body={"purpose": "marketing", "version": "marketing-2026-01"}
    ),
    "DELETE /api/v1/consents/{purpose}": Entry(
        204, thing="purpose", missing=(404, "people.no_such_purpose")
    ),
    "GET /api/v1/stores": Entry(),
    "GET /api/v1/products": Entry(query=STORE),
    "GET /api/v1/products/{product_id}": Entry(
        thing="product", missing=(404, "catalog.product_not_found"), query=STORE
    ),
    "GET /api/v1/scenes": Entry(query=STORE),
    "GET /api/v1/scenes/{scene_id}": Entry(
        thing="scene", missing=(404, "catalog.scene_not_found"), query=STORE
    ),
    "GET /api/v1/storefront": Entry(query=STORE),
    "GET /api/v1/categories": Entry(query=STORE),
    "POST /api/v1/goods/pictures": Entry(422),
    "PUT /api/v1/goods/products/{product_id}/pictures": Entry(
        204, thing="product", missing=PRODUCT_GONE, body={"pictures": []}
    ),
    "PUT /api/v1/goods/products/{product_id}/limit": Entry(
        204, thing="product", missing=PRODUCT_GONE, body={"each": None}
    ),
    "PUT /api/v1/goods/skus/{sku_code}/kit": Entry(
        204, thing="sku_code", missing=SKU_GONE, body={"parts": []}
    ),
    "PUT /api/v1/goods/skus/{sku_code}/presale": Entry(
        204, thing="sku_code", missing=SKU_GONE, body={"on": None}
    ),
    "PUT /api/v1/goods/scenes": Entry(204, body=SCENE),
    "PUT /api/v1/goods/stores/{store_code}/shelf": Entry(
        204,
        thing="store_code",
        missing=STORE_GONE,
        body={"productId": "{product}", "isOn": True},
    ),
    "PUT /api/v1/goods/stores/{store_code}/page": Entry(
        204, thing="store_code", missing=STORE_GONE, body={"notice": "周三店休"}
    ),
    "PUT /api/v1/goods/page": Entry(204, body={"notice": "欢迎"}),
    "GET /api/v1/cart": Entry(query=STORE, shows="sku_code"),
    "PUT /api/v1/cart": Entry(body=LINES, shows="sku_code"),
    "POST /api/v1/quotes": Entry(body=LINES),
    "POST /api/v1/quotes/coupons": Entry(body=LINES),
    "GET /api/v1/coupons": Entry(),
    "POST /api/v1/coupons": Entry(
        404, thing="", missing=(404, "promotions.coupon_not_found"), body={"code": "none-such"}
    ),
    "GET /api/v1/coupon-offers": Entry(query=STORE),
    "POST /api/v1/coupons/{coupon_id}/gift": Entry(
        201, thing="coupon", missing=(409, "promotions.coupon_not_giftable")
    ),
    "DELETE /api/v1/coupons/{coupon_id}/gift": Entry(
        204, thing="gifted", missing=(409, "promotions.gift_gone")
    ),
    "POST /api/v1/coupon-gifts": Entry(404, body={"token": "gft_none"}),
    "POST /api/v1/coupon-codes": Entry(404, body={"code": "NO-SUCH-CODE"}),
    "GET /api/v1/tier": Entry(),
    "GET /api/v1/memberships": Entry(),
    "PUT /api/v1/memberships/{plan}/renewal": Entry(
        204, thing="plan", missing=(409, "tiers.no_membership"), body={"isWanted": True}
    ),
    "GET /api/v1/guide/coupons": Entry(),
    "POST /api/v1/guide/coupons": Entry(
        404, thing="", body={"memberId": "mem_none", "code": "none-such"}
    ),
    "GET /api/v1/points": Entry(),
    "POST /api/v1/points/check-ins": Entry(),
    "GET /api/v1/points/rewards": Entry(),
    "GET /api/v1/points/redemptions": Entry(shows="redemption_no"),
    "POST /api/v1/points/redemptions": Entry(
        404, missing=REWARD_GONE, body={"rewardId": "rwd_none"}
    ),
    "DELETE /api/v1/points/redemptions/{redemption_no}": Entry(
        204, thing="redemption_no", missing=REDEMPTION_GONE
    ),
    "GET /api/v1/counter/redemptions": Entry(),
    "POST /api/v1/counter/redemptions/{redemption_no}/hand-over": Entry(
        204, thing="handed_no", missing=REDEMPTION_GONE
    ),
    "GET /api/v1/alliances": Entry(),
    "GET /api/v1/alliances/exchanges": Entry(),
    "POST /api/v1/alliances/exchanges": Entry(
        404,
        missing=ALLIANCE_GONE,
        body={"alliance": "none-such", "direction": "out", "points": 100},
    ),
    "PUT /api/v1/alliances/{alliance}/account": Entry(
        404, thing="alliance", missing=ALLIANCE_GONE, body={"account": "SKY88123456"}
    ),
    "DELETE /api/v1/alliances/{alliance}/account": Entry(
        404, thing="alliance", missing=ALLIANCE_GONE
    ),
    "POST /api/v1/orders": Entry(
        201, body={**LINES, "delivery": "express", "consignee": PARCEL}
    ),
    "GET /api/v1/orders": Entry(shows="order"),
    "GET /api/v1/orders/{order_id}": Entry(thing="order", missing=ORDER_GONE, shows="order"),
    "POST /api/v1/orders/{order_id}/payments": Entry(
        NO_WECHAT, thing="unpaid", missing=ORDER_GONE
    ),
    "GET /api/v1/orders/{order_id}/payments": Entry(thing="order", missing=ORDER_GONE),
    "POST /api/v1/orders/{order_id}/balance-payments": Entry(
        409, thing="unpaid", missing=ORDER_GONE, body={"kind": "stored_value", "amountFen": 1}
    ),
    "GET /api/v1/wallet": Entry(),
    "GET /api/v1/wallet/offers": Entry(),
    "POST /api/v1/wallet/pay-outs": Entry(409),
    "POST /api/v1/wallet/top-ups": Entry(NO_WECHAT, body={"amountFen": 10_000}),
    "GET /api/v1/counter/orders/{order_id}": Entry(
        thing="order", missing=ORDER_GONE, shows="order_no"
    ),
    "POST /api/v1/counter/orders/{order_id}/tenders": Entry(
        201, thing="unpaid", missing=ORDER_GONE, body={"method": "cash", "amountFen": 1}
    ),
    "POST /api/v1/counter/orders/{order_id}/code-payments": Entry(
        NO_WECHAT, thing="unpaid", missing=ORDER_GONE, body={"authCode": "130000000000000000"}
    ),
    "POST /api/v1/counter/orders/{order_id}/qr": Entry(
        NO_WECHAT, thing="unpaid", missing=ORDER_GONE
    ),
    "POST /api/v1/counter/orders/{order_id}/refunds": Entry(
        201, thing="order", missing=ORDER_GONE, body={"amountFen": 1, "reason": REASON}
    ),
    "GET /api/v1/counter/refunds": Entry(shows="refund"),
    "POST /api/v1/counter/refunds/{refund_no}/hand-out": Entry(
        thing="refund", missing=(404, "payments.refund_not_found")
    ),
    "POST /api/v1/counter/top-ups": Entry(
        201,
        thing="member",
        missing=(404, "people.member_not_found"),
        body={**STORE, "memberId": "{member}", "method": "cash", "amountFen": 10_000},
    ),
    "POST /api/v1/orders/{order_id}/cancel": Entry(thing="regretted", missing=ORDER_GONE),
    "GET /api/v1/orders/{order_id}/shipments": Entry(thing="order", missing=ORDER_GONE),
    "POST /api/v1/orders/{order_id}/receipt": Entry(409, thing="order", missing=ORDER_GONE),
    "GET /api/v1/orders/{order_id}/returnable": Entry(
        thing="order", missing=ORDER_GONE, shows="order"
    ),
    "POST /api/v1/orders/{order_id}/returns": Entry(
        409,
        thing="order",
        missing=ORDER_GONE,
        body={"lines": [{"skuCode": "{sold_code}", "quantity": 1}]},
    ),
    "GET /api/v1/returns": Entry(shows="case"),
    "GET /api/v1/returns/{return_id}": Entry(thing="case", missing=CASE_GONE, shows="case"),
    "POST /api/v1/returns/{return_id}/parcel": Entry(thing="case", missing=CASE_GONE, body=LABEL),
    "POST /api/v1/returns/{return_id}/withdraw": Entry(thing="kept", missing=CASE_GONE),
    "GET /api/v1/store/tasks": Entry(shows="task"),
    "GET /api/v1/store/tasks/{task_id}": Entry(thing="task", missing=TASK_GONE, shows="task"),
    "GET /api/v1/store/tasks/{task_id}/consignee": Entry(thing="task", missing=TASK_GONE),
    "POST /api/v1/store/tasks/{task_id}/accept": Entry(thing="task", missing=TASK_GONE),
    "POST /api/v1/store/tasks/{task_id}/pick": Entry(thing="task", missing=TASK_GONE),
    "POST /api/v1/store/tasks/{task_id}/ready": Entry(
        thing="task", missing=TASK_GONE, body={"holdPlace": "B-07"}
    ),
    "POST /api/v1/store/tasks/{task_id}/notice": Entry(thing="task", missing=TASK_GONE),
    "POST /api/v1/store/tasks/{task_id}/refuse": Entry(
        422, thing="task", missing=TASK_GONE, body={"reason": "sold", "lines": [NO_SKU]}
    ),
    "POST /api/v1/store/tasks/{task_id}/shipments": Entry(
        422,
        thing="task",
        missing=TASK_GONE,
        body={"labels": [{"carrier": "SF", "trackingNo": "SF-1"}]},
    ),
    "POST /api/v1/store/tasks/{task_id}/riders": Entry(
        409, thing="task", missing=TASK_GONE, body={"rider": "店员"}
    ),
    "POST /api/v1/store/shipments/{shipment_id}/call-off": Entry(
        409, thing="shipment", missing=SHIPMENT_GONE
    ),
    "POST /api/v1/store/shipments/{shipment_id}/leave": Entry(
        thing="shipment", missing=SHIPMENT_GONE
    ),
    "POST /api/v1/store/shipments/{shipment_id}/arrive": Entry(
        thing="shipment", missing=SHIPMENT_GONE
    ),
    "POST /api/v1/store/hand-overs": Entry(404, body={"code": "00000000"}),
    "POST /api/v1/store/purchases": Entry(body=PROOF, shows="order_no"),
    "POST /api/v1/store/returns": Entry(
        409,
        body={**PROOF, **STORE, "lines": [{"skuCode": "{sold_code}", "quantity": 1}]},
    ),
    "GET /api/v1/store/returns": Entry(shows="case"),
    "GET /api/v1/store/returns/{return_id}": Entry(
        thing="case", missing=CASE_GONE, shows="case"
    ),
    "POST /api/v1/store/returns/{return_no}/receipts": Entry(
        422, thing="return_no", missing=CASE_GONE, body={**STORE, "lines": [NO_SKU]}
    ),
    "POST /api/v1/store/returns/{return_id}/receipt-end": Entry(
        409, thing="case", missing=CASE_GONE
    ),
    "POST /api/v1/store/returns/{return_id}/dispositions": Entry(
        422,
        thing="case",
        missing=CASE_GONE,
        body={"number": 1, "what": "scrap", "quantity": 1},
    ),
    "POST /api/v1/store/returns/{return_id}/put-away": Entry(
        404, thing="case", missing=CASE_GONE, body={"dispositionId": "dsp_none"}
    ),
    "POST /api/v1/store/returns/{return_id}/refunds": Entry(
        409, thing="case", missing=CASE_GONE, body={}
    ),
    "POST /api/v1/store/returns/{return_id}/allow": Entry(thing="case", missing=CASE_GONE),
    "POST /api/v1/store/returns/{return_id}/exchange": Entry(
        404, thing="case", missing=CASE_GONE, body={**STORE, "lines": [NO_SKU]}
    ),
    "POST /api/v1/store/returns/{return_id}/close": Entry(
        409, thing="case", missing=CASE_GONE
    ),
    "PUT /api/v1/favourites/{product_id}": Entry(
        204, thing="product", missing=(404, "catalog.product_not_found"), body={}
    ),
    "GET /api/v1/favourites": Entry(shows="product"),
    "GET /api/v1/guide/groups": Entry(shows="group"),
    "POST /api/v1/guide/share-cards": Entry(
        thing="group",
        missing=(404, "people.group_not_found"),
        body={"productId": "{product}", "groupId": "{group}"},
    ),
    "GET /api/v1/guide/earnings": Entry(shows="order_no", but=frozenset({"store manager"})),
    "POST /api/v1/guide/drafts": Entry(201, body=LINES),
    "GET /api/v1/guide/drafts": Entry(shows="draft", but=NOT_A_GUIDE),
    "DELETE /api/v1/guide/drafts/{code}": Entry(
        204, thing="withdrawn", missing=DRAFT_GONE, but=NOT_A_GUIDE
    ),
    "POST /api/v1/guide/drafts/{code}/order": Entry(
        201, thing="draft", missing=DRAFT_GONE, body={}, but=NOT_A_GUIDE
    ),
    "GET /api/v1/drafts/{code}": Entry(thing="draft", missing=DRAFT_GONE, shows="draft"),
    "POST /api/v1/drafts/{code}/order": Entry(201, thing="draft", missing=DRAFT_GONE, body={}),
    "GET /api/v1/store/orders": Entry(shows="order"),
    "GET /api/v1/store/orders/{order_id}": Entry(thing="order", missing=ORDER_GONE, shows="order"),
    "POST /api/v1/store/orders/{order_id}/notes": Entry(
        201, thing="order", missing=ORDER_GONE, shows="order", body={"text": "请轻放"}
    ),
    "GET /api/v1/store/holds": Entry(),
    "POST /api/v1/store/holds": Entry(
        201, body={**LINES, "name": "林女士", "phone": "021-60000000"}
    ),
    "POST /api/v1/store/holds/{order_id}/release": Entry(
        404, thing="order", missing=ORDER_GONE
    ),
    "GET /api/v1/visits/slots": Entry(query={**STORE, "day": "2026-11-23"}),
    "GET /api/v1/visits": Entry(shows="visit"),
    "POST /api/v1/visits": Entry(422, body={**STORE, "startsAt": "2020-01-01T02:00:00Z"}),
    "POST /api/v1/visits/{visit_id}/cancel": Entry(thing="visit", missing=VISIT_GONE),
    "GET /api/v1/store/visits": Entry(shows="arriving"),
    "POST /api/v1/store/visits/{visit_id}/end": Entry(
        thing="arriving", missing=VISIT_GONE, body={"state": "came"}
    ),
    "GET /store/visits": Entry(),
    "GET /store/cash": Entry(),
    "POST /store/cash": Entry(
        422,  # that a count is kept, tests of payments say
        missing=STORE_GONE,
        form={"store": "{store_code}", "counted": "much", "left": "100", "reason": REASON},
    ),
    "GET /store/till": Entry(shows="store", but=frozenset({"head office"})),  # who sells nowhere
    "GET /store/till/worker.js": Entry(),
    "GET /store/till/book": Entry(query={"store": "{store_code}"}),
    "POST /store/till/scan": Entry(body={**STORE, "text": "{sku_code}"}),
    "POST /store/till/total": Entry(body=SOLD),
    "POST /store/till/sales": Entry(409, body=SOLD),  # another total; sales are in their own tests
    "GET /store/till/sales/{sale_id}": Entry(thing="sale", missing=SALE_GONE, shows="sale"),
    "POST /store/till/sales/{sale_id}/code": Entry(
        thing="sale",
        missing=SALE_GONE,
        body={"key": "a-code-0001", "authCode": "130000000000000000"},
    ),
    "POST /store/till/sales/{sale_id}/qr": Entry(409, thing="sale", missing=SALE_GONE, body={}),
    "POST /store/till/sales/{sale_id}/again": Entry(thing="sale", missing=SALE_GONE, body={}),
    "POST /store/till/sales/{sale_id}/drop": Entry(409, thing="sale", missing=SALE_GONE, body={}),
    "POST /store/till/sales/{sale_id}/void": Entry(
        thing="sale", missing=SALE_GONE, body={"key": "a-void-0001", "reason": REASON}
    ),
    "GET /store/till/tasks": Entry(),
    "POST /store/till/hand-over": Entry(404, body={"key": "a-hand-0001", "code": "00000000"}),
    "GET /store/till/day": Entry(shows="sale"),
    "GET /store/till/day/{sale_id}": Entry(thing="sale", missing=SALE_GONE),
    "POST /store/till/day/{sale_id}": Entry(
        422, thing="sale", missing=SALE_GONE, form={"do": "nothing"}
    ),
    "GET /store/till/setup": Entry(),
    "POST /store/till/setup/departments": Entry(422, form={"code": "daily", "name": "日用"}),
    "POST /store/till/setup/scales": Entry(
        422, thing="store_code", missing=STORE_GONE, form={"store": "{store_code}", "flag": "99"}
    ),
    "POST /store/visits/{visit_id}": Entry(
        303, thing="arriving", missing=VISIT_GONE, form={"do": "came"}
    ),
    "GET /console/terminals": Entry(),
    "GET /console/printing": Entry(),
    "POST /console/printing/printers": Entry(422, form={"store": "0"}),
    "POST /console/printing/printers/{printer}/test": Entry(
        303, thing="printer", missing=PRINTER_GONE, form={}
    ),
    "POST /console/printing/printers/{printer}/late": Entry(
        303, thing="printer", missing=PRINTER_GONE, form={"answer": "drop"}
    ),
    "POST /console/printing/printers/{printer}/off": Entry(
        303, thing="printer", missing=PRINTER_GONE, form={}
    ),
    "GET /console/printing/papers/{print_job}.png": Entry(thing="print_job", missing=PRINT_GONE),
    "POST /console/printing/papers/{print_job}/again": Entry(
        303, thing="print_job", missing=PRINT_GONE, form={}
    ),
    "POST /console/printing/papers/{print_job}/drop": Entry(
        422, thing="print_job", missing=PRINT_GONE, form={}
    ),
    "POST /console/printing/papers/{print_job}/move": Entry(
        422, thing="print_job", missing=PRINT_GONE, form={"printer": "{printer}"}
    ),
    "POST /console/printing/accounts": Entry(422, form={}),
    "POST /console/printing/agents": Entry(422, form={"store": "0", "name": "1"}),
    "POST /console/printing/agents/{print_agent}/revoke": Entry(
        303, thing="print_agent", missing=(404, "devices.agent_not_found"), form={}
    ),
    "GET /console/printing/templates": Entry(),
    "POST /console/printing/templates/preview": Entry(form={"kind": "receipt", "text": "x"}),
    "POST /console/printing/templates": Entry(
        422, form={"kind": "receipt", "store": "0", "text": "[nothing]"}
    ),
    "GET /console/contracts": Entry(),
    "POST /console/contracts": Entry(422, form={"order_no": "nothing"}),
    "POST /console/contracts/{contract}/signed": Entry(
        303, thing="contract", missing=CONTRACT_GONE, form={}
    ),
    "POST /console/contracts/{contract_no}/void": Entry(
        422, thing="contract_no", missing=CONTRACT_GONE, form={}
    ),
    "GET /contract/{contract_token}": Entry(thing="contract_token", missing=CONTRACT_GONE),
    "POST /contract/{contract_token}": Entry(
        422, thing="contract_token", missing=CONTRACT_GONE, form={"name": "林晓", "digest": "0"}
    ),
    "POST /agents/v1/joins": Entry(401, body={"code": "nothing", "publicKey": "A" * 43 + "="}),
    "POST /agents/v1/work": Entry(401, body={}),
    "POST /agents/v1/outcomes": Entry(401, body=BECAME),
    "GET /console/tills": Entry(),
    "POST /console/tills/conflicts/{conflict}": Entry(
        404, thing="conflict", missing=(404, "devices.conflict_not_found"),
        form={"answer": "dismissed", "reason": REASON},
    ),
    "GET /console/partners": Entry(),
    "POST /console/partners": Entry(422, form={"name": "", "grants": "feed.read"}),
    "POST /console/partners/renew": Entry(404, form={"name": "nobody"}),
    "POST /console/partners/revoke": Entry(404, form={"name": "nobody"}),
    "GET /console/policies": Entry(),
    "POST /console/policies/work": Entry(422, form={"accept_minutes": "x"}),
    "POST /console/policies/returns": Entry(422, form={"code": "none", "data": "x"}),
    "POST /console/policies/deposits": Entry(422, form={"percent": "x"}),
    "GET /api/v1/nearby": Entry(query={**STORE, "skuCode": "{sku_code}"}),
    "GET /api/v1/guide/nearby": Entry(query={**STORE, "skuCode": "{sku_code}"}),
    "POST /api/v1/stock/levels": Entry(body={**STORE, "skuCodes": ["{sku_code}"]}),
    "POST /api/v1/stock/movements": Entry(body=SKU_HERE),
    "GET /api/v1/stock/short": Entry(),
    "POST /api/v1/stock/adjustments": Entry(
        204, body={**SKU_HERE, "quantity": 1, "reason": "found"}
    ),
    "PUT /api/v1/stock/safety": Entry(204, body={**SKU_HERE, "safety": 1}),
    "PUT /api/v1/stock/lending": Entry(404, body={"storeCode": "nowhere", "lendsStock": True}),
    "POST /api/v1/stock/receipts": Entry(201, body={"number": "PO-{store_code}", **LINES}),
    "POST /api/v1/stock/transfers": Entry(
        404, body={"number": "TF-{store_code}", "fromStoreCode": "nowhere", **LINES}
    ),
    "POST /api/v1/stock/arrivals": Entry(body={"number": "PO-{store_code}", "lines": []}),
    "POST /api/v1/stock/arrivals/close": Entry(body={"number": "PO-{store_code}"}),
    "GET /api/v1/stock/arrivals": Entry(query=STORE),
    "POST /api/v1/stock/counts": Entry(201, body={"number": "PD-{store_code}", **STORE}),
    "POST /api/v1/stock/counts/look": Entry(body={"number": "PD-{store_code}"}),
    "POST /api/v1/stock/counts/lines": Entry(
        body={
            "number": "PD-{store_code}",
            "lines": [{"skuCode": "{sku_code}", "counted": 9}],
        }
    ),
    "POST /api/v1/stock/counts/file": Entry(
        body={"number": "PD-{store_code}", "csv": "sku_code,counted\n{sku_code},9\n"}
    ),
    "POST /api/v1/stock/counts/approve": Entry(404, body={"number": "PD-nothing"}),
    "POST /api/v1/stock/counts/reject": Entry(404, body={"number": "PD-nothing"}),
    "PUT /api/v1/store-settings/deliveries": Entry(
        204, body={**STORE, "offersPickup": True, "offersExpress": True}
    ),
    "PUT /api/v1/store-settings/hours": Entry(204, body={**STORE, "week": [[[600, 1320]]] * 7}),
    "POST /partner/v1/sales": Entry(body={"sales": []}),
    "POST /partner/v1/sales/files": Entry(422),
    "GET /partner/v1/tills/{till}/state": Entry(thing="till", missing=(200, ""), query=STORE),
    "PUT /partner/v1/stock": Entry(
        body={
            "source": "erp",
            "sequence": 1,
            "lines": [{**STORE, "sku": "{sku_code}", "onHand": 9, "at": "2026-05-01T00:00:00Z"}],
        }
    ),
    "PUT /partner/v1/tracks": Entry(
        404,
        thing="",
        missing=(404, "fulfilment.shipment_not_found"),
        body={
            "carrier": "SF",
            "trackingNo": "SF0000000000000",
            "steps": [{"step": "moving", "text": "运输中", "at": "2026-05-01T00:00:00Z"}],
        },
    ),
    "GET /partner/v1/orders/{order_no}": Entry(
        thing="order_no", missing=ORDER_GONE, shows="order_no"
    ),
    "POST /partner/v1/orders/{order_no}/marks": Entry(
        thing="order_no",
        missing=ORDER_GONE,
        shows="order_no",
        body={"documentNo": "SO-1", "state": "booked", "exportedAt": "2026-05-01T00:00:00Z"},
    ),
    "GET /console/invoices": Entry(),
    "GET /console/invoices/export": Entry(),
    "GET /console/invoices/r/{request_no}": Entry(
        404, thing="told_request", missing=REQUEST_GONE
    ),
    "POST /console/invoices/r/{request_no}/send": Entry(
        404, thing="told_request", missing=REQUEST_GONE, form={"target": "a@example.cn"}
    ),
    "GET /console/invoices/r/{request_no}/red": Entry(
        404, thing="told_request", missing=REQUEST_GONE
    ),
    "POST /console/invoices/r/{request_no}/red": Entry(
        404, thing="told_request", missing=REQUEST_GONE, form={"what": "all"}
    ),
    "GET /console/invoices/reds": Entry(),
    "GET /console/invoices/reds/{red_id}": Entry(404, thing="red", missing=RED_GONE),
    "POST /console/invoices/reds/{red_id}": Entry(
        404, thing="red", missing=RED_GONE, form={"do": "retry", "note": REASON}
    ),
    "GET /console/invoices/reds/{red_id}/file": Entry(404, thing="red", missing=RED_GONE),
    "GET /console/invoices/accounts": Entry(),
    "GET /console/invoices/accounts/new": Entry(),
    "POST /console/invoices/accounts/new": Entry(422, form={"seller": "nothing"}),
    "GET /console/invoices/accounts/{account}": Entry(
        404, thing="tax_account", missing=ACCOUNT_GONE
    ),
    "POST /console/invoices/accounts/{account}": Entry(
        404, thing="tax_account", missing=ACCOUNT_GONE, form={"do": "hold"}
    ),
    "GET /console/invoices/rules": Entry(),
    "POST /console/invoices/rules": Entry(422, form={"seller": "999999999"}),
    "GET /console/invoices/sellers": Entry(),
    "POST /console/invoices/sellers": Entry(303, form={"seller": "999999999"}),
    "GET /console/invoices/figures": Entry(),
    "GET /partner/v1/invoices": Entry(),
    "GET /partner/v1/invoices/{invoice}": Entry(
        404, thing="told_invoice", missing=(404, "write_back.invoice_unknown")
    ),
    "GET /partner/v1/subscriptions": Entry(shows="subscription"),
    "POST /partner/v1/subscriptions": Entry(201, body={"kinds": ["order.paid"]}),
    "POST /partner/v1/subscriptions/{subscription}/signing-keys": Entry(
        201, thing="subscription", missing=SUBSCRIPTION_GONE
    ),
    "POST /partner/v1/subscriptions/{subscription}/replay": Entry(
        thing="subscription", missing=SUBSCRIPTION_GONE, body={"after": 0}
    ),
    "GET /partner/v1/feed": Entry(query={"subscription": "{subscription}"}),
    "DELETE /partner/v1/subscriptions/{subscription}": Entry(
        204, thing="subscription", missing=SUBSCRIPTION_GONE
    ),
    "GET /console/boxes": Entry(),
    "POST /console/boxes": Entry(form={"store": "{store_code}", "name": "1"}),
    "GET /console/boxes/{box}": Entry(thing="box", missing=BOX_GONE),
    "POST /console/boxes/{box}/invite": Entry(thing="box", missing=BOX_GONE, form={}),
    "POST /console/boxes/{box}/key": Entry(303, thing="box", missing=BOX_GONE, form={}),
    "GET /console/boxes/papers/{paper}": Entry(thing="paper", missing=PAPER_GONE),
    "GET /console/boxes/papers/{paper}/picture.png": Entry(thing="paper", missing=PAPER_GONE),
    "POST /console/boxes/papers/{paper}": Entry(
        422, thing="paper", missing=PAPER_GONE, form={"do": "enter", "due": "1"}
    ),
    "POST /console/boxes/{box}/end": Entry(
        409, thing="ended_box", missing=BOX_GONE, form={"why": "retired"}
    ),
    "POST /boxes/v1/enrolments": Entry(401, body={"code": "nothing", "request": CSR}),
    "POST /boxes/v1/renewals": Entry(401, body={"request": CSR}),
    "POST /boxes/v1/beats": Entry(401, body=BEAT),
    "POST /boxes/v1/papers": Entry(401, body={"key": "nothing"}),
    "GET /callbacks/wecom": UNSIGNED,
    "POST /callbacks/wecom": UNSIGNED,
    "GET /callbacks/official-account": UNSIGNED,
    "POST /callbacks/official-account": UNSIGNED,
    "GET /callbacks/mini-program": UNSIGNED,
    "POST /callbacks/mini-program": UNSIGNED,
    "POST /callbacks/pay": UNSIGNED,
    "POST /callbacks/refund": UNSIGNED,
    "POST /callbacks/profit-sharing": UNSIGNED,
    "POST /callbacks/transfer": UNSIGNED,
    "GET /pictures/{name}": Entry(thing="picture", missing=(404, "catalog.picture_not_found")),
    "GET /wecom/login": Entry(303),
    "GET /wecom/callback": Entry(403),
    "GET /wecom/panel": Entry(shows="group"),
    "POST /wecom/panel/cards": Entry(
        thing="group",
        missing=(404, "people.group_not_found"),
        form={"product_id": "{product}", "group_id": "{group}"},
    ),
    "POST /wecom/logout": Entry(303, form={}, ends_session=True),
    "GET /store/tasks": Entry(shows="order_no"),
    "POST /store/tasks/{task_id}": Entry(
        303, thing="task", missing=TASK_GONE, form={"do": "ready"}
    ),
    "POST /store/hand-over": Entry(form={"code": "00000000", "key": "a-try"}),
    "GET /store/tasks/{task_id}/packing": Entry(thing="task", missing=TASK_GONE, shows="order_no"),
    "GET /login": Entry(),
    "POST /login": Entry(401, form={"login": "nobody", "password": "nothing"}),
    "POST /logout": Entry(303, form={}, ends_session=True),
    "POST /api/v1/behaviour": Entry(body=STEPS),
    "GET /api/v1/journey": Entry(),
    "GET /console/journeys": Entry(),
    "POST /console/journeys": Entry(422, form={"preset": "none", "code": "none"}),
    "GET /console/journeys/{journey_id}": Entry(404, thing="journey", missing=JOURNEY_GONE),
    "POST /console/journeys/{journey_id}/act": Entry(
        404, thing="journey", missing=JOURNEY_GONE, form={}
    ),
    "GET /console/journeys/{journey_id}/members": Entry(404, thing="journey", missing=JOURNEY_GONE),
    "GET /console/journeys/{journey_id}/edit": Entry(404, thing="journey", missing=JOURNEY_GONE),
    "POST /console/journeys/{journey_id}/edit": Entry(
        404, thing="journey", missing=JOURNEY_GONE, form={}
    ),
    "GET /console/regional": Entry(),
    "POST /console/regional": Entry(422, form={"name": "周年庆", "template": "none"}),
    "POST /console/regional/{journey_id}/withdraw": Entry(
        404, thing="journey", missing=JOURNEY_GONE, form={}
    ),
    "GET /console/reach": Entry(),
    "POST /console/reach/templates": Entry(422, form={"code": "no"}),
    "POST /console/reach/limits": Entry(
        303, form={"channel": "sms", "span": "day", "most": "1"}
    ),
    "POST /console/reach/quiet": Entry(303, form={"starts": "21:00", "ends": "09:00"}),
    "POST /console/reach/unknown": Entry(422, form={"message": "none"}),
    "GET /api/v1/guide/tasks": Entry(shows="guide_task", but=NOT_A_GUIDE),
    "POST /api/v1/guide/tasks/{task_id}/done": Entry(
        204, thing="guide_task", missing=CALL_GONE, body={"note": "called"}, but=NOT_A_GUIDE
    ),
    "GET /console/segments": Entry(),
    "GET /console/segments/new": Entry(),
    "GET /console/segments/{code}": Entry(404, thing="segment", missing=SEGMENT_GONE),
    "GET /console/segments/{code}/edit": Entry(404, thing="segment", missing=SEGMENT_GONE),
    "GET /console/segments/{code}/members": Entry(404, thing="segment", missing=SEGMENT_GONE),
    "POST /console/segments/build": Entry(form={"condition": '{{"everyone": true}}'}),
    "POST /console/segments/count": Entry(form={"condition": '{{"everyone": true}}'}),
    "POST /console/segments/save": Entry(422, form={"condition": '{{"everyone": true}}'}),
    "POST /console/segments/{code}/refresh": Entry(
        404, thing="segment", missing=SEGMENT_GONE, form={}
    ),
    "POST /console/segments/{code}/coupons": Entry(
        404, thing="segment", missing=SEGMENT_GONE, form={}
    ),
    "POST /console/segments/{code}/freeze": Entry(
        404, thing="segment", missing=SEGMENT_GONE, form={}
    ),
    "POST /console/segments/{code}/forget": Entry(
        404, thing="segment", missing=SEGMENT_GONE, form={}
    ),
    "POST /console/segments/{code}/delete": Entry(
        404, thing="segment", missing=SEGMENT_GONE, form={}
    ),
    "GET /console/growth": Entry(),
    "GET /console/tags": Entry(),
    "POST /console/tags": Entry(303, form={"do": "nothing"}),
    "POST /console/tags/look": Entry(303, form={}),
    "POST /console/tags/marks": Entry(
        404, missing=(404, "people.member_not_found"), form={"member": "{member}", "tag": "none"}
    ),
    "GET /console/tags/{tag}": Entry(404, thing="tag", missing=TAG_GONE),
    "POST /console/tags/{tag}": Entry(
        404, thing="tag", missing=TAG_GONE, form={"do": "rename", "name": "x"}
    ),
    "GET /console": Entry(shows="store"),
    "GET /console/members": Entry(shows="member"),
    "POST /console/members": Entry(
        form={"digits": "{phone_end}"}, shows="member", but=frozenset({"franchisee"})
    ),
    "GET /console/members/{member_id}": Entry(
        thing="member", missing=(404, "people.member_not_found")
    ),
    "POST /console/members/{member_id}/phone": Entry(
        thing="member",
        missing=(404, "people.member_not_found"),
        form={"reason": REASON},
        but=NO_PHONES,
    ),
    "POST /console/members/{member_id}/erase": Entry(
        422, thing="member", missing=(404, "people.member_not_found"), form={"reason": REASON}
    ),
    "GET /console/merges": Entry(),
    "POST /console/merges": Entry(422, form={"one": "x", "other": "y", "reason": REASON}),
    "POST /console/merges/{merge_id}/undo": Entry(
        422, thing="merge", missing=(422, ""), form={"reason": REASON}
    ),
    "POST /console/merges/pairs/{match_id}": Entry(
        422, thing="pair", missing=(422, ""), form={"is_same": "no", "reason": REASON}
    ),
    "GET /privacy": Entry(),
    "GET /console/privacy": Entry(),
    "GET /console/privacy/stores": Entry(),
    "POST /console/privacy/stores": Entry(
        422, form={"store": "S-nowhere", "handling": "joint", "contract_no": "C-1"}
    ),
    "GET /console/shipping-info": Entry(),
    "POST /console/shipping-info/again": Entry(
        303,
        thing="upload",
        missing=(404, "fulfilment.shipping_info_not_found"),
        form={"upload": "{upload}"},
    ),
    "GET /console/points": Entry(),
    "GET /console/points/new": Entry(),
    "POST /console/points": Entry(422, form={"code": "no", "name": "x"}),
    "GET /console/points/what-if": Entry(),
    "POST /console/points/what-if": Entry(form={"on": "order", "yuan": "399"}),
    "GET /console/points/{code}": Entry(
        thing="program", missing=(404, "points.program_unknown")
    ),
    "GET /console/rewards": Entry(),
    "POST /console/rewards": Entry(303, form={"do": "nothing"}),
    "GET /console/coupons": Entry(),
    "GET /console/coupons/new": Entry(),
    "POST /console/coupons": Entry(422, form={"name": "立减"}),
    "GET /console/coupons/costs": Entry(),
    "GET /console/coupons/of/{code}": Entry(thing="coupon_code", missing=TEMPLATE_GONE),
    "GET /console/coupons/of/{code}/edit": Entry(thing="coupon_code", missing=TEMPLATE_GONE),
    "POST /console/coupons/of/{code}/codes": Entry(
        303, thing="coupon_code", missing=TEMPLATE_GONE, form={"count": "1"}
    ),
    "POST /console/coupons/batches/{batch}/file": Entry(
        thing="coupon_batch", missing=(404, "promotions.batch_not_found"), form={}
    ),
    "GET /console/coupons/issues/{issue}": Entry(thing="coupon_issue", missing=ISSUE_GONE),
    "GET /console/coupons/issues/{issue}/part": Entry(thing="coupon_issue", missing=ISSUE_GONE),
    "POST /console/coupons/issues/{issue}/cancel": Entry(
        303, thing="coupon_issue", missing=ISSUE_GONE, form={}
    ),
    "GET /console/tiers": Entry(),
    "GET /console/tiers/edit": Entry(),
    "POST /console/tiers/edit": Entry(422, form={"basis": "none"}),
    "GET /console/tiers/of/{tier}": Entry(thing="tier", missing=TIER_GONE),
    "POST /console/tiers/of/{tier}": Entry(303, thing="tier", missing=TIER_GONE, form={}),
    "POST /console/tiers/of/{tier}/coupons": Entry(
        303, thing="tier", missing=TIER_GONE, form={"coupon": "card"}
    ),
    "GET /console/tiers/plans/{plan}": Entry(thing="plan", missing=PLAN_GONE),
    "POST /console/tiers/plans/{plan}": Entry(303, thing="plan", missing=PLAN_GONE, form={}),
    "POST /console/tiers/plans": Entry(422, form={"code": "x"}),
    "GET /console/tiers/new-plan": Entry(),
    "POST /console/tiers/members/{member}": Entry(
        303,
        thing="member",
        missing=(404, "people.member_not_found"),
        form={"tier": "gold", "days": "30"},
    ),
    "POST /console/tiers/terms/{term}/end": Entry(
        303, thing="term", missing=(404, "tiers.term_not_found"), form={"why": REASON}
    ),
    "GET /console/promotions": Entry(),
    "GET /console/promotions/new": Entry(),
    "GET /console/promotions/of/{code}": Entry(303, thing="coupon_code", missing=TEMPLATE_GONE),
    "POST /console/promotions/draft": Entry(
        303, form={"do": "keep", "kind": "freight", "code": "{fresh}", "name": "运费", "fee": "8"}
    ),
    "GET /console/whereabouts": Entry(query={"sku": "{sku_code}"}),
    "GET /console/goods": Entry(),
    "POST /console/goods/kit": Entry(
        303, missing=(404, "catalog.sku_not_found"), form={"sku": "{sku_code}"}
    ),
    "POST /console/goods/presale": Entry(
        303, missing=(404, "catalog.sku_not_found"), form={"sku": "{sku_code}"}
    ),
    "POST /console/goods/limit": Entry(
        303, missing=(404, "catalog.sku_not_found"), form={"sku": "{sku_code}"}
    ),
    "GET /console/prices": Entry(),
    "POST /console/prices": Entry(303, form={"sku": "{sku_code}", "price": "88"}),
    "POST /console/prices/tiers": Entry(303, form={"rate_tier": "gold", "rate": "95"}),
    "POST /console/prices/points": Entry(
        303, form={"points_a_yuan": "100", "points_step": "100", "points_cap": "50"}
    ),
    "POST /console/promotions/end": Entry(
        404, missing=(404, "promotions.not_found"), form={"code": "none-such"}
    ),
    "GET /console/promotions/what-if": Entry(),
    "POST /console/promotions/what-if": Entry(
        form={"store": "{store_code}", "lines": "{sku_code} 1", "delivery": "express"}
    ),
    "GET /console/exports": Entry(),
    "GET /console/exports/new": Entry(),
    "POST /console/exports/new": Entry(form={"condition": '{{"everyone": true}}'}),
    "POST /console/exports": Entry(303, form=EXPORT),
    "GET /console/exports/{export}": Entry(thing="export", missing=EXPORT_GONE, but=NO_OFFICE),
    "GET /console/exports/{export}/part": Entry(
        thing="export", missing=EXPORT_GONE, but=NO_OFFICE
    ),
    "POST /console/exports/{export}/cancel": Entry(
        303, thing="unwritten", missing=EXPORT_GONE, form={}, but=NO_OFFICE
    ),
    "POST /console/exports/{export}/approve": Entry(
        303, thing="unseen", missing=EXPORT_GONE, form={}
    ),
    "POST /console/exports/{export}/refuse": Entry(
        303, thing="doubted", missing=EXPORT_GONE, form={"reason": REASON}
    ),
    "POST /console/exports/{export}/file": Entry(
        thing="export", missing=EXPORT_GONE, form={}, but=NO_OFFICE
    ),
    "POST /console/exports/schedules/{schedule}/end": Entry(
        303,
        thing="schedule",
        missing=(404, "exports.schedule_not_found"),
        form={},
        but=NO_OFFICE,
    ),
    "GET /console/reconciliation": Entry(),
    "GET /console/reconciliation/days/{day}": Entry(
        thing="day", missing=(404, "payments.day_unknown"), shows="day"
    ),
    "POST /console/reconciliation/days/{day}": Entry(
        303, thing="day", missing=(404, "payments.day_unknown"), form={}
    ),
    "POST /console/reconciliation/resolve": Entry(
        303,
        thing="difference",
        missing=(404, "payments.difference_unknown"),
        form={"difference": "{difference}", "reason": REASON},
    ),
    "GET /console/reconciliation/differences.csv": Entry(query={"month": "2026-11"}),
    "GET /api/v1/orders/{order_id}/invoice-code": Entry(thing="order", missing=ORDER_GONE),
    "GET /api/v1/invoices/{code}": Entry(thing="code", missing=CODE_GONE),
    "POST /api/v1/invoices": Entry(
        201,
        thing="code",
        missing=CODE_GONE,
        body={"codes": ["{code}"], "title": BUYER["title"], "taxNo": BUYER["tax_no"]},
    ),
    "POST /api/v1/invoices/{code}/send": Entry(
        404, thing="code", missing=CODE_GONE, body={"to": "finance@buyer.example.cn"}
    ),
    "GET /api/v1/invoices/{code}/file": Entry(404, thing="code", missing=CODE_GONE),
    "POST /api/v1/invoices/{code}/titles": Entry(
        thing="code", missing=CODE_GONE, body={"q": "某"}
    ),
    "GET /api/v1/invoice-titles": Entry(),
    "PUT /api/v1/invoice-titles": Entry(204, body={"kind": "individual", "title": "林晓"}),
    "DELETE /api/v1/invoice-titles/{title_id}": Entry(
        404, thing="title", missing=(404, "titles.not_found")
    ),
    "GET /i": Entry(),
    "POST /i": Entry(404, form={"short": "ABCD-EFGH", "total": "1.00"}),
    "GET /i/{code}": Entry(thing="code", missing=CODE_GONE),
    "POST /i/{code}": Entry(303, thing="code", missing=CODE_GONE, form=FORM_OF_BUYER),
    "GET /i/{code}/status": Entry(thing="code", missing=CODE_GONE),
    "GET /i/{code}/invoice.pdf": Entry(404, thing="code", missing=CODE_GONE),
    "GET /i/{code}/invoice.ofd": Entry(404, thing="code", missing=CODE_GONE),
    "GET /i/{code}/invoice.xml": Entry(404, thing="code", missing=CODE_GONE),
    "POST /i/{code}/send": Entry(
        404, thing="code", missing=CODE_GONE, form={"to": "finance@buyer.example.cn"}
    ),
    "GET /i/{code}/change": Entry(303, thing="code", missing=CODE_GONE),
    "POST /i/{code}/change": Entry(303, thing="code", missing=CODE_GONE, form=FORM_OF_BUYER),
    "GET /i/{code}/join": Entry(303, thing="code", missing=CODE_GONE),
    "GET /i/{code}/proof": Entry(thing="code", missing=CODE_GONE),
    "POST /i/{code}/proof": Entry(403, thing="code", missing=CODE_GONE, form={"proof": "nobody"}),
    "POST /i/{code}/titles": Entry(thing="code", missing=CODE_GONE, form={"q": "某"}),
    "POST /i/{code}/wechat": Entry(
        NO_WECHAT, thing="code", missing=CODE_GONE, form={"url": "http://127.0.0.1:8000/i/{code}"}
    ),
    "GET /f/{token}": Entry(404, thing="link", missing=LINK_GONE),
    "GET /f/{token}/invoice.pdf": Entry(404, thing="link", missing=LINK_GONE),
    "GET /f/{token}/invoice.ofd": Entry(404, thing="link", missing=LINK_GONE),
    "GET /f/{token}/invoice.xml": Entry(404, thing="link", missing=LINK_GONE),
    "POST /bridge/v1/work": Entry(401, body={"device": {"isReady": True}}),
    "POST /bridge/v1/outcomes": Entry(
        401, body={"taskId": 1, "leaseNo": 1, "outcome": "refused", "code": "1"}
    ),
    "POST /callbacks/print/yilianyun": Entry(401, form={"sign": "x", "push_time": "1"}),
    "POST /callbacks/tax/{token}": Entry(
        thing="tax_token",
        missing=(404, "invoicing.callback_unknown"),
        form={"operater": "callback", "orderno": "{request_no}"},
    ),
}  # fmt: skip


def name_of(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def all_routers() -> list[Router]:
    return [front.router, *routers(), probes.router]


def operations() -> list[Operation]:
    """Every operation of the web process, in the order of its routes."""
    return [operation for router in all_routers() for operation in router.operations]
