"""Words for sales that a receipt code may name."""

from enum import StrEnum


class SaleSource(StrEnum):
    ORDER = "order"  # 本系统订单
    BOX = "box"  # 动码盒子读到的小票


class SaleState(StrEnum):
    OPEN = "open"  # 可开票
    UNPAID = "unpaid"  # 未付款
    REFUNDED = "refunded"  # 已退款
    VOID = "void"  # 已作废


class HoldReason(StrEnum):
    """Why a request waits though nothing is wrong with it."""

    NONE = ""
    ACCOUNT = "account"  # login, face check, credential or the backend's own quota
    QUOTA = "quota"  # the seller's own limit of the month
    FROZEN = "frozen"  # days of filing
    SELLER_OFF = "seller_off"  # switched off
    NO_ACCOUNT = "no_account"  # no backend for this seller, or none of this kind
    QUEUE = "queue"  # others of the same account wait in front of it
