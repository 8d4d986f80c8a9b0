"""A receipt printer at the end of a serial line: it answers as one, and keeps what it was sent."""

import os
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox import printer_status
from sandbox.escpos import Tokenizer
from sandbox.printer_status import Condition


class SerialPrinter:
    """`path` is the device file. `condition` may be changed while it runs."""

    def __init__(self) -> None:
        self._ours, theirs = os.openpty()
        tty.setraw(theirs)
        self.path = os.ttyname(theirs)
        self._theirs = theirs
        self.condition = Condition()
        self.got = bytearray()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        tokenizer = Tokenizer()
        while True:
            try:
                data = os.read(self._ours, 4_096)
            except OSError:
                return
            for token in tokenizer.feed(data):
                answer = printer_status.at_once(token, self.condition)
                answer += printer_status.in_turn(token, self.condition)
                if token.name not in {"DLE EOT", "GS r"}:
                    self.got += token.raw
                if answer and not self.condition.silent:
                    os.write(self._ours, answer)

    def close(self) -> None:
        os.close(self._theirs)
        os.close(self._ours)


@contextmanager
def a_serial_printer() -> Iterator[SerialPrinter]:
    """Plugged in while the block runs."""
    printer = SerialPrinter()
    try:
        yield printer
    finally:
        printer.close()
