"""How a seller invoices (开票规则): days, freezes, switches. One row of settings per tax entity."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import shop_day


@dataclass(frozen=True, slots=True)
class Terms:
    """`closing` is the month and day until which last year's sales may be invoiced.

    `frozen_from` and `frozen_until` are days of the month between which nothing is sent (抄报期);
    0: none. `wait_days` is how long a wish waits for an order that has not come. `lump_…` is the
    one line for a sale whose goods are unknown; without a code such sales are not invoiced.
    `not_invoiced` are payment methods whose part was invoiced before, as stored value (储值).
    """

    window_days: int = 180
    closing_month: int = 3
    closing_day: int = 31
    wait_days: int = 7
    frozen_from: int = 0
    frozen_until: int = 0
    title_changes: int = 1
    title_change_days: int = 30
    is_special_allowed: bool = False
    is_active: bool = True
    has_short_entry: bool = False
    shows_discounts: bool = False
    month_quota_fen: int | None = None
    not_invoiced: tuple[str, ...] = ("stored_value",)
    lump_name: str = ""
    lump_tax_code: str = ""
    lump_tax_bp: int = 0


def last_day(paid_at: datetime, terms: Terms | None = None) -> date:
    """Until when a guest may ask: the window, and never past the closing of the year's books."""
    rule = terms or Terms()
    paid_on = shop_day(paid_at)
    closing = date(paid_on.year + 1, rule.closing_month, rule.closing_day)
    return min(paid_on + timedelta(days=rule.window_days), closing)


def is_frozen(day: date, terms: Terms) -> bool:
    """A seller who has not filed yet sends nothing on these days of the month."""
    return bool(terms.frozen_from) and terms.frozen_from <= day.day <= terms.frozen_until
