"""The auditor: read-only checks that recompute what the books say. Each room brings its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Check = Callable[[], Awaitable[list["Finding"]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be: `key` names the row, `text` says what is wrong."""

    check: str
    key: str
    text: str


checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check, as `ledger.sums`. It reads only and is safe on a live database."""

    def register(work: Check) -> Check:
        checks[name] = work
        return work

    return register
