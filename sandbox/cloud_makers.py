"""The calls of Feie, Xpyun, Yilianyun and Sunmi as their papers have them, signatures checked."""

import hashlib
import hmac
import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.cloud_queue import BASE, Queue, Refused
from sandbox.timetable import Doc
from sandbox.world import World

WINDOW_S = 600
FEIE_STATES = {"online": "在线，工作状态正常。", "offline": "离线。"}
YILIANYUN_STATES = {"online": "1", "offline": "0", "no_paper": "2"}
TOKENS_A_DAY = 20


def routes(world: World) -> list[BaseRoute]:
    """One route for each maker's base path; the call is looked up behind it."""
    players = (Feie(world), Xpyun(world), Yilianyun(world), Sunmi(world))
    return [
        Route(f"{BASE}/{player.maker}{{path:path}}", player.endpoint, methods=["POST"])
        for player in players
    ]


class _Player(ABC):
    """One maker: `answer` obeys a call or raises Refused, `refusal` words it."""

    maker = ""

    def __init__(self, world: World) -> None:
        self.world = world
        self.queue = Queue(world, self.maker)

    async def endpoint(self, request: Request) -> Response:
        raw, path = await request.body(), request.path_params["path"]
        request.state.note = {"api": f"{self.maker}{path}"}
        try:
            return JSONResponse(await self.answer(request, raw, path))
        except Refused as no:
            request.state.note["code"] = no.code
            return JSONResponse(self.refusal(no))

    @abstractmethod
    async def answer(self, request: Request, raw: bytes, path: str) -> Doc: ...

    @abstractmethod
    def refusal(self, no: Refused) -> Doc: ...

    def secret_of(self, user: str, code: object) -> str:
        account = self.queue.account(user)
        if account is None:
            raise Refused(code, "no such account")
        return account.secret

    def fresh(self, at: str, code: object) -> None:
        if not at.isdigit() or abs(self.world.wall().timestamp() - int(at)) > WINDOW_S:
            raise Refused(code, "the time is off")

    def mine(self, user: str, sn: str, code: object) -> None:
        if not self.queue.owns(user, sn):
            raise Refused(code, "printer not registered")


class Feie(_Player):
    maker = "feie"

    async def answer(self, request: Request, raw: bytes, path: str) -> Doc:
        form = {k: str(v) for k, v in (await request.form()).items()}
        user, at = form.get("user", ""), form.get("stime", "")
        expected = hashlib.sha1((user + self.secret_of(user, -2) + at).encode()).hexdigest()  # noqa: S324
        if form.get("sig") != expected:
            raise Refused(-2, "bad sign")
        self.fresh(at, -2)
        return {"ret": 0, "msg": "ok", "data": self._data(user, form), "serverExecutedTime": 3}

    def refusal(self, no: Refused) -> Doc:
        return {"ret": no.code, "msg": no.words, "data": None, "serverExecutedTime": 1}

    def _data(self, user: str, form: Mapping[str, str]) -> object:
        name, sn = form.get("apiname", ""), form.get("sn", "")
        if name == "Open_printerAddlist":
            return self._add(user, form.get("printerContent", ""))
        if name == "Open_queryOrderState":
            paper = self.queue.papers.get(form.get("orderid", ""))
            self.mine(user, paper["sn"] if paper else "", 1002)
            return paper is not None and paper["state"] == "printed"
        self.mine(user, form.get("snlist", sn), 1002)
        if name == "Open_printMsg":
            if len(form["content"].encode()) > 5_000:
                raise Refused(1003, "打印内容太长")
            return self.queue.take(sn, form["content"])["id"]
        if name == "Open_queryPrinterStatus":
            return FEIE_STATES.get(self.queue.state(sn)["state"], "在线，工作状态不正常。")
        if name == "Open_delPrinterSqs":
            return bool(self.queue.clear(sn)) or True
        if name == "Open_printerDelList":
            self.queue.unbind(form["snlist"])
            return {"ok": [form["snlist"]], "no": []}
        raise Refused(-3, f"no such api {name}")

    def _add(self, user: str, content: str) -> Doc:
        told: Doc = {"ok": [], "no": []}
        for line in content.split("\n"):
            sn, _, rest = line.partition("#")
            key = rest.partition("#")[0]
            done = self.queue.bind(user, sn, key)
            told["ok" if done else "no"].append(line if done else f"{line} （错误：识别码不正确）")
        return told


