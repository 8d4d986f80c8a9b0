"""The money of the played world: one journal per cause, each summing to zero, in fen."""

from sandbox.timetable import Doc
from sandbox.world import World


def fee_of(total: int, fee_bp: int) -> int:
    """The platform's fee (手续费) on a payment, rounded half up."""
    return (total * fee_bp + 5000) // 10000


def post(world: World, cause: str, entries: dict[str, int]) -> None:
    """Book entries once per cause. Raises ValueError when they do not sum to zero."""
    if sum(entries.values()) != 0:
        raise ValueError(f"{cause} does not sum to zero")
    journal = world.collection("pay_journal")
    if cause not in journal:
        journal[cause] = {"at": world.now().isoformat(), "entries": entries}


def balance(world: World, account: str) -> int:
    """The sum of an account, such as `merchant:1900000001`, `person:u1`, `platform:fee`."""
    return balances(world).get(account, 0)


def balances(world: World) -> dict[str, int]:
    """Every account with its sum."""
    sums: dict[str, int] = {}
    for doc in world.collection("pay_journal").values():
        for account, amount in doc["entries"].items():
            sums[account] = sums.get(account, 0) + amount
    return sums


def invariants(world: World) -> Doc:
    """Recompute everything: `{ok, findings, balances}`; findings is empty when all adds up."""
    findings = [
        f"{cause} does not sum to zero"
        for cause, doc in world.collection("pay_journal").items()
        if sum(doc["entries"].values()) != 0
    ]
    sums = balances(world)
    if sum(sums.values()) != 0:
        findings.append("all accounts together do not sum to zero")
    findings += _order_findings(world)
    for merchant in world.merchants.values():
        expected = _owed(world, merchant.mch_id)
        if sums.get(f"merchant:{merchant.mch_id}", 0) != expected:
            findings.append(f"merchant {merchant.mch_id} should own {expected} fen")
    return {"ok": not findings, "findings": findings, "balances": sums}


def _order_findings(world: World) -> list[str]:
    journal, findings = world.collection("pay_journal"), []
    given_back = _refunds(world, ("PROCESSING", "SUCCESS"))
    for key, order in world.collection("pay_orders").items():
        is_paid = bool(order["transaction_id"])
        if is_paid != (f"pay:{key}" in journal):
            findings.append(f"order {key} and its journal disagree")
        refunded = sum(refund["refund"] for refund in given_back.get(key, []))
        if refunded > (order["total"] if is_paid else 0):
            findings.append(f"order {key} is refunded for more than was paid")
    return findings


def _owed(world: World, mch_id: str) -> int:
    owed, taken = 0, _refunds(world, ("PROCESSING", "SUCCESS", "ABNORMAL"))
    for key, order in world.collection("pay_orders").items():
        if order["state"] == "REVOKED":
            continue  # all of it went back
        if order["mch_id"] == mch_id and order["transaction_id"]:
            owed += order["total"] - order["fee"]
            owed -= sum(one["refund"] - one["fee_back"] for one in taken.get(key, []))
    return owed


def _refunds(world: World, states: tuple[str, ...]) -> dict[str, list[Doc]]:
    """Refunds in these states by the key of their order."""
    found: dict[str, list[Doc]] = {}
    for refund in world.collection("pay_refunds").values():
        if refund["status"] in states:
            found.setdefault(refund["order_key"], []).append(refund)
    return found
