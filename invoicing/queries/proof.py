"""Whether somebody knows the buyer of a request: who does may have its file again."""

from invoicing.models import InvoiceRequest
from invoicing.rules.proof import is_proof
from invoicing.sealing import open_buyer


async def knows_buyer(request_no: str, text: str) -> bool:
    """By the end of the tax number or phone, by the mail address or the title; never says which.

    False for a request that is not there.
    """
    row = await InvoiceRequest.get_or_none(request_no=request_no)
    return row is not None and is_proof(open_buyer(row.buyer, request_id=row.id), text)
