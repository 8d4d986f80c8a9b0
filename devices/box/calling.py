"""One HTTPS call to the platform: who it must be, who we are. Blocks: not on an event loop."""

import http.client
import ipaddress
import json
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 15.0
MOST_ANSWER = 256 * 1024
OLD_CLOCK = 1_700_000_000  # no box was made before: a clock that says so was never set
NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME


class NotSafe(ValueError):
    """An address without TLS that is not this machine's own."""


@dataclass(frozen=True, slots=True)
class Caller:
    """`ca`: who vouches for the platform, the system's list without it. `certificate`: ours, with
    its private key in one file, as PEM; read anew for each call, so that a changed one counts."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def post(
        self, url: str, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Status and answer. Raises OSError and HTTPException when there is none."""
        at = urlsplit(url)
        if at.scheme != "https" and not is_own_machine(at.hostname or ""):
            raise NotSafe(f"{at.hostname} is not this machine: its address begins with https")
        raw = json.dumps(body, ensure_ascii=False).encode()
        connection = self._connection(at.hostname or "", at.port, is_tls=at.scheme == "https")
        try:
            said = {"Content-Type": "application/json", **(headers or {})}
            connection.request("POST", at.path or "/", raw, said)
            answer = connection.getresponse()
            return answer.status, _object(answer.read(MOST_ANSWER))
        finally:
            connection.close()

    def _connection(
        self, host: str, port: int | None, *, is_tls: bool
    ) -> http.client.HTTPConnection:
        if not is_tls:
            return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
        if time.time() < OLD_CLOCK:  # the platform tells the time: who it is, is looked at still
            context.verify_flags |= NO_CHECK_TIME
        if self.certificate and self.certificate.exists():
            context.load_cert_chain(self.certificate, self.key)
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)


def is_own_machine(host: str) -> bool:
    """Whether a name or address never leaves this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _object(raw: bytes) -> dict[str, Any]:
    try:
        said = json.loads(raw)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
