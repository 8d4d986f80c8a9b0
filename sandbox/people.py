"""Who is who: people with their ids per app and corp, members, customers of members."""

from dataclasses import asdict, dataclass

from sandbox.config import App, Corp, Merchant
from sandbox.timetable import Doc
from sandbox.world import World


class Unknown(Exception):
    """Nobody, or nothing, has this id; the text names the kind."""


@dataclass(frozen=True, slots=True)
class Follow:
    """A customer relation: this member has this customer (客户联系)."""

    corp_id: str
    userid: str
    user_id: str
    external_userid: str
    state: str = ""
    add_way: int = 1
    remark: str = ""
    added_at: int = 0


def set_up(world: World) -> None:
    """Bring apps, corps, people and groups of the configuration in; what exists is kept."""
    for app in world.config.apps:
        world.apps[app.app_id] = app
    for corp in world.config.corps:
        world.corps[corp.corp_id] = corp
    for merchant in world.config.merchants:
        world.merchants[merchant.mch_id] = merchant
    _added(world)
    for user in world.config.users:
        world.collection("users").setdefault(user.id, user.model_dump())
    for group in world.config.groups:
        _set_up_group(world, group.model_dump())


def _added(world: World) -> None:
    for doc in world.collection("apps").values():
        world.apps[doc["app_id"]] = App.model_validate(doc)
    for doc in world.collection("corps").values():
        world.corps[doc["corp_id"]] = Corp.model_validate(doc)
    for doc in world.collection("merchants").values():
        world.merchants[doc["mch_id"]] = Merchant.model_validate(doc)


def _set_up_group(world: World, group: Doc) -> None:
    if group["chat_id"] in world.collection("groups"):
        return
    corp_id = group["corp_id"] or next(iter(world.corps), "")
    add_group(world, corp_id=corp_id, chat_id=group["chat_id"], name=group["name"])
    made = world.collection("groups")[group["chat_id"]]
    made["owner"] = group["owner"]
    for who in dict.fromkeys((group["owner"], *group["members"])):
        join_group(world, made, who, scene=1)


def add_group(world: World, *, corp_id: str, chat_id: str, name: str) -> Doc:
    """A new customer group without members."""
    group: Doc = {
        "chat_id": chat_id or world.new_id("chat", 30, "wr"),
        "corp_id": corp_id,
        "name": name,
        "owner": "",
        "notice": "",
        "created_at": int(world.now().timestamp()),
        "version": world.new_id("group version", 32),
        "members": [],
    }
    world.collection("groups")[group["chat_id"]] = group
    return group


def join_group(world: World, group: Doc, who: str, *, scene: int, state: str = "") -> str:
    """Put a member (userid) or a person (user id) in; answers the id that WeCom shows.

    Raises Unknown. Joining twice changes nothing.
    """
    corp = world.corps[group["corp_id"]]
    is_member = any(member.userid == who for member in corp.members)
    shown = who if is_member else external_userid(world, corp.corp_id, user(world, who)["id"])
    if any(entry["id"] == shown for entry in group["members"]):
        return shown
    group["members"].append(
        {
            "id": shown,
            "who": who,
            "is_member": is_member,
            "joined_at": int(world.now().timestamp()),
            "scene": scene,
            "state": state,
        }
    )
    return shown


def user(world: World, user_id: str) -> Doc:
    """A person. Raises Unknown."""
    found = world.collection("users").get(user_id)
    if found is None:
        raise Unknown("user")
    return found


def app(world: World, app_id: str) -> App:
    """An app; "" is the first mini program. Raises Unknown."""
    if not app_id:
        minis = [one for one in world.apps.values() if one.kind == "mini_program"]
        if minis:
            return minis[0]
    if app_id not in world.apps:
        raise Unknown("app")
    return world.apps[app_id]


def member_corp(world: World, userid: str, corp_id: str = "") -> Corp:
    """The corp of a member. Raises Unknown."""
    for corp in world.corps.values():
        if corp_id in ("", corp.corp_id) and any(m.userid == userid for m in corp.members):
            return corp
    raise Unknown("member")


def openid(world: World, app_id: str, user_id: str) -> str:
    """This person in this app: the same after every restart with the same seed."""
    found = world.stable_id("openid", app_id, user_id, length=27, prefix="o")
    world.collection("openids")[found] = {"app_id": app_id, "user_id": user_id}
    return found


def user_of_openid(world: World, app_id: str, given: str) -> str | None:
    """The user id behind an openid of this very app."""
    known = world.collection("openids").get(given)
    if known is None:
        for user_id in world.collection("users"):
            openid(world, app_id, user_id)
        known = world.collection("openids").get(given)
    return known["user_id"] if known is not None and known["app_id"] == app_id else None


def union_id(world: World, user_id: str) -> str | None:
    """This person across all apps; None when the apps are not bound for them."""
    if not user(world, user_id).get("has_union_id", True):
        return None
    return world.stable_id("unionid", user_id, length=26, prefix="oU")


def external_userid(world: World, corp_id: str, user_id: str) -> str:
    """This person as customer of a corp; stays the same when they come back."""
    found = world.stable_id("external", corp_id, user_id, length=30, prefix="wm")
    world.collection("externals")[found] = {"corp_id": corp_id, "user_id": user_id}
    return found


def follow(world: World, corp: Corp, userid: str, user_id: str) -> Follow | None:
    """The relation of a member to a person, if there is one now."""
    key = f"{corp.corp_id}/{userid}/{user_id}"
    found = world.collection("contacts").get(key)
    return Follow(**found) if found is not None else None


def save_follow(world: World, relation: Follow) -> None:
    """Remember a relation, new or changed."""
    key = f"{relation.corp_id}/{relation.userid}/{relation.user_id}"
    world.collection("contacts")[key] = asdict(relation)


def end_follow(world: World, relation: Follow) -> None:
    """Forget a relation."""
    key = f"{relation.corp_id}/{relation.userid}/{relation.user_id}"
    world.collection("contacts").pop(key, None)


def follows(world: World, corp_id: str, *, userid: str = "", external: str = "") -> list[Follow]:
    """Relations in a corp, of one member or of one customer."""
    return [
        Follow(**doc)
        for doc in world.collection("contacts").values()
        if doc["corp_id"] == corp_id
        and userid in ("", doc["userid"])
        and external in ("", doc["external_userid"])
    ]
