"""Scenes with the WeChat platform of the sandbox: a world, a toy merchant, a toy receiver."""

import asyncio
import json
import secrets
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import pay_crypto
from sandbox.config import Config
from sandbox.outgoing import TLS
from sandbox.server import Server, running
from sandbox.world import World

VECTORS = Path(__file__).parents[1] / "data" / "wechat-vectors.json"
KEYRING = json.loads(VECTORS.read_text(encoding="utf-8"))["keyring"]
MINI, ACCOUNT, CORP = "wx1111111111111111", "wx2222222222222222", "ww3333333333333333"
MCH = KEYRING["merchant"]["mchid"]
GROUP = "wrGroupOfXidan0000000000000001"
MINI_SECRET, APP_SECRET = "mini-secret", "app-secret"
AES_KEY = "dVi6zZTg4DRcovtXQaVxbycULl2m5zX52ILgYPSsvQQ"
Json = dict[str, Any]


def world_config(callback: str = "", **changes: Any) -> Config:
    """Two apps, a corp with two guides, a merchant, two shoppers and a group."""
    keys = {"token": "token00", "encoding_aes_key": AES_KEY, "callback_url": callback}
    mini = {"kind": "mini_program", "app_id": MINI, "gh_id": "gh_mini", "secret": MINI_SECRET}
    account = {"kind": "official_account", "app_id": ACCOUNT, "secret": "account-secret"}
    corp = {
        "corp_id": CORP,
        "agent_id": 1000002,
        "secret": APP_SECRET,
        "contact_secret": "contact-secret",
        "redirect_hosts": ["127.0.0.1:8000"],
        "members": [{"userid": "WangLei", "name": "王磊"}, {"userid": "LiNa", "name": "李娜"}],
    }
    group = {"chat_id": GROUP, "name": "西单店会员群", "owner": "WangLei", "members": ["u1"]}
    whole: Json = {
        "mode": "test",
        "seed": 7,
        "apps": [{**mini, **keys, "format": "json"}, {**account, **keys}],
        "corps": [{**corp, **keys}],
        "merchants": [merchant_entry()],
        "users": [
            {"id": "u1", "name": "林晓", "phone": "13800138000"},
            {"id": "u2", "name": "陈默", "phone": "13900139000", "has_union_id": False},
        ],
        "groups": [group],
    }
    return Config.model_validate({**whole, **changes})


def merchant_entry() -> Json:
    platform = KEYRING["platform_public_key_mode"]
    return {
        "mch_id": MCH,
        "app_ids": [MINI],
        "merchant_serial": KEYRING["merchant"]["serial_no"],
        "merchant_public_key_pem": KEYRING["merchant"]["public_key"],
        "api_v3_key": KEYRING["apiv3_key"],
        "platform_key_id": platform["id"],
        "platform_private_key_pem": platform["private_key_for_the_simulator"],
    }