class Xpyun(_Player):
    maker = "xpyun"

    async def answer(self, request: Request, raw: bytes, path: str) -> Doc:
        body: Doc = json.loads(raw)
        user, at = str(body.get("user", "")), str(body.get("timestamp", ""))
        expected = hashlib.sha1((user + self.secret_of(user, -2) + at).encode()).hexdigest()  # noqa: S324
        if body.get("sign") != expected:
            raise Refused(-2, "signature")
        self.fresh(at, -2)
        name = path.removeprefix("/api/openapi/xprinter/")
        return {"code": 0, "msg": "ok", "data": self._data(user, name, body)}

    def refusal(self, no: Refused) -> Doc:
        return {"code": no.code, "msg": no.words, "data": None}

    def _data(self, user: str, name: str, body: Doc) -> object:
        sn = str(body.get("sn", ""))
        if name == "addPrinters":
            sns = [str(item["sn"]) for item in body["items"]]
            failed = [one for one in sns if not self.queue.bind(user, one, None)]
            return {"success": [one for one in sns if one not in failed], "fail": failed}
        if name == "queryOrderState":
            paper = self.queue.papers.get(str(body.get("orderId", "")))
            self.mine(user, paper["sn"] if paper else "", 1002)
            return paper is not None and paper["state"] == "printed"
        if name == "delPrinters":
            self.queue.unbind(str(body["snlist"][0]))
            return {"success": body["snlist"], "fail": []}
        self.mine(user, sn, 1002)
        if name == "print":
            return self._print(sn, body)
        if name == "queryPrinterStatus":
            return {"online": 1, "offline": 0}.get(self.queue.state(sn)["state"], 2)
        if name == "delPrinterQueue":
            return self.queue.clear(sn) >= 0
        raise Refused(-3, f"no such call {name}")

    def _print(self, sn: str, body: Doc) -> object:
        number = str(body.get("idempotent", ""))
        if len(str(body["content"]).encode()) > 12 * 1024:
            raise Refused(1005, "content too long")
        if self.queue.by_number(sn, number) is not None:
            raise Refused(1013, "duplicate order")
        paper = self.queue.take(sn, str(body["content"]), number, int(body.get("expiresIn", 0)))
        return paper["id"]


