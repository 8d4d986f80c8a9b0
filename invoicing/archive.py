"""Files of invoices on disk: named by their sha256, written once, never changed."""

import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from core.settings import current

MOST_BYTES = 5 * 1024 * 1024
MAGIC = {"pdf": b"%PDF-", "ofd": b"PK", "xml": b"<"}
BOM = b"\xef\xbb\xbf"


def path_of(sha256: str, suffix: str) -> Path:
    return current().var_dir / "documents" / sha256[:2] / f"{sha256}.{suffix}"


def keep(data: bytes, suffix: str) -> str:
    """Write the bytes and answer their sha256; the same bytes again change nothing. Blocks.

    Raises ValueError for what is no such file or too large.
    """
    head = data.removeprefix(BOM).lstrip()[:16] if suffix == "xml" else data
    if not head.startswith(MAGIC[suffix]) or len(data) > MOST_BYTES:
        raise ValueError(f"no {suffix}, or too large")
    sha256 = hashlib.sha256(data).hexdigest()
    path = path_of(sha256, suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    return sha256


def load(sha256: str, suffix: str) -> bytes:
    """The bytes as they were kept. Blocks. Raises ValueError when they have changed or are gone."""
    try:
        data = path_of(sha256, suffix).read_bytes()
    except OSError:
        raise ValueError("the file is gone") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError("the file has changed")
    return data


def is_whole(sha256: str, suffix: str, size: int, *, reads: bool) -> bool:
    """Whether the file is there with its size and, when it is read, its bytes. Blocks."""
    path = path_of(sha256, suffix)
    try:
        if path.stat().st_size != size:
            return False
        return not reads or hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False
