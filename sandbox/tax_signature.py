"""The provider's door: signature over the exact bytes, app key, token and age of a request."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping

from sandbox.config import TaxProvider
from sandbox.tax_rules import TaxRefused

WINDOW_S = 300


def signature(secret: str, query: Mapping[str, str], body: bytes) -> str:
    """base64(HMAC-SHA1) of the fixed names, the query's values and the body as it came."""
    head = "a=services&l=v1&p=open&k={appkey}&i={senid}&n={nonce}&t={timestamp}&f="
    text = head.format_map(query).encode() + body
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha1).digest()).decode()


def check(
    provider: TaxProvider,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    now_s: float,
) -> None:
    """Let a request in. Raises TaxRefused 070101 (signature) or 070304-070307 (credentials)."""
    shapes = {"senid": r"[0-9a-zA-Z]{32}", "nonce": r"\d{8}", "timestamp": r"\d{10}"}
    for name, shape in shapes.items():
        if not re.fullmatch(shape, query.get(name, "")):
            raise TaxRefused("070306", f"参数{name}格式错误")
    if query.get("appkey") != provider.app_key:
        raise TaxRefused("070305", "appKey不存在")
    if abs(now_s - int(query["timestamp"])) > WINDOW_S:
        raise TaxRefused("070306", "timestamp已过期")
    expected = signature(provider.secret, query, body)
    if not hmac.compare_digest(expected, headers.get("x-nuonuo-sign", "")):
        raise TaxRefused("070101", "签名校验失败")
    if not hmac.compare_digest(provider.access_token, headers.get("accesstoken", "")):
        raise TaxRefused("070304", "accessToken无效")
