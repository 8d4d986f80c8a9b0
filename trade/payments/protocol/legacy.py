"""Pay v2 parameter signatures. The shop speaks v3 only; old partners' notes are checked with it."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal


def sign_v2(
    params: Mapping[str, str], *, api_key: str, sign_type: Literal["MD5", "HMAC-SHA256"]
) -> str:
    """Upper-case hex over the non-empty parameters but `sign`, in ASCII order, and the key."""
    pairs = [f"{name}={params[name]}" for name in sorted(params) if params[name] and name != "sign"]
    text = "&".join([*pairs, f"key={api_key}"]).encode()
    if sign_type == "MD5":
        return hashlib.md5(text, usedforsecurity=False).hexdigest().upper()
    return hmac.new(api_key.encode(), text, hashlib.sha256).hexdigest().upper()
