"""Plain signatures of the platform: URL checks, JS-SDK, what a mini-program hands over."""

import hashlib
import hmac


def same(ours: str, theirs: str) -> bool:
    """Equal, in a time that tells nothing about where they differ; any text may come in."""
    return hmac.compare_digest(ours.encode("utf-8", "replace"), theirs.encode("utf-8", "replace"))


def sorted_sha1(*parts: str) -> str:
    """SHA-1 over the parts in the order of their code points, hex (msg_signature and signature)."""
    joined = "".join(sorted(parts))
    return hashlib.sha1(joined.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def is_account_signature(token: str, *, signature: str, timestamp: str, nonce: str) -> bool:
    """`signature` of an official account (公众号) or mini-program (小程序) URL check."""
    return same(sorted_sha1(token, timestamp, nonce), signature)


def jssdk_signature(ticket: str, *, nonce: str, timestamp: str, url: str) -> str:
    """For wx.config and wx.agentConfig. `url` as the browser shows it; what follows `#` is cut."""
    seen = url.partition("#")[0]
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={seen}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def raw_data_signature(session_key: str, raw_data: str) -> str:
    """Of the rawData a mini-program hands over with encryptedData."""
    return hashlib.sha1((raw_data + session_key).encode(), usedforsecurity=False).hexdigest()


def session_signature(session_key: str, message: str) -> str:
    """User session signature (登录态签名): the HMAC key is the base64 text, not its bytes."""
    return hmac.new(session_key.encode(), message.encode(), hashlib.sha256).hexdigest()
