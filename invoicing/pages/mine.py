"""Whose invoice: the browser that asked for it, or whoever proves to know its buyer.

A receipt that was found in the street shows that there is an invoice, never to whom.
"""

import hashlib
import hmac

from starlette.requests import Request
from starlette.responses import Response

from core.errors import Forbidden
from core.settings import current
from core.web.pages import set_cookie

COOKIE = "daogou_invoice"
DAYS = 90


class ProofWrong(Forbidden):
    code = "invoicing.proof_wrong"
    zh = "与申请时填写的信息不一致，请核对后再试"
    en = "This is not what was given when the invoice was asked for: check it and try again."


def _token(code: str) -> str:
    key = current().signing_key.get_secret_value().encode()
    return hmac.new(key, f"invoice:{code}".encode(), hashlib.sha256).hexdigest()


def is_mine(request: Request, code: str) -> bool:
    """This browser asked for the invoice of this code, or proved to know its buyer."""
    return hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), _token(code).encode())


def make_mine(response: Response, code: str) -> None:
    """Good for this one code: the browser sends it to no other page."""
    set_cookie(response, COOKIE, _token(code), DAYS * 86_400, path=f"/i/{code}")
