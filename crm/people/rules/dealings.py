"""Decisions about guides and messages, pure: who gets the credit of a sale, what is said."""

from datetime import timedelta
from enum import StrEnum

from core.money import yuan

ATTRIBUTION_RULE = "v1"


class MessageState(StrEnum):
    """How a message to our own staff ended. Unknown: WeCom never said whether it took it."""

    WANTED = "wanted"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    FAILED = "failed"


ENDED = frozenset({MessageState.DELIVERED, MessageState.FAILED})
REPEATS_FOR = timedelta(minutes=25)  # WeCom is asked to drop a repeated text for 30


class Why(StrEnum):
    """Why a guide gets the credit of a sale."""

    SOURCE = "source"  # 订单来源
    BINDING = "binding"  # 导购绑定
    NOBODY = "nobody"  # 自然成交


def attribute(*, source_guide: int | None, bound_guide: int | None) -> tuple[int | None, Why]:
    """Attribution rule v1 (业绩归属): the source on the order wins, else the current binding."""
    if source_guide is not None:
        return source_guide, Why.SOURCE
    if bound_guide is not None:
        return bound_guide, Why.BINDING
    return None, Why.NOBODY


def sale_message(*, order_no: str, paid_fen: int, store_name: str) -> str:
    """To a guide. The end of the order number keeps two alike sales two messages."""
    return f"您的顾客在{store_name}下单 ¥{yuan(paid_fen)}，订单尾号 {order_no[-6:]}。"


def share_message(*, order_no: str, paid_fen: int, share_fen: int, store_name: str) -> str:
    """To a franchisee, of a sale in a store of theirs."""
    sold = f"{store_name}成交 ¥{yuan(paid_fen)}，您的分账 ¥{yuan(share_fen)}"
    return f"{sold}，订单尾号 {order_no[-6:]}。"


def card_title(title: str) -> str:
    """Cut to the 64 bytes that WeCom takes for a card, at a whole character."""
    return title.encode()[:64].decode(errors="ignore")
