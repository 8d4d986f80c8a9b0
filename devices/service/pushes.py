"""What makers tell by themselves of papers they have."""

from collections.abc import Mapping

from devices.errors import PushRefused
from devices.models import PrintAccount
from devices.protocol.clouds.yilianyun import Yilianyun, is_pushed
from devices.protocol.port import Printed, Refused
from devices.rules import PrintState, Transport
from devices.service.following import end_handed, paper_pushed
from devices.service.places import account_place

MAKER = Yilianyun()


async def hear_yilianyun(form: Mapping[str, str]) -> PrintState | None:
    """Book what Yilianyun says of a paper. Saying it again, or of a strange paper, changes nothing.

    Raises PushRefused for a sign that none of our accounts makes.
    """
    rows = await PrintAccount.filter(transport=Transport.YILIANYUN, is_active=True)
    account = next((row for row in rows if is_pushed(account_place(row), form)), None)
    if account is None:
        raise PushRefused
    fate = MAKER.fate(dict(form))
    number, ticket = form.get("origin_id", ""), form.get("order_id", "")
    job_id = await paper_pushed(account.id, job_no=number, ticket_no=ticket)
    if job_id is None or not isinstance(fate, Printed | Refused):
        return None
    if isinstance(fate, Printed):
        return await end_handed(job_id, action="confirm")
    return await end_handed(job_id, action="refuse", reason=fate.reason)
