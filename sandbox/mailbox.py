"""A real SMTP server that delivers to nobody: every mail is kept, read and shown at `/_sim/mail`.

It can be told to refuse, for now (4xx) or for good (5xx), to be slow, or to take a mail and lose
the answer: `POST /_sim/mail/condition`.
"""

import asyncio
import base64
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from typing import Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.config import Part
from sandbox.timetable import Doc
from sandbox.world import World

HOST = "127.0.0.1"
MAILS_KEPT = 200
LARGEST = 20 * 1024 * 1024


class Condition(Part):
    """How the server behaves; `match` limits a refusal to addresses that contain it."""

    refuse: int = Field(default=0, ge=0, le=599)
    """The code of the refusal, as 451 or 550; 0 takes every mail."""
    at: Literal["rcpt", "data"] = "rcpt"
    match: str = ""
    times: int | None = Field(default=None, ge=0)
    """How many refusals before it takes mail again; None is for ever."""
    slow_s: float = Field(default=0, ge=0, le=120)
    lose_answer: bool = False
    """Keeps the next mail and drops the connection before the 250."""


class Mailbox:
    """The running server; `port` says where it listens."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.BaseTransport] = set()
        self.port = 0

    async def listen(self, port: int) -> None:
        """Accept mail on a port; 0 takes a free one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, HOST, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """End the server and what is connected."""
        if self._server is not None:
            self._server.close()
        for transport in list(self._open):
            transport.close()
        await asyncio.sleep(0)

    def _protocol(self) -> SMTP:
        return _Line(
            _Postman(self._world),
            self._open,
            hostname="sandbox.example",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=_anybody,
        )


async def start(world: World, port: int) -> Mailbox:
    """Open the mailbox of a world."""
    mailbox = Mailbox(world)
    await mailbox.listen(port)
    return mailbox


class _Line(SMTP):
    """One connection, known to the mailbox so that it can be ended."""

    def __init__(self, postman: object, lines: set[asyncio.BaseTransport], **knobs: object) -> None:
        super().__init__(postman, **knobs)  # type: ignore[arg-type]
        self._lines = lines

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._lines.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._lines -= {self.transport} if self.transport is not None else set()
        super().connection_lost(error)


class _Postman:
    """What the server asks at each step of a mail."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(condition_of(self._world).slow_s)
        refusal = _refusal(self._world, "rcpt", address)
        if not refusal:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return refusal or "250 OK"

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        refusal = _refusal(self._world, "data", " ".join(envelope.rcpt_tos))
        if refusal:
            return refusal
        mail = _keep(self._world, envelope)
        now = condition_of(self._world)
        if now.lose_answer and server.transport is not None:
            _set_condition(self._world, now.model_copy(update={"lose_answer": False}))
            server.transport.close()
        return f"250 2.0.0 OK: queued as {mail['id']}"


def routes(world: World) -> list[BaseRoute]:
    """The mailbox as JSON, the raw mails, their attachments, and the switches."""
    desk, base = _Desk(world), "/_sim/mail"
    return [
        Route(base, desk.show_all, methods=["GET"]),
        Route(base, desk.empty, methods=["DELETE"]),
        Route(base + "/condition", desk.show_condition, methods=["GET"]),
        Route(base + "/condition", desk.change_condition, methods=["POST"]),
        Route(base + "/{mail_id}", desk.show),
        Route(base + "/{mail_id}/raw", desk.raw),
        Route(base + "/{mail_id}/attachments/{number:int}", desk.attachment),
    ]


def condition_of(world: World) -> Condition:
    """How the mail server behaves now."""
    return Condition.model_validate(world.collection("mail_server").get("condition", {}))


def mails(world: World, to: str = "") -> list[Doc]:
    """What has arrived, newest first, for one address or for all."""
    found = reversed(world.collection("mails").values())
    return [listed(mail) for mail in found if to in ("", *mail["to"])]


def listed(mail: Doc) -> Doc:
    """A mail as JSON shows it, without its raw bytes."""
    base = f"/_sim/mail/{mail['id']}"
    attachments = [
        {**part, "url": f"{base}/attachments/{number}"}
        for number, part in enumerate(mail["attachments"])
    ]
    shown = {name: value for name, value in mail.items() if name != "raw"}
    return {**shown, "attachments": attachments, "raw_url": f"{base}/raw"}


class _Desk:
    """The routes of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show_all(self, request: Request) -> Response:
        return JSONResponse(mails(self._world, request.query_params.get("to", "")))

    async def empty(self, _: Request) -> Response:
        self._world.collection("mails").clear()
        return Response(status_code=204)

    async def show(self, request: Request) -> Response:
        return JSONResponse(listed(self._mail(request)))

    async def raw(self, request: Request) -> Response:
        raw = base64.b64decode(self._mail(request)["raw"])
        return Response(raw, media_type="message/rfc822")

    async def attachment(self, request: Request) -> Response:
        mail, number = self._mail(request), request.path_params["number"]
        parts = list(_parsed(base64.b64decode(mail["raw"])).iter_attachments())
        if number >= len(parts):
            raise HTTPException(404, "no such attachment")
        return Response(_content(parts[number]), media_type=parts[number].get_content_type())

    async def show_condition(self, _: Request) -> Response:
        return JSONResponse(condition_of(self._world).model_dump())

    async def change_condition(self, request: Request) -> Response:
        try:
            wanted = Condition.model_validate(await request.json())
        except ValueError as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=422)
        _set_condition(self._world, wanted)
        return JSONResponse(wanted.model_dump())

    def _mail(self, request: Request) -> Doc:
        mail = self._world.collection("mails").get(request.path_params["mail_id"])
        if mail is None:
            raise HTTPException(404, "no such mail")
        return mail