class Yilianyun(_Player):
    maker = "yilianyun"

    async def answer(self, request: Request, raw: bytes, path: str) -> Doc:
        form = {k: str(v) for k, v in (await request.form()).items()}
        user, at = form.get("client_id", ""), form.get("timestamp", "")
        text = user + at + self.secret_of(user, "1")
        if form.get("sign") != hashlib.md5(text.encode()).hexdigest():  # noqa: S324  their rule
            raise Refused("8", "sign")
        self.fresh(at, "8")
        self._once(form.get("id", ""))
        if path == "/oauth/oauth":
            return self._token(user)
        token = self.world.collection("cloud_tokens").get(user, {}).get("token")
        if not token or form.get("access_token") != token:
            raise Refused("18", "access_token")
        return {"error": "0", "error_description": "success", "body": self._body(user, path, form)}

    def refusal(self, no: Refused) -> Doc:
        return {"error": no.code, "error_description": no.words}

    def _once(self, given: str) -> None:
        try:
            uuid.UUID(given)
        except ValueError:
            raise Refused("33", "uuid") from None
        used = self.world.collection("cloud_uuids")
        if given in used:
            raise Refused("33", "uuid used")
        used[given] = {}

    def _token(self, user: str) -> Doc:
        kept = self.world.collection("cloud_tokens").setdefault(user, {"fetched": 0})
        kept["fetched"] += 1
        if kept["fetched"] > TOKENS_A_DAY:
            raise Refused("19", "too many tokens")
        kept["token"] = self.world.new_id("cloud_token", 32)
        body = {"access_token": kept["token"], "expires_in": -1, "scope": "all"}
        return {"error": "0", "error_description": "success", "body": body}

    def _body(self, user: str, path: str, form: Mapping[str, str]) -> Doc:
        sn = form.get("machine_code", "")
        if path == "/printer/addprinter":
            if not self.queue.bind(user, sn, form.get("msign", "")):
                raise Refused("9", "machine or key")
            return {}
        self.mine(user, sn, "11")
        if path == "/print/index":
            number = form["origin_id"]
            if not number.isalnum() or len(number) > 32:
                raise Refused("13", "origin_id")
            known = self.queue.by_number(sn, number) if form.get("idempotence") == "1" else None
            paper = known or self.queue.take(sn, form["content"], number)
            return {"id": paper["id"], "origin_id": number}
        if path == "/printer/getprintstatus":
            return {"state": YILIANYUN_STATES.get(self.queue.state(sn)["state"], "2")}
        if path == "/printer/cancelall":
            self.queue.clear(sn)
        elif path == "/printer/deleteprinter":
            self.queue.unbind(sn)
        else:
            raise Refused("3", path)
        return {}


class Sunmi(_Player):
    maker = "sunmi"

    async def answer(self, request: Request, raw: bytes, path: str) -> Doc:
        head = request.headers
        user, at = head.get("sunmi-appid", ""), head.get("sunmi-timestamp", "")
        nonce = head.get("sunmi-nonce", "")
        signed = raw + (user + at + nonce).encode()
        key = self.secret_of(user, 10_071_401).encode()
        expected = hmac.new(key, signed, hashlib.sha256).hexdigest()
        if head.get("sunmi-sign") != expected or len(nonce) != 6:
            raise Refused(10_071_402, "sign")
        if head.get("source") != "openapi":
            raise Refused(10_071_400, "source")
        self.fresh(at, 10_071_402)
        name = path.removeprefix("/v2/printer/open/open/")
        return {"code": 10_000, "msg": "success", "data": self._data(user, name, json.loads(raw))}

    def refusal(self, no: Refused) -> Doc:
        return {"code": no.code, "msg": no.words, "data": None}

    def _data(self, user: str, name: str, body: Doc) -> Doc:
        sn, number = str(body.get("sn", "")), str(body.get("trade_no", ""))
        if name == "device/bindShop":
            if not self.queue.bind(user, sn, None):
                raise Refused(10_071_704, "no such device")
            return {}
        self.mine(user, sn, 10_071_704)
        if name == "device/pushContent":
            return self._push(sn, number, str(body.get("content", "")))
        if name == "ticket/printStatus":
            return self._status(sn, number)
        if name == "device/onlineStatus":
            return {"is_online": int(self.queue.state(sn)["state"] != "offline")}
        if name == "device/clearPrintJob":
            return {"cleared": self.queue.clear(sn)}
        self.queue.unbind(sn)
        return {}

    def _push(self, sn: str, number: str, content: str) -> Doc:
        if not number or len(number) > 32:
            raise Refused(10_071_400, "trade_no")
        if self.queue.by_number(sn, number) is not None:
            raise Refused(10_071_705, "repeated")
        self.queue.take(sn, content, number)
        return {}

    def _status(self, sn: str, number: str) -> Doc:
        paper = self.queue.by_number(sn, number)
        if paper is None:
            raise Refused(10_071_400, "no such ticket")
        return {"is_print": int(paper["state"] == "printed")}
