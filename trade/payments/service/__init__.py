"""What can be done with payments: one file per use case.

Callbacks enter by `service.notices`, which turns raw bytes into facts; `settle`, `book_refund` and
`book_transfer` believe them.
"""

from trade.payments.protocol.notices import PaidFact, RefundFact, TransferFact
from trade.payments.rules import Method, RefundTo
from trade.payments.service.asking import ask_payment, owe_questions
from trade.payments.service.believing import believe_notice
from trade.payments.service.buying_value import TopUpSheet, start_top_up
from trade.payments.service.closing import (
    cancel_order,
    drop_sale,
    expire_order,
    owe_expiries,
    release_hold,
)
from trade.payments.service.coding import pay_by_code
from trade.payments.service.counting import Drawer, count_drawer
from trade.payments.service.giving_back import Counter, refund
from trade.payments.service.handing_out import hand_out_refund
from trade.payments.service.paying_out import PaidOut, pay_out, pay_out_fen
from trade.payments.service.refunding import Booked, ask_refund, book_refund, send_refund
from trade.payments.service.registering import (
    register_payment,
    register_refund,
    register_transfer,
)
from trade.payments.service.settling import Settled, settle
from trade.payments.service.starting import PaySheet, QrCode, show_code, start_payment
from trade.payments.service.tendering import Tender, pay_from_balance, record_tender
from trade.payments.service.topping_up import ToppedUp, offer_bonus, top_up
from trade.payments.service.transfers import TransferBooked, book_transfer
from trade.payments.service.unsold import give_back_unsold, set_deposit_rule

__all__ = [
    "Booked",
    "Counter",
    "Drawer",
    "Method",
    "PaidFact",
    "PaidOut",
    "PaySheet",
    "QrCode",
    "RefundFact",
    "RefundTo",
    "Settled",
    "Tender",
    "TopUpSheet",
    "ToppedUp",
    "TransferBooked",
    "TransferFact",
    "ask_payment",
    "ask_refund",
    "believe_notice",
    "book_refund",
    "book_transfer",
    "cancel_order",
    "count_drawer",
    "drop_sale",
    "expire_order",
    "give_back_unsold",
    "hand_out_refund",
    "offer_bonus",
    "owe_expiries",
    "owe_questions",
    "pay_by_code",
    "pay_from_balance",
    "pay_out",
    "pay_out_fen",
    "record_tender",
    "refund",
    "register_payment",
    "register_refund",
    "register_transfer",
    "release_hold",
    "send_refund",
    "set_deposit_rule",
    "settle",
    "show_code",
    "start_payment",
    "start_top_up",
    "top_up",
]
