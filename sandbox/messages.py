"""Everything that people got to see: the outbox of the played world."""

from typing import Any

from sandbox.timetable import Doc
from sandbox.world import World


def keep(world: World, *, channel: str, to: str, sender: str, body: Doc, **facts: Any) -> Doc:
    """Put a message before a person, a member or a group; answers its document."""
    number = world.next_number("message")
    doc: Doc = {
        "id": f"msg{number:08d}",
        "number": number,
        "channel": channel,
        "to": to,
        "sender": sender,
        "at": world.now().isoformat(),
        "status": "delivered",
        "body": body,
        **facts,
    }
    world.collection("messages")[doc["id"]] = doc
    world.changed()
    return doc


def outbox(world: World, *, to: str = "", channel: str = "") -> list[Doc]:
    """Messages in order of sending, of one receiver or one channel."""
    return [
        doc
        for doc in world.collection("messages").values()
        if to in ("", doc["to"]) and channel in ("", doc["channel"])
    ]
