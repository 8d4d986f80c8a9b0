"""An outside client plays WeChat against `daogou testbed`, which runs as its users run it."""

import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.scenes.vectors import KEYRING
from tests.scenes.wechat import PayPlatform, Sender, as_bytes, envelope, payment

ROOT = Path(__file__).resolve().parents[2]
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
MCH, APP, OPEN_ID = "1900000001", "wxtestbedmini0001", "oTESTBED00000000000000000001"
PAYMENT_NO, REFUND_NO, BILL_NO = "TB20261122000001", "RF20261122000001", "TR20261122000001"
KEYS = KEYRING["platform_public_key_mode"]
V3_KEY = secrets.token_hex(16)
ACCOUNT = {"token": "testbedtoken", "encodingAesKey": AES_KEY}
CONFIG: dict[str, Any] = {
    "wecom": {**ACCOUNT, "corpId": "ww0123456789abcdef", "userId": "TestbedGuide"},
    "officialAccount": {**ACCOUNT, "appId": "wxtestbednews001", "ghId": "gh_news"},
    "miniProgram": {**ACCOUNT, "appId": APP, "ghId": "gh_mini", "format": "json"},
    "pay": {
        "mchId": MCH,
        "apiV3Key": V3_KEY,
        "publicKeyId": KEYS["id"],
        "publicKeyPem": KEYS["public_key"],
        "appId": APP,
    },
    "order": {"paymentNo": PAYMENT_NO, "openId": OPEN_ID, "totalFen": 12_345},
    "refund": {"refundNo": REFUND_NO, "refundFen": 2_345},
    "transfer": {"billNo": BILL_NO, "amountFen": 500},
}
PLATFORM = PayPlatform(KEYS["private_key_for_the_simulator"], KEYS["id"], V3_KEY)
AMOUNT = {"total": 12_345, "payer_total": 12_345, "currency": "CNY", "payer_currency": "CNY"}


