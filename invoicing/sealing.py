"""Personal facts of requests and deliveries in and out of their encrypted columns."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from core.security.rotation import encrypted_column
from core.security.vault import blind_index, decrypt, encrypt
from invoicing.rules.buyers import Buyer, BuyerKind


@encrypted_column(
    "invoicing_request",
    "buyer",
    bound_to="invoice_request:{id}",
    index_columns=("title_index",),
)
def _title_index(buyer: str) -> Mapping[str, str]:
    return {"title_index": title_index_of(json.loads(buyer)["title"])}


def title_index_of(title: str) -> str:
    """The same title gives the same, whatever its capitals and blanks at the ends."""
    return blind_index(title.strip().lower(), "invoice_title")


@encrypted_column(
    "invoicing_delivery",
    "target",
    bound_to="invoice_delivery:{id}",
    index_columns=("target_index",),
)
def _target_index(target: str) -> Mapping[str, str]:
    return {"target_index": index_of(target)}


def index_of(target: str) -> str:
    """The same address gives the same, whatever its capitals."""
    return blind_index(target.lower(), "invoice_delivery")


def seal_buyer(buyer: Buyer, *, request_id: int) -> str:
    """Ciphertext that opens only in the row it belongs to."""
    facts = {name: value for name, value in asdict(buyer).items() if name != "doubts"}
    text = json.dumps(facts, ensure_ascii=False)
    return encrypt(text, bound_to=f"invoice_request:{request_id}")


def open_buyer(sealed: str, *, request_id: int) -> Buyer:
    """Doubts are not kept: they were the guest's to look at."""
    facts = json.loads(decrypt(sealed, bound_to=f"invoice_request:{request_id}"))
    return Buyer(**{**facts, "kind": BuyerKind(facts["kind"])})


def seal_target(target: str, *, delivery_id: int) -> str:
    return encrypt(target, bound_to=f"invoice_delivery:{delivery_id}")


def open_target(sealed: str, *, delivery_id: int) -> str:
    return decrypt(sealed, bound_to=f"invoice_delivery:{delivery_id}")
