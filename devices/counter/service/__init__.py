"""What can be done at the counter: a door."""

from devices.counter.service.asking import Buyer, Line, Money, RingUp, find_buyers_with
from devices.counter.service.charging import charge_code, give_up_sale, show_sale_code
from devices.counter.service.departments import DepartmentDraft, put_department, put_scale
from devices.counter.service.quoting import PricedLine, Total, total_of
from devices.counter.service.scanning import Scanned, look_up
from devices.counter.service.selling import ring_up
from devices.counter.service.undoing import (
    TakeBack,
    note_invoiced,
    print_again,
    refund_sale,
    void_sale,
)

__all__ = [
    "Buyer",
    "DepartmentDraft",
    "Line",
    "Money",
    "PricedLine",
    "RingUp",
    "Scanned",
    "TakeBack",
    "Total",
    "charge_code",
    "find_buyers_with",
    "give_up_sale",
    "look_up",
    "note_invoiced",
    "print_again",
    "put_department",
    "put_scale",
    "refund_sale",
    "ring_up",
    "show_sale_code",
    "total_of",
    "void_sale",
]
