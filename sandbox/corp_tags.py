"""Corp tags (企业客户标签): the library, who is marked by whom, and what the corp is told.

Changes by the API tell nobody; changes by people in WeCom do. Names are unique within a group.
"""

from typing import Any

from starlette.routing import BaseRoute

from sandbox import callbacks, people
from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import Corp
from sandbox.people import Follow
from sandbox.timetable import Doc
from sandbox.tokens import corp_of
from sandbox.world import World

GROUPS, TAGS, MARKS = "corp_tag_groups", "corp_tags", "corp_tag_marks"
NAME_CHARS, MOST_TAGS = 30, 3_000
NAME_TAKEN, TAG_UNKNOWN = 40071, 40068


def routes(world: World) -> list[BaseRoute]:
    """The library and the marks."""
    base = "/cgi-bin/externalcontact"
    return [
        api(world, "POST", f"{base}/get_corp_tag_list", _list),
        api(world, "POST", f"{base}/add_corp_tag", _add),
        api(world, "POST", f"{base}/edit_corp_tag", _edit),
        api(world, "POST", f"{base}/del_corp_tag", _delete),
        api(world, "POST", f"{base}/mark_tag", _mark),
    ]


def make(world: World, corp: Corp, group: str, *names: str) -> list[Doc]:
    """An administrator makes tags in WeCom; the corp is told of each."""
    found = _group_named(world, corp, group)
    is_new = found is None
    into = found or _new_group(world, corp, group)
    made = [_new_tag(world, corp, into, name) for name in names]
    told = [("tag_group", into["id"])] if is_new else []
    for kind, given in [*told, *(("tag", tag["id"]) for tag in made)]:
        _tell(world, corp, "create", kind, given)
    return made


def rename(world: World, corp: Corp, tag_id: str, name: str) -> None:
    """An administrator gives a tag another name in WeCom."""
    world.collection(TAGS)[tag_id]["name"] = name
    _tell(world, corp, "update", "tag", tag_id)


def remove(world: World, corp: Corp, tag_id: str) -> None:
    """An administrator deletes a tag in WeCom; with the last one its group goes."""
    for kind, gone in _remove(world, corp, [tag_id]):
        _tell(world, corp, "delete", kind, gone)


def mark(
    world: World,
    corp: Corp,
    relation: Follow,
    *,
    add: tuple[str, ...] = (),
    drop: tuple[str, ...] = (),
) -> None:
    """A member of the corp changes the tags of one of their customers."""
    _set(world, relation, set(add), set(drop))
    callbacks.tell_corp(
        world,
        corp,
        {
            "Event": "change_external_contact",
            "ChangeType": "edit_external_contact",
            "UserID": relation.userid,
            "ExternalUserID": relation.external_userid,
        },
    )


def marks_of(world: World, relation: Follow) -> list[str]:
    """The tags this member has put on this customer, in order of the library."""
    held = world.collection(MARKS).get(_key(relation), {"tags": []})["tags"]
    return [tag_id for tag_id in world.collection(TAGS) if tag_id in held]


def shown(world: World, relation: Follow) -> list[Doc]:
    """As externalcontact/get answers them."""
    tags, groups = world.collection(TAGS), world.collection(GROUPS)
    return [
        {
            "group_name": groups[tags[tag_id]["group_id"]]["name"],
            "tag_name": tags[tag_id]["name"],
            "tag_id": tag_id,
            "type": 1,
        }
        for tag_id in marks_of(world, relation)
    ]


def _key(relation: Follow) -> str:
    return f"{relation.corp_id}/{relation.userid}/{relation.external_userid}"


def _set(world: World, relation: Follow, add: set[str], drop: set[str]) -> None:
    held = set(world.collection(MARKS).get(_key(relation), {"tags": []})["tags"])
    world.collection(MARKS)[_key(relation)] = {"tags": sorted((held - drop) | add)}
    world.changed()


def _tell(world: World, corp: Corp, change: str, kind: str, given: str) -> None:
    fields = {"Event": "change_external_tag", "ChangeType": change, "Id": given, "TagType": kind}
    callbacks.tell_corp(world, corp, fields)


def _group_named(world: World, corp: Corp, name: str) -> Doc | None:
    found = [one for one in _groups(world, corp) if one["name"] == name]
    return found[0] if found else None


def _groups(world: World, corp: Corp) -> list[Doc]:
    return [doc for doc in world.collection(GROUPS).values() if doc["corp_id"] == corp.corp_id]


def _tags(world: World, group_id: str) -> list[Doc]:
    return [doc for doc in world.collection(TAGS).values() if doc["group_id"] == group_id]


def _new_group(world: World, corp: Corp, name: str, order: int = 0) -> Doc:
    group: Doc = {
        "id": world.new_id("corp tag group", 24, "etg"),
        "corp_id": corp.corp_id,
        "name": _name(name),
        "order": order,
        "created_at": int(world.now().timestamp()),
    }
    world.collection(GROUPS)[group["id"]] = group
    return group


