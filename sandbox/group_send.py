"""Group sends (群发): a call makes a task, each member must confirm, then customers get it."""

from datetime import timedelta
from typing import Any

from starlette.routing import BaseRoute

from core.clock import shop_day
from sandbox import messages, people
from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import Corp
from sandbox.contacts import paged
from sandbox.timetable import Doc
from sandbox.tokens import corp_of
from sandbox.world import World

MONTHLY_CAP = 4
UNSENT, SENT, NO_CONTACT, CAPPED = 0, 1, 2, 3


def routes(world: World) -> list[BaseRoute]:
    """Creating tasks and asking what became of them."""
    base = "/cgi-bin/externalcontact"
    return [
        api(world, "POST", f"{base}/add_msg_template", _create),
        api(world, "POST", f"{base}/get_groupmsg_task", _tasks),
        api(world, "POST", f"{base}/get_groupmsg_send_result", _results),
        api(world, "POST", f"{base}/remind_groupmsg_send", _remind),
        api(world, "POST", f"{base}/cancel_groupmsg_send", _cancel),
    ]


def confirm(world: World, userid: str, msgid: str) -> list[Doc]:
    """A member presses send: customers get the message, unless gone or over the monthly cap.

    Answers the results of this member; pressing again changes nothing. Raises people.Unknown.
    """
    task = world.collection("group_sends").get(msgid)
    if task is None or userid not in task["members"] or task["cancelled"]:
        raise people.Unknown("task of this member")
    member = task["members"][userid]
    if not member["sent_at"]:
        member["sent_at"] = int(world.now().timestamp())
        for result in member["results"]:
            _deliver(world, task, userid, result)
    return list(member["results"])


def _deliver(world: World, task: Doc, userid: str, result: Doc) -> None:
    result["send_time"] = int(world.now().timestamp())
    to = result.get("chat_id") or _person(world, task["corp_id"], userid, result)
    if to is None:
        result["status"] = NO_CONTACT
        return
    month = shop_day(world.now()).strftime("%Y-%m")
    used = world.collection("group_send_counts").setdefault(f"{month}/{to}", {"count": 0})
    if used["count"] >= MONTHLY_CAP:
        result["status"] = CAPPED
        return
    used["count"] += 1
    result["status"] = SENT
    where = {"chat_id": to} if "chat_id" in result else {}
    messages.keep(
        world,
        channel="group" if where else "group_send",
        to=to,
        sender=userid,
        body={"msgtype": "group_send", **task["content"]},
        msgid=task["msgid"],
        **where,
    )


def _person(world: World, corp_id: str, userid: str, result: Doc) -> str | None:
    found = people.follows(
        world, corp_id, userid=userid, external=str(result.get("external_userid"))
    )
    return found[0].user_id if found else None


async def _create(call: Call) -> dict[str, Any]:
    corp, world = corp_of(call, contact=True), call.world
    if not call.body.get("text") and not call.body.get("attachments"):
        raise Refusal(40058, "text")
    if len(str((call.body.get("text") or {}).get("content", "")).encode()) > 4000:
        raise Refusal(40058, "text.content")
    kind = call.body.get("chat_type", "single")
    failed: list[str] = []
    if kind == "group":
        members = _group_members(call, corp)
    else:
        members, failed = _single_members(call, corp)
    if not members:
        raise Refusal(41048)
    msgid = world.new_id("group send", 32, "msg")
    content = {key: call.body[key] for key in ("text", "attachments") if key in call.body}
    world.collection("group_sends")[msgid] = {
        "msgid": msgid,
        "corp_id": corp.corp_id,
        "content": content,
        "members": members,
        "reminded": [],
        "cancelled": False,
    }
    return ok(msgid=msgid, fail_list=failed)


def _single_members(call: Call, corp: Corp) -> tuple[Doc, list[str]]:
    sender = str(call.body.get("sender") or "")
    wanted = call.body.get("external_userid") or []
    if not sender and not wanted:
        raise Refusal(40058, "sender and external_userid")
    if not wanted:
        found = people.follows(call.world, corp.corp_id, userid=sender)
        wanted = [relation.external_userid for relation in found]
    members: Doc = {}
    failed = []
    for external in dict.fromkeys(wanted):
        owners = people.follows(call.world, corp.corp_id, userid=sender, external=external)
        if not owners:
            failed.append(external)
            continue
        member = members.setdefault(owners[0].userid, {"sent_at": 0, "results": []})
        member["results"].append({"external_userid": external, "status": UNSENT})
    return members, failed


def _group_members(call: Call, corp: Corp) -> Doc:
    sender = str(call.need("sender"))
    wanted = call.body.get("chat_id_list") or []
    found = [
        {"chat_id": group["chat_id"], "status": UNSENT}
        for group in call.world.collection("groups").values()
        if (group["corp_id"], group["owner"]) == (corp.corp_id, sender)
        and (not wanted or group["chat_id"] in wanted)
    ]
    return {sender: {"sent_at": 0, "results": found}} if found else {}


def _task(call: Call) -> Doc:
    corp = corp_of(call, contact=True)
    task = call.world.collection("group_sends").get(str(call.need("msgid")))
    if task is None or task["corp_id"] != corp.corp_id:
        raise Refusal(40058, "msgid")
    return task


async def _tasks(call: Call) -> dict[str, Any]:
    task = _task(call)
    listed = [
        {"userid": userid, "status": 2 if member["sent_at"] else 0, "send_time": member["sent_at"]}
        for userid, member in task["members"].items()
    ]
    page, cursor = paged(listed, call, default=500, most=1000)
    return ok(task_list=page, next_cursor=cursor)


async def _results(call: Call) -> dict[str, Any]:
    task, userid = _task(call), str(call.need("userid"))
    member = task["members"].get(userid)
    if member is None:
        raise Refusal(40003)
    listed = [{**result, "userid": userid} for result in member["results"]]
    page, cursor = paged(listed, call, default=500, most=1000)
    return ok(send_list=page, next_cursor=cursor)


async def _remind(call: Call) -> dict[str, Any]:
    task = _task(call)
    day_ago = (call.world.now() - timedelta(days=1)).isoformat()
    task["reminded"] = [at for at in task["reminded"] if at > day_ago]
    if len(task["reminded"]) >= 3:
        raise Refusal(45009)
    task["reminded"].append(call.world.now().isoformat())
    return ok()


async def _cancel(call: Call) -> dict[str, Any]:
    _task(call)["cancelled"] = True
    return ok()
