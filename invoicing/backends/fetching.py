"""Files that a provider offers by a link: fetched at once, and checked to be what they say."""

from urllib.parse import urlsplit

import httpx2

from core.partners import Answer
from invoicing.backends.calling import call
from invoicing.backends.port import Files, FilesAnswer, Format, NotReady

MOST_BYTES = 5 * 1024 * 1024
MAGIC = {Format.PDF: b"%PDF-", Format.OFD: b"PK"}


def fits(data: bytes, wanted: Format) -> bool:
    """By its first bytes; an XML may begin with a mark of its encoding, and has no DTD."""
    if not 0 < len(data) <= MOST_BYTES:
        return False
    if wanted is Format.XML:
        head = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:2000]
        return head.startswith(b"<") and b"<!" not in head and not head.lower().startswith(b"<html")
    return data.startswith(MAGIC[wanted])


async def fetch_files(links: dict[Format, str]) -> FilesAnswer:
    """What can be had now of the files behind `links`; empty links are skipped.

    NotReady when there is none, for whatever reason: files never change what was issued.
    """
    found: Files = {}
    for wanted, url in links.items():
        data = await _fetch(url) if url else None
        if data is not None and fits(data, wanted):
            found[wanted] = data
    return found or NotReady("no file yet")


async def _fetch(url: str) -> bytes | None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    path = parts._replace(scheme="", netloc="", fragment="").geturl()

    def build(http: httpx2.AsyncClient) -> httpx2.Request:
        return http.build_request("GET", path)

    said = await call("tax_files", f"{parts.scheme}://{parts.netloc}", build)
    return said.body if isinstance(said, Answer) and said.status == 200 else None
