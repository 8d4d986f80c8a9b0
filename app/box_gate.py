"""The gate for code boxes: HTTPS of our own, which asks for a certificate of our authority.

For shops without a proxy in front that could ask for it. Only what boxes need stands behind it.
"""

import asyncio
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from starlette.applications import Starlette
from tortoise import Tortoise
from tortoise.contrib.starlette import RegisterTortoise

from app.invocation import reachable_settings
from app.serving import options, run
from app.web import MAX_BODY
from app.wiring import orm_config, wire
from core import clock
from core.logs import configure_logs
from core.settings import Settings
from core.web.api import EXCEPTION_HANDLERS, routes_of
from core.web.edge import middleware
from devices.boxes.authority import server_certificate
from devices.boxes.knowing import authority
from devices.boxes.pages import uplink


def build(settings: Settings) -> Starlette:
    """The application behind the gate."""
    wire(settings)
    url = settings.database_url
    assert url is not None

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with RegisterTortoise(app, config=orm_config(url)):
            yield

    return Starlette(
        routes=[*routes_of(uplink.router)],
        middleware=middleware(MAX_BODY),
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )


async def papers(host: str, folder: Path) -> dict[str, Any]:
    """What TLS needs, written to `folder`: our certificate for `host`, and who vouches for boxes.

    A box that comes in shows none yet, so it is asked for and not demanded; the routes demand it.
    """
    own = await authority()
    pem, key = server_certificate(host, own, clock.now())
    for name, text in (("gate.pem", pem), ("gate.key", key), ("ca.pem", own[0])):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(text)
    return {
        "ssl_certfile": str(folder / "gate.pem"),
        "ssl_keyfile": str(folder / "gate.key"),
        "ssl_ca_certs": str(folder / "ca.pem"),
        "ssl_cert_reqs": ssl.CERT_OPTIONAL,
    }


async def _papers(settings: Settings, host: str, folder: Path) -> dict[str, Any]:
    wire(settings)
    assert settings.database_url is not None
    config = orm_config(settings.database_url)
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        return await papers(host, folder)
    finally:
        await Tortoise.close_connections()


@click.command(name="serve-boxes")
@click.option("--port", default=8443, show_default=True)
@click.option("--host", default="0.0.0.0", show_default=True, help="Where to listen.")  # noqa: S104
def serve_boxes(port: int, host: str) -> None:
    """The gate for code boxes: HTTPS with client certificates. Its address is `box_url`."""
    configure_logs()
    with reachable_settings() as settings, tempfile.TemporaryDirectory(prefix="gate-") as folder:
        name = urlsplit(settings.box_url or settings.public_url).hostname or "localhost"
        tls = asyncio.run(_papers(settings, name, Path(folder)))
        run(build(settings), **(options(settings) | tls | {"port": port, "host": host}))
