"""Numbers and names that people and partners see. They carry no count and cannot be guessed."""

import base64
import secrets

from core import clock


def new_id(prefix: str) -> str:
    """`prefix_` and 128 random bits as 26 small letters and digits."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(16)).decode().rstrip('=').lower()}"


def new_no(prefix: str = "") -> str:
    """A number for people: the shop's day and twelve random digits, as 261121012345678901.

    Of a million drawn on one day two may be alike: whoever keeps them draws again.
    """
    return f"{prefix}{clock.shop_day(clock.now()):%y%m%d}{secrets.randbelow(10**12):012d}"
