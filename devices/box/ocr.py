"""Reading pictures, by a program the shop brings: PNG in, lines of text out. Off by default.

What such a program reads is never certain: it is a proposal for the person who types it in.
"""

import asyncio
import logging
from collections.abc import Sequence

TIMEOUT_S = 30.0
MOST_TEXT = 200_000
log = logging.getLogger(__name__)


async def lines_by(command: Sequence[str], png: bytes) -> list[str]:
    """The lines a program reads in a picture; none when it fails or takes too long."""
    try:
        child = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
    except OSError as why:
        log.error("no program to read pictures: %s", why)
        return []
    try:
        async with asyncio.timeout(TIMEOUT_S):
            said, _ = await child.communicate(png)
    except TimeoutError:
        child.kill()
        await child.wait()
        log.error("reading a picture took too long")
        return []
    return said[:MOST_TEXT].decode("utf-8", "replace").splitlines() if not child.returncode else []
