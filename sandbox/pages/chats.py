"""The chats of WeChat and WeCom: groups, customers, messages of apps, and a member's window."""

from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox import people
from sandbox.oauth import COOKIE
from sandbox.pages.shell import page
from sandbox.timetable import Doc
from sandbox.world import World


def routes(world: World) -> list[BaseRoute]:
    """All chats for anybody to read, and the WeCom window of one member."""

    async def chats(request: Request) -> Response:
        found = all_chats(world)
        wanted = request.query_params.get("chat", "")
        chosen = _chosen(found, wanted)
        viewer = _viewer(world, chosen, request.query_params.get("as", ""))
        shown = conversation(world, chosen) if chosen else []
        return page(
            world,
            request,
            "chats.html",
            chats=found,
            chosen=chosen,
            is_asked=bool(wanted),
            messages=shown,
            viewer=viewer,
            people_here=_people_in(world, chosen),
        )

    async def wecom(request: Request) -> Response:
        userid = request.path_params["userid"]
        try:
            corp = people.member_corp(world, userid)
        except people.Unknown:
            raise HTTPException(404, "no such member") from None
        found = chats_of_member(world, userid)
        wanted = request.query_params.get("chat", "")
        chosen = _chosen(found, wanted)
        answer = page(
            world,
            request,
            "wecom.html",
            me=next(one for one in corp.members if one.userid == userid),
            corp=corp,
            chats=found,
            chosen=chosen,
            is_asked=bool(wanted),
            messages=conversation(world, chosen) if chosen else [],
            panel_url=f"{world.config.shop_url}/wecom/login",
        )
        answer.set_cookie(COOKIE, userid, samesite="lax")
        return answer

    return [Route("/chats", chats), Route("/wecom/{userid}", wecom)]


def all_chats(world: World) -> list[Doc]:
    """Every conversation of this world: groups, app messages of members, notices of people."""
    chats = [_group_chat(group) for group in world.collection("groups").values()]
    for corp in world.corps.values():
        chats += [_app_chat(member.userid, member.name) for member in corp.members]
    chats += [_person_chat(user) for user in world.collection("users").values()]
    return _with_last(world, chats)


def chats_of_member(world: World, userid: str) -> list[Doc]:
    """What stands in a member's WeCom: their groups, their customers, the app's messages."""
    groups = world.collection("groups").values()
    mine = [group for group in groups if any(one["who"] == userid for one in group["members"])]
    name = next(
        one.name for corp in world.corps.values() for one in corp.members if one.userid == userid
    )
    customers = [doc for doc in world.collection("contacts").values() if doc["userid"] == userid]
    chats = [_app_chat(userid, name), *(_group_chat(group) for group in mine)]
    chats += [_person_chat(people.user(world, doc["user_id"])) for doc in customers]
    return _with_last(world, chats)


def conversation(world: World, chat: Doc) -> list[Doc]:
    """The messages of a chat as they are shown, oldest first."""
    found = [doc for doc in world.collection("messages").values() if _belongs(doc, chat)]
    return [bubble for doc in found[-200:] for bubble in _bubbles(world, doc)]


def _group_chat(group: Doc) -> Doc:
    key, name = group["chat_id"], group["name"] or "未命名群聊"
    size = len(group["members"])
    return {"key": f"group:{key}", "kind": "group", "id": key, "name": name, "size": size}


def _app_chat(userid: str, name: str) -> Doc:
    return {"key": f"app:{userid}", "kind": "app", "id": userid, "name": f"{name} · 应用消息"}


def _person_chat(user: Doc) -> Doc:
    key = f"person:{user['id']}"
    return {"key": key, "kind": "person", "id": user["id"], "name": user["name"]}


def _belongs(doc: Doc, chat: Doc) -> bool:
    if chat["kind"] == "app":
        return bool(doc["channel"] == "wecom_app" and doc["to"] == chat["id"])
    if chat["kind"] == "person":
        return bool(doc["channel"] != "wecom_app" and doc["to"] == chat["id"])
    return bool(doc["to"] == chat["id"])


