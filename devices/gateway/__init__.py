"""The ways to a printer: raw TCP, four makers' clouds. An agent fetches its work itself."""

from collections.abc import Mapping

from devices.gateway.cloud import CloudPrinter, fetch_token
from devices.gateway.tcp import TcpPrinter
from devices.protocol.clouds.feie import Feie
from devices.protocol.clouds.shape import Maker
from devices.protocol.clouds.sunmi import Sunmi
from devices.protocol.clouds.xpyun import Xpyun
from devices.protocol.clouds.yilianyun import Yilianyun
from devices.protocol.port import Adapter, Place
from devices.rules import Transport

__all__ = ["MAKERS", "adapter_of", "fetch_token"]

MAKERS: Mapping[Transport, Maker] = {
    Transport.FEIE: Feie(),
    Transport.XPYUN: Xpyun(),
    Transport.YILIANYUN: Yilianyun(),
    Transport.SUNMI: Sunmi(),
}


def adapter_of(place: Place) -> Adapter:
    """The way to a printer. Raises LookupError for one that only its agent can reach."""
    if place.transport is Transport.TCP:
        return TcpPrinter(place)
    if place.transport not in MAKERS:
        raise LookupError(f"nobody dials {place.transport}")
    return CloudPrinter(place, MAKERS[place.transport])
