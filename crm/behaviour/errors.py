"""Refusals about behaviour. Each sentence says what to do next."""

from core.errors import Invalid


class JourneyCursorUnknown(Invalid):
    code = "behaviour.cursor_unknown"
    zh = "翻页位置无效，请从第一页重新打开"
    en = "This place in the list is not ours: start again from the first page."
