"""Personal facts of red letters in and out of their encrypted columns."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from core.security.rotation import encrypted_column
from core.security.vault import decrypt, encrypt
from invoicing.rules.buyers import Buyer, BuyerKind
from invoicing.sealing import index_of


@encrypted_column("reds_letter", "next_buyer", bound_to="red_letter:{id}")
def _no_index(_: str) -> Mapping[str, str]:
    return {}


@encrypted_column(
    "reds_delivery", "target", bound_to="red_delivery:{id}", index_columns=("target_index",)
)
def _target_index(target: str) -> Mapping[str, str]:
    return {"target_index": index_of(target)}


def seal_target(target: str, *, delivery_id: int) -> str:
    return encrypt(target, bound_to=f"red_delivery:{delivery_id}")


def open_target(sealed: str, *, delivery_id: int) -> str:
    return decrypt(sealed, bound_to=f"red_delivery:{delivery_id}")


def seal_next_buyer(buyer: Buyer, *, letter_id: int) -> str:
    """Ciphertext that opens only in the row it belongs to."""
    facts = {name: value for name, value in asdict(buyer).items() if name != "doubts"}
    return encrypt(json.dumps(facts, ensure_ascii=False), bound_to=f"red_letter:{letter_id}")


def open_next_buyer(sealed: str, *, letter_id: int) -> Buyer:
    facts = json.loads(decrypt(sealed, bound_to=f"red_letter:{letter_id}"))
    return Buyer(**{**facts, "kind": BuyerKind(facts["kind"])})
