"""What an agent remembers over a crash: which papers it began, and what it has yet to report."""

import json
import os
from pathlib import Path
from typing import Any

Doc = dict[str, Any]


class Journal:
    """One file with the open papers; written whole, flushed to disk, and put in place at once."""

    def __init__(self, path: Path) -> None:
        """What stands as begun was cut off by a crash: whether it is on paper nobody knows."""
        self._path = path
        self._open: dict[str, Doc] = self._read()
        for doc in self._open.values():
            doc.setdefault("outcome", "maybe")
            doc.setdefault("reason", "agent_died")

    def begin(self, work: Doc) -> bool:
        """Before the first byte leaves. False: this very attempt was begun before."""
        key = f"{work['printJobId']}:{work['attempt']}"
        if key in self._open:
            return False
        names = ("printJobId", "attempt", "printerId", "leaseNo")
        self._open[key] = {name: work[name] for name in names}
        self._write()
        return True

    def end(self, work: Doc, outcome: str, reason: str) -> None:
        """What became of it, until the platform has heard."""
        key = f"{work['printJobId']}:{work['attempt']}"
        self._open[key] |= {"outcome": outcome, "reason": reason}
        self._write()

    def unsaid(self) -> list[Doc]:
        """Outcomes the platform has not heard, the oldest first."""
        return [doc for doc in self._open.values() if "outcome" in doc]

    def heard(self, doc: Doc) -> None:
        self._open.pop(f"{doc['printJobId']}:{doc['attempt']}", None)
        self._write()

    def _read(self) -> dict[str, Doc]:
        try:
            found: dict[str, Doc] = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def _write(self) -> None:
        beside = self._path.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(self._open, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
