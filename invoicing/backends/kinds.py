"""The kinds of things that backends tell apart: invoices, reasons, forms, holds, files."""

from enum import StrEnum


class Kind(StrEnum):
    GENERAL = "general"  # 普通发票
    SPECIAL = "special"  # 增值税专用发票


class RedReason(StrEnum):
    WRONG = "wrong"  # 开票有误
    RETURNED = "returned"  # 销货退回
    ENDED = "ended"  # 服务中止
    REDUCED = "reduced"  # 销售折让


class FormState(StrEnum):
    """Of the confirmation form of a red letter (红字发票信息确认单), as the bureau numbers them."""

    APPLYING = "15"
    APPLY_FAILED = "16"
    NOT_NEEDED = "01"
    WAITS_FOR_BUYER = "02"
    WAITS_FOR_SELLER = "03"
    CONFIRMED = "04"
    REFUSED_BY_BUYER = "05"
    REFUSED_BY_SELLER = "06"
    LAPSED = "07"  # nobody confirmed within 72 hours
    WITHDRAWN = "08"
    WITHDRAWN_LATE = "09"
    VOID = "10"


class Hold(StrEnum):
    """Why a seller cannot issue for now, and so who is to be told."""

    LOGIN = "login"  # 未登录: the drawer logs in at the e-tax bureau
    FACE = "face"  # 需人脸认证
    QUOTA = "quota"  # 额度不足
    NUMBERS = "numbers"  # 票量不足: the disc has no numbers left
    CREDENTIAL = "credential"  # our own key or token is not taken
    BUREAU = "bureau"  # 税局限制: not filed, risk state
    DEVICE = "device"  # 设备离线: disc, server or their agent
    LATER = "later"  # only this request, try again later


class Format(StrEnum):
    PDF = "pdf"
    OFD = "ofd"
    XML = "xml"
