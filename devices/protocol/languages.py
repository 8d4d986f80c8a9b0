"""Blocks -> what a way to a printer takes: ESC/POS bytes, or the text with tags of a maker."""

from devices.protocol.blocks import Block
from devices.protocol.escpos import render
from devices.protocol.profile import Profile
from devices.rules import Transport


def payload_for(transport: Transport, blocks: list[Block], profile: Profile) -> bytes:
    """What is stored and sent, the same each time; tags are UTF-8."""
    return render(blocks, profile)
