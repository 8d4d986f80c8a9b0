"""Remembered titles in and out of their encrypted column."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from core.security.rotation import encrypted_column
from core.security.vault import blind_index, decrypt, encrypt


@dataclass(frozen=True, slots=True)
class Title:
    """What stands on an invoice and where it goes; what is not known is empty."""

    kind: str
    title: str
    tax_no: str = ""
    mail: str = ""
    phone: str = ""


def content_index(title: Title) -> str:
    """The same title gives the same, wherever its invoices go."""
    return blind_index("\n".join((title.kind, title.title, title.tax_no)), "titles_content")


def device_index(token: str) -> str:
    """Of 128 random bits, which nobody guesses: a plain hash, which outlives a change of keys."""
    return hashlib.sha256(f"titles:{token}".encode()).hexdigest()


@encrypted_column(
    "titles_remembered",
    "sealed",
    bound_to="title:{id}",
    index_columns=("content_index",),
)
def _indexes(plain: str) -> Mapping[str, str]:
    return {"content_index": content_index(_read(plain))}


def seal(title: Title, *, row_id: int) -> str:
    """Ciphertext that opens only in the row it belongs to."""
    return encrypt(json.dumps(asdict(title), ensure_ascii=False), bound_to=f"title:{row_id}")


def unseal(sealed: str, *, row_id: int) -> Title:
    return _read(decrypt(sealed, bound_to=f"title:{row_id}"))


def _read(plain: str) -> Title:
    return Title(**json.loads(plain))
