"""What can be done with the work of stores, with parcels and with returns: one file per step."""

from trade.fulfilment.service.arriving import (
    TrackEvent,
    confirm_forgotten,
    confirm_receipt,
    record_parcel_track,
    record_track,
)
from trade.fulfilment.service.asking import (
    AskReturn,
    ask_return,
    ask_return_at_counter,
    send_back,
    withdraw_return,
)
from trade.fulfilment.service.disposing import Decision, close_return, dispose, put_away
from trade.fulfilment.service.exchanging import Exchange, exchange
from trade.fulfilment.service.handing_over import hand_over, read_consignee
from trade.fulfilment.service.paying_back import GiveBack, allow_money, pay_back, settle_money
from trade.fulfilment.service.pieces import Pieces
from trade.fulfilment.service.policies import (
    end_return_rule,
    put_return_rule,
    set_work_policy,
)
from trade.fulfilment.service.receiving import Arrived, Delivered, finish_receipt, receive_goods
from trade.fulfilment.service.recording import RecordReturn, record_return
from trade.fulfilment.service.refusing import RefusalOutcome, refuse
from trade.fulfilment.service.shipping import (
    Label,
    call_off,
    call_rider,
    give_to_rider,
    mark_arrived,
    ship,
)
from trade.fulfilment.service.tasks import (
    accept_task,
    cancel_task,
    mark_ready,
    open_task,
    pick_task,
    resend_notice,
)
from trade.fulfilment.service.visiting import (
    BookVisit,
    book_visit,
    cancel_visit,
    note_visit,
    remind_of_visits,
)

__all__ = [
    "Arrived",
    "AskReturn",
    "BookVisit",
    "Decision",
    "Delivered",
    "Exchange",
    "GiveBack",
    "Label",
    "Pieces",
    "RecordReturn",
    "RefusalOutcome",
    "TrackEvent",
    "accept_task",
    "allow_money",
    "ask_return",
    "ask_return_at_counter",
    "book_visit",
    "call_off",
    "call_rider",
    "cancel_task",
    "cancel_visit",
    "close_return",
    "confirm_forgotten",
    "confirm_receipt",
    "dispose",
    "end_return_rule",
    "exchange",
    "finish_receipt",
    "give_to_rider",
    "hand_over",
    "mark_arrived",
    "mark_ready",
    "note_visit",
    "open_task",
    "pay_back",
    "pick_task",
    "put_away",
    "put_return_rule",
    "read_consignee",
    "receive_goods",
    "record_parcel_track",
    "record_return",
    "record_track",
    "refuse",
    "remind_of_visits",
    "resend_notice",
    "send_back",
    "set_work_policy",
    "settle_money",
    "ship",
    "withdraw_return",
]
