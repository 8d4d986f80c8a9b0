"""Admin of people: what persons with phones and members of corps do."""

from typing import Any
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from sandbox import (
    callbacks,
    codes,
    contacts,
    group_chats,
    group_send,
    messages,
    mini_program,
    oauth,
    official_account,
    pay_phone,
    people,
    subscribe,
)
from sandbox.admin_door import Ask, act
from sandbox.config import User
from sandbox.timetable import Doc
from sandbox.world import World


def routes(world: World) -> list[BaseRoute]:
    """What users and members do, and the groups they meet in."""
    user, member, group = "/users/{user_id}", "/members/{userid}", "/groups/{chat_id}"
    return [
        act(world, "GET", "/users", _users),
        act(world, "POST", "/users", _add_user),
        act(world, "POST", f"{user}/login", _login),
        act(world, "POST", f"{user}/phone", _phone),
        act(world, "POST", f"{user}/oauth", _oauth_user),
        act(world, "POST", f"{user}/popup", _popup),
        act(world, "POST", f"{user}/switch_off", _switch_off),
        act(world, "POST", f"{user}/write", _write),
        act(world, "POST", f"{user}/pay", _pay),
        act(world, "POST", f"{user}/scan", _scan),
        act(world, "POST", f"{user}/open_card", _open_card),
        act(world, "GET", "/members", _members),
        act(world, "POST", f"{member}/send_card", _send_card),
        act(world, "POST", f"{member}/oauth", _oauth_member),
        act(world, "POST", f"{member}/panel", _panel),
        act(world, "POST", f"{member}/add_contact", _add_contact),
        act(world, "POST", f"{member}/remove_contact", _remove_contact),
        act(world, "POST", f"{member}/confirm_group_send", _confirm_group_send),
        act(world, "GET", "/groups", _groups),
        act(world, "POST", "/groups", _add_group),
        act(world, "POST", f"{group}/join", _join),
        act(world, "POST", f"{group}/leave", _leave),
        act(world, "POST", f"{group}/rename", _rename),
        act(world, "POST", f"{group}/dismiss", _dismiss),
    ]


async def _users(ask: Ask) -> list[Doc]:
    return [_shown(ask.world, user_id) for user_id in ask.world.collection("users")]


def _shown(world: World, user_id: str) -> Doc:
    """A person with the ids that apps and corps know them by."""
    shown = dict(people.user(world, user_id))
    shown["openids"] = {app_id: people.openid(world, app_id, user_id) for app_id in world.apps}
    shown["external_userids"] = {
        corp_id: people.external_userid(world, corp_id, user_id) for corp_id in world.corps
    }
    shown["union_id"] = people.union_id(world, user_id)
    return shown


async def _add_user(ask: Ask) -> Doc:
    number = ask.world.next_number("user")
    phone = "139" + ask.world.stable_digits("phone", str(number), length=8)
    made = {"id": f"p{number}", "name": f"顾客{number}", "phone": phone}
    user = User.model_validate({**made, **ask.body})
    ask.world.collection("users")[user.id] = user.model_dump()
    return _shown(ask.world, user.id)


async def _login(ask: Ask) -> Doc:
    """wx.login in the mini program: a code for the server."""
    return {"js_code": _code(ask, "login", "0")}


async def _phone(ask: Ask) -> Doc:
    """The phone-number button: another code, and the old encryptedData when a session exists."""
    app = people.app(ask.world, ask.text("app_id", ""))
    old = mini_program.phone_data(ask.world, app, ask.path["user_id"])
    return {"code": _code(ask, "phone", ""), **old}


def _code(ask: Ask, kind: str, prefix: str) -> str:
    codes.sweep(ask.world)
    user = people.user(ask.world, ask.path["user_id"])
    app = people.app(ask.world, ask.text("app_id", ""))
    return codes.give(ask.world, kind, prefix, owner=app.app_id, user_id=user["id"])


