"""Customer contact (客户联系): who has which customer, and the events when that changes."""

from dataclasses import replace
from typing import Any

from starlette.routing import BaseRoute

from sandbox import callbacks, corp_tags, messages, people
from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import Corp
from sandbox.people import Follow
from sandbox.timetable import Doc
from sandbox.tokens import corp_of
from sandbox.world import World

EVENT = "change_external_contact"


def routes(world: World) -> list[BaseRoute]:
    """Reading contacts and members."""
    base = "/cgi-bin/externalcontact"
    return [
        api(world, "GET", f"{base}/get_follow_user_list", _follow_users),
        api(world, "GET", f"{base}/list", _list),
        api(world, "GET", f"{base}/get", _get),
        api(world, "POST", f"{base}/batch/get_by_user", _batch),
        api(world, "POST", f"{base}/remark", _remark),
        api(world, "POST", f"{base}/convert_to_openid", _to_openid),
        api(world, "POST", f"{base}/unionid_to_external_userid", _by_union_id),
        api(world, "POST", f"{base}/send_welcome_msg", _welcome),
        api(world, "GET", "/cgi-bin/user/get", _member),
        api(world, "GET", "/cgi-bin/user/simplelist", _members),
    ]


def add(
    world: World, corp: Corp, userid: str, user_id: str, *, state: str = "", add_way: int = 1
) -> Follow:
    """A person becomes a member's customer; the corp is told, with a welcome code once.

    Doing it again changes nothing and tells nobody.
    """
    known = people.follow(world, corp, userid, user_id)
    if known is not None:
        return known
    external = people.external_userid(world, corp.corp_id, user_id)
    relation = Follow(
        corp_id=corp.corp_id,
        userid=userid,
        user_id=user_id,
        external_userid=external,
        state=state,
        add_way=add_way,
        added_at=int(world.now().timestamp()),
    )
    people.save_follow(world, relation)
    code = world.new_id("welcome", 40)
    until = world.now().timestamp() + 20
    world.collection("welcome_codes")[code] = {"until": until, "user_id": user_id, "userid": userid}
    _tell(world, corp, "add_external_contact", relation, State=state, WelcomeCode=code)
    return relation


def remove(world: World, corp: Corp, userid: str, user_id: str, *, by: str) -> None:
    """End a relation, `by` the member or the person; the corp is told who did it.

    Raises people.Unknown when there is none.
    """
    relation = people.follow(world, corp, userid, user_id)
    if relation is None:
        raise people.Unknown("contact")
    people.end_follow(world, relation)
    change = "del_external_contact" if by == "member" else "del_follow_user"
    _tell(world, corp, change, relation)


def _tell(world: World, corp: Corp, change: str, relation: Follow, **more: str) -> None:
    fields = {"Event": EVENT, "ChangeType": change, "UserID": relation.userid}
    extra = {name: value for name, value in more.items() if value}
    callbacks.tell_corp(
        world, corp, {**fields, "ExternalUserID": relation.external_userid, **extra}
    )


