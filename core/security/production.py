"""What a shop must be before it opens for real: its secrets hold, and its world is the real one."""

import ipaddress
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import BaseModel

from core.http import is_public
from core.security.secrets import Weakness, weaknesses
from core.settings import Settings

ADDRESSES = ("base_url", "oauth_url")


class NotForProduction(Exception):
    """Each line of its text is one setting to change and why; no value is repeated."""

    def __init__(self, found: list[Weakness]) -> None:
        super().__init__("\n".join(f"{weak.name}: {weak.why}" for weak in found))
        self.found = found


def check_production(settings: Settings) -> None:
    """Raises NotForProduction in production mode; while playing, all is well."""
    found = unfit(settings) if settings.mode == "production" else []
    if found:
        raise NotForProduction(found)


def unfit(settings: Settings) -> list[Weakness]:
    """Everything that keeps these settings from production, in any mode."""
    told = ((name, _why_unfit(url, settings.private_hosts)) for name, url in _addresses(settings))
    return [*weaknesses(settings), *(Weakness(name, why) for name, why in told if why)]


def _addresses(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "public_url", settings.public_url
    for group, value in _groups(settings):
        yield from ((f"{group}.{name}", url) for name, url in value if name in ADDRESSES and url)


def _groups(settings: Settings) -> Iterator[tuple[str, BaseModel]]:
    """Every group of settings, also of those of which there are several."""
    for name, value in settings:
        several = {"": value} if isinstance(value, BaseModel) else value
        if isinstance(several, tuple):
            several = {f"{place}": one for place, one in enumerate(several)}
        if isinstance(several, dict):
            for key, one in several.items():
                if isinstance(one, BaseModel):
                    yield f"{name}.{key}".rstrip("."), one


def _why_unfit(url: str, listed: frozenset[str]) -> str | None:
    scheme, host = _parts(url)
    if not host:
        return "not an address"
    if _is_this_machine(host):
        return "on this machine, where only the sandbox plays the outside world"
    if host in listed:
        return None
    if scheme != "https":
        return "without TLS: use https"
    literal = _literal(host)
    if literal and not is_public(literal):
        return "on a private network: name its host in private_hosts if that is meant"
    return None


def _parts(url: str) -> tuple[str, str]:
    """Scheme and host; empty when there are none."""
    try:
        parts = urlsplit(url)
        return parts.scheme, (parts.hostname or "").rstrip(".")
    except ValueError:
        return "", ""


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    literal = _literal(host)
    ip = ipaddress.ip_address(literal) if literal else None
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip is not None and (ip.is_loopback or ip.is_unspecified)


def _literal(host: str) -> str:
    """The address that `host` spells, also as 2130706433 or 0x7f.1; empty for a name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return ""
