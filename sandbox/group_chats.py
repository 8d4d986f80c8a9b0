"""Customer groups (客户群): what WeCom tells of them, and the events when they change."""

from typing import Any

from starlette.routing import BaseRoute

from sandbox import callbacks, people
from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import Corp
from sandbox.contacts import paged
from sandbox.timetable import Doc
from sandbox.tokens import corp_of
from sandbox.world import World

EVENT = "change_external_chat"


def routes(world: World) -> list[BaseRoute]:
    """Reading groups."""
    base = "/cgi-bin/externalcontact"
    return [
        api(world, "POST", f"{base}/groupchat/list", _list),
        api(world, "POST", f"{base}/groupchat/get", _get),
        api(world, "POST", f"{base}/opengid_to_chatid", _by_opengid),
    ]


def opengid(world: World, chat_id: str) -> str:
    """What wx.getGroupEnterInfo names this group inside a mini program."""
    return world.stable_id("opengid", chat_id, length=26, prefix="tG")


def create(world: World, corp: Corp, *, owner: str, name: str, chat_id: str = "") -> Doc:
    """A member opens a group; the corp is told."""
    group = people.add_group(world, corp_id=corp.corp_id, chat_id=chat_id, name=name)
    group["owner"] = owner
    people.join_group(world, group, owner, scene=1)
    fields = {"Event": EVENT, "ChatId": group["chat_id"], "ChangeType": "create"}
    callbacks.tell_corp(world, corp, fields)
    return group


def join(world: World, group: Doc, who: str, *, scene: int = 3, state: str = "") -> str:
    """A person or member comes in; the corp is told. Raises people.Unknown."""
    before = len(group["members"])
    shown = people.join_group(world, group, who, scene=scene, state=state)
    if len(group["members"]) > before:
        _tell_members(world, group, "add_member", "JoinScene", scene, [shown])
    return shown


def leave(world: World, group: Doc, who: str, *, removed: bool = False) -> None:
    """A person or member goes, or is removed; the corp is told. Raises people.Unknown."""
    gone = [entry for entry in group["members"] if who in (entry["who"], entry["id"])]
    if not gone:
        raise people.Unknown("group member")
    group["members"] = [entry for entry in group["members"] if entry not in gone]
    shown = [entry["id"] for entry in gone]
    _tell_members(world, group, "del_member", "QuitScene", int(removed), shown)


def rename(world: World, group: Doc, name: str) -> None:
    """The owner renames the group; the corp is told."""
    group["name"] = name
    fields = {"Event": EVENT, "ChatId": group["chat_id"], "ChangeType": "update"}
    _tell(world, group, {**fields, "UpdateDetail": "change_name"})


def dismiss(world: World, group: Doc) -> None:
    """The owner dismisses the group; the corp is told."""
    del world.collection("groups")[group["chat_id"]]
    _tell(world, group, {"Event": EVENT, "ChatId": group["chat_id"], "ChangeType": "dismiss"})


def _tell(world: World, group: Doc, fields: Doc) -> None:
    callbacks.tell_corp(world, world.corps[group["corp_id"]], fields)


def _tell_members(
    world: World, group: Doc, detail: str, scene_name: str, scene: int, shown: list[str]
) -> None:
    last, group["version"] = group["version"], world.new_id("group version", 32)
    flat = world.corps[group["corp_id"]].flat_member_list
    fields: Doc = {
        "Event": EVENT,
        "ChatId": group["chat_id"],
        "ChangeType": "update",
        "UpdateDetail": detail,
        scene_name: scene,
        "MemChangeCnt": len(shown),
        "MemChangeList": ",".join(shown) if flat else {"Item": shown},
        "LastMemVer": last,
        "CurMemVer": group["version"],
    }
    _tell(world, group, fields)


async def _list(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    owners = (call.body.get("owner_filter") or {}).get("userid_list") or []
    if len(owners) > 100:
        raise Refusal(81017)
    found = [
        {"chat_id": group["chat_id"], "status": 0}
        for group in call.world.collection("groups").values()
        if group["corp_id"] == corp.corp_id and (not owners or group["owner"] in owners)
    ]
    page, cursor = paged(found, call, default=1000, most=1000)
    answer = ok(group_chat_list=page)
    return {**answer, "next_cursor": cursor} if cursor else answer


async def _get(call: Call) -> dict[str, Any]:
    corp, world = corp_of(call, contact=True), call.world
    group = world.collection("groups").get(str(call.need("chat_id")))
    if group is None or group["corp_id"] != corp.corp_id:
        raise Refusal(86003)
    with_names = call.body.get("need_name") == 1
    shown = {
        "chat_id": group["chat_id"],
        "name": group["name"],
        "owner": group["owner"],
        "create_time": group["created_at"],
        "notice": group["notice"],
        "member_list": [_member(world, corp, one, with_names) for one in group["members"]],
        "admin_list": [],
        "member_version": group["version"],
    }
    return ok(group_chat=shown)


def _member(world: World, corp: Corp, entry: Doc, with_names: bool) -> Doc:  # noqa: FBT001
    shown: Doc = {
        "userid": entry["id"],
        "type": 1 if entry["is_member"] else 2,
        "join_time": entry["joined_at"],
        "join_scene": entry["scene"],
        "group_nickname": "",
    }
    if entry["state"]:
        shown["state"] = entry["state"]
    if with_names:
        shown["name"] = _name(world, corp, entry)
    union_id = None if entry["is_member"] else people.union_id(world, entry["who"])
    if corp.binds_open_platform and union_id:
        shown["unionid"] = union_id
    return shown


def _name(world: World, corp: Corp, entry: Doc) -> str:
    if not entry["is_member"]:
        return str(people.user(world, entry["who"])["name"])
    return next(one.name for one in corp.members if one.userid == entry["who"])


async def _by_opengid(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    wanted = str(call.need("opengid"))
    for group in call.world.collection("groups").values():
        if group["corp_id"] == corp.corp_id and opengid(call.world, group["chat_id"]) == wanted:
            return ok(chat_id=group["chat_id"])
    raise Refusal(86001)