@dataclass
class Receiver:
    """A toy shop: keeps every request and answers with the next of `answers`, else 200."""

    url: str = ""
    got: list[Json] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    echo: bool = True

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        query = dict(request.query_params)
        self.got.append({"query": query, "body": body, "headers": dict(request.headers)})
        if self.answers:
            return self.answers.pop(0)
        return Response(query.get("echostr", "success"))

    async def wait_for(self, count: int) -> list[Json]:
        """The requests, once there are so many."""
        for _ in range(500):
            if len(self.got) >= count:
                return self.got
            await asyncio.sleep(0.01)
        raise AssertionError(f"{len(self.got)} requests came, not {count}")


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A toy receiver on a real port."""
    receiver = Receiver()
    app = Starlette(routes=[Route("/{path:path}", receiver.answer, methods=["GET", "POST"])])
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    receiver.url = f"http://127.0.0.1:{listening.getsockname()[1]}/notify"
    server = Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await server.is_listening.wait()
    try:
        yield receiver
    finally:
        server.stop()
        await serving
        listening.close()


@dataclass
class Play:
    """A running world and a client for it; `sim` are admin calls."""

    world: World
    http: httpx2.AsyncClient

    async def sim(self, method: str, path: str, /, **body: Any) -> Any:
        """An admin call that must go well."""
        answer = await self.http.request(method, f"/_sim{path}", json=body or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, path: str, **query: str) -> Json:
        """A GET of a platform API."""
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def post(self, path: str, token: str, /, **body: Any) -> Json:
        """A POST of a platform API with an access token."""
        answer = await self.http.post(path, params={"access_token": token}, json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def app_token(self, app_id: str = MINI, secret: str = MINI_SECRET) -> str:
        asked = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
        return str((await self.get("/cgi-bin/token", **asked))["access_token"])

    async def corp_token(self, secret: str = APP_SECRET) -> str:
        answer = await self.get("/cgi-bin/gettoken", corpid=CORP, corpsecret=secret)
        return str(answer["access_token"])

    async def openid(self, user_id: str = "u1") -> str:
        """A whole login of a person in the mini program."""
        code = (await self.sim("POST", f"/users/{user_id}/login"))["js_code"]
        return str((await self.get("/sns/jscode2session", **login_query(code)))["openid"])


def login_query(code: str, app_id: str = MINI, secret: str = MINI_SECRET) -> dict[str, str]:
    grant = "authorization_code"
    return {"appid": app_id, "secret": secret, "js_code": code, "grant_type": grant}


@asynccontextmanager
async def playing(config: Config | None = None) -> AsyncIterator[Play]:
    """A running world."""
    async with (
        running(config or world_config()) as world,
        httpx2.AsyncClient(base_url=world.http, verify=TLS, timeout=10, trust_env=False) as http,
    ):
        yield Play(world, http)


@dataclass
class ToyMerchant:
    """A merchant of Pay v3 that can also do everything wrong."""

    http: httpx2.AsyncClient
    key: str = KEYRING["merchant"]["private_key"]
    serial: str = KEYRING["merchant"]["serial_no"]

    async def call(
        self, method: str, target: str, body: Json | None = None, **wrong: Any
    ) -> httpx2.Response:
        """A signed call; `wrong` replaces nonce, timestamp, signed path, body or header."""
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        header = wrong.get("header") or self.authorization(method, target, raw, **wrong)
        headers = {"Authorization": header, "Accept": "application/json"}
        if raw:
            headers["Content-Type"] = "application/json"
        return await self.http.request(method, target, content=raw, headers=headers)

    def authorization(self, method: str, target: str, raw: bytes, **wrong: Any) -> str:
        stamp = str(wrong.get("timestamp") or int(time.time()))
        nonce = wrong.get("nonce") or secrets.token_hex(16)
        text = pay_crypto.lines(
            method, wrong.get("path") or target, stamp, nonce, wrong.get("signed_body", raw)
        )
        signature = pay_crypto.sign(wrong.get("key") or self.key, text)
        serial = wrong.get("serial") or self.serial
        return (
            f'{pay_crypto.SCHEME} mchid="{MCH}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{stamp}",serial_no="{serial}"'
        )

    def sheet(self, prepay_id: str, **wrong: str) -> Json:
        """The five values of wx.requestPayment."""
        values = {"timeStamp": str(int(time.time())), "nonceStr": secrets.token_hex(16)}
        values["package"] = f"prepay_id={prepay_id}"
        text = pay_crypto.pay_sign_text(
            wrong.get("app_id", MINI), values["timeStamp"], values["nonceStr"], values["package"]
        )
        return {**values, "signType": "RSA", "paySign": pay_crypto.sign(self.key, text)}


def prepay_body(openid: str, number: str = "T202611220001", **changes: Any) -> Json:
    body: Json = {
        "appid": MINI,
        "mchid": MCH,
        "description": "羊绒围巾",
        "out_trade_no": number,
        "notify_url": "http://127.0.0.1:9/notify",
        "amount": {"total": 12345, "currency": "CNY"},
        "payer": {"openid": openid},
    }
    return {**body, **changes}


def check_signed(answer: httpx2.Response) -> None:
    """The answer carries a good signature of the platform."""
    keys = {platform()["id"]: platform()["public_key"]}
    pay_crypto.check_headers(dict(answer.headers), answer.content, keys, time.time())


def open_notice(got: Mapping[str, Any]) -> tuple[str, Json]:
    """What a receiver reads from a notice; raises Refused like a strict one."""
    return pay_crypto.open_notice(
        got["headers"],
        got["body"],
        keys={platform()["id"]: platform()["public_key"]},
        api_v3_key=KEYRING["apiv3_key"],
        now=time.time(),
    )


def platform() -> Json:
    return dict(KEYRING["platform_public_key_mode"])
