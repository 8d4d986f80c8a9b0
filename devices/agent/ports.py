"""The printers only an agent reaches: a serial line, a USB device, an address in the store.

An agent writes to what its own settings name and to nothing else (threat S15).
"""

import asyncio
import os
import select
import termios
import time
from dataclasses import dataclass
from typing import Protocol

from devices.gateway.tcp import TcpPrinter
from devices.protocol.port import NotSent, Place, Printed, Sent, Ticket, Unknown
from devices.protocol.realtime import QUESTIONS, condition_of
from devices.rules import PrinterCondition, Transport

SPEEDS = {
    9_600: termios.B9600,
    19_200: termios.B19200,
    38_400: termios.B38400,
    57_600: termios.B57600,
    115_200: termios.B115200,
}
WRITE_S, ANSWER_S, STATUS_S = 20.0, 4.0, 0.5
ASK_PAPER = b"\x1dr\x01"


class Port(Protocol):
    async def send(self, payload: bytes) -> Sent: ...
    async def condition(self) -> PrinterCondition: ...


@dataclass(frozen=True, slots=True)
class NetworkPort:
    """A printer on the store's own network, as `tcp://192.168.1.50:9100`."""

    address: str

    async def send(self, payload: bytes) -> Sent:
        return await TcpPrinter(Place(Transport.TCP, self.address)).send(Ticket("", payload))

    async def condition(self) -> PrinterCondition:
        return await TcpPrinter(Place(Transport.TCP, self.address)).condition()


@dataclass(frozen=True, slots=True)
class FilePort:
    """A device file: `serial:///dev/ttyS0?baud=9600`, or `usb:///dev/usb/lp0` (baud 0)."""

    path: str
    baud: int = 0

    async def send(self, payload: bytes) -> Sent:
        return await asyncio.to_thread(self._send, payload)

    async def condition(self) -> PrinterCondition:
        return await asyncio.to_thread(self._condition)

    def _send(self, payload: bytes) -> Sent:
        """Nothing is sent if it does not open; afterwards only an answer makes it certain."""
        try:
            file = self._open()
        except OSError:
            return NotSent("unreachable")
        try:
            left = _write(file, payload + ASK_PAPER)
            if left == len(payload) + len(ASK_PAPER):
                return NotSent("stuck")
            if left:
                return Unknown("stuck")
            answer = _read(file, ANSWER_S)
        except OSError:
            return Unknown("broken_off")
        finally:
            os.close(file)
        if len(answer) != 1 or answer[0] & 0x90:
            return Unknown("no_answer")
        return Unknown("paper_out") if answer[0] & 0x0C else Printed()

    def _condition(self) -> PrinterCondition:
        try:
            file = self._open()
        except OSError:
            return PrinterCondition.OFFLINE
        try:
            said = []
            for question in QUESTIONS:
                if _write(file, question):
                    return PrinterCondition.UNKNOWN
                said.append(_read(file, STATUS_S))
        except OSError:
            return PrinterCondition.UNKNOWN
        finally:
            os.close(file)
        return condition_of(said)

    def _open(self) -> int:
        """Never waits: a device that cannot take bytes says so to each write."""
        file = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            if self.baud:
                _set_line(file, SPEEDS[self.baud])
        except termios.error as wrong:
            os.close(file)
            raise OSError(str(wrong)) from None
        return file


def port_of(url: str) -> Port:
    """The port a setting names. Raises ValueError with what is wrong."""
    kind, _, rest = url.partition("://")
    if kind == "tcp" and rest.rpartition(":")[2].isdigit():
        return NetworkPort(rest)
    if kind == "usb" and rest.startswith("/"):
        return FilePort(rest)
    if kind == "serial" and rest.startswith("/"):
        path, _, speed = rest.partition("?baud=")
        if (speed or "9600").isdigit() and int(speed or 9600) in SPEEDS:
            return FilePort(path, int(speed or 9600))
    raise ValueError(f"a printer is tcp://host:port, usb:///dev/… or serial:///dev/…, not {url}")


def _set_line(file: int, speed: int) -> None:
    """Eight bits, no parity, bytes as they are, and the printer may stop us (RTS/CTS)."""
    line = termios.tcgetattr(file)
    line[0] = line[1] = line[3] = 0
    line[2] = termios.CS8 | termios.CREAD | termios.CLOCAL | termios.CRTSCTS
    line[4] = line[5] = speed
    termios.tcsetattr(file, termios.TCSANOW, line)
    termios.tcflush(file, termios.TCIFLUSH)


def _write(file: int, data: bytes) -> int:
    """How many bytes could not be written in time: a printer without paper stops taking them."""
    ends = time.monotonic() + WRITE_S
    while data and time.monotonic() < ends:
        _, ready, _ = select.select([], [file], [], max(0.0, ends - time.monotonic()))
        if not ready:
            break
        data = data[os.write(file, data[:512]) :]
    return len(data)


def _read(file: int, wait_s: float) -> bytes:
    """One byte, or none in time."""
    ready, _, _ = select.select([file], [], [], wait_s)
    return os.read(file, 1) if ready else b""
