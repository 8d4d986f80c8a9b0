"""Orders that were read, on disk until the platform has them. Append-only lines, fsync each.

A line is `<crc> <json>`. A line torn by a power cut fails its checksum and is left behind. The
same paper (reprint, second copy) has the same key and is kept once. In memory stands only where
each order lies, so that a platform away for a month costs disk alone. The bytes of a paper lie
in a file of their own, and go first when there are too many.
"""

import contextlib
import hashlib
import json
import os
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_DONE = 100_000
MOST_RAW_FILES = 100_000
RAW_S = 30 * 86_400
KEY, DONE = b'{"key":"', b'{"done":"'


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` is of the content: whoever gets it twice has it once."""

    key: str
    body: dict[str, Any]


class Spool:
    """One folder, one writer. Opening it reads what earlier runs left."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._raw = folder / "orders.log", folder / "raw"
        self._raw.mkdir(exist_ok=True)
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[int, int]] = {}  # where its line begins, how long it is
        self._done: dict[str, None] = {}
        self._end = 0
        self._read()
        self._drop_old_raw()
        self._file = self._path.open("ab")

    def add(self, key: str, body: dict[str, Any], raw: bytes | None = None) -> bool:
        """Written when this returns: a killed process loses nothing. `sync` makes it survive a
        power cut, too. False when the same key is kept already."""
        with self._lock:
            if key in self._waiting or key in self._done:
                return False
            if raw is not None:
                (self._raw / key).write_bytes(zlib.compress(raw, 6))
            self._waiting[key] = self._write({"key": key, "body": body})
            return True

    @property
    def count(self) -> int:
        """How many orders wait."""
        return len(self._waiting)

    def waiting_keys(self) -> list[str]:
        """What the platform does not have, oldest first."""
        with self._lock:
            return list(self._waiting)

    def entry(self, key: str) -> Entry | None:
        """An order that waits."""
        with self._lock:
            place = self._waiting.get(key)
            if place is None:
                return None
            with self._path.open("rb") as file:
                file.seek(place[0])
                said = _said(file.read(place[1]).rstrip(b"\n"))
        return Entry(key, said["body"]) if said else None

    def waiting(self) -> list[Entry]:
        """All that waits, read from the disk."""
        return [entry for key in self.waiting_keys() if (entry := self.entry(key))]

    def raw_of(self, key: str) -> bytes | None:
        """The paper's bytes, packed with zlib; None where they were dropped."""
        with contextlib.suppress(OSError):
            return (self._raw / key).read_bytes()
        return None

    def done(self, key: str) -> None:
        """The platform has it. Again changes nothing; forgotten, it is sent again."""
        with self._lock:
            if self._waiting.pop(key, None):
                self._write({"done": key})
                self._done[key] = None
                (self._raw / key).unlink(missing_ok=True)
            if len(self._done) > MOST_DONE and not self._waiting:
                self._shorten()

    def sync(self) -> None:
        """What was written is on the disk when this returns. Takes milliseconds: not in a loop."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _write(self, said: dict[str, Any]) -> tuple[int, int]:
        line = _line(said)
        self._file.write(line)
        self._file.flush()
        place, self._end = self._end, self._end + len(line)
        return place, len(line)

    def _read(self) -> None:
        if not self._path.exists():
            return
        last = b"\n"
        with self._path.open("rb") as file:
            for line in file:
                self._take(line)
                self._end += len(line)
                last = line
        if not last.endswith(b"\n"):  # torn: the next line begins afresh
            with self._path.open("ab") as file:
                self._end += file.write(b"\n")

    def _take(self, line: bytes) -> None:
        """One line of an earlier run. The body stays unread: a month of orders is many."""
        crc, _, raw = line.rstrip(b"\n").partition(b" ")
        if crc != b"%08x" % zlib.crc32(raw):
            return
        if raw.startswith(KEY):
            self._waiting[_first(raw, KEY)] = (self._end, len(line))
        elif raw.startswith(DONE):
            self._waiting.pop(_first(raw, DONE), None)
            self._done[_first(raw, DONE)] = None

    def _drop_old_raw(self) -> None:
        """Bytes are kept for thirty days, and of so many papers at most; orders are kept."""
        oldest = time.time() - RAW_S
        found = sorted(_aged(self._raw), reverse=True)
        for at, (changed, path) in enumerate(found):
            if at >= MOST_RAW_FILES or changed < oldest or path.name not in self._waiting:
                path.unlink(missing_ok=True)

    def _shorten(self) -> None:
        """Keep the newer half of what is done; nothing waits."""
        self._done = dict.fromkeys(list(self._done)[MOST_DONE // 2 :])
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.writelines(_line({"done": key}) for key in self._done)
            file.flush()
            os.fsync(file.fileno())
            self._end = file.tell()
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


def _first(raw: bytes, start: bytes) -> str:
    """The key, which has no signs that JSON would write otherwise."""
    return raw[len(start) : raw.index(b'"', len(start))].decode()


def _aged(folder: Path) -> Iterator[tuple[float, Path]]:
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            yield path.stat().st_mtime, path


def _said(line: bytes) -> dict[str, Any] | None:
    crc, _, raw = line.partition(b" ")
    if crc != b"%08x" % zlib.crc32(raw):
        return None
    try:
        said = json.loads(raw)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
