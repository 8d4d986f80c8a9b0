"""Pages for people: the phone, the chats, the paper and the mailbox; and what they read."""

from starlette.routing import BaseRoute

from sandbox import mailbox, printer_desk
from sandbox.pages import chats, desk, phone, shell
from sandbox.world import World


def routes(world: World) -> list[BaseRoute]:
    """Every page with its files, and the admin routes of the printers and the mailbox."""
    parts = (printer_desk, mailbox, desk, chats, phone)
    return [*(route for part in parts for route in part.routes(world)), *shell.files()]