async def _follow_users(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    return ok(follow_user=[member.userid for member in corp.members])


async def _list(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    userid = _known_member(corp, call.query.get("userid", ""))
    found = people.follows(call.world, corp.corp_id, userid=userid)
    if not found:
        raise Refusal(84061)
    return ok(external_userid=[relation.external_userid for relation in found])


async def _get(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    external = call.query.get("external_userid", "")
    if call.world.collection("externals").get(external, {}).get("corp_id") != corp.corp_id:
        raise Refusal(40096)
    relations = people.follows(call.world, corp.corp_id, external=external)
    if not relations:
        raise Refusal(84061)
    return ok(
        external_contact=contact_of(call.world, corp, relations[0]),
        follow_user=[
            {**_follow_info(one), "tags": corp_tags.shown(call.world, one)} for one in relations
        ],
    )


async def _batch(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    users = call.need("userid_list")
    if not isinstance(users, list) or len(users) > 100:
        raise Refusal(40058, "userid_list")
    found = [
        relation
        for userid in users
        for relation in people.follows(call.world, corp.corp_id, userid=str(userid))
    ]
    page, cursor = paged(found, call, default=50, most=100)
    listed = [
        {
            "external_contact": contact_of(call.world, corp, relation),
            "follow_info": _info_with_tags(call.world, relation),
        }
        for relation in page
    ]
    return ok(external_contact_list=listed, next_cursor=cursor)


def _info_with_tags(world: World, relation: Follow) -> Doc:
    return {**_follow_info(relation), "tag_id": corp_tags.marks_of(world, relation)}


def paged(found: list[Any], call: Call, *, default: int, most: int) -> tuple[list[Any], str]:
    """One page of a list by `cursor` and `limit`, and the cursor of the next ("" at the end)."""
    limit = call.count("limit", default=default, most=most)
    cursor = str(call.body.get("cursor") or "c0")
    if not cursor[1:].isdigit():
        raise Refusal(40058, "cursor")
    begin = int(cursor[1:])
    end = begin + limit
    return found[begin:end], f"c{end}" if end < len(found) else ""


def contact_of(world: World, corp: Corp, relation: Follow) -> Doc:
    """`external_contact` of a customer; the union id only where it is bound."""
    person = people.user(world, relation.user_id)
    contact: Doc = {
        "external_userid": relation.external_userid,
        "name": person["name"],
        "avatar": "",
        "type": 1,
        "gender": 0,
    }
    union_id = people.union_id(world, relation.user_id)
    if corp.binds_open_platform and union_id:
        contact["unionid"] = union_id
    return contact


def _follow_info(relation: Follow) -> Doc:
    return {
        "userid": relation.userid,
        "remark": relation.remark,
        "description": "",
        "createtime": relation.added_at,
        "remark_mobiles": [],
        "state": relation.state,
        "oper_userid": relation.userid,
        "add_way": relation.add_way,
    }


async def _remark(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    relation = _relation(call, corp, str(call.need("userid")), str(call.need("external_userid")))
    remark = str(call.body.get("remark", relation.remark))
    if len(remark) > 20:
        raise Refusal(40058, "remark")
    people.save_follow(call.world, replace(relation, remark=remark))
    return ok()


def _relation(call: Call, corp: Corp, userid: str, external: str) -> Follow:
    found = people.follows(call.world, corp.corp_id, userid=userid, external=external)
    if not found:
        raise Refusal(84061)
    return found[0]


async def _to_openid(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    known = call.world.collection("externals").get(str(call.need("external_userid")))
    if known is None or known["corp_id"] != corp.corp_id:
        raise Refusal(40096)
    return ok(openid=people.openid(call.world, corp.corp_id, known["user_id"]))


async def _by_union_id(call: Call) -> dict[str, Any]:
    corp = corp_of(call, contact=True)
    wanted = str(call.need("unionid"))
    for relation in people.follows(call.world, corp.corp_id):
        if people.union_id(call.world, relation.user_id) == wanted:
            return ok(external_userid=relation.external_userid)
    raise Refusal(84061)


async def _welcome(call: Call) -> dict[str, Any]:
    corp_of(call, contact=True)
    code = call.world.collection("welcome_codes").pop(str(call.need("welcome_code")), None)
    if code is None or call.world.now().timestamp() > code["until"]:
        raise Refusal(41051)
    body: Doc = {key: call.body[key] for key in ("text", "attachments") if key in call.body}
    messages.keep(
        call.world, channel="welcome", to=code["user_id"], sender=code["userid"], body=body
    )
    return ok()


def _known_member(corp: Corp, userid: str) -> str:
    if not any(member.userid == userid for member in corp.members):
        raise Refusal(40003)
    return userid


async def _member(call: Call) -> dict[str, Any]:
    corp = corp_of(call)
    userid = call.query.get("userid", "")
    for member in corp.members:
        if member.userid.lower() == userid.lower():
            department = list(member.department)
            return ok(userid=member.userid, name=member.name, department=department, status=1)
    raise Refusal(60111)


async def _members(call: Call) -> dict[str, Any]:
    corp = corp_of(call)
    listed = [
        {"userid": one.userid, "name": one.name, "department": list(one.department)}
        for one in corp.members
    ]
    return ok(userlist=listed)