def _new_tag(world: World, corp: Corp, group: Doc, name: str, order: int = 0) -> Doc:
    if any(tag["name"] == name for tag in _tags(world, group["id"])):
        raise Refusal(NAME_TAKEN)
    if len(world.collection(TAGS)) >= MOST_TAGS:
        raise Refusal(45009)
    tag: Doc = {
        "id": world.new_id("corp tag", 24, "et"),
        "corp_id": corp.corp_id,
        "group_id": group["id"],
        "name": _name(name),
        "order": order,
        "created_at": int(world.now().timestamp()),
    }
    world.collection(TAGS)[tag["id"]] = tag
    world.changed()
    return tag


def _name(name: object) -> str:
    if not isinstance(name, str) or not 0 < len(name) <= NAME_CHARS:
        raise Refusal(40058, "name")
    return name


def _shape(world: World, group: Doc) -> Doc:
    return {
        "group_id": group["id"],
        "group_name": group["name"],
        "create_time": group["created_at"],
        "order": group["order"],
        "deleted": False,
        "tag": [
            {
                "id": tag["id"],
                "name": tag["name"],
                "create_time": tag["created_at"],
                "order": tag["order"],
                "deleted": False,
            }
            for tag in _tags(world, group["id"])
        ],
    }


async def _list(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    groups = [_shape(call.world, group) for group in _groups(call.world, corp)]
    return ok(tag_group=groups)


async def _add(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    tags = call.need("tag")
    if not isinstance(tags, list) or not all(isinstance(tag, dict) for tag in tags):
        raise Refusal(40058, "tag")
    if call.body.get("group_id") == "":
        raise Refusal(40058, "group_id")  # an empty id is no absent one
    group = _asked_group(call, corp)
    names = [_name(tag.get("name")) for tag in tags]
    held = {tag["name"] for tag in _tags(call.world, group["id"])} if group else set()
    if held & set(names) or len(set(names)) < len(names):
        raise Refusal(NAME_TAKEN)
    into = group or _new_group(call.world, corp, str(call.need("group_name")))
    made = [_new_tag(call.world, corp, into, name) for name in names]
    shape = _shape(call.world, into)
    new = {tag["id"] for tag in made}
    return ok(tag_group={**shape, "tag": [tag for tag in shape["tag"] if tag["id"] in new]})


def _asked_group(call: Call, corp: Corp) -> Doc | None:
    if "group_id" in call.body:
        found = call.world.collection(GROUPS).get(str(call.body["group_id"]))
        if found is None or found["corp_id"] != corp.corp_id:
            raise Refusal(TAG_UNKNOWN)
        return found
    return _group_named(call.world, corp, str(call.need("group_name")))


async def _edit(call: Call) -> dict[str, Any]:
    corp, given = corp_of(call, contact=True), str(call.need("id"))
    kind = TAGS if given in call.world.collection(TAGS) else GROUPS
    doc = call.world.collection(kind).get(given)
    if doc is None or doc["corp_id"] != corp.corp_id:
        raise Refusal(TAG_UNKNOWN)
    name = _name(call.body.get("name", doc["name"]))
    mates = _tags(call.world, doc["group_id"]) if kind == TAGS else _groups(call.world, corp)
    if any(mate["name"] == name and mate["id"] != given for mate in mates):
        raise Refusal(NAME_TAKEN)
    doc["name"] = name
    call.world.changed()
    return ok()


async def _delete(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    asked = call.body.get("tag_id") or []
    in_groups = call.body.get("group_id") or []
    if not asked and not in_groups:
        raise Refusal(40058, "tag_id")
    whole = [tag["id"] for group in in_groups for tag in _tags(call.world, str(group))]
    _remove(call.world, corp, [*map(str, asked), *whole])
    return ok()


def _remove(world: World, corp: Corp, tag_ids: list[str]) -> list[tuple[str, str]]:
    gone: list[tuple[str, str]] = []
    for tag_id in tag_ids:
        tag = world.collection(TAGS).pop(tag_id, None)
        if tag is None or tag["corp_id"] != corp.corp_id:
            continue
        gone.append(("tag", tag_id))
        if not _tags(world, tag["group_id"]):
            world.collection(GROUPS).pop(tag["group_id"], None)
            gone.append(("tag_group", tag["group_id"]))
    world.changed()
    return gone


async def _mark(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    userid, external = str(call.need("userid")), str(call.need("external_userid"))
    found = people.follows(call.world, corp.corp_id, userid=userid, external=external)
    if not found:
        raise Refusal(84061)
    add, drop = _ids(call, "add_tag"), _ids(call, "remove_tag")
    if not add and not drop:
        raise Refusal(40058, "add_tag")
    known = call.world.collection(TAGS)
    if any(tag_id not in known for tag_id in add | drop):
        raise Refusal(TAG_UNKNOWN)
    _set(call.world, found[0], add, drop)
    return ok()


def _ids(call: Call, name: str) -> set[str]:
    given = call.body.get(name, [])
    if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
        raise Refusal(40058, name)
    return set(given)
