"""The one way out: what it refuses to call (S11), and when it lets a partner rest."""

import asyncio

import httpx2
import pytest

from core.http import AddressRefused, PartnerResting, check_host, client, is_public
from core.settings import Settings, configure

INSIDE = [
    "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "0.0.0.0",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "2001:db8::1",
]  # fmt: skip
SPELLINGS = [
    "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "[::1]", "0",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "::ffff:7f00:1", "no-such-host.invalid",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "119.29.29.29", "2400:3200::1", "::ffff:1.1.1.1"])
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_the_inside_is_called_in_production(
    settings: Settings, host: str
) -> None:
    configure(settings.model_copy(update={"mode": "production"}))

    with pytest.raises(AddressRefused):
        await check_host(host.strip("[]"), 80)


async def test_a_host_the_operator_listed_may_be_private(settings: Settings) -> None:
    listed = {"mode": "production", "private_hosts": frozenset({"localhost"})}
    configure(settings.model_copy(update=listed))

    assert await check_host("localhost", 80) == "localhost"


async def test_a_redirect_is_shown_and_not_followed_and_a_dead_partner_rests(
    settings: Settings,
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        location = b"location: http://169.254.169.254/\r\n"
        writer.write(b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\n" + location + b"\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with client("tests.moved", base_url=f"http://127.0.0.1:{port}") as http:
        moved = await http.get("/")
        server.close()
        await server.wait_closed()
        for _ in range(8):
            with pytest.raises(httpx2.TransportError):
                await http.get("/")
        with pytest.raises(PartnerResting):
            await http.get("/")

    assert (moved.status_code, moved.headers["location"]) == (302, "http://169.254.169.254/")
