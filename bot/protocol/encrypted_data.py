"""encryptedData of wx.getGroupEnterInfo and its like."""

import base64
from typing import Any

from wechatpy.crypto import WeChatCipher  # type: ignore[import-untyped]

from bot.protocol.untrusted import Untrusted
from core.strict_json import NotStrict, read_object

BLOCK = 16


def open_encrypted_data(
    encrypted_data: str, *, iv: str, session_key: str, app_id: str
) -> dict[str, Any]:
    """What the phone sealed for us under the session key: AES-128-CBC, then a watermark of our app.

    Raises Untrusted, and nothing else. It mostly means that the phone has a newer session than we
    (wx.login again): the answer to it is "log in again".
    """
    try:
        key, start, sealed = (
            base64.b64decode(part, validate=True) for part in (session_key, iv, encrypted_data)
        )
    except ValueError:
        raise Untrusted("decrypt") from None
    if len(key) != BLOCK or len(start) != BLOCK or not sealed or len(sealed) % BLOCK:
        raise Untrusted("decrypt")
    data = _unpad(WeChatCipher(key, start).decrypt(sealed))
    watermark = data.get("watermark")
    if not isinstance(watermark, dict) or watermark.get("appid") != app_id:
        raise Untrusted("receive_id")
    return data


def _unpad(padded: bytes) -> dict[str, Any]:
    pad = padded[-1]
    if not 1 <= pad <= BLOCK or padded[-pad:] != bytes([pad]) * pad:
        raise Untrusted("padding")
    try:
        return read_object(padded[:-pad])
    except NotStrict:
        raise Untrusted("malformed") from None
