"""What can be done about red letters: a door. `issuing` and `filing` are for this room's jobs."""

from invoicing.reds.service.by_hand import Look, Pick, after, look_at, take_back_by_hand
from invoicing.reds.service.changing import TitleChange, change_title, title_change_of
from invoicing.reds.service.deciding import confirm_form, let_go_on, try_again, withdraw
from invoicing.reds.service.following import settle_sale
from invoicing.reds.service.issuing import hear_callback

__all__ = [
    "Look",
    "Pick",
    "TitleChange",
    "after",
    "change_title",
    "confirm_form",
    "hear_callback",
    "let_go_on",
    "look_at",
    "settle_sale",
    "take_back_by_hand",
    "title_change_of",
    "try_again",
    "withdraw",
]