async def _oauth_user(ask: Ask) -> Doc:
    return {"location": oauth.consent(ask.world, ask.text("url"), ask.path["user_id"])}


async def _oauth_member(ask: Ask) -> Doc:
    people.member_corp(ask.world, ask.path["userid"])
    return {"location": oauth.consent(ask.world, ask.text("url"), ask.path["userid"])}


async def _popup(ask: Ask) -> Doc:
    """The answers to wx.requestSubscribeMessage: `{templates: {id: accept|reject}}`."""
    app = people.app(ask.world, ask.text("app_id", ""))
    choices = ask.body.get("templates")
    if not isinstance(choices, dict) or not set(choices.values()) <= {"accept", "reject"}:
        raise ValueError("templates must map template ids to accept or reject")
    people.user(ask.world, ask.path["user_id"])
    return {"grants": subscribe.popup(ask.world, app, ask.path["user_id"], choices)}


async def _write(ask: Ask) -> Doc:
    """A person writes a text to an official account or to a mini program's service."""
    app = people.app(ask.world, ask.text("app_id", ""))
    openid = people.openid(ask.world, app.app_id, people.user(ask.world, ask.path["user_id"])["id"])
    number = ask.world.stable_digits("MsgId", str(ask.world.next_number("MsgId")), length=17)
    fields = {"MsgType": "text", "Content": ask.text("text"), "MsgId": int(f"2{number}")}
    told = callbacks.tell_app(ask.world, app, openid, fields)
    return {"callback_id": told["id"]}


async def _switch_off(ask: Ask) -> Doc:
    app = people.app(ask.world, ask.text("app_id", ""))
    people.user(ask.world, ask.path["user_id"])
    subscribe.switch_off(ask.world, app, ask.path["user_id"], ask.text("template_id"))
    return {"ok": True}


async def _pay(ask: Ask) -> Doc:
    """wx.requestPayment with the five values; `outcome` "cancel" closes the sheet unpaid."""
    people.user(ask.world, ask.path["user_id"])
    if ask.text("outcome", "ok") == "cancel":
        raise pay_phone.PhoneRefusal("requestPayment:fail cancel")
    coupon_fen = int(ask.body.get("coupon_fen", 0))
    paid = pay_phone.pay(ask.world, ask.path["user_id"], ask.body, coupon_fen=coupon_fen)
    return {"errMsg": "requestPayment:ok", "transaction": paid}


async def _scan(ask: Ask) -> Doc:
    """A person scans a code: what opens on the phone, as `{kind, …}`."""
    world, qr = ask.world, ask.text("qr")
    people.user(world, ask.path["user_id"])
    parts = urlsplit(qr)
    if qr.startswith(f"{world.http}/wxa-code/"):
        return {"kind": "mini_program", **mini_program.open_code(world, parts.path.split("/")[-1])}
    if qr.startswith(f"{world.http}/account-code/"):
        return official_account.scan(world, ask.path["user_id"], parts.path.split("/")[-1])
    if qr.startswith("weixin://wxpay/"):
        paid = pay_phone.scan(world, ask.path["user_id"], qr)
        return {"kind": "payment", "transaction": paid}
    if parts.scheme in {"http", "https"}:
        return {"kind": "url", "url": qr}
    return {"kind": "text", "text": qr}


async def _open_card(ask: Ask) -> Doc:
    """A person taps a mini-program card in a chat: what wx.onLaunch gets."""
    world = ask.world
    card = world.collection("messages").get(ask.text("message_id"))
    if card is None or "appid" not in card["body"]:
        raise people.Unknown("card")
    person = people.user(world, ask.path["user_id"])
    group = world.collection("groups").get(card["to"])
    if group is not None and not any(one["who"] == person["id"] for one in group["members"]):
        raise people.Unknown("card in a group of this person")
    page, _, query = str(card["body"]["path"]).partition("?")
    opened: Doc = {"app_id": card["body"]["appid"], "page": page, "query": query}
    if group is not None:
        opened |= {"scene": 1044, "opengid": group_chats.opengid(world, group["chat_id"])}
    return opened