def command(*words: str, **more: Any) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("DAOGOU_")}
    return subprocess.Popen(
        [ROOT / "daogou", *words],
        env=env | more.pop("env", {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@dataclass(frozen=True)
class Bed:
    said: dict[str, Any]
    http: httpx2.Client
    process: subprocess.Popen[str]

    def probes(self) -> dict[str, int]:
        found: dict[str, int] = self.http.get("/debug/probes").json()
        return found

    def until(self, is_so: Callable[[dict[str, int]], bool]) -> dict[str, int]:
        end = time.monotonic() + 30
        while not is_so(found := self.probes()) and time.monotonic() < end:
            time.sleep(0.2)
        return found

    def notify(self, kind: str, resource: dict[str, Any], **envelope_changes: Any) -> int:
        body = as_bytes(envelope(resource, **envelope_changes))
        path = self.said["paths"][kind]
        return self.http.post(path, content=body, headers=PLATFORM.sign(body)).status_code


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    config = tmp_path_factory.mktemp("testbed") / "config.json"
    config.write_text(json.dumps(CONFIG))
    process = command("testbed", "--config", str(config), "--port", "0")
    assert process.stdout
    assert process.stderr
    line = process.stdout.readline()
    assert line, process.stderr.read()
    said = json.loads(line)
    with httpx2.Client(base_url=said["base"], timeout=20, trust_env=False) as http:
        yield Bed(said, http, process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    process.stdout.close()
    process.stderr.close()


def test_it_says_where_everything_is(bed: Bed) -> None:
    kinds = {
        "wecom",
        "officialAccount",
        "miniProgram",
        "pay",
        "refund",
        "profitSharing",
        "transfer",
    }

    assert set(bed.said["paths"]) == kinds
    assert len(set(bed.said["tokens"].values())) == 6
    assert bed.http.get(bed.said["openapi"]).json()["openapi"].startswith("3.1")
    me = {"authorization": f"Bearer {bed.said['tokens']['member']}"}
    assert bed.http.get("/api/v1/me", headers=me).status_code == 200


def test_a_contact_event_counts_once_and_its_mutation_never(bed: Bed) -> None:
    event = (
        "<xml><ToUserName>ww0123456789abcdef</ToUserName><FromUserName>sys</FromUserName>"
        "<CreateTime>1767225600</CreateTime><MsgType>event</MsgType>"
        "<Event>change_external_contact</Event><ChangeType>add_external_contact</ChangeType>"
        "<UserID>TestbedGuide</UserID><ExternalUserID>wmTestbed0001</ExternalUserID></xml>"
    )
    sender = Sender("testbedtoken", AES_KEY, "ww0123456789abcdef")
    query, body = sender.seal(event)
    path = bed.said["paths"]["wecom"]
    answers = [bed.http.post(f"{path}?{query}", content=body).status_code for _ in range(3)]
    broken = bed.http.post(f"{path}?{query}", content=body.replace(b"]]>", b"A]]>"))
    found = bed.until(lambda probes: probes["externalContactEvents"] > 0)

    assert answers == [200, 200, 200]
    assert broken.status_code == 400
    assert found["externalContactEvents"] == 1


def test_a_payment_a_refund_and_a_transfer_are_each_booked_once(bed: Bed) -> None:
    paid = payment(
        mch_id=MCH,
        app_id=APP,
        out_trade_no=PAYMENT_NO,
        amount=AMOUNT,
        payer={"openid": OPEN_ID},
    )
    wrong = paid | {"amount": AMOUNT | {"total": 1}, "transaction_id": "4200009999"}
    assert bed.notify("pay", PLATFORM.seal(wrong)) == 204
    bed.until(lambda probes: probes["outboxPending"] == 0)
    assert bed.probes()["orderPaid"] == 0
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: bed.notify("pay", PLATFORM.seal(paid)), range(12)))
    assert set(answers) == {204}
    bed.until(lambda probes: probes["orderPaid"] == 1)

    refunded = {
        "mchid": MCH,
        "out_trade_no": PAYMENT_NO,
        "transaction_id": paid["transaction_id"],
        "out_refund_no": REFUND_NO,
        "refund_id": "50000000382026112200000001",
        "refund_status": "SUCCESS",
        "success_time": "2026-11-22T10:00:00+08:00",
        "user_received_account": "支付用户零钱",
        "amount": {"total": 12_345, "refund": 2_345, "payer_total": 12_345, "payer_refund": 2_345},
    }
    sealed = PLATFORM.seal(refunded, original_type="refund")
    assert {bed.notify("refund", sealed, event_type="REFUND.SUCCESS") for _ in range(3)} == {204}
    moved = {
        "mch_id": MCH,
        "out_bill_no": BILL_NO,
        "transfer_bill_no": "1330000071100999991182020050700019480001",
        "state": "SUCCESS",
        "transfer_amount": 500,
        "openid": OPEN_ID,
        "create_time": "2026-11-22T10:00:00+08:00",
        "update_time": "2026-11-22T10:00:01+08:00",
    }
    sealed = PLATFORM.seal(moved, original_type="mch_payment")
    ended = "MCHTRANSFER.BILL.FINISHED"
    assert {bed.notify("transfer", sealed, event_type=ended) for _ in range(3)} == {204}
    shared = {
        "mchid": MCH,
        "transaction_id": paid["transaction_id"],
        "order_id": "3008450740201411",
    }
    sealed = PLATFORM.seal(shared, original_type="profitsharing")
    assert bed.notify("profitSharing", sealed) == 204
    found = bed.until(lambda p: (p["refundsBooked"], p["transfersBooked"]) == (1, 1))

    assert (found["orderPaid"], found["refundsBooked"], found["transfersBooked"]) == (1, 1, 1)
    assert bed.until(lambda probes: probes["outboxPending"] == 0)["outboxPending"] == 0


@pytest.mark.parametrize("mode", ["demo", "production"])
def test_outside_test_mode_there_is_no_such_command(mode: str, tmp_path: Path) -> None:
    process = command("testbed", "--config", str(tmp_path), env={"DAOGOU_MODE": mode})
    _, told = process.communicate(timeout=60)

    assert process.returncode == 2
    assert "No such command" in told


def test_a_config_that_does_not_fit_is_refused_by_its_places(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG | {"order": {"paymentNo": "1", "totalFen": -1}}))
    process = command("testbed", "--config", str(config))
    _, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "order.openId" in told
    assert "order.totalFen" in told
