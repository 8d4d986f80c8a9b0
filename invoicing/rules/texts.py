"""What may stand on an invoice: tax systems refuse controls, emoji and angle brackets."""

import re
import unicodedata

DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "So"}  # controls, invisible marks, emoji


def clean(text: str) -> str:
    """The text without what is refused; line ends and tabs become blanks."""
    blanked = re.sub(r"[\t\r\n]", " ", text).replace("</>", "")
    kept = (c for c in blanked if c not in "<>" and unicodedata.category(c) not in DROPPED)
    return "".join(kept).strip()