def _with_last(world: World, chats: list[Doc]) -> list[Doc]:
    """With the newest message; what spoke last stands on top."""
    for chat in chats:
        messages = [doc for doc in world.collection("messages").values() if _belongs(doc, chat)]
        last = _bubbles(world, messages[-1])[-1:] if messages else []
        chat["last"] = last[0] if last else None
    return sorted(chats, key=lambda chat: chat["last"]["at"] if chat["last"] else "", reverse=True)


def _chosen(chats: list[Doc], key: str) -> Doc | None:
    """The chat that was asked for; without a wish, the group that spoke last."""
    if not key:
        return next((chat for chat in chats if chat["kind"] == "group"), None)
    return next((chat for chat in chats if chat["key"] == key), None)


def _viewer(world: World, chat: Doc | None, wanted: str) -> str:
    here = [person["id"] for person in _people_in(world, chat)]
    if wanted in here:
        return wanted
    return here[0] if here else ""


def _people_in(world: World, chat: Doc | None) -> list[Doc]:
    """The customers whose phones can open a card of this chat."""
    users = world.collection("users")
    if chat is None or chat["kind"] == "app":
        return []
    if chat["kind"] == "person":
        return [users[chat["id"]]]
    members = world.collection("groups")[chat["id"]]["members"]
    return [users[one["who"]] for one in members if one["who"] in users]


def _bubbles(world: World, doc: Doc) -> list[Doc]:
    """A message as it is shown; a group send is its text and each attachment."""
    about = {
        "id": doc["id"],
        "at": doc["at"],
        "status": doc["status"],
        "sender": _name_of(world, doc["sender"]),
    }
    return [
        {
            **about,
            "kind": kind,
            "content": content,
            "summary": _summary(kind, content),
            "path": _card_path(content),
            "facts": _facts(content),
        }
        for kind, content in _parts(doc)
    ]


def _parts(doc: Doc) -> list[tuple[str, Doc]]:
    body = doc["body"]
    kind = str(body.get("msgtype") or doc["channel"])
    if kind == "group_send":
        parts = [("text", body["text"])] if body.get("text") else []
        return parts + [_part(one, one["msgtype"]) for one in body.get("attachments", [])]
    return [_part(body, kind)]


def _part(body: Doc, kind: str) -> tuple[str, Doc]:
    inner: Any = body.get(kind, body)
    return kind, inner if isinstance(inner, dict) else {"content": inner}


def _summary(kind: str, content: Doc) -> str:
    for name in ("title", "content", "text", "description"):
        value = content.get(name)
        if isinstance(value, str) and value:
            prefix = "[小程序] " if kind.startswith("miniprogram") else ""
            return (prefix + value.replace("\n", " "))[:60]
    return {"subscribe": "[服务通知]", "image": "[图片]"}.get(kind, "[消息]")


def _card_path(content: Doc) -> str:
    return str(content.get("path") or content.get("page") or content.get("pagepath") or "")


def _facts(content: Doc) -> list[tuple[str, str]]:
    """Label and value pairs of a notice: content_item of WeCom, data of a template."""
    items = content.get("content_item") or []
    found = [(str(one.get("key", "")), str(one.get("value", ""))) for one in items]
    data = content.get("data")
    if isinstance(data, dict):
        found += [(name, str(_value(one))) for name, one in data.items()]
    return found


def _value(given: Any) -> Any:
    return given.get("value", "") if isinstance(given, dict) else given


def _name_of(world: World, sender: str) -> str:
    user = world.collection("users").get(sender)
    if user is not None:
        return str(user["name"])
    for corp in world.corps.values():
        for member in corp.members:
            if member.userid == sender:
                return member.name
    if sender in world.apps:
        return "小程序" if world.apps[sender].kind == "mini_program" else "公众号"
    return "应用" if "/" in sender else sender


def query_of(path: str) -> dict[str, str]:
    """The values behind the question mark of a card's path."""
    return dict(parse_qsl(path.partition("?")[2]))
