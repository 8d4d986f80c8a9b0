"""A QR symbol as modules, for a page that shows it."""

from devices.box.qr import modules


def symbol_of(text: str) -> list[list[bool]]:
    """Rows of dark and light modules, without a quiet zone. Raises ValueError above 106 bytes."""
    return modules(text.encode())