async def _members(ask: Ask) -> list[Doc]:
    return [
        {"corp_id": corp.corp_id, **member.model_dump()}
        for corp in ask.world.corps.values()
        for member in corp.members
    ]


async def _send_card(ask: Ask) -> Doc:
    """A member sends a mini-program card from the WeCom client into a group they are in."""
    group, userid = _group(ask.world, ask.text("chat_id")), ask.path["userid"]
    if not any(one["who"] == userid for one in group["members"]):
        raise people.Unknown("group of this member")
    body = {
        "msgtype": "miniprogram",
        "title": ask.text("title"),
        "path": ask.text("path"),
        "appid": people.app(ask.world, ask.text("appid", "")).app_id,
        "picture": ask.text("picture", ""),
    }
    return messages.keep(
        ask.world,
        channel="group",
        to=group["chat_id"],
        sender=userid,
        body=body,
        chat_id=group["chat_id"],
    )


async def _panel(ask: Ask) -> Doc:
    """A member opens the side panel (聊天工具栏) of a group or of a customer."""
    people.member_corp(ask.world, ask.path["userid"])
    place = {"chat_id": ask.text("chat_id", ""), "user_id": ask.text("user_id", "")}
    ask.world.collection("panels")[ask.path["userid"]] = place
    return {"ok": True, **place}


async def _add_contact(ask: Ask) -> Doc:
    """A person and a member become contacts: `{user, state, add_way}`."""
    corp = people.member_corp(ask.world, ask.path["userid"])
    relation = contacts.add(
        ask.world,
        corp,
        ask.path["userid"],
        people.user(ask.world, ask.text("user"))["id"],
        state=ask.text("state", ""),
        add_way=int(ask.body.get("add_way", 1)),
    )
    return {"external_userid": relation.external_userid}


async def _remove_contact(ask: Ask) -> Doc:
    corp = people.member_corp(ask.world, ask.path["userid"])
    by = ask.text("by", "member")
    contacts.remove(ask.world, corp, ask.path["userid"], ask.text("user"), by=by)
    return {"ok": True}


async def _confirm_group_send(ask: Ask) -> Doc:
    sent = group_send.confirm(ask.world, ask.path["userid"], ask.text("msgid"))
    return {"results": sent}


def _group(world: World, chat_id: str) -> Doc:
    group = world.collection("groups").get(chat_id)
    if group is None:
        raise people.Unknown("group")
    return group


async def _groups(ask: Ask) -> list[Doc]:
    return list(ask.world.collection("groups").values())


async def _add_group(ask: Ask) -> Doc:
    owner = ask.text("owner")
    corp = people.member_corp(ask.world, owner)
    name, chat_id = ask.text("name", ""), ask.text("chat_id", "")
    return group_chats.create(ask.world, corp, owner=owner, name=name, chat_id=chat_id)


async def _join(ask: Ask) -> Doc:
    group, scene = _group(ask.world, ask.path["chat_id"]), int(ask.body.get("scene", 3))
    shown = group_chats.join(
        ask.world, group, ask.text("who"), scene=scene, state=ask.text("state", "")
    )
    return {"id": shown}


async def _leave(ask: Ask) -> Doc:
    group: Any = _group(ask.world, ask.path["chat_id"])
    removed = bool(ask.body.get("removed"))
    group_chats.leave(ask.world, group, ask.text("who"), removed=removed)
    return {"ok": True}


async def _rename(ask: Ask) -> Doc:
    group_chats.rename(ask.world, _group(ask.world, ask.path["chat_id"]), ask.text("name"))
    return {"ok": True}


async def _dismiss(ask: Ask) -> Doc:
    group_chats.dismiss(ask.world, _group(ask.world, ask.path["chat_id"]))
    return {"ok": True}
