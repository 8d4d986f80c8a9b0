"""The one process of the sandbox: HTTP, SMTP and printer ports, all on 127.0.0.1."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from sandbox import (
    admin,
    alliance,
    app_messages,
    cloud_print,
    contacts,
    corp_tags,
    erp,
    group_chats,
    group_send,
    jssdk,
    jweixin,
    mailbox,
    mini_program,
    oauth,
    official_account,
    pages,
    pay_bills,
    pay_codes,
    pay_fapiao,
    pay_orders,
    pay_refunds,
    people,
    printer,
    shipping_info,
    sms,
    state,
    subscribe,
    tax,
    tax_baiwang,
    tax_direct,
    tax_disc,
    tokens,
)
from sandbox.config import Config
from sandbox.wire import Wire
from sandbox.world import World

HOST = "127.0.0.1"

PARTS = (
    admin,
    tokens,
    mini_program,
    subscribe,
    official_account,
    oauth,
    jssdk,
    jweixin,
    contacts,
    corp_tags,
    group_chats,
    app_messages,
    group_send,
    pay_bills,
    pay_codes,
    pay_fapiao,
    pay_orders,
    pay_refunds,
    shipping_info,
    tax,
    tax_baiwang,
    tax_direct,
    sms,
    erp,
    alliance,
    cloud_print,
    pages,
)


class Listener(Protocol):
    """A started server of another protocol than HTTP."""

    port: int

    async def close(self) -> None: ...


class Server(uvicorn.Server):
    """uvicorn that leaves signals to its caller and stops the moment it is told to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_listening = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End `serve` without waiting for idle connections."""
        self.should_exit = self.force_exit = True
        self._stopping.set()

    async def main_loop(self) -> None:
        """Nothing ticks: no Date header, no limit of requests."""
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection; a call that is still held back gets no answer."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening and say so."""
        await super().startup(sockets)
        self.is_listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield


def build(world: World) -> Starlette:
    """The HTTP application of one world: every part that has `routes(world)`."""
    return Starlette(routes=[route for part in PARTS for route in part.routes(world)])


@asynccontextmanager
async def running(config: Config) -> AsyncIterator[World]:
    """A world that listens while the block runs; `http`, `smtp_port`, `printers` say where."""
    world = World(config)
    state.load(world)
    people.set_up(world)
    async with AsyncExitStack() as stack:
        await _start_listeners(world, stack)
        await stack.enter_async_context(_http(world))
        clock = asyncio.create_task(world.timetable.run())
        saver = asyncio.create_task(state.keep(world))
        try:
            yield world
        finally:
            world.timetable.stop()
            for task in (clock, saver):
                task.cancel()
            await asyncio.gather(clock, saver, return_exceptions=True)
            state.save(world)


def run(config: Config) -> None:
    """Play the world until SIGTERM or Ctrl-C; prints one JSON line when it listens."""
    asyncio.run(_run(config))


async def _run(config: Config) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(config) as world:
        ready = {"http": world.http, "smtp_port": world.smtp_port, "printers": world.printers}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await stop.wait()


async def _start_listeners(world: World, stack: AsyncExitStack) -> None:
    post: Listener = await mailbox.start(world, world.config.smtp_port)
    stack.push_async_callback(post.close)
    world.smtp_port = post.port
    for disc in world.config.discs:
        device: Listener = await tax_disc.start(world, disc)
        stack.push_async_callback(device.close)
        world.discs[disc.id] = device.port
    for paper in world.config.printers:
        plugged: Listener = await printer.start(world, paper)
        stack.push_async_callback(plugged.close)
        world.printers[paper.id] = plugged.port


@asynccontextmanager
async def _http(world: World) -> AsyncIterator[None]:
    tcp = socket.IPPROTO_TCP  # named, so that asyncio sends small answers at once
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, tcp)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((HOST, world.config.http_port))
    world.http = f"http://{HOST}:{listening.getsockname()[1]}"
    wire = Wire(world, build(world))
    server = _uvicorn(wire)
    wire.server = server
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await server.is_listening.wait()
        yield
    finally:
        server.stop()
        with suppress(asyncio.CancelledError):
            await serving
        listening.close()


def _uvicorn(app: ASGIApp) -> Server:
    return Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_keep_alive=60,
            proxy_headers=False,
            server_header=False,
            date_header=False,
        )
    )