def _set_condition(world: World, condition: Condition) -> None:
    world.collection("mail_server")["condition"] = condition.model_dump()
    world.changed()


def _refusal(world: World, step: str, address: str) -> str:
    now = condition_of(world)
    if not now.refuse or now.at != step or now.match not in address or now.times == 0:
        return ""
    if now.times is not None:
        _set_condition(world, now.model_copy(update={"times": now.times - 1}))
    return f"{now.refuse} refused, as the sandbox was told to"


def _keep(world: World, envelope: Envelope) -> Doc:
    raw = envelope.original_content or b""
    mails = world.collection("mails")
    mail_id = f"M{world.next_number('mail'):06d}"
    mails[mail_id] = {
        "id": mail_id,
        "at": world.now().isoformat(),
        "from": envelope.mail_from or "",
        "to": list(envelope.rcpt_tos),
        **_facts(_parsed(raw)),
        "raw": base64.b64encode(raw).decode(),
    }
    for key in list(mails)[:-MAILS_KEPT]:
        del mails[key]
    world.changed()
    return mails[mail_id]


def _parsed(raw: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)


def _facts(message: EmailMessage) -> Doc:
    return {
        "sender": str(message.get("From", "")),
        "subject": str(message.get("Subject", "")),
        "message_id": str(message.get("Message-ID", "")).strip(),
        "text": _body(message, "plain"),
        "html": _body(message, "html"),
        "attachments": [_attachment(part) for part in message.iter_attachments()],
    }


def _body(message: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = message.get_body((kind,))
    text = _content(part).decode("utf-8", "replace") if part is not None else ""
    return text.replace("\r\n", "\n")


def _attachment(part: MIMEPart) -> Doc:
    name, kind = part.get_filename() or "", part.get_content_type()
    return {"name": name, "type": kind, "size": len(_content(part))}


def _content(part: MIMEPart) -> bytes:
    """The decoded bytes of a part; text in UTF-8 whatever it was."""
    if part.get_content_maintype() != "text":
        decoded = part.get_payload(decode=True)
        return decoded if isinstance(decoded, bytes) else b""
    try:
        return str(part.get_content()).encode()
    except (LookupError, UnicodeError):  # a charset that is none
        return bytes(part.get_payload(decode=True) or b"")


def _anybody(*_: object) -> AuthResult:
    return AuthResult(success=True)
