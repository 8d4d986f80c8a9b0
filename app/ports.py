"""Ports of this machine: one that nobody uses, or whether the wanted ones are free."""

import socket
from collections.abc import Iterable


class PortTaken(RuntimeError):
    """Somebody else listens there."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def check_free(ports: Iterable[int]) -> None:
    """Raises PortTaken, naming the first that is in use."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise PortTaken(
                    f"Port {port} is in use. Close what listens there (another shop?),"
                    " or choose others with --port."
                ) from None
