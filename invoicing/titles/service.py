"""What can be done about titles: a door."""

from invoicing.titles.directory import company_named, count_invoice, suggest
from invoicing.titles.remembering import forget_title, forget_titles, new_token, remember_title

__all__ = [
    "company_named",
    "count_invoice",
    "forget_title",
    "forget_titles",
    "new_token",
    "remember_title",
    "suggest",
]
