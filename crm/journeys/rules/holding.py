"""Who is held out (对照组): drawn by a hash, so that it is the same however often it is asked."""

import hashlib

WHOLE = 10_000


def is_held_out(salt: str, member_id: int, holdout_bp: int) -> bool:
    """Uniform over members and independent between journeys, whose salts differ."""
    digest = hashlib.sha256(f"{salt}:{member_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % WHOLE < holdout_bp
