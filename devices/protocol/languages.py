"""Blocks -> what a way to a printer takes: ESC/POS bytes, or the text with tags of a maker."""

from devices.protocol.blocks import Block
from devices.protocol.escpos import render
from devices.protocol.profile import Profile
from devices.protocol.tags import FEIE, XPYUN, YILIANYUN, tagged
from devices.rules import Transport

LANGUAGES = {Transport.FEIE: FEIE, Transport.XPYUN: XPYUN, Transport.YILIANYUN: YILIANYUN}


def payload_for(transport: Transport, blocks: list[Block], profile: Profile) -> bytes:
    """What is stored and sent, the same each time; tags are UTF-8."""
    if transport in LANGUAGES:
        return tagged(blocks, profile, LANGUAGES[transport]).encode()
    return render(blocks, profile)  # Sunmi's cloud takes ESC/POS, too
