"""Orders that were read, on disk until the platform has them. Append-only lines, fsync each.

A line is `<crc> <json>`. A line torn by a power cut fails its checksum and is left behind. The
same paper (reprint, second copy) has the same key and is kept once.
"""

import hashlib
import json
import os
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_DONE = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` is of the content: whoever gets it twice has it once."""

    key: str
    body: dict[str, Any]


class Spool:
    """One folder, one writer. Opening it reads what earlier runs left."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "orders.log"
        self._lock = threading.Lock()
        self._waiting: dict[str, Entry] = {}
        self._done: dict[str, None] = {}
        self._read()
        self._file = self._path.open("ab")

    def add(self, key: str, body: dict[str, Any]) -> bool:
        """Written when this returns: a killed process loses nothing. `sync` makes it survive a
        power cut, too. False when the same key is kept already."""
        with self._lock:
            if key in self._waiting or key in self._done:
                return False
            self._write({"key": key, "body": body})
            self._waiting[key] = Entry(key, body)
            return True

    def waiting(self) -> list[Entry]:
        """What the platform does not have, oldest first."""
        with self._lock:
            return list(self._waiting.values())

    def done(self, key: str) -> None:
        """The platform has it. Again changes nothing; forgotten, it is sent again."""
        with self._lock:
            if self._waiting.pop(key, None):
                self._write({"done": key})
                self._done[key] = None
            if len(self._done) > MOST_DONE and not self._waiting:
                self._shorten()

    def sync(self) -> None:
        """What was written is on the disk when this returns. Takes milliseconds: not in a loop."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _write(self, said: dict[str, Any]) -> None:
        self._file.write(_line(said))
        self._file.flush()

    def _read(self) -> None:
        raw = self._path.read_bytes() if self._path.exists() else b""
        for line in raw.splitlines():
            said = _said(line)
            if said is None:
                continue
            if "done" in said:
                self._waiting.pop(said["done"], None)
                self._done[said["done"]] = None
            else:
                self._waiting[said["key"]] = Entry(said["key"], said["body"])
        if raw and not raw.endswith(b"\n"):  # torn: the next line begins afresh
            with self._path.open("ab") as file:
                file.write(b"\n")

    def _shorten(self) -> None:
        """Keep the newer half of what is done; nothing waits."""
        self._done = dict.fromkeys(list(self._done)[MOST_DONE // 2 :])
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.writelines(_line({"done": key}) for key in self._done)
            file.flush()
            os.fsync(file.fileno())
        self._file.close()
        fresh.replace(self._path)
        self._file = self._path.open("ab")


def key_of(content: Any) -> str:
    """The key of a paper's content."""
    said = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _line(said: dict[str, Any]) -> bytes:
    raw = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(raw), raw)


def _said(line: bytes) -> dict[str, Any] | None:
    crc, _, raw = line.partition(b" ")
    if crc != b"%08x" % zlib.crc32(raw):
        return None
    try:
        said = json.loads(raw)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
