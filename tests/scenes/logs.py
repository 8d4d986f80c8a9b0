"""What the shop writes to its log, as an operator would read it."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from core.logs import configure_logs


@contextmanager
def written_lines() -> Iterator[io.StringIO]:
    """Everything logged while the block runs, line by line in our format."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logs()
    written = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    try:
        yield written
    finally:
        root.handlers[:] = before
        root.setLevel(level)
