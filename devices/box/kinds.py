"""What kind of paper it is. The first lines and the big ones decide, never the small print."""

import re

from devices.box.paper import Job
from devices.box.words import NOT_A_KIND, OTHER, PRE_BILL, REFUND, REPRINT, flat, has_word, is_rule

FIRST_LINES = 5


def kind_of(job: Job) -> str:
    """`sale`, `refund`, `reprint`, `pre-bill` or `other` (reports, kitchen slips, pictures)."""
    if job.is_unreadable or not job.has_text:
        return "other"
    title = "\n".join(_titles(job))
    for kind, words in (
        ("other", OTHER),
        ("pre-bill", PRE_BILL),
        ("reprint", REPRINT),
        ("refund", REFUND),
    ):
        if has_word(title, words):
            return kind
    return "sale"


def _titles(job: Job) -> list[str]:
    """Without blanks (退 货 单); a note about returns or a label with a value is no title."""
    lines = [line for line in job.lines if line.text.strip()]
    seen = []
    for at, line in enumerate(lines):
        said = re.sub(r"\s", "", flat(line.text))
        if is_rule(line.text) or NOT_A_KIND.search(said):
            continue
        is_label = re.search(r":", said) and not line.is_big
        if line.is_big or (at < FIRST_LINES and (not is_label or at < 2)):
            seen.append(said)
    return seen
