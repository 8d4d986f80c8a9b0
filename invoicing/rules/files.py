"""Whose file of an invoice is given out, and how long the backend's is waited for. Pure."""

from collections.abc import Set
from datetime import datetime
from enum import StrEnum
from typing import Any

from invoicing.backends.port import Format, Issued

WAITS_S = (2, 5, 15, 60, 300)
SLOW_S = 3600  # from then on, for a day
MOST_TRIES = len(WAITS_S) + 24
SUFFIXES = {Format.PDF: "application/pdf", Format.OFD: "application/ofd", Format.XML: "text/xml"}
DISC = ("check_code", "cipher", "machine_no", "payee", "checker")
SAID = ("serial", "pdf_url", "ofd_url", "xml_url", *DISC)


class Origin(StrEnum):
    BACKEND = "backend"  # the real one
    OWN = "own"  # painted by us: a preview, and all there is where a backend has no files


def paper_of(said: Issued) -> dict[str, Any]:
    """What an invoice keeps of the answer beside its numbers and amounts; empty things are not."""
    return {name: getattr(said, name) for name in SAID if getattr(said, name, "")}


def issued_of(paper: dict[str, Any], *, number: str, code: str, at: datetime) -> Issued:
    """The answer again, for a question about its files; amounts are not among what is asked."""
    known = {name: paper[name] for name in SAID if name in paper}
    facts: dict[str, Any] = {"serial": "", **known}
    return Issued(number=number, code=code, issued_at=at, ex_fen=0, tax_fen=0, incl_fen=0, **facts)


def next_try_s(tries: int) -> float | None:
    """After so many questions for files: the wait until the next; None, no more."""
    if tries > MOST_TRIES:
        return None
    return float(WAITS_S[tries - 1]) if tries <= len(WAITS_S) else SLOW_S


def is_deliverable(offered: Set[Format], has: Set[Format], tries: int) -> bool:
    """Whether the guest gets the files now.

    The backend's, once they are all there, or its PDF alone at the second question. Ours where it
    gives none, or has not in some minutes.
    """
    if Format.PDF not in offered or tries > len(WAITS_S):
        return True
    return Format.PDF in has and (offered <= has or tries > 1)
