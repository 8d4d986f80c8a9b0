"""Contracts as those who made them, and those who sign them, may see them."""

from dataclasses import dataclass
from datetime import datetime

from core.security.scope import Scope
from core.security.vault import decrypt
from devices.errors import ContractNotFound
from devices.models import Contract
from devices.protocol.blocks import Block, from_json
from devices.rules import ContractState, SignedBy


@dataclass(frozen=True, slots=True)
class ContractView:
    """`signer` is the name a buyer signed with on a phone; on paper it stands on the paper."""

    id: int
    contract_no: str
    token: str
    store_id: int
    order_id: int
    blocks: tuple[Block, ...]
    digest: str
    state: ContractState
    signed_by: SignedBy | None
    signer: str
    made_by: str
    made_at: datetime
    ended_at: datetime | None


async def contracts_for(scope: Scope, *, limit: int = 50) -> list[ContractView]:
    """The newest first."""
    rows = await Contract.filter(scope.stores_q()).order_by("-id").limit(min(limit, 200))
    return [contract_view(row) for row in rows]


async def contract_of(scope: Scope, contract_no: str) -> ContractView:
    """Raises ContractNotFound, also for one of another store."""
    row = await Contract.filter(scope.stores_q(), contract_no=contract_no).first()
    if row is None:
        raise ContractNotFound(contract_no=contract_no)
    return contract_view(row)


async def contract_at(token: str) -> ContractView:
    """For whoever holds the paper with its QR. Raises ContractNotFound."""
    row = await Contract.get_or_none(token=token)
    if row is None:
        raise ContractNotFound
    return contract_view(row)


def contract_view(row: Contract) -> ContractView:
    signer = decrypt(row.signer_cipher, bound_to=f"contract:{row.id}") if row.signer_cipher else ""
    return ContractView(
        id=row.id,
        contract_no=row.contract_no,
        token=row.token,
        store_id=row.store_id,
        order_id=row.order_id,
        blocks=tuple(from_json(row.words)),
        digest=row.digest,
        state=row.state,
        signed_by=row.signed_by,
        signer=signer,
        made_by=row.made_by,
        made_at=row.made_at,
        ended_at=row.ended_at,
    )
