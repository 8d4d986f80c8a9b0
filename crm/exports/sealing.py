"""Pieces of files in the database: packed, then encrypted, bound to their place in their export."""

import base64
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from core.security.vault import VaultError, decrypt, encrypt
from crm.exports.errors import FileUnreadable
from crm.exports.models import Piece


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece belongs."""

    export_id: int
    is_file: bool
    no: int

    @property
    def name(self) -> str:
        return f"export:{self.export_id}:{'file' if self.is_file else 'rows'}:{self.no}"


def sealed(data: bytes, place: Place) -> str:
    packed = base64.b64encode(zlib.compress(data, 1)).decode()
    return encrypt(packed, bound_to=place.name)


def opened(cipher: str, place: Place) -> bytes:
    """Raises FileUnreadable when it was altered, moved, or its key is gone."""
    try:
        return zlib.decompress(base64.b64decode(decrypt(cipher, bound_to=place.name)))
    except VaultError:
        raise FileUnreadable from None


async def pieces_of(export_id: int, *, is_file: bool) -> AsyncIterator[bytes]:
    """One after the other, so that a file of any size takes the room of one piece."""
    last = -1
    while True:
        rows = Piece.filter(export_id=export_id, is_file=is_file, no__gt=last)
        row = await rows.order_by("no").first()
        if row is None:
            return
        last = row.no
        yield opened(row.cipher, Place(export_id, is_file, row.no))


def file_of(export_id: int) -> AsyncIterator[bytes]:
    return pieces_of(export_id, is_file=True)
