"""Passive replies (被动回复): the encrypted answer to a callback, read as strictly as by WeChat."""

import json
from xml.etree import ElementTree

from sandbox import messages
from sandbox.msg_crypto import Refused, Seal, Sealed, read_envelope
from sandbox.timetable import Doc
from sandbox.world import World

NAMES = ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")


def read(world: World, seal: Seal, callback: Doc, answer: str) -> Doc:
    """Open a reply and put it before its person: `{reply}`, or `{reply_refused}` and nothing."""
    try:
        text = seal.open(_sealed(answer))
        to, body = _content(text)
    except Refused as no:
        return {"reply_refused": str(no)}
    known = world.collection("openids").get(to)
    messages.keep(
        world,
        channel="passive_reply",
        to=known["user_id"] if known is not None else to,
        sender=callback["target"],
        body=body,
    )
    return {"reply": text}


def _sealed(answer: str) -> Sealed:
    form = "json" if answer.startswith("{") else "xml"
    encrypt = read_envelope(answer, form)
    if form == "json":
        given = json.loads(answer)
        found = {name: str(given.get(name.lower(), "")) for name in NAMES}
    else:
        root = ElementTree.fromstring(answer)  # noqa: S314  # read_envelope let no declaration in
        found = {name: root.findtext(name, "") for name in NAMES}
    return Sealed(encrypt, found["MsgSignature"], found["TimeStamp"], found["Nonce"])


def _content(text: str) -> tuple[str, Doc]:
    """The receiver and the fields of a plain reply."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # signed by the receiver's own token
    except ElementTree.ParseError:
        raise Refused("reply is not XML") from None
    fields: Doc = {child.tag: child.text or "" for child in root}
    if not {"ToUserName", "FromUserName", "CreateTime", "MsgType"} <= set(fields):
        raise Refused("reply misses a field")
    body = {"msgtype": fields["MsgType"], "content": fields.get("Content", "")}
    return str(fields["ToUserName"]), body
