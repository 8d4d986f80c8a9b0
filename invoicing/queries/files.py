import asyncio

from invoicing import archive
from invoicing.models import Document


async def find_pdf(invoice_id: int) -> bytes | None:
    """The file of an invoice, byte for byte as it was kept; None until it is there.

    Raises ValueError when the file on disk is not the one that was kept.
    """
    row = await Document.get_or_none(invoice_id=invoice_id, format="pdf")
    return await asyncio.to_thread(archive.load, row.sha256, "pdf") if row else None
