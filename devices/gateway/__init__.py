"""The ways to a printer: raw TCP, four makers' clouds. An agent fetches its work itself."""

from devices.gateway.tcp import TcpPrinter
from devices.protocol.port import Adapter, Place
from devices.rules import Transport


def adapter_of(place: Place) -> Adapter:
    """The way to a printer. Raises LookupError for one that only its agent can reach."""
    if place.transport is Transport.TCP:
        return TcpPrinter(place)
    raise LookupError(f"nobody dials {place.transport}")
