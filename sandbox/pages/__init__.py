"""Pages for people: the phone, the chats, the paper and the mailbox; and what they read."""

from starlette.routing import BaseRoute

from sandbox import mailbox, printer_desk
from sandbox.world import World


def routes(world: World) -> list[BaseRoute]:
    """Every page, and the admin routes of the printers and the mailbox."""
    return [*printer_desk.routes(world), *mailbox.routes(world)]
